"""Series of numbers for charts (Port: POST /v1/entities/aggregate-over-time and /v1/entities/properties-history)."""

import json
import statistics
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from quaymaster_sandbox.catalog.aggregates import value_name
from quaymaster_sandbox.catalog.blueprint import Blueprint
from quaymaster_sandbox.catalog.permissions import readable
from quaymaster_sandbox.catalog.reading import read_entity
from quaymaster_sandbox.clock import parse_instant, to_micros, to_millis
from quaymaster_sandbox.errors import not_found
from quaymaster_sandbox.query.buckets import Buckets, make_buckets
from quaymaster_sandbox.query.compiler import property_subject
from quaymaster_sandbox.query.sql import NEVER, Sql
from quaymaster_sandbox.session import Session
from quaymaster_sandbox.values.statistics import number_subject

Document = dict[str, Any]

_DAY_S = 86_400
_HISTORY_PRESET = "last3Months"

_FUNCTIONS: dict[str, Callable[[Sequence[float]], float]] = {
    "average": statistics.fmean,
    "sum": sum,
    "min": min,
    "max": max,
    "median": statistics.median,
    "last": lambda numbers: numbers[-1],
}


def aggregate_over_time(session: Session, body: Mapping[str, Any]) -> Document:
    """Returns a point for each interval of the span, with a number for each series that has one there.

    The names of the series are a guess: a property's identifier, a value of the breakdown property, or `count`. The
    `average` of a count is per day of the interval.
    """
    span = body["timeRange"]
    buckets = make_buckets(span["preset"], body["timeInterval"], span.get("timeZone"), session.now)
    blueprint = session.catalog.get(body["blueprint"])
    series: Mapping[str, Sequence[float | None]]
    if body["aggregationType"] == "countEntities":
        series = _counts(session, blueprint, body, buckets)
    else:
        series = {name: _numbers(session, blueprint, body, name, buckets) for name in body["properties"]}
    return _result(buckets, series)


def properties_history(session: Session, body: Mapping[str, Any]) -> Document:
    """Returns what properties of an entity were at the end of each interval of a span; three months by default.

    The history is what the audit log tells. Before the first write that it knows, the values are those of that write.
    """
    blueprint = session.catalog.get(body["blueprintIdentifier"])
    versions = _versions(session, blueprint, body["entityIdentifier"])
    span = body.get("timeRange") or {"preset": _HISTORY_PRESET}
    buckets = make_buckets(span["preset"], body.get("timeInterval"), span.get("timeZone"), session.now)
    series: dict[str, list[Any]] = {name: [] for name in body["propertyNames"]}
    for end in buckets.ends:
        known = [properties for at, properties in versions if at <= to_micros(end)]
        for name, values in series.items():
            values.append(known[-1].get(name) if known else None)
    return _result(buckets, series)


def _result(buckets: Buckets, series: Mapping[str, Sequence[Any]]) -> Document:
    data: list[Document] = [{"date": to_millis(start)} for start in buckets.starts]
    for name, values in series.items():
        for point, value in zip(data, values, strict=True):
            if value is not None:
                point[name] = value
    return {"minDate": to_millis(buckets.first), "maxDate": to_millis(buckets.last), "data": data}


def _counts(
    session: Session, blueprint: Blueprint, body: Mapping[str, Any], buckets: Buckets
) -> dict[str, list[float]]:
    breakdown = body.get("breakdownProperty")
    subject = property_subject(breakdown, session.scope(blueprint)) if breakdown is not None else None
    if breakdown is not None and subject is None:
        raise not_found("Property", breakdown)
    value, join = (subject.value, subject.join) if subject is not None else (Sql("NULL"), Sql(""))
    series: dict[str, list[float]] = {}
    for moment, found in _rows(session, blueprint, body, value, join):
        index = buckets.index_of(moment)
        if index is not None and (subject is None or found is not None):
            name = "count" if subject is None else value_name(found, subject)
            series.setdefault(name, [0.0] * len(buckets.starts))[index] += 1
    if subject is None:
        series.setdefault("count", [0.0] * len(buckets.starts))
    if body["func"] == "count":
        return {name: [int(number) for number in numbers] for name, numbers in series.items()}
    lengths = [(end - start).total_seconds() / _DAY_S for start, end in zip(buckets.starts, buckets.ends, strict=True)]
    return {
        name: [number / length if length > 0 else number for number, length in zip(numbers, lengths, strict=True)]
        for name, numbers in series.items()
    }


def _numbers(
    session: Session, blueprint: Blueprint, body: Mapping[str, Any], name: str, buckets: Buckets
) -> list[float | None]:
    number = number_subject(session.scope(blueprint), name)
    if number is None:
        raise not_found("Property", name)
    found: list[list[float]] = [[] for _ in buckets.starts]
    for moment, value in _rows(session, blueprint, body, number, Sql("")):
        index = buckets.index_of(moment)
        if index is not None and value is not None:
            found[index].append(value)
    function = _FUNCTIONS[body["func"]]
    return [function(numbers) if numbers else None for numbers in found]


def _rows(
    session: Session, blueprint: Blueprint, body: Mapping[str, Any], value: Sql, join: Sql
) -> list[tuple[int, Any]]:
    """Returns the instant and a value of each matching entity, in the order of the instants."""
    condition = readable(session, blueprint, body["query"])
    moment = number_subject(session.scope(blueprint), body["measureTimeBy"])
    if moment is None:
        raise not_found("Property", body["measureTimeBy"])
    if condition == NEVER:
        return []
    return session.connection.execute(
        f"SELECT {moment.text} AS moment, {value.text} FROM {blueprint.table} AS v{join.text}"
        f" WHERE {condition.text} AND moment IS NOT NULL ORDER BY moment, v.id",
        (*moment.values, *value.values, *join.values, *condition.values),
    ).fetchall()


def _versions(session: Session, blueprint: Blueprint, identifier: str) -> list[tuple[int, Mapping[str, Any]]]:
    """Returns the properties of an entity after each of its writes, with the instants, oldest first."""
    row = session.connection.execute(
        f"SELECT id, created_at FROM {blueprint.table} WHERE identifier = ?", (identifier,)
    ).fetchone()
    if row is None:
        raise not_found("Entity", identifier)
    entity_id, created_at = row
    diffs = [
        (at, json.loads(document)["diff"])
        for at, document in session.connection.execute(
            "SELECT at, document FROM audit WHERE entity_id = ? ORDER BY id", (entity_id,)
        )
    ]
    if not diffs:
        return [(created_at, read_entity(session, blueprint, entity_id)["properties"])]
    before = diffs[0][1]["before"]
    start = [] if before is None else [(_created(before), before["properties"])]
    return start + [(at, diff["after"]["properties"]) for at, diff in diffs if diff["after"] is not None]


def _created(entity: Mapping[str, Any]) -> int:
    instant = parse_instant(entity["createdAt"])
    return 0 if instant is None else to_micros(instant)
