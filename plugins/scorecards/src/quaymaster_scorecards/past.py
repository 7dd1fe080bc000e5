"""How entities stood in the past, worked out from the last change of each result.

Port keeps of every rule result when it last changed (`_rule_result`, `result_last_change`), and nothing of the changes
before. A result that has changed since an instant was the other one at that instant, if it changed once; if it changed
more than once, what it was is not known, and taken to be the other one as well.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from quaymaster_scorecards.ladder import Ladder
from quaymaster_scorecards.tally import Tally

__all__ = ["Changed", "Past", "turned_since"]


@dataclass(frozen=True)
class Changed:
    """A judged entity of which results have changed.

    Attributes:
        entity: The entity's identifier.
        level: Its level now.
        failing: The rules it fails now.
        created_at: When it was created.
        changes: When the result of a rule last changed, by the rule; of the results that have changed.
        groups: The groups it is in.
    """

    entity: str
    level: str
    failing: frozenset[str]
    created_at: datetime
    changes: Mapping[str, datetime]
    groups: tuple[str, ...] = ()


@dataclass(frozen=True)
class Past:
    """A scorecard's past.

    Attributes:
        ladder: The scorecard as it is now.
        created_at: When each rule was created, by the rule; what was before is not known.
        changed: The entities of which results have changed since the earliest instant that is asked about.
    """

    ladder: Ladder
    created_at: Mapping[str, datetime]
    changed: Sequence[Changed]

    def ladder_at(self, instant: datetime) -> Ladder:
        """Returns the scorecard with the rules that existed at an instant."""
        rules = tuple(rule for rule in self.ladder.rules if self.created_at[rule.identifier] <= instant)
        return Ladder(self.ladder.levels, rules, self.ladder.filter)

    def standing_at(self, changed: Changed, ladder: Ladder, instant: datetime) -> tuple[str, frozenset[str]] | None:
        """Returns the level and the failing rules of an entity at an instant; None if it was not judged.

        Args:
            changed: The entity.
            ladder: The scorecard at that instant.
            instant: When.
        """
        if changed.created_at > instant or not ladder.rules:
            return None
        turned = {rule for rule, at in changed.changes.items() if at > instant}
        failing = (changed.failing ^ turned) & ladder.by_identifier.keys()
        return ladder.level_of(failing), frozenset(failing)

    def tally_at(self, instant: datetime, now: Tally, group: str | None = None) -> Tally:
        """Returns the tally at an instant.

        Args:
            instant: When.
            now: The tally of the same entities now.
            group: Only the entities of this group; None for all.
        """
        ladder = self.ladder_at(instant)
        levels, failing = Counter(now.levels), Counter(now.failing)
        for changed in self.changed:
            if group is not None and group not in changed.groups:
                continue
            levels[changed.level] -= 1
            failing.subtract(changed.failing & now.failing.keys())
            standing = self.standing_at(changed, ladder, instant)
            if standing is not None:
                levels[standing[0]] += 1
                failing.update(standing[1] & now.failing.keys())
        if not ladder.rules:
            levels = Counter()
        return Tally(
            {level: levels[level] for level in self.ladder.levels}, {rule: failing[rule] for rule in now.failing}
        )

    def movers(self, instant: datetime) -> list[tuple[Changed, str]]:
        """Returns the entities that were on another level at an instant, with that level, the farthest fallen first."""
        ladder = self.ladder_at(instant)
        standings = ((it, self.standing_at(it, ladder, instant)) for it in self.changed)
        moved = [(it, standing[0]) for it, standing in standings if standing is not None and standing[0] != it.level]
        rank = self.ladder.rank
        return sorted(moved, key=lambda pair: (rank(pair[0].level) - rank(pair[1]), pair[0].entity))


def turned_since(changed: Changed, instant: datetime) -> list[str]:
    """Returns the rules whose results have changed since an instant: `+rule` passes now, `-rule` fails now."""
    return [f"{'-' if rule in changed.failing else '+'}{rule}" for rule, at in changed.changes.items() if at > instant]
