"""Tools that find an entity by a few letters of its name, and tell what matters about it and how it came to be."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated

from lazy_importer import lazy_importer
from pydantic import Field

from quaymaster import Answer, PortClient, PortClients, Table, inline, tool

__lazy_modules__ = {
    "quaymaster.catalog.catalog",
    "quaymaster.catalog.finding",
    "quaymaster.catalog.dates",
    "quaymaster.catalog.fields",
    "quaymaster_catalog.description",
    "quaymaster_catalog.history",
    "quaymaster_catalog.organisations",
    "quaymaster_catalog.searching",
}
with lazy_importer():  # what a call needs; listing the tools must not wait for it
    from quaymaster.catalog.catalog import Catalog, with_catalog
    from quaymaster.catalog.dates import as_port_writes, read_instant
    from quaymaster.catalog.fields import resolve
    from quaymaster.catalog.finding import find_one
    from quaymaster_catalog.description import describe
    from quaymaster_catalog.history import Change, changes_in
    from quaymaster_catalog.organisations import ask_all
    from quaymaster_catalog.searching import search_names

__all__ = ["describe_entity", "entity_history", "search_catalog"]

_MOST_READ = 1000
"""How many entries of the audit log are read for one answer (Port: GET /v1/audit-log, `limit`)."""


@tool(read_only=True)
async def search_catalog(
    ports: PortClients,
    text: str,
    blueprints: list[str] | None = None,
    limit: Annotated[int, Field(ge=1, le=100)] = 10,
    profiles: list[str] | None = None,
) -> Answer:
    """Finds entities of any blueprint by words of their name, also misspelt; best first."""

    async def ask(port: PortClient) -> Answer:
        return await with_catalog(port, lambda catalog: answer(port, catalog))

    async def answer(port: PortClient, catalog: Catalog) -> Answer:
        within = None if blueprints is None else [catalog.blueprint(it).identifier for it in blueprints]
        found, number = await search_names(port, text, within)
        rows = [[it.identifier, it.title, it.blueprint] for _, it in found[:limit]]
        if not number:
            return Answer(f"nothing is named like {inline(text)!r}", notes=["search looks at identifiers and titles"])
        rest = number - len(rows)
        notes = [f"{rest:,} more fit less well or as well: give more of the name, or blueprints"] if rest else []
        if not rows:
            notes = ["too many to rank: give more of the name, or blueprints"]
        fit = "1 entity fits" if number == 1 else f"{number:,} entities fit"
        return Answer(f"{fit} {inline(text)!r}", Table(["identifier", "title", "blueprint"], rows), notes=notes)

    return await ask_all(ports, profiles, ask)


@tool(read_only=True)
async def describe_entity(port: PortClient, blueprint: str, identifier: str) -> Answer:
    """Tells in short what matters about an entity: owner, on-call, facts, links, relations, scorecards, changes."""
    return await with_catalog(port, lambda catalog: describe(port, catalog, blueprint, identifier))


@tool(read_only=True)
async def entity_history(
    port: PortClient,
    blueprint: str,
    identifier: str,
    property: str | None = None,  # noqa: A002 - Port's own word
    since: str | None = None,
    limit: Annotated[int, Field(ge=1, le=500)] = 20,
) -> Answer:
    """Lists what changed on an entity, or one property of it: when, by whom, from what to what; newest first."""

    async def answer(catalog: Catalog) -> Answer:
        found = catalog.blueprint(blueprint)
        wanted = None if property is None else resolve(catalog, found, property).field.label
        start = None if since is None else as_port_writes(read_instant(since, "since", datetime.now(UTC)))
        entity = await find_one(port, found, identifier, ["$identifier"])
        entries = await port.audit_log.list_changes(found.identifier, entity.identifier, since=start, limit=_MOST_READ)
        known = list(changes_in(entries))
        changes = [it for it in known if wanted is None or it.name == wanted]
        rows = [[it.at, it.by, it.name or "(entity)", it.before, it.after] for it in changes[:limit]]
        headline = f"{len(changes):,} changes of {inline(entity.identifier)}{f' ({inline(wanted)})' if wanted else ''}"
        if start is not None:
            headline += f" since {start}"
        notes = [] if changes else [_why_unchanged(known, wanted)]
        if len(entries) == _MOST_READ:
            notes.append(f"only the latest {_MOST_READ:,} entries of the audit log were read; give a later since")
        table = Table(["at", "by", "property", "before", "after"], rows, total=len(changes))
        return Answer(headline, table, notes=notes)

    return await with_catalog(port, answer)


def _why_unchanged(changes: Sequence[Change], wanted: str | None) -> str:
    """Says what may explain that there is no change: the audit log's own age, or that other properties changed."""
    others = dict.fromkeys(inline(it.name) for it in changes if it.name)
    if wanted is not None and others:
        return f"changed were: {', '.join(others)}"
    return "the audit log holds none; Port keeps it for a year by default"
