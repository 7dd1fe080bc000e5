"""Blueprints in the database: their documents, and the columns and numbers that their properties and relations take."""

import json
import sqlite3
from collections.abc import Iterator, Mapping
from itertools import count
from typing import Any

from quaymaster_sandbox.catalog.blueprint import COMPUTED, Blueprint, Kind, Layout, kind_of
from quaymaster_sandbox.catalog.catalog import Catalog
from quaymaster_sandbox.catalog.entity_rows import recalculate
from quaymaster_sandbox.scorecards.rows import load_scorecards
from quaymaster_sandbox.storage.schema import add_column, calculation_column, create_entities_table, entities_table
from quaymaster_sandbox.values.program_reads import properties_read


def load_catalog(connection: sqlite3.Connection, organization_id: int, version: int) -> Catalog:
    """Reads the blueprints and scorecards of an organisation."""
    rows = connection.execute(
        "SELECT id, document, layout FROM blueprint WHERE organization = ? ORDER BY id", (organization_id,)
    )
    blueprints = (Blueprint(row[0], json.loads(row[1]), Layout(**json.loads(row[2]))) for row in rows)
    scorecards = load_scorecards(connection, organization_id)
    return Catalog(version, {blueprint.identifier: blueprint for blueprint in blueprints}, scorecards)


def insert_blueprint(connection: sqlite3.Connection, organization_id: int, document: Mapping[str, Any]) -> Blueprint:
    """Stores a new blueprint and makes the table for its entities."""
    blueprint_id = _insert(
        connection,
        "INSERT INTO blueprint (organization, identifier, document, layout) VALUES (?, ?, '', '')",
        (organization_id, document["identifier"]),
    )
    layout = _extended_layout(connection, blueprint_id, document, Layout())
    blueprint = Blueprint(blueprint_id, document, layout)
    if not blueprint.is_computed:
        create_entities_table(connection, blueprint_id, layout.slots, layout.calculation_slots)
    return _store(connection, blueprint)


def update_blueprint(
    connection: sqlite3.Connection, blueprint: Blueprint, document: Mapping[str, Any], kept: Layout
) -> Blueprint:
    """Stores the new document of a blueprint, with a column or number for what is new in it.

    `kept` says where the values of the properties and relations that stay are found; the values of all others must
    have been deleted before.
    """
    layout = _extended_layout(connection, blueprint.id, document, kept)
    for slot in range(blueprint.layout.slots, layout.slots):
        add_column(connection, blueprint.id, f"c{slot}")
    for slot in range(blueprint.layout.calculation_slots, layout.calculation_slots):
        add_column(connection, blueprint.id, calculation_column(slot))
    updated = _store(connection, Blueprint(blueprint.id, document, layout))
    if _calculates_otherwise(blueprint, updated):
        recalculate(connection, updated)
    return updated


def _calculates_otherwise(before: Blueprint, after: Blueprint) -> bool:
    """Tells whether kept calculations may have other values, or none yet, under a new version of a blueprint."""
    return (
        before.layout.calculations != after.layout.calculations
        or before.document["calculationProperties"] != after.document["calculationProperties"]
        or before.document["schema"]["properties"].keys() != after.document["schema"]["properties"].keys()
    )


def delete_blueprint(connection: sqlite3.Connection, blueprint: Blueprint) -> None:
    """Deletes a blueprint that has no entities, with its table."""
    connection.execute(f"DROP TABLE {entities_table(blueprint.id)}")
    connection.execute("DELETE FROM relation WHERE blueprint = ?", (blueprint.id,))
    connection.execute("DELETE FROM blueprint WHERE id = ?", (blueprint.id,))


def _extended_layout(
    connection: sqlite3.Connection, blueprint_id: int, document: Mapping[str, Any], kept: Layout
) -> Layout:
    properties = dict(kept.properties)
    taken = set(properties.values())
    free_slots = (slot for slot in count() if slot not in taken)
    for key in document["schema"]["properties"]:
        if key not in properties:
            properties[key] = next(free_slots)
    relations = dict(kept.relations)
    for key in document["relations"]:
        if key not in relations:
            relations[key] = _insert(connection, "INSERT INTO relation (blueprint) VALUES (?)", (blueprint_id,))
    calculations = {name: slot for slot, name in enumerate(_keepable(document))}
    return Layout(
        properties,
        relations,
        max(kept.slots, 1 + max(properties.values(), default=-1)),
        calculations,
        max(kept.calculation_slots, len(calculations)),
    )


def _keepable(document: Mapping[str, Any]) -> Iterator[str]:
    """Yields the calculations whose values can be kept: they are single, and nothing but own properties is in them."""
    if document["identifier"] in COMPUTED:
        return
    own = document["schema"]["properties"].keys()
    for name, definition in document["calculationProperties"].items():
        reads = properties_read(definition["calculation"])
        if reads is not None and reads <= own and kind_of(definition) in (Kind.TEXT, Kind.NUMBER, Kind.BOOLEAN):
            yield name


def _store(connection: sqlite3.Connection, blueprint: Blueprint) -> Blueprint:
    connection.execute(
        "UPDATE blueprint SET identifier = ?, document = ?, layout = ? WHERE id = ?",
        (blueprint.identifier, json.dumps(blueprint.document), json.dumps(blueprint.layout.to_json()), blueprint.id),
    )
    return blueprint


def _insert(connection: sqlite3.Connection, statement: str, values: tuple[Any, ...]) -> int:
    row_id = connection.execute(statement, values).lastrowid
    assert row_id is not None  # noqa: S101 - SQLite numbers every inserted row
    return row_id
