"""Columns of an answer: what to ask Port for, and how to read it from entities."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from quaymaster.catalog.catalog import Catalog
from quaymaster.catalog.fields import Field, Path, resolve
from quaymaster.port import PortClient
from quaymaster.port.documents.blueprint import Blueprint
from quaymaster.port.documents.entity import Entity

__all__ = ["IDENTIFIER", "TITLE", "includes", "read_columns", "read_rows", "read_values", "value_of"]

IDENTIFIER = Path((), Field("$identifier", "Identifier", "meta"))
TITLE = Path((), Field("$title", "Title", "meta"))

_ATTRIBUTES = {
    "$identifier": "identifier",
    "$title": "title",
    "$icon": "icon",
    "$createdAt": "created_at",
    "$updatedAt": "updated_at",
    "$createdBy": "created_by",
    "$updatedBy": "updated_by",
}
_CHUNK = 1000


def read_columns(catalog: Catalog, blueprint: Blueprint, names: Sequence[str] | None) -> list[Path]:
    """Returns the columns to show: the identifier, then those asked for, each once; by default the title.

    Raises:
        InputError: A name stands for nothing, or for several things.
    """
    asked = [TITLE] if names is None else [resolve(catalog, blueprint, name) for name in names]
    return list(dict.fromkeys([IDENTIFIER, *asked]))


def includes(paths: Iterable[Path]) -> list[str]:
    """Returns what to ask a blueprint's search for (Port: POST …/entities/search, `include`).

    That scorecards are asked for by `$scorecards`, like the meta-properties, is a guess.
    """
    first = [path.relations[0] if path.relations else path.field for path in paths]
    names = ("$scorecards" if it.kind == "scorecard" else it.identifier for it in first)
    return list(dict.fromkeys(["$identifier", *names]))


def value_of(catalog: Catalog, field: Field, entity: Entity) -> Any:
    """Returns the value of a field: teams by what people call them, relations by identifiers, scorecards by level."""
    if field.is_team:
        return [catalog.team_title(it) for it in entity.teams]
    match field.kind:
        case "meta":
            return getattr(entity, _ATTRIBUTES[field.identifier])
        case "relation":
            related = entity.list_related(field.identifier)
            return related if field.type == "array" else next(iter(related), None)
        case "scorecard":
            result = entity.result_of(field.identifier)
            return None if result is None else result.level
    return entity.properties.get(field.identifier)


async def read_rows(
    port: PortClient, catalog: Catalog, entities: Sequence[Entity], paths: Sequence[Path]
) -> list[list[Any]]:
    """Returns the values as rows to show: those of `read_values`, instants without empty seconds."""
    rows = await read_values(port, catalog, entities, paths)
    dates = [column for column, path in enumerate(paths) if path.field.is_date]
    for row in rows:
        for column in dates:
            row[column] = _without_empty_seconds(row[column])
    return rows


async def read_values(
    port: PortClient, catalog: Catalog, entities: Sequence[Entity], paths: Sequence[Path]
) -> list[list[Any]]:
    """Returns one list of values for each entity, in the order of the paths.

    What stands behind a relation is read from the related entities, one request for all of them and each relation;
    behind a relation to many it is a list.
    """
    rows: list[list[Any]] = [[None] * len(paths) for _ in entities]
    behind: defaultdict[Field, list[int]] = defaultdict(list)
    for column, path in enumerate(paths):
        if path.relations:
            behind[path.relations[0]].append(column)
            continue
        for row, entity in zip(rows, entities, strict=True):
            row[column] = value_of(catalog, path.field, entity)
    for relation, columns in behind.items():
        rest = [Path(paths[column].relations[1:], paths[column].field) for column in columns]
        found = await _read_related(port, catalog, relation, entities, rest)
        for row, entity in zip(rows, entities, strict=True):
            ends = [found[it] for it in entity.list_related(relation.identifier) if it in found]
            for place, column in enumerate(columns):
                values = [end[place] for end in ends if end[place] is not None]
                row[column] = values if relation.type == "array" else next(iter(values), None)
    return rows


async def _read_related(
    port: PortClient, catalog: Catalog, relation: Field, entities: Sequence[Entity], paths: Sequence[Path]
) -> dict[str, list[Any]]:
    """Returns the values of the entities at the other end of a relation, by identifier."""
    wanted = list(dict.fromkeys(end for entity in entities for end in entity.list_related(relation.identifier)))
    values: dict[str, list[Any]] = {}
    for start in range(0, len(wanted), _CHUNK):
        named = {"$identifier": wanted[start : start + _CHUNK]}
        page = await port.entities.search(relation.target, named, include=includes(paths), limit=_CHUNK)
        rows = await read_values(port, catalog, page.entities, paths)
        values |= {entity.identifier: row for entity, row in zip(page.entities, rows, strict=True)}
    return values


def _without_empty_seconds(value: Any) -> Any:
    if isinstance(value, list):
        return [_without_empty_seconds(it) for it in value]
    if isinstance(value, str) and value.endswith(".000Z"):
        return value.removesuffix(".000Z").removesuffix(":00") + "Z"
    return value
