"""Entities whose names are known."""

import re
from collections.abc import Sequence
from typing import Any

from quaymaster import Answer, InputError, PortClient, Table, inline, nearest_first
from quaymaster.port.documents.blueprint import Blueprint
from quaymaster.port.documents.entity import Entity
from quaymaster_catalog.catalog import Catalog
from quaymaster_catalog.columns import IDENTIFIER, TITLE, includes, read_columns, read_rows
from quaymaster_catalog.fields import Path, fields_of

__all__ = ["find_entities", "look_up", "near_matches"]

_MOST_NAMES = 200
_MOST_NEAR = 3
_WORD = re.compile(r"[A-Z]?[^\W\dA-Z_]+|[^\W\d_]+|\d+")


async def look_up(
    port: PortClient, catalog: Catalog, blueprint: str, names: Sequence[str], columns: Sequence[str] | None
) -> Answer:
    """Returns the entities of some names, in the order of the names; those that do not exist are named in a note.

    One entity is shown in full sentences (`InventoryService: team = Backend`), or with a line for each value.
    """
    found = catalog.blueprint(blueprint)
    if not 0 < len(names) <= _MOST_NAMES:
        raise InputError(f"give 1 to {_MOST_NAMES} identifiers, not {len(names)}")
    asked = None if columns is None else read_columns(catalog, found, columns)
    paths = asked or _everything(catalog, found)
    entities = await find_entities(port, found, names, None if asked is None else includes([*paths, TITLE]))
    notes = await _missing(port, found, [name for name in names if not _named(name, entities)])
    if not entities:
        return Answer(f"no such {inline(found.identifier)}: {', '.join(map(inline, names))}", notes=notes)
    rows = await read_rows(port, catalog, entities, paths)
    if len(entities) > 1:
        headline = f"{len(entities):,} {inline(found.identifier)} entities"
        return Answer(headline, _table([str(path) for path in paths], rows), notes=notes)
    (values,) = rows
    known = [(str(path), value) for path, value in zip(paths[1:], values[1:], strict=True)]
    if asked is None:
        filled = [(label, value) for label, value in known if value not in (None, [], {})]
        headline = f"{inline(values[0])} ({inline(found.identifier)}), what is filled in:"
        return Answer(headline, Table(["property", "value"], filled), notes=notes)
    stated = ", ".join(f"{label} = {_shown(value)}" for label, value in known)
    return Answer(f"{inline(values[0])}: {stated}" if stated else inline(values[0]), notes=notes)


async def find_entities(
    port: PortClient, blueprint: Blueprint, names: Sequence[str], include: Sequence[str] | None
) -> list[Entity]:
    """Returns the entities whose identifier, or else title, is one of the names; each once, in the names' order."""
    rules = [{"property": key, "operator": "in", "value": list(names)} for key in ("$identifier", "$title")]
    query = {"combinator": "or", "rules": rules}
    page = await port.entities.search(blueprint.identifier, query, include=include, limit=1000)
    found = [it for name in names for it in _named(name, page.entities)]
    return list({it.identifier: it for it in found}.values())


async def near_matches(port: PortClient, blueprint: Blueprint, name: str) -> list[str]:
    """Returns identifiers that look like a name: of entities that share a word or the first letters with it."""
    words = sorted({word for word in _WORD.findall(name) if len(word) > 2}, key=len, reverse=True)[:_MOST_NEAR]
    spellings = dict.fromkeys(form for word in words for form in (word, word.lower(), word.capitalize()))
    rules = [
        {"property": key, "operator": operator, "value": value}
        for key in ("$identifier", "$title")
        for operator, values in (
            ("contains", spellings),
            ("beginsWith", (name[:4], name[:4].lower(), name[:4].capitalize())),
        )
        for value in values
        if value
    ]
    if not rules:
        return []
    query = {"combinator": "or", "rules": rules}
    page = await port.entities.search(blueprint.identifier, query, include=["$identifier"], limit=1000)
    names = {it.identifier: it for it in page.entities}
    by_title = {it.title: it.identifier for it in page.entities if it.title}
    ordered = nearest_first(name, [*names, *(title for title in by_title if title not in names)])
    return list(dict.fromkeys(by_title.get(it, it) for it in ordered))[:_MOST_NEAR]


def _named(name: str, entities: Sequence[Entity]) -> list[Entity]:
    """Returns the entity with this identifier; if there is none, those with this title."""
    exact = [it for it in entities if it.identifier == name]
    return exact or [it for it in entities if it.title == name]


async def _missing(port: PortClient, blueprint: Blueprint, names: Sequence[str]) -> list[str]:
    notes = []
    for name in names[:_MOST_NEAR]:
        near = ", ".join(map(inline, await near_matches(port, blueprint, name)))
        nearest = f"; nearest: {near}" if near else ""
        notes.append(f"{inline(blueprint.identifier)} {inline(name)!r} does not exist{nearest}")
    if len(names) > _MOST_NEAR:
        notes.append(f"{len(names) - _MOST_NEAR} more do not exist: {', '.join(map(inline, names[_MOST_NEAR:]))}")
    return notes


def _everything(catalog: Catalog, blueprint: Blueprint) -> list[Path]:
    """Returns all columns there are, the identifier first."""
    return list(dict.fromkeys([IDENTIFIER, *(Path((), it) for it in fields_of(catalog, blueprint))]))


def _table(names: list[str], rows: list[list[Any]]) -> Table:
    """Drops columns without any value."""
    kept = [at for at in range(len(names)) if not at or any(row[at] not in (None, [], {}) for row in rows)]
    return Table([names[at] for at in kept], [[row[at] for at in kept] for row in rows])


def _shown(value: Any) -> str:
    if value in (None, [], {}):
        return "(empty)"
    if isinstance(value, bool):
        return str(value).lower()
    return inline(", ".join(map(str, value)) if isinstance(value, list) else value)
