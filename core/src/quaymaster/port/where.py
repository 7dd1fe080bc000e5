"""Filters as people write them, `{"$team": "web", "coverage": {"<": 80}}`, as Port's rules."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from quaymaster.errors import InputError, nearest_first

__all__ = ["OPERATORS", "PRESETS", "Where", "build_query"]

Where = Mapping[str, Any]
"""A condition per property, all of which must hold; or a query in Port's own form, with `combinator` and `rules`.

A condition is a value (equal; a list: one of them; None: empty) or a mapping from operators to values. An entity can
have several owners, so a team stands for every entity that it is among the owners of: `{"$team": "web"}`.
"""

Query = dict[str, Any]

_VALUELESS = {"isEmpty", "isNotEmpty", "isExpired", "isNotExpired"}
OPERATORS = (
    "=", "!=", ">", ">=", "<", "<=", "contains", "doesNotContains", "containsAny", "beginsWith", "doesNotBeginsWith",
    "endsWith", "doesNotEndsWith", "in", "notIn", "between", "notBetween",
    "isEmpty", "isNotEmpty", "isExpired", "isNotExpired",
)  # fmt: skip
"""Port's operators on properties (port docs: search and query, "Comparison operators"), spelled as Port spells them."""

PRESETS = (
    "today", "tomorrow", "yesterday", "lastDay", "lastWeek", "last2Weeks", "lastMonth", "last3Months", "last6Months",
    "last12Months",
)  # fmt: skip
"""The date ranges that `between` knows by name (Port: POST /v1/entities/search)."""


def build_query(where: Where | None, *, blueprint: str | None = None, now: datetime | None = None) -> Query:
    """Returns Port's query for a filter.

    Args:
        where: The filter; None or empty accepts every entity.
        blueprint: Adds a rule that keeps to this blueprint, for routes that search all of them.
        now: What the word `now` stands for in a comparison; None for the present.

    Raises:
        InputError: An operator or a date range is unknown, or a value cannot be compared with it.
    """
    rules: list[Query] = [] if blueprint is None else [{"property": "$blueprint", "operator": "=", "value": blueprint}]
    if where and "combinator" in where and "rules" in where:
        rules.append(dict(where))
    else:
        for name, condition in (where or {}).items():
            rules.extend(_rules(name, condition, now or datetime.now(UTC)))
    return {"combinator": "and", "rules": rules}


def _rules(name: str, condition: Any, now: datetime) -> list[Query]:
    if condition is None:
        return [{"property": name, "operator": "isEmpty"}]
    if isinstance(condition, Mapping):
        return [_rule(name, operator, value, now) for operator, value in condition.items()]
    if name == "$team":  # a list on the entity, which no single value equals
        teams = [condition] if isinstance(condition, str) else list(condition)
        return [{"property": name, "operator": "containsAny", "value": teams}]
    if isinstance(condition, Sequence) and not isinstance(condition, str):
        return [{"property": name, "operator": "in", "value": list(condition)}]
    return [_rule(name, "=", condition, now)]


def _rule(name: str, operator: str, value: Any, now: datetime) -> Query:
    if operator not in OPERATORS:
        choices = ", ".join(nearest_first(operator, OPERATORS))
        raise InputError(f"unknown operator {operator!r} for {name!r}; choose from: {choices}")
    if operator in _VALUELESS:
        if value is not True:
            raise InputError(f"operator {operator!r} of {name!r} takes the value true")
        return {"property": name, "operator": operator}
    if operator in {"between", "notBetween"}:
        return {"property": name, "operator": operator, "value": _date_range(name, value)}
    if value == "now" and operator in {"<", "<=", ">", ">="}:
        value = now.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return {"property": name, "operator": operator, "value": value}


def _date_range(name: str, value: Any) -> Query:
    if isinstance(value, str):
        if value not in PRESETS:
            choices = ", ".join(nearest_first(value, PRESETS))
            raise InputError(f"unknown date range {value!r} for {name!r}; choose from: {choices}, or give [from, to]")
        return {"preset": value}
    if isinstance(value, Sequence) and len(value) == 2:
        return {"from": value[0], "to": value[1]}
    if isinstance(value, Mapping):
        return dict(value)
    raise InputError(f"a range for {name!r} is one of {', '.join(PRESETS)}, or [from, to] in ISO 8601")
