"""The functions that make one number of many entities, for aggregation properties and aggregate queries."""

import statistics
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from quaymaster_sandbox.catalog.blueprint import Kind
from quaymaster_sandbox.clock import to_micros
from quaymaster_sandbox.query.compiler import property_subject
from quaymaster_sandbox.query.scope import Scope
from quaymaster_sandbox.query.sql import Sql

Measured = tuple[int | float | None, int | None]
"""The number of one entity, and the instant in microseconds that says when it counts."""

_DAY_MICROS = 86_400_000_000
_PERIOD_MICROS = {
    "hour": _DAY_MICROS // 24,
    "day": _DAY_MICROS,
    "week": 7 * _DAY_MICROS,
    "month": 30 * _DAY_MICROS,
}


def number_subject(scope: Scope, identifier: str | None) -> Sql | None:
    """Returns the expression of a number or instant of the entity `v`, `NULL` if no property is asked for.

    None if the blueprint has no such property, or its values are neither numbers nor instants.
    """
    if identifier is None:
        return Sql("NULL")
    subject = property_subject(identifier, scope)
    if subject is None or subject.is_array or subject.cell.kind not in (Kind.NUMBER, Kind.INSTANT):
        return None
    return subject.cell.expression


def summarize(spec: Mapping[str, Any], measured: Sequence[Measured], now: datetime) -> int | float | None:
    """Returns the number that a calculation makes of the entities; None if it needs at least one and has none.

    `average` divides the number of entities, or the sum of their values, by the number of `averageOf` periods from the
    first instant to now, and by the number of entities for `total`. A month is 30 days and a started period counts as
    its part (guesses).
    """
    func = spec["func"]
    if spec.get("property") is None:
        if func == "count":
            return len(measured)
        return _average(float(len(measured)), spec.get("averageOf", "day"), measured, now) if measured else None
    numbers = [number for number, _ in measured if number is not None]
    if func == "sum":
        return sum(numbers)
    if not numbers:
        return None
    match func:
        case "min":
            return min(numbers)
        case "max":
            return max(numbers)
        case "median":
            return statistics.median(numbers)
    counted = [pair for pair in measured if pair[0] is not None]
    return _average(float(sum(numbers)), spec.get("averageOf", "total"), counted, now)


def _average(total: float, period: str, measured: Sequence[Measured], now: datetime) -> float | None:
    if period == "total":
        return total / len(measured)
    instants = [instant for _, instant in measured if instant is not None]
    if not instants:
        return None
    elapsed = to_micros(now) - min(instants)
    return total / max(elapsed / _PERIOD_MICROS[period], 1.0)
