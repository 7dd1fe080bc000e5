"""Entities whose names are known."""

from collections.abc import Sequence
from typing import Any

from quaymaster import Answer, InputError, PortClient, Table, inline
from quaymaster.catalog.catalog import Catalog
from quaymaster.catalog.columns import IDENTIFIER, TITLE, includes, read_columns, read_rows
from quaymaster.catalog.fields import Path, fields_of
from quaymaster.catalog.finding import find_entities, named, say_missing
from quaymaster.port.documents.blueprint import Blueprint
from quaymaster_catalog.documents import entity_document

__all__ = ["look_up"]

_MOST_NAMES = 200


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
    notes = await say_missing(port, found, [name for name in names if not named(name, entities)])
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
        document = entity_document.address(
            profile=port.profile, blueprint=found.identifier, identifier=entities[0].identifier
        )
        return Answer(headline, Table(["property", "value"], filled), notes=notes, document=document)
    stated = ", ".join(f"{label} = {_shown(value)}" for label, value in known)
    return Answer(f"{inline(values[0])}: {stated}" if stated else inline(values[0]), notes=notes)


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
