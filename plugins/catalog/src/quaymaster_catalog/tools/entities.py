"""Tools that list, count and read the entities of one blueprint."""

from typing import Annotated, Any

from pydantic import Field

from quaymaster import Answer, InputError, PortClient, Table, gather, inline, tool
from quaymaster.port.documents.blueprint import Blueprint
from quaymaster_catalog.catalog import Catalog, with_catalog
from quaymaster_catalog.columns import read_columns
from quaymaster_catalog.counts import count, count_by, why_empty
from quaymaster_catalog.fields import Path, resolve
from quaymaster_catalog.filters import Filter, read_filter
from quaymaster_catalog.listing import MOST_ROWS, Listing, Sort
from quaymaster_catalog.lookup import look_up

__all__ = ["count_entities", "get_entities_by_identifiers", "list_entities"]

Where = dict[str, Any]
Limit = Annotated[int, Field(ge=1, le=MOST_ROWS)]


@tool(read_only=True)
async def list_entities(
    port: PortClient,
    blueprint: str,
    where: Where | None = None,
    columns: list[str] | None = None,
    sort: str | None = None,
    limit: Limit = 50,
    cursor: str | None = None,
) -> Answer:
    """Lists entities of a blueprint, with the total. Name only the columns you need.

    where: {"team": "backend", "coverage": {"<": 80}, "lifecycle": ["A", "B"], "runbook": null,
    "start": {"<=": "now"}, "created_at": {"between": "lastWeek"}, "scorecard:security": "Gold"} or Port's
    {"combinator", "rules"}. columns and sort ("-x": descending) are properties, team, relations ("domain.title"),
    scorecards.
    """

    async def answer(catalog: Catalog) -> Answer:
        found = catalog.blueprint(blueprint)
        chosen = await read_filter(port, catalog, found, where)
        order = None if sort is None else Sort(resolve(catalog, found, sort.removeprefix("-")), sort.startswith("-"))
        question = [port.profile, found.identifier, where, columns, sort]
        listing = Listing(port, catalog, found, chosen, read_columns(catalog, found, columns), order, question)
        table = await listing.page(limit, cursor)
        notes = [] if table.total else await why_empty(port, catalog, found, chosen)
        return Answer(_matching(table.total or 0, found, chosen), table, notes=notes)

    return await with_catalog(port, answer)


@tool(read_only=True)
async def count_entities(
    port: PortClient, blueprint: str, where: Where | None = None, group_by: str | None = None
) -> Answer:
    """Counts entities, in all or for each value of a property, relation, team or scorecard level (group_by).

    where as in list_entities.
    """

    async def answer(catalog: Catalog) -> Answer:
        found = catalog.blueprint(blueprint)
        chosen = await read_filter(port, catalog, found, where)
        if group_by is None:
            total = await count(port, found.identifier, chosen)
            notes = [] if total else await why_empty(port, catalog, found, chosen)
            return Answer(_matching(total, found, chosen), notes=notes)
        return await _grouped(port, catalog, found, chosen, resolve(catalog, found, group_by))

    return await with_catalog(port, answer)


@tool(read_only=True)
async def get_entities_by_identifiers(
    port: PortClient, blueprint: str, identifiers: list[str], columns: list[str] | None = None
) -> Answer:
    """Reads entities whose identifiers or titles are known; without columns, everything about them."""
    return await with_catalog(port, lambda catalog: look_up(port, catalog, blueprint, identifiers, columns))


async def _grouped(port: PortClient, catalog: Catalog, blueprint: Blueprint, chosen: Filter, path: Path) -> Answer:
    if path.relations:
        raise InputError(
            f"cannot group by {str(path)!r}: group by {path.relations[0].label!r} or by a mirror property of it"
        )
    total, counts = await gather(
        count(port, blueprint.identifier, chosen), count_by(port, catalog, blueprint.identifier, path.field, chosen)
    )
    named = {(catalog.team_title(value) if path.field.is_team else value): n for value, n in counts.items()}
    rows = sorted(named.items(), key=lambda it: (-it[1], it[0]))
    if path.field.type != "array" and (missing := total - sum(counts.values())):
        rows.append(("(none)", missing))
    headline = f"{_matching(total, blueprint, chosen)}, by {inline(path)}: {len(counts):,} values"
    notes = [] if total else await why_empty(port, catalog, blueprint, chosen)
    return Answer(headline, Table([str(path), "count"], rows), notes=notes)


def _matching(total: int, blueprint: Blueprint, chosen: Filter) -> str:
    """Says how many entities there are, and of what: `812 service entities match lifecycle = Production`."""
    counted = f"{total:,} {inline(blueprint.identifier)} {'entity' if total == 1 else 'entities'}"
    if not chosen.terms:
        return counted
    return f"{counted} {'matches' if total == 1 else 'match'} {chosen}"
