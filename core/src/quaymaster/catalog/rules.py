"""One condition on one field as Port's rule, in the dialect of searches and in that of aggregates."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from quaymaster.catalog.catalog import Catalog
from quaymaster.catalog.dates import is_span, read_span
from quaymaster.catalog.fields import Field
from quaymaster.catalog.operands import operand
from quaymaster.errors import InputError, nearest_first

__all__ = ["Rule", "Term", "every", "read_term"]

Rule = dict[str, Any]

_EMPTINESS = ("isEmpty", "isNotEmpty")
_ORDER = (">", ">=", "<", "<=")
_RANGES = ("between", "notBetween")
_EQUALITY = ("=", "!=", "in", "notIn")
_PARTS = ("contains", "doesNotContains", "beginsWith", "doesNotBeginsWith", "endsWith", "doesNotEndsWith")
_OPERATORS: Mapping[str, Sequence[str]] = {
    "text": (*_EQUALITY, *_PARTS, *_EMPTINESS),
    "number": (*_EQUALITY, *_ORDER, "between", *_EMPTINESS),
    "boolean": ("=", "!=", *_EMPTINESS),
    "date": ("=", "!=", *_ORDER, *_RANGES, *_EMPTINESS),
    "timer": ("=", "!=", *_ORDER, *_RANGES, "isExpired", "isNotExpired", *_EMPTINESS),
    "array": (*_EQUALITY, "contains", "containsAny", "doesNotContains", *_EMPTINESS),
    "object": _EMPTINESS,
    "relation": (*_EQUALITY, *_EMPTINESS),
    "scorecard": (*_EQUALITY, *_ORDER, *_EMPTINESS),
}
"""The operators that make sense for each sort of field; Port accepts more, which then match nothing."""


@dataclass(frozen=True)
class Term:
    """One condition.

    Attributes:
        text: The condition as answers show it: `lifecycle = Production`.
        search: Its rule for a blueprint's search (Port: POST …/entities/search).
        aggregate: Its rule for aggregates (Port: POST /v1/entities/aggregate); None if that dialect cannot say it.
        field: What it is about; None for a query in Port's own form.
        of: The blueprint that has the field; None if it is the one that is searched.
        span: Of an instant within a span of time, the span as Port has it.
        scored: Of a condition on a scorecard, its identifier and the levels that meet the condition.
    """

    text: str
    search: Rule
    aggregate: Rule | None
    field: Field | None = None
    of: str | None = None
    span: Mapping[str, str] | None = None
    scored: tuple[str, tuple[str, ...]] | None = None


def read_term(catalog: Catalog, field: Field, operator: str, value: Any, now: datetime) -> Term:
    """Returns the condition `field operator value`.

    Raises:
        InputError: The operator does not go with the field, or the field can never have the value.
    """
    sort = _sort(field)
    if operator not in _OPERATORS[sort]:
        choices = ", ".join(nearest_first(operator, _OPERATORS[sort]))
        raise InputError(f"operator {operator!r} does not go with {field.label!r} ({sort}); choose from: {choices}")
    if operator in {*_EMPTINESS, "isExpired", "isNotExpired"}:
        if value is not True:
            raise InputError(f"operator {operator!r} of {field.label!r} takes the value true")
        return _without_value(field, operator)
    if operator in {"=", "!="} and field.is_date and is_span(value):
        operator = "between" if operator == "=" else "notBetween"
    if operator in _RANGES and field.is_date:
        span = read_span(value, field.label, now)
        rule: Rule = {"property": field.identifier, "operator": operator, "value": span}
        text = f"{field.label} {operator} {' and '.join(span.values())}"
        return Term(text, rule, rule, field, span=span if operator == "between" else None)
    if isinstance(value, list):
        operator = {"=": "in", "!=": "notIn"}.get(operator, operator)
    if operator in {"in", "notIn", "containsAny", "between"}:
        if not isinstance(value, list) or not value:
            raise InputError(f"operator {operator!r} of {field.label!r} takes a list of values, not {value!r}")
        values = [operand(catalog, field, it, now) for it in value]
    else:
        values = [operand(catalog, field, value, now)]
    sign = {"in": "=", "containsAny": "=", "notIn": "!="}.get(operator, operator)
    text = f"{field.label} {sign} {'now' if value == 'now' else ' or '.join(map(_shown, values))}"
    return _READERS.get(sort, _scalar)(field, operator, values, text)


def every(rules: Sequence[Rule], combinator: str = "and") -> Rule:
    """Returns rules as one; a single one as it is."""
    return rules[0] if len(rules) == 1 else {"combinator": combinator, "rules": list(rules)}


def _sort(field: Field) -> str:
    if field.kind in {"relation", "scorecard"}:
        return field.kind
    if field.type == "string" and field.is_date:
        return "timer" if field.format == "timer" else "date"
    return "text" if field.type == "string" else field.type


def _without_value(field: Field, operator: str) -> Term:
    text = f"{field.label} {'is empty' if operator == 'isEmpty' else operator}"
    if operator == "isNotEmpty":
        text = f"{field.label} is not empty"
    key = field.kind if field.kind in {"relation", "scorecard"} else "property"
    rule: Rule = {key: field.identifier, "operator": operator}
    return Term(text, rule, rule if key == "property" else None, field)


def _scalar(field: Field, operator: str, values: list[Any], text: str) -> Term:
    """Lists of anything but text are written out: a search takes no other lists."""

    def rule(operator: str, value: Any) -> Rule:
        return {"property": field.identifier, "operator": operator, "value": value}

    if operator == "between":
        low, high = values if len(values) == 2 else (None, None)
        if low is None or high is None:
            raise InputError(f"operator 'between' of {field.label!r} takes two values: [from, to]")
        both = every([rule(">=", low), rule("<=", high)])
        return Term(f"{field.label} between {low} and {high}", both, both, field)
    if operator not in {"in", "notIn"}:
        built = rule(operator, values[0])
    elif all(isinstance(it, str) for it in values):
        built = rule(operator, values)
    elif operator == "in":
        built = every([rule("=", it) for it in values], "or")
    else:
        built = every([rule("!=", it) for it in values])
    return Term(text, built, built, field)


def _array(field: Field, operator: str, values: list[Any], text: str) -> Term:
    """On an array `=` means that the value is in it, as people mean it; Port would compare the array as a whole."""

    def rule(operator: str, value: Any) -> Rule:
        return {"property": field.identifier, "operator": operator, "value": value}

    if operator in {"!=", "notIn", "doesNotContains"}:
        built = every([rule("doesNotContains", it) for it in values])
    elif all(isinstance(it, str) for it in values):
        built = rule("containsAny", values)
    else:
        built = every([rule("contains", it) for it in values], "or")
    return Term(text, built, built, field)


def _relation(field: Field, operator: str, values: list[Any], text: str) -> Term:
    """Aggregates know no `relation` rules; being related can be said by a path, the contrary cannot."""
    if operator in {"=", "in"}:
        built: Rule = {"property": {"path": [field.identifier]}, "operator": "matchAny", "value": values}
        return Term(text, built, built, field)
    rules: list[Rule] = [{"relation": field.identifier, "operator": "!=", "value": it} for it in values]
    return Term(text, every(rules), None, field)


def _scorecard(field: Field, operator: str, values: list[Any], text: str) -> Term:
    """Levels have an order, which Port's rules do not know: `<` becomes the list of the levels below."""
    rank = field.choices.index
    holds: Mapping[str, Callable[[str], bool]] = {
        "=": lambda level: level == values[0],
        "in": lambda level: level in values,
        "!=": lambda level: level != values[0],
        "notIn": lambda level: level not in values,
        "<": lambda level: rank(level) < rank(values[0]),
        "<=": lambda level: rank(level) <= rank(values[0]),
        ">": lambda level: rank(level) > rank(values[0]),
        ">=": lambda level: rank(level) >= rank(values[0]),
    }
    levels = tuple(level for level in field.choices if holds[operator](level))
    rule = {"scorecard": field.identifier, "operator": "in", "value": list(levels)}
    return Term(text, rule, None, field, scored=(field.identifier, levels))


_READERS: Mapping[str, Callable[[Field, str, list[Any], str], Term]] = {
    "array": _array,
    "relation": _relation,
    "scorecard": _scorecard,
}


def _shown(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
