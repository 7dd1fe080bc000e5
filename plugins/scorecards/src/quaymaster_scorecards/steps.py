"""What to do next: which rules, if they passed, would lift the most entities.

Entities that are alike, on one level and failing the same rules, are one pattern; however many entities there are, the
patterns are few.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from quaymaster import Call, PortClient
from quaymaster.catalog.filters import Filter
from quaymaster_scorecards.choice import Scored
from quaymaster_scorecards.ladder import Ladder, Rule
from quaymaster_scorecards.progress import Progress
from quaymaster_scorecards.standings import SCORECARDS, Standing, standing_of

__all__ = ["Pattern", "Patterns", "Step", "best_steps", "read_patterns"]

_MOST_RULES = 3
"""The most rules of one step: what takes more than three changes is not the next thing to do."""
_MOST_NAMES = 3


@dataclass(frozen=True)
class Pattern:
    """Entities on one level that fail the same rules."""

    level: str
    failing: frozenset[str]


@dataclass
class Patterns:
    """The patterns of some entities: how many there are of each, and some of their names."""

    counts: Counter[Pattern] = field(default_factory=Counter)
    names: dict[Pattern, list[str]] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """How many entities there are."""
        return self.counts.total()

    def add(self, standing: Standing) -> None:
        """Counts one entity."""
        pattern = Pattern(standing.level, standing.failing)
        self.counts[pattern] += 1
        if len(names := self.names.setdefault(pattern, [])) < _MOST_NAMES:
            names.append(standing.entity)


@dataclass(frozen=True)
class Step:
    """Rules to make pass, and what comes of it.

    Attributes:
        rules: The rules, those of the lowest level first.
        lifted: How many entities reach a higher level.
        levels: How many levels they gain together.
        reached: How many entities reach each level, of those that are lifted.
        names: Some of the lifted entities.
    """

    rules: tuple[Rule, ...]
    lifted: int
    levels: int
    reached: Mapping[str, int]
    names: tuple[str, ...]

    @property
    def rank(self) -> tuple[float, int, int]:
        """What steps are sorted by: most entities lifted per rule, then most levels gained, then fewest rules."""
        return (-self.lifted / len(self.rules), -self.levels, len(self.rules))


async def read_patterns(
    port: PortClient, call: Call, scorecards: Sequence[Scored], chosen: Filter
) -> dict[str, Patterns]:
    """Returns the patterns of the entities below the top, by scorecard: all are of one blueprint, and read together."""
    patterns = {it.identifier: Patterns() for it in scorecards}
    below = [
        {"scorecard": it.identifier, "operator": "in", "value": [*it.ladder.levels[: it.ladder.rank(it.ladder.top)]]}
        for it in scorecards
    ]
    rules = [*(term.search for term in chosen.terms), {"combinator": "or", "rules": below}]
    query = {"combinator": "and", "rules": rules}
    found = port.entities.search_all(scorecards[0].blueprint.identifier, query, include=SCORECARDS)
    async for entity in Progress(call).watch(found):
        for scored in scorecards:
            standing = standing_of(entity, scored.identifier)
            if standing is not None:
                patterns[scored.identifier].add(standing)
    return patterns


def best_steps(ladder: Ladder, patterns: Patterns) -> list[Step]:
    """Returns the steps that lift anything, the best first.

    Candidates are the rules that keep some pattern from its next level, or from the level after it: all of them must
    pass for that pattern to be lifted, and whoever fails only some of them is lifted as well. A step that lifts no more
    than one with fewer rules is left out.
    """
    steps = {candidate: _step(ladder, patterns, candidate) for candidate in _candidates(ladder, patterns.counts)}
    worthwhile = [
        step
        for rules, step in steps.items()
        if not any(fewer < rules and steps[fewer].levels >= step.levels for fewer in steps)
    ]
    return sorted(worthwhile, key=lambda it: it.rank)


def _candidates(ladder: Ladder, patterns: Iterable[Pattern]) -> set[frozenset[str]]:
    found = set()
    for pattern in patterns:
        for level, _ in ladder.steps:
            blocking = frozenset(rule.identifier for rule in ladder.blocking(pattern.failing, level))
            if 0 < len(blocking) <= _MOST_RULES:
                found.add(blocking)
    return found


def _step(ladder: Ladder, patterns: Patterns, rules: frozenset[str]) -> Step:
    lifted, levels, reached, names = 0, 0, Counter[str](), list[str]()
    for pattern, number in patterns.counts.items():
        level = ladder.level_of(pattern.failing - rules)
        gain = ladder.rank(level) - ladder.rank(pattern.level)
        if gain > 0:
            lifted += number
            levels += gain * number
            reached[level] += number
            names += patterns.names[pattern]
    in_order = {level: reached[level] for level in ladder.levels if reached[level]}
    return Step(tuple(ladder.in_order(rules)), lifted, levels, in_order, tuple(names[:_MOST_NAMES]))
