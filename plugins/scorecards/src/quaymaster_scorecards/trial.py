"""Tries a scorecard on live entities: Port says, in one search a rule, which entities pass; nothing is written.

What Port has judged already is not asked again: the results for rules that stay as they are.
"""

from collections import defaultdict
from collections.abc import AsyncIterator, Collection
from dataclasses import dataclass, field

from quaymaster import Call, PortClient, gather
from quaymaster.catalog.filters import Filter
from quaymaster.port.documents.blueprint import Blueprint
from quaymaster_scorecards.choice import Scored
from quaymaster_scorecards.ladder import JSON, Ladder, Rule
from quaymaster_scorecards.simulation import Simulation, fates_of
from quaymaster_scorecards.standings import Standings, read_standings
from quaymaster_scorecards.translation import TypeOf, search_rule

__all__ = ["Trial"]

_REPORT_EVERY = 1000


@dataclass
class Trial:
    """A scorecard to be tried.

    Attributes:
        port: The client.
        call: The call that waits for it; hears how many entities have been read.
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
    _read: int = field(default=0, init=False)

    async def run(self) -> Simulation:
        """Returns what would become of the entities."""
        before = None if self.scored is None else self.scored.ladder
        keeps_filter = before is not None and before.filter == self.after.filter
        asked = [rule for rule in self.after.rules if not (keeps_filter and self._is_known(rule))]
        standings, judged, passed = await gather(self._standings(), self._judged(keeps_filter), self._passed(asked))
        failing = self._failing(asked, passed, standings, standings if keeps_filter else judged)
        return Simulation(before, self.after, fates_of(self.after, standings, failing))

    def _is_known(self, rule: Rule) -> bool:
        """Whether Port's results already say which entities pass a rule."""
        same = None if self.scored is None else self.scored.ladder.by_identifier.get(rule.identifier)
        return same is not None and same.query == rule.query

    def _failing(
        self, asked: list[Rule], passed: dict[str, int], standings: Standings, judged: Collection[str]
    ) -> dict[str, frozenset[str]]:
        """Returns the rules that each judged entity would fail; entities that fail the same share one set."""
        known = frozenset(rule.identifier for rule in self.after.rules) - {rule.identifier for rule in asked}
        sets: dict[tuple[int, frozenset[str]], frozenset[str]] = {}
        failing = {}
        for entity in judged:
            bits = passed.get(entity, 0)
            kept = standings[entity][1] & known if known else frozenset()
            if (bits, kept) not in sets:
                now = {rule.identifier for number, rule in enumerate(asked) if not bits >> number & 1}
                sets[bits, kept] = kept | now
            failing[entity] = sets[bits, kept]
        return failing

    async def _standings(self) -> Standings:
        if self.scored is None:
            return {}
        standings: Standings = {}
        sets: dict[frozenset[str], frozenset[str]] = {}
        async for it in read_standings(self.port, self.scored, self.chosen.search):
            standings[it.entity] = (it.level, sets.setdefault(it.failing, it.failing))
            await self._count()
        return standings

    async def _judged(self, keeps_filter: bool) -> set[str]:
        """Returns the entities that the filter accepts; those that are judged now need no search."""
        if keeps_filter:
            return set()
        rules = [] if self.after.filter is None else [search_rule(self.after.filter, self.type_of)]
        return {entity async for entity in self._search(rules)}

    async def _passed(self, rules: list[Rule]) -> dict[str, int]:
        """Returns the rules that each entity passes, a bit for each rule by its place in the list."""
        passed: defaultdict[str, int] = defaultdict(int)

        async def ask(rule: Rule, bit: int) -> None:
            async for entity in self._search([search_rule(rule.query, self.type_of)]):
                passed[entity] |= bit

        await gather(*(ask(rule, 1 << number) for number, rule in enumerate(rules)))
        return passed

    async def _search(self, rules: list[JSON]) -> AsyncIterator[str]:
        query = {"combinator": "and", "rules": [*(term.search for term in self.chosen.terms), *rules]}
        async for entity in self.port.entities.search_all(self.blueprint.identifier, query, include=["$identifier"]):
            await self._count()
            yield entity.identifier

    async def _count(self) -> None:
        self._read += 1
        if self._read % _REPORT_EVERY == 0:
            await self.call.report_progress(self._read, message=f"{self._read:,} answers of Port's read")
