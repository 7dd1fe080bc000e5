"""Entities: what is in the catalog. Searching, counting and grouping run at Port."""

from collections.abc import Awaitable, Sequence
from typing import Any, Literal

from quaymaster.port.bulk import BulkWrites
from quaymaster.port.documents.entity import Entity
from quaymaster.port.entity_writes import EntityWrites
from quaymaster.port.paging import EntityPage, EntityStream
from quaymaster.port.sender import JSON
from quaymaster.port.where import Where, build_query

__all__ = ["MAX_PAGE", "Entities", "EntityPage", "GroupBy"]

MAX_PAGE = 1000
"""The most entities that a page of a blueprint search can hold (Port: POST …/entities/search, `limit`)."""

_BLUEPRINT = "/v1/blueprints/{blueprint_identifier}"
_AGGREGATE = "/v1/entities/aggregate"

GroupBy = Literal["property", "relation", "scorecard"]
"""What entities can be grouped by: a property or meta-property, a relation's target, or the level on a scorecard."""


class Entities(EntityWrites, BulkWrites):
    """Searches, counts, aggregates, reads and writes entities."""

    async def get(self, blueprint: str, identifier: str) -> Entity:
        """Returns one entity (Port: GET …/entities/{entity_identifier}).

        Raises:
            NotFoundError: There is no such entity, or no such blueprint.
        """
        route = _BLUEPRINT + "/entities/{entity_identifier}"
        identifiers = {"blueprint_identifier": blueprint, "entity_identifier": identifier}
        answer = await self._sender.send("GET", route, identifiers)
        return Entity.read(answer["entity"])

    async def search(
        self,
        blueprint: str,
        where: Where | None = None,
        *,
        include: Sequence[str] | None = None,
        limit: int = 200,
        start: str | None = None,
    ) -> EntityPage:
        """Returns a page of a blueprint's entities (Port: POST …/entities/search).

        Args:
            blueprint: The blueprint's identifier.
            where: Which entities; None for all.
            include: Identifiers of the properties and relations to return, meta-properties with `$`; None for all.
                Identifier, title and blueprint are always there.
            limit: At most this many, 1 to 1,000.
            start: `next` of the page before.

        Raises:
            NotFoundError: There is no such blueprint.
            RejectedError: Port does not accept the query.
        """
        body: JSON = {"query": build_query(where), "limit": limit}
        if include is not None:
            body["include"] = list(include)
        if start is not None:
            body["from"] = start
        route = _BLUEPRINT + "/entities/search"
        answer = await self._sender.send("POST", route, {"blueprint_identifier": blueprint}, body=body)
        return EntityPage([Entity.read(it) for it in answer["entities"]], answer.get("next"))

    def search_all(
        self, blueprint: str, where: Where | None = None, *, include: Sequence[str] | None = None
    ) -> EntityStream:
        """Returns every matching entity, to be read with `async for`; memory holds one page.

        The stream says at its end whether the result changed while it was read. Arguments and errors as `search`.
        """

        def fetch(start: str | None, limit: int) -> Awaitable[EntityPage]:
            return self.search(blueprint, where, include=include, limit=limit, start=start)

        return EntityStream(fetch, lambda: self.count(blueprint, where), MAX_PAGE)

    async def search_everywhere(self, where: Where, *, include: Sequence[str] | None = None) -> list[Entity]:
        """Returns the matching entities of all blueprints; Port pages nothing here (Port: POST /v1/entities/search).

        Args:
            where: Which entities.
            include: Paths in the entity to return, such as `properties.language` or `relations.domain`; None for all.
        """
        query = {} if include is None else {"include": ",".join(include)}
        answer = await self._sender.send("POST", "/v1/entities/search", query=query, body=build_query(where))
        return [Entity.read(document) for document in answer["entities"]]

    async def count_everywhere(self, where: Where) -> int:
        """Returns how many entities of all blueprints match (Port: POST /v1/entities/aggregate)."""
        return int(await self._aggregate(None, where, func="count", calculationBy="entities"))

    async def count(self, blueprint: str, where: Where | None = None) -> int:
        """Returns how many of a blueprint's entities match, in one request.

        Port: GET …/entities-count without a filter, POST /v1/entities/aggregate with one.
        """
        if not where:
            answer = await self._sender.send("GET", _BLUEPRINT + "/entities-count", {"blueprint_identifier": blueprint})
            return int(answer["count"])
        return int(await self._aggregate(blueprint, where, func="count", calculationBy="entities"))

    async def count_values(
        self,
        blueprint: str,
        by: str,
        where: Where | None = None,
        *,
        kind: GroupBy = "property",
        rule: str | None = None,
    ) -> dict[str, int]:
        """Returns how many matching entities have each value, in one request (Port: POST /v1/entities/aggregate).

        Args:
            blueprint: The blueprint's identifier.
            by: What to group by: the identifier of a property, relation or scorecard.
            where: Which entities; None for all.
            kind: What `by` names.
            rule: With a scorecard, counts the results of this rule instead of the levels.
        """
        group: JSON = {kind: by} if rule is None else {kind: by, "rule": rule}
        counts = await self._aggregate(blueprint, where, func="countValues", **group)
        return {value: int(count) for value, count in counts.items()}

    async def aggregate(
        self,
        blueprint: str,
        func: Literal["sum", "average", "min", "max", "median"],
        property: str,  # noqa: A002 - Port's own word
        where: Where | None = None,
    ) -> float | None:
        """Returns one figure over a number property of the matching entities, in one request; None if there is none.

        Port: POST /v1/entities/aggregate; an average is over the entities that have the property.
        """
        spec: JSON = {"averageOf": "total"} if func == "average" else {}
        result = await self._aggregate(blueprint, where, func=func, property=property, calculationBy="property", **spec)
        return None if result is None else float(result)

    async def _aggregate(self, blueprint: str | None, where: Where | None, **spec: Any) -> Any:
        body = {**spec, "query": build_query(where, blueprint=blueprint)}
        return (await self._sender.send("POST", _AGGREGATE, body=body))["result"]
