"""How many entities are on each level and pass each rule, counted by Port wherever its aggregates can say the filter.

Port: POST /v1/entities/aggregate with `countValues`, by scorecard, and by scorecard and rule. The number of requests
depends on the number of rules alone.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from quaymaster import Call, PortClient, gather
from quaymaster.catalog.filters import Filter
from quaymaster_scorecards.choice import Scored
from quaymaster_scorecards.ladder import Ladder, Rule
from quaymaster_scorecards.standings import read_standings

__all__ = ["Tally", "count_tally"]


@dataclass(frozen=True)
class Tally:
    """The levels and rules of some entities.

    Attributes:
        levels: How many entities are on each level, of all levels of the scorecard, the lowest first.
        failing: How many fail each rule, by the rule's identifier; of the rules that were asked about.
    """

    levels: Mapping[str, int]
    failing: Mapping[str, int]

    @property
    def judged(self) -> int:
        """How many entities the scorecard judges."""
        return sum(self.levels.values())

    def below(self, level: str) -> int:
        """Returns how many entities have not reached a level."""
        levels = list(self.levels)
        return sum(self.levels[it] for it in levels[: levels.index(level)])

    def passing_share(self, rule: str) -> float:
        """Returns the share of the judged entities that pass a rule, 0 to 1; 0 if none is judged."""
        return 1 - self.failing[rule] / self.judged if self.judged else 0.0

    def score(self, ladder: Ladder) -> float:
        """Returns how far up the ladder the entities are: the mean of rank / rank of the highest level that has rules.

        0 if all are on the lowest level, 1 if all are at the top; 0 if none is judged.
        """
        top = ladder.rank(ladder.top)
        climbed = sum(ladder.rank(level) * number for level, number in self.levels.items())
        return climbed / (top * self.judged) if top and self.judged else 0.0


async def count_tally(
    port: PortClient, call: Call, scored: Scored, chosen: Filter, rules: Sequence[Rule] | None = None
) -> Tally:
    """Returns the tally of the entities that pass a filter.

    Args:
        port: The client.
        call: The call that waits; hears how many entities have been read, if Port cannot count them.
        scored: The scorecard.
        chosen: Which entities.
        rules: The rules to ask about; None for all.
    """
    asked = scored.ladder.rules if rules is None else rules
    if not chosen.can_aggregate:
        return await _tally_page_by_page(port, call, scored, chosen, asked)
    by_value = [
        port.entities.count_values(
            scored.blueprint.identifier, scored.identifier, chosen.aggregate, kind="scorecard", rule=rule
        )
        for rule in [None, *(it.identifier for it in asked)]
    ]
    levels, *results = await gather(*by_value)
    failing = {rule.identifier: result.get("FAILURE", 0) for rule, result in zip(asked, results, strict=True)}
    return Tally({level: levels.get(level, 0) for level in scored.ladder.levels}, failing)


async def _tally_page_by_page(
    port: PortClient, call: Call, scored: Scored, chosen: Filter, rules: Sequence[Rule]
) -> Tally:
    """Aggregates cannot say everything that a search can: a relation that is empty, the level on a scorecard."""
    levels: Counter[str] = Counter()
    failing: Counter[str] = Counter()
    async for standing in read_standings(port, call, scored, chosen.search):
        levels[standing.level] += 1
        failing.update(standing.failing)
    return Tally(
        {level: levels[level] for level in scored.ladder.levels},
        {rule.identifier: failing[rule.identifier] for rule in rules},
    )
