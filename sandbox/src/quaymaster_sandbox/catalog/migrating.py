"""Carries the stored values of entities over from one version of their blueprint to the next."""

import json
from collections.abc import Mapping
from typing import Any

from quaymaster_sandbox.catalog.blueprint import Blueprint, Kind, Layout, Property
from quaymaster_sandbox.catalog.entity_rows import recode_property
from quaymaster_sandbox.session import Session
from quaymaster_sandbox.values.cells import to_json


def kept_layout(stored: Blueprint, document: Mapping[str, Any]) -> Layout:
    """Returns where the values are found that stay valid under a new document.

    Those of a property stay while it is there, those of a relation while it has the same target.
    """
    properties = document["schema"]["properties"]
    relations = {
        name: relation.id
        for name, relation in stored.relations.items()
        if name in document["relations"] and document["relations"][name]["target"] == relation.target
    }
    slots = {name: slot for name, slot in stored.layout.properties.items() if name in properties}
    return Layout(slots, relations, stored.layout.slots, calculation_slots=stored.layout.calculation_slots)


def forget_values(session: Session, stored: Blueprint, kept: Layout) -> None:
    """Deletes the values of the properties and relations that are not kept."""
    for name, definition in stored.properties.items():
        if name not in kept.properties:
            _forget_property(session, stored, definition)
    for name, relation in stored.relations.items():
        if name not in kept.relations:
            session.connection.execute("DELETE FROM edge WHERE relation = ?", (relation.id,))


def adapt_values(session: Session, before: Blueprint, after: Blueprint) -> None:
    """Brings kept values into the form of the new version: other formats, and single relations that were many."""
    for name, definition in after.properties.items():
        if name in before.properties and before.properties[name].kind is not definition.kind:
            recode_property(session.connection, after, definition)
    for name, relation in after.relations.items():
        if not relation.many and name in before.relations and before.relations[name].many:
            session.connection.execute("DELETE FROM edge WHERE relation = ? AND position > 0", (relation.id,))


def rename_values(session: Session, blueprint: Blueprint, old: str, new: str) -> None:
    """Keeps the values of a property under a new name in every entity."""
    rows = session.connection.execute(
        f"SELECT v.id, document.properties FROM {blueprint.table} AS v JOIN document ON document.id = v.id"
        f" WHERE v.{blueprint.properties[old].column} IS NOT NULL"
    ).fetchall()
    session.connection.executemany(
        "UPDATE document SET properties = ? WHERE id = ?",
        (
            (to_json({new if name == old else name: value for name, value in json.loads(text).items()}), entity_id)
            for entity_id, text in rows
        ),
    )


def _forget_property(session: Session, blueprint: Blueprint, definition: Property) -> None:
    column = definition.column
    session.connection.execute(
        "UPDATE document SET properties = json_remove(properties, ?) WHERE id IN"
        f" (SELECT id FROM {blueprint.table} WHERE {column} IS NOT NULL)",
        (f'$."{definition.identifier}"',),
    )
    session.connection.execute(f"UPDATE {blueprint.table} SET {column} = NULL WHERE {column} IS NOT NULL")
    if definition.kind is Kind.ARRAY:
        session.connection.execute(
            "DELETE FROM element WHERE blueprint = ? AND slot = ?", (blueprint.id, definition.slot)
        )
