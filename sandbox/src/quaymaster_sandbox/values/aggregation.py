"""Aggregation properties (Port: `setup-blueprint/properties/aggregation-property`).

A value is computed when it is read. Port recomputes it every 15 minutes, so what the sandbox answers is what Port
answers a little later.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from quaymaster_sandbox.catalog.blueprint import Aggregation, Blueprint
from quaymaster_sandbox.query.sql import ALWAYS, NEVER, Sql, any_id
from quaymaster_sandbox.session import Session
from quaymaster_sandbox.values.statistics import Measured, number_subject, summarize
from quaymaster_sandbox.values.ways import Way, from_related, pairs_along, ways_to_target


def aggregate_related(
    session: Session, blueprint: Blueprint, aggregation: Aggregation, ids: Sequence[int]
) -> dict[int, int | float]:
    """Returns the value of an aggregation property by entity.

    Entities with nothing to aggregate have 0 for `count` and `sum` and no value otherwise (a guess).
    """
    definition = aggregation.definition
    spec = definition["calculationSpec"]
    if spec["func"] == "count":
        return _count_related(session, blueprint, definition, ids)
    related = _related_values(session, blueprint, definition, ids)
    values = {}
    for entity_id in ids:
        value = summarize(spec, related.get(entity_id, ()), session.now)
        if value is not None:
            values[entity_id] = value
    return values


def _count_related(
    session: Session, blueprint: Blueprint, definition: Mapping[str, Any], ids: Sequence[int]
) -> dict[int, int | float]:
    counts: dict[int, int | float] = dict.fromkeys(ids, 0)
    target, condition, ways = _related(session, blueprint, definition)
    if target is None or condition == NEVER:
        return counts
    counted = "SELECT pair.root, count(*)" + from_related(ways, "IN " + any_id(ids), target, condition)
    rows = session.connection.execute(f"{counted.text} GROUP BY pair.root", counted.values)
    counts.update(rows.fetchall())
    return counts


def _related_values(
    session: Session, blueprint: Blueprint, definition: Mapping[str, Any], ids: Sequence[int]
) -> dict[int, list[Measured]]:
    """Returns what is aggregated for each entity: the number and the instant of every related entity that matches."""
    target, condition, ways = _related(session, blueprint, definition)
    if target is None or condition == NEVER:
        return {}
    pairs = pairs_along(ways, "IN " + any_id(ids))
    spec = definition["calculationSpec"]
    number = number_subject(session.scope(target), spec.get("property"))
    moment = number_subject(session.scope(target), spec.get("measureTimeBy", "$createdAt"))
    if number is None or moment is None:
        return {}
    rows = session.connection.execute(
        f"SELECT pair.root, {number.text}, {moment.text} FROM ({pairs.text}) AS pair"
        f" JOIN {target.table} AS v ON v.id = pair.related WHERE {condition.text}",
        (*number.values, *moment.values, *pairs.values, *condition.values),
    )
    related: dict[int, list[Measured]] = {}
    for root, value, instant in rows:
        related.setdefault(root, []).append((value, instant))
    return related


def _related(
    session: Session, blueprint: Blueprint, definition: Mapping[str, Any]
) -> tuple[Blueprint | None, Sql, Sequence[Way]]:
    """Returns the blueprint that is aggregated over, the condition on its entities, and the ways to them.

    The blueprint is None if there is no way to it.
    """
    target = session.catalog.find(definition["target"])
    ways = list(ways_to_target(session.catalog, blueprint, definition)) if target is not None else []
    if target is None or not ways:
        return None, NEVER, ()
    query = definition.get("query")
    return target, session.condition(target, query) if query else ALWAYS, ways
