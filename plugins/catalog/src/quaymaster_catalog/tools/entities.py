"""Tools that list and read the entities of one blueprint."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any, Literal

from lazy_importer import lazy_importer
from pydantic import Field

from quaymaster import Answer, PortClient, PortClients, inline, tool
from quaymaster_catalog.limits import MOST_ROWS

__lazy_modules__ = {
    "quaymaster.catalog.catalog",
    "quaymaster.catalog.columns",
    "quaymaster.catalog.counts",
    "quaymaster.catalog.filters",
    "quaymaster.catalog.wording",
    "quaymaster_catalog.listing",
    "quaymaster_catalog.lookup",
    "quaymaster_catalog.organisations",
    "quaymaster_catalog.sorting",
}
with lazy_importer():  # what a call needs; listing the tools must not wait for it
    from quaymaster.catalog.catalog import Catalog, with_catalog
    from quaymaster.catalog.columns import read_columns
    from quaymaster.catalog.counts import why_empty
    from quaymaster.catalog.filters import read_filter
    from quaymaster.catalog.wording import matching
    from quaymaster_catalog.listing import Listing
    from quaymaster_catalog.lookup import look_up
    from quaymaster_catalog.organisations import ask_all, ask_each
    from quaymaster_catalog.sorting import read_sort

__all__ = ["get_entities_by_identifiers", "list_entities"]

Where = dict[str, Any]
Limit = Annotated[int, Field(ge=1, le=MOST_ROWS)]


@tool(read_only=True)
async def list_entities(
    ports: PortClients,
    blueprint: str,
    where: Where | None = None,
    columns: list[str] | None = None,
    sort: str | None = None,
    limit: Limit = 50,
    cursor: str | None = None,
    output: Literal["table", "json"] = "table",
    profiles: list[str] | None = None,
) -> Answer:
    """Lists entities of a blueprint, with the total. Name only the columns you need.

    where: {"team": "backend", "coverage": {"<": 80}, "lifecycle": ["A", "B"], "runbook": null,
    "start": {">": "now-7d"}, "created_at": "lastWeek", "scorecard:security": "Gold", "or": [{…}, {…}]} or Port's
    {"combinator", "rules"}. columns and sort ("-x": descending) are properties, team, relations ("domain.title"),
    scorecards. profiles: organisations to ask, ["*"] for all.
    """

    async def ask(port: PortClient, limit: int, cursor: str | None) -> Answer:
        return await with_catalog(port, lambda catalog: answer(port, catalog, limit, cursor))

    async def answer(port: PortClient, catalog: Catalog, limit: int, cursor: str | None) -> Answer:
        found = catalog.blueprint(blueprint)
        chosen = await read_filter(port, catalog, found, where)
        order = read_sort(catalog, found, sort)
        question = [port.profile, found.identifier, where, columns, sort]
        listing = Listing(port, catalog, found, chosen, read_columns(catalog, found, columns), order, question)
        table = await listing.page(limit, cursor)
        notes = [] if table.total else await why_empty(port, catalog, found, chosen)
        shown = replace(table, as_json=output == "json")
        sorted_by = "" if order is None else f", by {inline(order)}"
        return Answer(matching(table.total or 0, found, chosen) + sorted_by, shown, notes=notes)

    return await ask_each(ports, profiles, ask, limit, cursor, [blueprint, where, columns, sort])


@tool(read_only=True)
async def get_entities_by_identifiers(
    ports: PortClients,
    blueprint: str,
    identifiers: list[str],
    columns: list[str] | None = None,
    profiles: list[str] | None = None,
) -> Answer:
    """Reads entities whose identifiers or titles are known; without columns, everything about them."""

    async def ask(port: PortClient) -> Answer:
        return await with_catalog(port, lambda catalog: look_up(port, catalog, blueprint, identifiers, columns))

    return await ask_all(ports, profiles, ask)
