"""What would become of entities under another scorecard: levels before and after, who moves, which rules decide."""

import heapq
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from quaymaster_scorecards.ladder import Ladder

__all__ = ["Fate", "Simulation"]


@dataclass(frozen=True)
class Fate:
    """What would become of an entity; entities that are alike share one.

    Attributes:
        before: Its level before; None if it was not judged, or if there was no scorecard.
        after: Its level after; None if it would not be judged.
        failing_before: The rules that it failed.
        failing_after: The rules that it would fail.
    """

    before: str | None
    after: str | None
    failing_before: frozenset[str] = frozenset()
    failing_after: frozenset[str] = frozenset()


@dataclass
class Simulation:
    """The fates of entities: how many have each, and the names of those that are worst off.

    However many entities there are, the fates are few, and no more names are kept than are asked for.

    Attributes:
        before: The scorecard as it is; None if there is none.
        after: The scorecard as it would be.
        keep: How many names to keep.
        counts: How many entities have each fate, of all that are judged before or after.
        listed: The first names, with their fates: of the entities that would change level, those that fall the farthest
            first; where there was no scorecard, of all, the lowest level first, on it those that fail the most rules.
    """

    before: Ladder | None
    after: Ladder
    keep: int
    counts: Counter[Fate] = field(default_factory=Counter, init=False)
    listed: list[tuple[str, Fate]] = field(default_factory=list, init=False)

    def add(self, entities: Iterable[tuple[str, Fate]]) -> None:
        """Counts entities, each given with its fate."""
        named = list(entities)
        self.counts.update(fate for _, fate in named)
        candidates = [*self.listed, *((name, fate) for name, fate in named if self._is_listed(fate))]
        self.listed = heapq.nsmallest(self.keep, candidates, key=lambda it: (*self._place(it[1]), it[0]))

    @property
    def total(self) -> int:
        """How many entities are judged before or after."""
        return self.counts.total()

    @property
    def listable(self) -> int:
        """How many entities the list would have if all names were kept."""
        return sum(number for fate, number in self.counts.items() if self._is_listed(fate))

    @property
    def falling(self) -> int:
        """How many entities would fall, those no longer judged excepted."""
        return sum(number for fate, number in self.counts.items() if self.rise(fate) < 0)

    @property
    def rising(self) -> int:
        """How many entities would rise, those newly judged excepted."""
        return sum(number for fate, number in self.counts.items() if self.rise(fate) > 0)

    @property
    def joining(self) -> int:
        """How many entities would be newly judged."""
        return sum(number for fate, number in self.counts.items() if fate.before is None)

    @property
    def leaving(self) -> int:
        """How many entities would no longer be judged."""
        return sum(number for fate, number in self.counts.items() if fate.after is None)

    def levels_before(self) -> Counter[str]:
        """Returns how many entities are on each level."""
        return _summed((fate.before, number) for fate, number in self.counts.items())

    def levels_after(self) -> Counter[str]:
        """Returns how many entities would be on each level."""
        return _summed((fate.after, number) for fate, number in self.counts.items())

    def failing_before(self) -> Counter[str]:
        """Returns how many entities fail each rule."""
        return _summed((rule, number) for fate, number in self.counts.items() for rule in fate.failing_before)

    def failing_after(self) -> Counter[str]:
        """Returns how many entities would fail each rule."""
        return _summed((rule, number) for fate, number in self.counts.items() for rule in fate.failing_after)

    def deciding_rules(self) -> Counter[str]:
        """Returns how many moves each rule decides, alone or with others."""
        return _summed((rule, number) for fate, number in self.counts.items() for rule in self.deciding(fate))

    def deciding(self, fate: Fate) -> list[str]:
        """Returns the rules that decide a move.

        Of a fall, those that fail of the step that would no longer be climbed; of a rise, those that failed of the step
        that had not been climbed. Empty for an entity that is newly, or no longer, judged, or on a level that is only
        new in name.
        """
        rise = self.rise(fate)
        if self.before is None or fate.before is None or fate.after is None or not rise:
            return []
        step = self.after.step_above(fate.after) if rise < 0 else self.before.step_above(fate.before)
        failing = fate.failing_after if rise < 0 else fate.failing_before
        return [] if step is None else [rule.identifier for rule in step[1] if rule.identifier in failing]

    def _is_listed(self, fate: Fate) -> bool:
        return self.before is None or fate.before != fate.after

    def _place(self, fate: Fate) -> tuple[float, int]:
        """Returns what the list is sorted by."""
        if self.before is None:
            return (self.after.height(fate.after or self.after.levels[0]), -len(fate.failing_after))
        if fate.before is None or fate.after is None:
            return (-len(self.before.levels) if fate.after is None else len(self.before.levels), 0)
        return (self.rise(fate), 0)

    def rise(self, fate: Fate) -> float:
        """Returns by how many levels an entity would rise: negative if it would fall, 0 unless it is judged both times.

        Where the levels themselves change, a ladder that has both says which is higher; if neither has, it is the share
        of its own ladder that lies below each.
        """
        if self.before is None or fate.before is None or fate.after is None:
            return 0
        for ladder in (self.after, self.before):
            if {fate.before, fate.after} <= set(ladder.levels):
                return ladder.rank(fate.after) - ladder.rank(fate.before)
        return self.after.height(fate.after) - self.before.height(fate.before)


def _summed(numbers: Iterable[tuple[str | None, int]]) -> Counter[str]:
    sums: Counter[str] = Counter()
    for name, number in numbers:
        if name is not None:
            sums[name] += number
    return sums
