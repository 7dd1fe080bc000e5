"""Reads the changes of rule results from Port."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from quaymaster import Call, PortClient, gather
from quaymaster.catalog.catalog import Catalog
from quaymaster.catalog.fields import Field
from quaymaster.catalog.filters import Filter
from quaymaster.port.documents.entity import Entity
from quaymaster_scorecards.choice import Scored
from quaymaster_scorecards.grouping import group_names
from quaymaster_scorecards.ladder import JSON
from quaymaster_scorecards.past import Changed, Past
from quaymaster_scorecards.progress import Progress
from quaymaster_scorecards.standings import SCORECARDS, standing_of

__all__ = ["Changes"]

_CHUNK = 1000


@dataclass(frozen=True)
class Changes:
    """The changes of the results of one scorecard, for some of its entities.

    Attributes:
        port: The client.
        call: The call that waits; hears how many changes have been read.
        catalog: The data model.
        scored: The scorecard.
        chosen: Which entities.
        group_by: What they are grouped by; None for nothing.
    """

    port: PortClient
    call: Call
    catalog: Catalog
    scored: Scored
    chosen: Filter
    group_by: Field | None

    async def read_since(self, instant: datetime) -> Past:
        """Returns the past back to an instant, from the results that have changed since; memory holds these."""
        created_at, changes = await gather(self._rules(), self._changes(instant))
        names = sorted(changes)
        chunks = [names[start : start + _CHUNK] for start in range(0, len(names), _CHUNK)]
        entities = await gather(*(self._entities(chunk) for chunk in chunks))
        changed = [self._changed(entity, changes[entity.identifier]) for found in entities for entity in found]
        return Past(self.scored.ladder, created_at, [it for it in changed if it is not None])

    async def _rules(self) -> dict[str, datetime]:
        """Returns when each rule was created (Port: blueprint `_rule`)."""
        rules: list[JSON] = [
            {"property": "$identifier", "operator": "in", "value": list(self.scored.ladder.by_identifier)},
            {"relation": "scorecard", "operator": "=", "value": self.scored.identifier},
        ]
        found = self.port.entities.search_all("_rule", _all_of(rules), include=["$createdAt"])
        return {it.identifier: _instant(it.created_at) async for it in found}

    async def _changes(self, since: datetime) -> dict[str, dict[str, datetime]]:
        """Returns when the results of rules last changed, by entity and rule (Port: blueprint `_rule_result`).

        Docs: scorecards, rule results. Scorecards of one name on other blueprints have rules of the same identifiers.
        """
        rules: list[JSON] = [
            {"relation": "rule", "operator": "in", "value": list(self.scored.ladder.by_identifier)},
            {"property": "blueprint", "operator": "=", "value": self.scored.blueprint.identifier},
            {"property": "result_last_change", "operator": ">", "value": since.isoformat()},
        ]
        include = ["entity", "result_last_change", "rule"]
        changes: defaultdict[str, dict[str, datetime]] = defaultdict(dict)
        found = self.port.entities.search_all("_rule_result", _all_of(rules), include=include)
        async for result in Progress(self.call, "changes").watch(found):
            at = _instant(result.properties["result_last_change"])
            for rule in result.list_related("rule"):
                changes[result.properties["entity"]][rule] = at
        return changes

    async def _entities(self, names: Sequence[str]) -> list[Entity]:
        named = {"property": "$identifier", "operator": "in", "value": list(names)}
        query = _all_of([named, *(term.search for term in self.chosen.terms)])
        group = [] if self.group_by is None else [self.group_by.identifier]
        include = [*SCORECARDS, "$createdAt", *group]
        page = await self.port.entities.search(self.scored.blueprint.identifier, query, include=include, limit=_CHUNK)
        return page.entities

    def _changed(self, entity: Entity, changes: Mapping[str, datetime]) -> Changed | None:
        standing = standing_of(entity, self.scored.identifier)
        if standing is None:
            return None
        created_at = _instant(entity.created_at)
        return Changed(standing.entity, standing.level, standing.failing, created_at, changes, self._groups(entity))

    def _groups(self, entity: Entity) -> tuple[str, ...]:
        """Returns the names of the groups that an entity is in."""
        return () if self.group_by is None else tuple(group_names(self.catalog, self.group_by, entity))


def _all_of(rules: Sequence[JSON]) -> JSON:
    return {"combinator": "and", "rules": list(rules)}


def _instant(text: str | None) -> datetime:
    return datetime.fromisoformat(text or "1970-01-01T00:00:00Z")
