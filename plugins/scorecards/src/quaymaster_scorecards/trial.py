"""Tries a scorecard on live entities: Port says, in one search a rule, which entities pass; nothing is written.

What Port has judged already is not asked again: the results for rules that stay as they are. A search finds at most a
thousand entities at a time, so that a large catalog is gone through in chunks, and memory holds one of them.
"""

from collections.abc import AsyncIterator, Collection, Sequence
from dataclasses import dataclass, field

from quaymaster import Call, PortClient, gather
from quaymaster.catalog.filters import Filter
from quaymaster.port.documents.blueprint import Blueprint
from quaymaster.port.documents.entity import Entity
from quaymaster_scorecards.choice import Scored
from quaymaster_scorecards.ladder import JSON, Ladder, Rule
from quaymaster_scorecards.progress import Progress
from quaymaster_scorecards.simulation import Fate, Simulation
from quaymaster_scorecards.standings import SCORECARDS, standing_of
from quaymaster_scorecards.translation import EVERYBODY, TypeOf, search_rule

__all__ = ["Trial"]

_CHUNK = 1000


@dataclass
class Trial:
    """A scorecard to be tried.

    Attributes:
        port: The client.
        call: The call that waits for it; hears how many entities have been tried.
        blueprint: Whose entities would be judged.
        type_of: The types of the blueprint's properties.
        scored: The scorecard that would change; None if it is new.
        after: The scorecard as it would be.
        chosen: Which entities are looked at.
    """

    port: PortClient
    call: Call
    blueprint: Blueprint
    type_of: TypeOf
    scored: Scored | None
    after: Ladder
    chosen: Filter
    _levels: dict[frozenset[str], str] = field(default_factory=dict, init=False)

    @property
    def keeps_filter(self) -> bool:
        """Whether the scorecard would judge what it judges now; those that have no result yet are left out then."""
        return self.scored is not None and self.scored.ladder.filter == self.after.filter

    async def run(self, keep: int) -> Simulation:
        """Returns what would become of the entities, with the names of so many of them."""
        simulation = Simulation(None if self.scored is None else self.scored.ladder, self.after, keep)
        asked = [rule for rule in self.after.rules if not self._is_known(rule)]
        async for chunk in self._chunks():
            names = [entity.identifier for entity in chunk]
            judged, *passing = await gather(self._judged(names), *(self._passing(rule, names) for rule in asked))
            results = dict(zip((rule.identifier for rule in asked), passing, strict=True))
            simulation.add((it.identifier, self._fate(it, it.identifier in judged, results)) for it in chunk)
        return simulation

    def _fate(self, entity: Entity, is_judged: bool, passing: dict[str, Collection[str]]) -> Fate:
        """Returns the fate of an entity.

        Args:
            entity: The entity, with the results that Port has.
            is_judged: Whether it would be judged.
            passing: The entities that pass each rule that was asked about.
        """
        standing = None if self.scored is None else standing_of(entity, self.scored.identifier)
        before, failing_before = (None, frozenset[str]()) if standing is None else (standing.level, standing.failing)
        if not is_judged:
            return Fate(before, None, failing_before)
        failing = frozenset(
            rule.identifier
            for rule in self.after.rules
            if (
                entity.identifier not in passing[rule.identifier]
                if rule.identifier in passing
                else rule.identifier in failing_before
            )
        )
        if failing not in self._levels:
            self._levels[failing] = self.after.level_of(failing)
        return Fate(before, self._levels[failing], failing_before, failing)

    def _is_known(self, rule: Rule) -> bool:
        """Whether Port's results already say which entities pass a rule."""
        same = None if self.scored is None else self.scored.ladder.by_identifier.get(rule.identifier)
        return self.keeps_filter and same is not None and same.query == rule.query

    async def _chunks(self) -> AsyncIterator[list[Entity]]:
        """Yields the entities that are judged before or after, some at a time."""
        either: list[JSON] = []
        if self.scored is not None:
            either.append({"scorecard": self.scored.identifier, "operator": "isNotEmpty"})
        if not self.keeps_filter:
            either.append(EVERYBODY if self.after.filter is None else search_rule(self.after.filter, self.type_of))
        query = self._query([{"combinator": "or", "rules": either}])
        include = ["$identifier"] if self.scored is None else SCORECARDS
        found = self.port.entities.search_all(self.blueprint.identifier, query, include=include)
        chunk: list[Entity] = []
        async for entity in Progress(self.call).watch(found):
            chunk.append(entity)
            if len(chunk) == _CHUNK:
                yield chunk
                chunk = []
        if chunk:
            yield chunk

    async def _judged(self, names: Sequence[str]) -> Collection[str]:
        """Returns which of some entities would be judged; a search is needed only where both are possible."""
        if self.scored is None or self.keeps_filter or self.after.filter is None:
            return set(names)
        return await self._meeting(self.after.filter, names)

    async def _passing(self, rule: Rule, names: Sequence[str]) -> Collection[str]:
        return await self._meeting(rule.query, names)

    async def _meeting(self, query: JSON, names: Sequence[str]) -> Collection[str]:
        """Returns which of some entities meet a query of a scorecard."""
        named = {"property": "$identifier", "operator": "in", "value": list(names)}
        page = await self.port.entities.search(
            self.blueprint.identifier,
            {"combinator": "and", "rules": [named, search_rule(query, self.type_of)]},
            include=["$identifier"],
            limit=_CHUNK,
        )
        return {entity.identifier for entity in page.entities}

    def _query(self, rules: Sequence[JSON]) -> JSON:
        return {"combinator": "and", "rules": [*(term.search for term in self.chosen.terms), *rules]}
