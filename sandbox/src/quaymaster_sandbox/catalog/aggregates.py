"""Aggregate queries over the catalog (Port: POST /v1/entities/aggregate)."""

import json
from collections import Counter
from collections.abc import Mapping
from typing import Any

from quaymaster_sandbox.catalog.blueprint import Blueprint, Kind
from quaymaster_sandbox.catalog.finding import count_entities
from quaymaster_sandbox.catalog.permissions import readable
from quaymaster_sandbox.clock import format_millis
from quaymaster_sandbox.query.compiler import property_subject, relation_subject
from quaymaster_sandbox.query.sql import NEVER, Sql, where
from quaymaster_sandbox.query.subjects import Subject
from quaymaster_sandbox.scorecards.subjects import verdict_subject
from quaymaster_sandbox.session import Session
from quaymaster_sandbox.values.statistics import Measured, number_subject, summarize


def aggregate(session: Session, body: Mapping[str, Any]) -> int | float | None:
    """Returns the number that the function makes of all matching entities; None if there is nothing to make it of."""
    if body["func"] == "count":
        return sum(
            count_entities(session, blueprint, readable(session, blueprint, body["query"]))
            for blueprint in session.catalog
        )
    measured: list[Measured] = []
    for blueprint in session.catalog:
        measured += _measure(session, blueprint, body)
    return summarize(body, measured, session.now)


def count_values(session: Session, body: Mapping[str, Any]) -> dict[str, int]:
    """Returns how many matching entities have each value, most frequent first; those without a value are left out.

    An entity counts once for each element of an array. Values that are no texts are written as in JSON (a guess).
    """
    counts: Counter[str] = Counter()
    for blueprint in session.catalog:
        condition = readable(session, blueprint, body["query"])
        subject = _grouping(session, blueprint, body)
        if condition != NEVER and subject is not None:
            if subject.column is not None:
                session.searched.add(subject.column)
            counts.update(_counted(session, blueprint, condition, subject))
    return dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))


def _measure(session: Session, blueprint: Blueprint, body: Mapping[str, Any]) -> list[Measured]:
    condition = readable(session, blueprint, body["query"])
    scope = session.scope(blueprint)
    number = number_subject(scope, body.get("property"))
    moment = number_subject(scope, body.get("measureTimeBy", "$createdAt"))
    if condition == NEVER or number is None or moment is None:
        return []
    return session.connection.execute(
        f"SELECT {number.text}, {moment.text} FROM {blueprint.table} AS v WHERE {condition.text}",
        (*number.values, *moment.values, *condition.values),
    ).fetchall()


def _grouping(session: Session, blueprint: Blueprint, body: Mapping[str, Any]) -> Subject | None:
    scope = session.scope(blueprint)
    if "relation" in body:
        return relation_subject(body["relation"], None, scope)
    if "scorecard" in body:
        return verdict_subject(body["scorecard"], body.get("rule"), scope)
    return property_subject(body["property"], scope)


def _counted(session: Session, blueprint: Blueprint, condition: Sql, subject: Subject) -> dict[str, int]:
    rows = session.connection.execute(
        f"SELECT {subject.value.text} AS value, count(*) FROM {blueprint.table} AS v{subject.join.text}"
        f"{where(condition)} GROUP BY 1 HAVING value IS NOT NULL",
        (*subject.value.values, *subject.join.values, *condition.values),
    )
    counts: dict[str, int] = {}
    for value, count in rows:
        name = value_name(value, subject)
        counts[name] = counts.get(name, 0) + count
    return counts


def value_name(value: Any, subject: Subject) -> str:
    """Returns a value of a subject as a key of counts: a text as it is, others as in JSON."""
    if isinstance(value, bytes):
        return value.decode()
    match subject.cell.kind:
        case Kind.BOOLEAN:
            return "true" if value else "false"
        case Kind.INSTANT:
            return format_millis(value // 1000)
    return value if isinstance(value, str) else json.dumps(value)
