"""Entities in the database: the rows that hold one entity, written and deleted together."""

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from quaymaster_sandbox.catalog.blueprint import Blueprint, Kind, Property
from quaymaster_sandbox.storage.schema import calculation_column
from quaymaster_sandbox.values.calculation import calculate
from quaymaster_sandbox.values.cells import Cell, cell_of, element_of, from_json, to_json

_BATCH = 2000


@dataclass(frozen=True)
class EntityRow:
    """What is stored of an entity beside its relations; `properties` holds no nulls, instants are in microseconds."""

    identifier: str
    title: str | None
    icon: str | None
    properties: Mapping[str, Any]
    created_at: int
    created_by: str | None
    updated_at: int
    updated_by: str | None
    datasource: str | None


def find_id(connection: sqlite3.Connection, blueprint: Blueprint, identifier: str) -> int | None:
    """Returns the number of the entity with this identifier, or None."""
    row = connection.execute(f"SELECT id FROM {blueprint.table} WHERE identifier = ?", (identifier,)).fetchone()
    return None if row is None else int(row[0])


def load_row(connection: sqlite3.Connection, blueprint: Blueprint, entity_id: int) -> EntityRow:
    """Returns the stored entity of this number."""
    row = connection.execute(
        "SELECT v.identifier, v.title, v.icon, document.properties, v.created_at, v.created_by, v.updated_at,"
        f" v.updated_by, v.datasource FROM {blueprint.table} AS v JOIN document ON document.id = v.id WHERE v.id = ?",
        (entity_id,),
    ).fetchone()
    identifier, title, icon, properties, *stamps = row
    return EntityRow(identifier, title, icon, json.loads(properties), *stamps)


def insert_row(connection: sqlite3.Connection, blueprint: Blueprint, row: EntityRow) -> int:
    """Stores a new entity and returns its number."""
    number = next_number(connection)
    insert_rows(connection, blueprint, [(number, row)])
    return number


def next_number(connection: sqlite3.Connection) -> int:
    """Returns the number of the next new entity; those that follow it are free, too."""
    row = connection.execute("SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'document'").fetchone()
    return int(row[0]) + 1


def insert_rows(connection: sqlite3.Connection, blueprint: Blueprint, rows: Sequence[tuple[int, EntityRow]]) -> None:
    """Stores new entities under free numbers."""
    connection.executemany(
        "INSERT INTO document (id, blueprint, properties) VALUES (?, ?, ?)",
        [(entity_id, blueprint.id, to_json(row.properties)) for entity_id, row in rows],
    )
    cells = _cells(blueprint, [row.properties for _, row in rows])
    columns = ["id", *_META_COLUMNS, *_columns(blueprint)]
    names, marks = ", ".join(columns), ", ".join("?" * len(columns))
    connection.executemany(
        f"INSERT INTO {blueprint.table} ({names}) VALUES ({marks})",
        [(entity_id, *_meta_cells(row), *own) for (entity_id, row), own in zip(rows, cells, strict=True)],
    )
    _insert_elements(connection, blueprint, ((entity_id, row.properties) for entity_id, row in rows))


def update_row(connection: sqlite3.Connection, blueprint: Blueprint, entity_id: int, row: EntityRow) -> None:
    """Stores an entity in the place of what was stored under its number."""
    columns = [*_META_COLUMNS, *_columns(blueprint)]
    assignments = ", ".join(f"{column} = ?" for column in columns)
    connection.execute(
        f"UPDATE {blueprint.table} SET {assignments} WHERE id = ?",
        (*_meta_cells(row), *_cells(blueprint, [row.properties])[0], entity_id),
    )
    connection.execute("UPDATE document SET properties = ? WHERE id = ?", (to_json(row.properties), entity_id))
    connection.execute("DELETE FROM element WHERE entity = ?", (entity_id,))
    _insert_elements(connection, blueprint, [(entity_id, row.properties)])


def delete_rows(connection: sqlite3.Connection, blueprint: Blueprint, ids: Sequence[int]) -> None:
    """Deletes entities with everything that starts or ends at them."""
    keys = [(entity_id,) for entity_id in ids]
    for statement in (
        f"DELETE FROM {blueprint.table} WHERE id = ?",
        "DELETE FROM document WHERE id = ?",
        "DELETE FROM element WHERE entity = ?",
        "DELETE FROM edge WHERE source = ?",
        "DELETE FROM edge WHERE target = ?",
    ):
        connection.executemany(statement, keys)


def load_targets(connection: sqlite3.Connection, entity_id: int) -> dict[int, list[int]]:
    """Returns the numbers of the entities that an entity points at, by the number of the relation."""
    targets: dict[int, list[int]] = {}
    for relation, target in connection.execute(
        "SELECT relation, target FROM edge WHERE source = ? ORDER BY relation, position", (entity_id,)
    ):
        targets.setdefault(relation, []).append(target)
    return targets


def insert_targets(connection: sqlite3.Connection, links: Iterable[tuple[int, int, int, int]]) -> None:
    """Points new entities at others: (entity, relation, position in the relation, target)."""
    connection.executemany("INSERT INTO edge (source, relation, position, target) VALUES (?, ?, ?, ?)", links)


def store_targets(connection: sqlite3.Connection, entity_id: int, relation: int, targets: Sequence[int]) -> None:
    """Points a relation of an entity at these entities and no others."""
    connection.execute("DELETE FROM edge WHERE source = ? AND relation = ?", (entity_id, relation))
    links = ((entity_id, relation, position, target) for position, target in enumerate(targets))
    insert_targets(connection, links)


_META_COLUMNS = (
    "identifier",
    "title",
    "icon",
    "created_at",
    "created_by",
    "updated_at",
    "updated_by",
    "datasource",
)


def _meta_cells(row: EntityRow) -> tuple[Cell, ...]:
    return (
        row.identifier,
        row.title,
        row.icon,
        row.created_at,
        row.created_by,
        row.updated_at,
        row.updated_by,
        row.datasource,
    )


def _columns(blueprint: Blueprint) -> list[str]:
    own = [definition.column for definition in blueprint.properties.values()]
    return own + [calculation_column(slot) for slot in blueprint.layout.calculations.values()]


def _cells(blueprint: Blueprint, entities: Sequence[Mapping[str, Any]]) -> list[tuple[Cell, ...]]:
    """Returns what `_columns` hold, for the properties of each entity."""
    kinds = [(name, definition.kind) for name, definition in blueprint.properties.items()]
    calculated = _calculated_cells(blueprint, entities)
    return [
        (*[cell_of(kind, properties.get(name)) for name, kind in kinds], *cells)
        for properties, cells in zip(entities, calculated, strict=True)
    ]


def _calculated_cells(blueprint: Blueprint, entities: Sequence[Mapping[str, Any]]) -> list[tuple[Cell, ...]]:
    """Returns the values of kept calculations for the properties of each entity."""
    given = [{"properties": properties} for properties in entities]
    kept = [blueprint.calculations[name] for name in blueprint.layout.calculations]
    cells = [[cell_of(calculation.kind, value) for value in calculate(calculation, given)] for calculation in kept]
    return list(zip(*cells, strict=True)) if kept else [()] * len(entities)


def recalculate(connection: sqlite3.Connection, blueprint: Blueprint) -> None:
    """Writes the values of kept calculations anew for all entities."""
    slots = blueprint.layout.calculations.values()
    assignments = ", ".join(f"{calculation_column(slot)} = ?" for slot in slots)
    rows = connection.execute(
        f"SELECT v.id, document.properties FROM {blueprint.table} AS v JOIN document ON document.id = v.id"
    )
    while slots and (batch := rows.fetchmany(_BATCH)):
        cells = _calculated_cells(blueprint, [from_json(text) for _, text in batch])
        connection.executemany(
            f"UPDATE {blueprint.table} SET {assignments} WHERE id = ?",
            [(*row, entity_id) for row, (entity_id, _) in zip(cells, batch, strict=True)],
        )


def _insert_elements(
    connection: sqlite3.Connection, blueprint: Blueprint, entities: Iterable[tuple[int, Mapping[str, Any]]]
) -> None:
    arrays = [definition for definition in blueprint.properties.values() if definition.kind is Kind.ARRAY]
    if not arrays:
        return
    connection.executemany(
        "INSERT OR IGNORE INTO element (blueprint, slot, value, entity) VALUES (?, ?, ?, ?)",
        [
            (blueprint.id, definition.slot, cell, entity_id)
            for entity_id, properties in entities
            for definition in arrays
            for value in properties.get(definition.identifier) or ()
            if (cell := element_of(value)) is not None
        ],
    )


def recode_property(connection: sqlite3.Connection, blueprint: Blueprint, definition: Property) -> None:
    """Writes the column of a property anew from the documents, after the kind of its values has changed.

    A value that does not fit the new kind, such as a text that is no instant, is not found by conditions any more.
    """
    rows = connection.execute(
        f"SELECT document.properties, v.id FROM {blueprint.table} AS v JOIN document ON document.id = v.id"
        f" WHERE v.{definition.column} IS NOT NULL"
    ).fetchall()
    connection.executemany(
        f"UPDATE {blueprint.table} SET {definition.column} = ? WHERE id = ?",
        (
            (cell_of(definition.kind, json.loads(text).get(definition.identifier)), entity_id)
            for text, entity_id in rows
        ),
    )
