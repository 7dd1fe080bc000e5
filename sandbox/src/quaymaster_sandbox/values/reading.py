"""Values of one property for many entities at once, wherever they come from."""

import json
from collections.abc import Sequence
from typing import Any

from quaymaster_sandbox.catalog.blueprint import TEAM_RELATION, Blueprint, Calculation, Kind, Mirror
from quaymaster_sandbox.clock import format_millis
from quaymaster_sandbox.query.compiler import DEEPEST_MIRROR
from quaymaster_sandbox.query.paths import relations_along
from quaymaster_sandbox.query.sql import any_id
from quaymaster_sandbox.session import Session
from quaymaster_sandbox.values.aggregation import aggregate_related
from quaymaster_sandbox.values.calculation import calculate
from quaymaster_sandbox.values.chains import ends_of

_META_COLUMNS = {
    "$identifier": "identifier",
    "$title": "title",
    "$icon": "icon",
    "$createdAt": "created_at",
    "$updatedAt": "updated_at",
    "$createdBy": "created_by",
    "$updatedBy": "updated_by",
    "$datasource": "datasource",
}


def property_values(
    session: Session, blueprint: Blueprint, identifier: str, ids: Sequence[int], depth: int = 0
) -> dict[int, Any]:
    """Returns the values of a property or meta-property by entity; entities without a value are left out."""
    if identifier == "$team":
        return dict(team_names(session, blueprint, ids))
    if identifier.startswith("$"):
        return _meta_values(session, blueprint, identifier, ids)
    if identifier in blueprint.properties:
        return _own_values(session, blueprint, identifier, ids)
    if identifier in blueprint.mirrors:
        return mirror_values(session, blueprint, blueprint.mirrors[identifier], ids, depth)
    if identifier in blueprint.calculations:
        return calculated_values(session, blueprint, blueprint.calculations[identifier], ids)
    if identifier in blueprint.aggregations:
        return aggregate_related(session, blueprint, blueprint.aggregations[identifier], ids)
    return {}


def mirror_values(
    session: Session, blueprint: Blueprint, mirror: Mirror, ids: Sequence[int], depth: int = 0
) -> dict[int, Any]:
    """Returns the values of a mirror property by entity.

    Through single relations it is the source's value; through a `many` relation an array of the values, flattened (a
    guess, as is leaving out an array without elements).
    """
    chain = relations_along(session.catalog, blueprint, mirror.relations)
    if chain is None or depth > DEEPEST_MIRROR:
        return {}
    relations, end = chain
    pairs = ends_of(session.connection, relations, ids)
    values = property_values(session, end, mirror.property, sorted({target for _, target in pairs}), depth + 1)
    if not any(relation.many for relation in relations):
        return {source: values[target] for source, target in pairs if target in values}
    lists: dict[int, list[Any]] = {}
    for source, target in pairs:
        if target in values:
            value = values[target]
            lists.setdefault(source, []).extend(value if isinstance(value, list) else [value])
    return {source: elements for source, elements in lists.items() if elements}


def team_names(session: Session, blueprint: Blueprint, ids: Sequence[int]) -> dict[int, list[str]]:
    """Returns the teams that own the entities, directly or inherited along the blueprint's ownership path."""
    names: dict[int, list[str]] = {}
    path = blueprint.ownership_path
    chain = relations_along(session.catalog, blueprint, path) if path is not None else ([], blueprint)
    teams = session.catalog.find("_team")
    if chain is None or teams is None:
        return names
    pairs = ends_of(session.connection, [*chain[0], TEAM_RELATION], ids)
    titles = identifiers_of(session, teams, {target for _, target in pairs})
    for source, target in pairs:
        owners = names.setdefault(source, [])
        if titles[target] not in owners:
            owners.append(titles[target])
    return names


def identifiers_of(session: Session, blueprint: Blueprint, ids: set[int]) -> dict[int, str]:
    """Returns the identifiers of entities by their numbers."""
    wanted = any_id(sorted(ids))
    rows = session.connection.execute(
        f"SELECT id, identifier FROM {blueprint.table} WHERE id IN {wanted.text}", wanted.values
    )
    return dict(rows.fetchall())


def calculated_values(
    session: Session, blueprint: Blueprint, calculation: Calculation, ids: Sequence[int]
) -> dict[int, Any]:
    """Returns the values of a calculation property by entity."""
    from quaymaster_sandbox.catalog.reading import calculation_inputs  # here: a calculation reads the whole entity

    if calculation.column is not None:
        values = kept_values(session, blueprint, calculation, ids)
    else:
        inputs = dict(calculation_inputs(session, blueprint, ids, [calculation]))
        values = dict(zip(inputs, calculate(calculation, [*inputs.values()]), strict=True))
    return {entity_id: value for entity_id, value in values.items() if value is not None}


def kept_values(session: Session, blueprint: Blueprint, calculation: Calculation, ids: Sequence[int]) -> dict[int, Any]:
    """Returns the stored value of a calculation for each entity, None where there is none."""
    wanted = any_id(ids)
    rows = session.connection.execute(
        f"SELECT id, {calculation.column} FROM {blueprint.table} WHERE id IN {wanted.text}", wanted.values
    ).fetchall()
    if calculation.kind is Kind.BOOLEAN:
        return {entity_id: None if cell is None else bool(cell) for entity_id, cell in rows}
    return dict(rows)


def _own_values(session: Session, blueprint: Blueprint, identifier: str, ids: Sequence[int]) -> dict[int, Any]:
    wanted = any_id(ids)
    rows = session.connection.execute(
        f"SELECT id, properties FROM {blueprint.documents} WHERE id IN {wanted.text}", wanted.values
    )
    found = ((row[0], json.loads(row[1]).get(identifier)) for row in rows)
    return {entity_id: value for entity_id, value in found if value is not None}


def _meta_values(session: Session, blueprint: Blueprint, identifier: str, ids: Sequence[int]) -> dict[int, Any]:
    if identifier == "$blueprint":
        return dict.fromkeys(ids, blueprint.identifier)
    column = _META_COLUMNS.get(identifier)
    if column is None:
        return {}
    wanted = any_id(ids)
    rows = session.connection.execute(
        f"SELECT id, {column} FROM {blueprint.table} WHERE id IN {wanted.text}", wanted.values
    ).fetchall()
    if column.endswith("_at"):
        return {entity_id: format_millis(micros // 1000) for entity_id, micros in rows}
    return {entity_id: value for entity_id, value in rows if value is not None}
