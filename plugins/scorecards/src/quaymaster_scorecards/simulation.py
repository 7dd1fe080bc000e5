"""What would become of entities under another scorecard: levels before and after, who moves, which rules decide."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from quaymaster_scorecards.ladder import Ladder

__all__ = ["Fate", "Simulation", "fates_of"]


@dataclass(frozen=True)
class Fate:
    """One entity before and after.

    Attributes:
        entity: The entity's identifier.
        before: Its level before; None if it was not judged, or if there was no scorecard.
        after: Its level after; None if it would not be judged.
        failing_before: The rules that it failed.
        failing_after: The rules that it would fail.
    """

    entity: str
    before: str | None
    after: str | None
    failing_before: frozenset[str] = frozenset()
    failing_after: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Simulation:
    """The fates of all entities.

    Attributes:
        before: The scorecard as it is; None if there is none.
        after: The scorecard as it would be.
        fates: One for each entity that is judged before or after.
    """

    before: Ladder | None
    after: Ladder
    fates: Sequence[Fate]

    def levels_before(self) -> Counter[str]:
        """Returns how many entities are on each level."""
        return Counter(it.before for it in self.fates if it.before is not None)

    def levels_after(self) -> Counter[str]:
        """Returns how many entities would be on each level."""
        return Counter(it.after for it in self.fates if it.after is not None)

    def failing_before(self) -> Counter[str]:
        """Returns how many entities fail each rule."""
        return Counter(rule for it in self.fates for rule in it.failing_before)

    def failing_after(self) -> Counter[str]:
        """Returns how many entities would fail each rule."""
        return Counter(rule for it in self.fates for rule in it.failing_after)

    def movers(self) -> list[Fate]:
        """Returns the entities that would change level, those that fall the farthest first, those that rise last."""
        moving = [it for it in self.fates if it.before != it.after]
        return sorted(moving, key=lambda it: (self._rise(it), it.entity))

    def falling(self) -> int:
        """Returns how many entities would fall, those no longer judged excepted."""
        return sum(it.before is not None and it.after is not None and self._rise(it) < 0 for it in self.fates)

    def rising(self) -> int:
        """Returns how many entities would rise, those newly judged excepted."""
        return sum(it.before is not None and it.after is not None and self._rise(it) > 0 for it in self.fates)

    def worst_first(self) -> list[Fate]:
        """Returns the entities that would be judged: the lowest level first, on it those that fail the most rules."""
        judged = [(self.after.rank(it.after), -len(it.failing_after), it.entity, it) for it in self.fates if it.after]
        return [it for *_, it in sorted(judged, key=lambda key: key[:3])]

    def deciding(self, fate: Fate) -> list[str]:
        """Returns the rules that decide an entity's move.

        For one that falls, those it would fail of the step that it would no longer have climbed; for one that rises,
        those it failed of the step that it had not climbed. Empty for one that is newly, or no longer, judged.
        """
        if self.before is None or fate.before is None or fate.after is None or fate.before == fate.after:
            return []
        falls = self._rise(fate) < 0
        ladder, level, failing = (
            (self.after, fate.after, fate.failing_after) if falls else (self.before, fate.before, fate.failing_before)
        )
        step = ladder.step_above(level)
        return [] if step is None else [rule.identifier for rule in step[1] if rule.identifier in failing]

    def deciding_rules(self) -> Counter[str]:
        """Returns how many moves each rule decides, alone or with others."""
        return Counter(rule for it in self.fates for rule in self.deciding(it))

    def _rise(self, fate: Fate) -> float:
        """Returns by how many levels an entity would rise, negative if it would fall.

        Where the levels themselves change, the share of the ladder that lies below counts, not the number of levels.
        """
        return _height(self.after, fate.after) - _height(self.before, fate.before)


def _height(ladder: Ladder | None, level: str | None) -> float:
    if ladder is None or level is None:
        return -1.0
    return ladder.rank(level) / max(1, len(ladder.levels) - 1)


def fates_of(
    after: Ladder, standings: Mapping[str, tuple[str, frozenset[str]]], failing_after: Mapping[str, frozenset[str]]
) -> list[Fate]:
    """Returns the fates of entities.

    Args:
        after: The scorecard as it would be.
        standings: The level and the failing rules of each entity that is judged now.
        failing_after: The rules that each entity would fail, of those that would be judged.
    """
    levels = {failing: after.level_of(failing) for failing in set(failing_after.values())}
    fates = []
    for entity in {**standings, **failing_after}:
        before, failing_before = standings.get(entity, (None, frozenset()))
        failing = failing_after.get(entity)
        level = None if failing is None else levels[failing]
        fates.append(Fate(entity, before, level, failing_before, failing or frozenset()))
    return fates
