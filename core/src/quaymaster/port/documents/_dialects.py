"""The dialects of Port's queries: which rules, operators and values each takes (Port docs: search-and-query)."""

from collections.abc import Iterable, Mapping
from typing import Annotated, Any

from quaymaster.port.documents._base import Document
from quaymaster.port.documents._constraints import OneOf
from quaymaster.port.documents._fields import DateTime
from quaymaster.port.documents._operands import (
    DATE_PRESETS,
    ContextProperty,
    DatePreset,
    DateRange,
    JqQuery,
    Operand,
    PropertySchema,
    RelationPath,
)
from quaymaster.port.documents._rules import Dialect, Form, Operators
from quaymaster.port.documents._shapes import Check, Shape, json_type_of, shape_of
from quaymaster.port.documents.problems import Path, Problem

__all__ = ["BLUEPRINT_SEARCH", "DATASET", "IDENTIFIER", "SCORECARD", "SEARCH"]


def _any_object(*kinds: type[Document], exactly_one: bool = False, enough: type[Document] | None = None) -> Check:
    """Returns the check that an object is of one of the kinds: of just one, or at least of the kind that is enough."""

    def check(json: dict[str, Any], path: Path, problems: list[Problem]) -> None:
        found: dict[type[Document], list[Problem]] = {kind: [] for kind in kinds}
        for kind, faults in found.items():
            kind.check_shape(json, path, faults)
        fitting = [kind for kind, faults in found.items() if not faults]
        if len(fitting) == 1 or (fitting and (not exactly_one or enough in fitting)):
            return
        named = Operand.kinds.get(Operand.name_kind(json) or "")
        if named in found and not fitting:
            problems.extend(found[named])
        else:
            forms = " or ".join("{" + ", ".join(f.alias or n for n, f in k.model_fields.items()) + "}" for k in kinds)
            problems.append(Problem(path, "must match exactly one schema in oneOf", f"write {forms}"))

    return check


def _list_of_one_type(items: list[Any], path: Path, problems: list[Problem]) -> None:
    """Accepts texts, or numbers, or booleans, but no mixture."""
    found = {json_type_of(item) for item in items}
    if len(found) > 1 or not found <= {"string", "number", "boolean"}:
        problems.append(Problem(path, "must match a schema in anyOf", "all strings, all numbers or all booleans"))


_TEXT = shape_of(str)
_TEXTS = shape_of(list[str])
_SCALAR = shape_of(str | int | float | bool | None)
_LIST_OF_ONE_TYPE = Shape({list: _list_of_one_type})

_PROPERTY = shape_of(str | ContextProperty)
_PATH_OR_PROPERTY = Shape({**_TEXT.checks, dict: _any_object(RelationPath, ContextProperty)})
_TARGET_PROPERTY = Shape({str: OneOf(("$title", "$identifier")).check})
_DIRECTION = Shape({str: OneOf(("upstream", "downstream")).check})

_EMPTINESS = ("isEmpty", "isNotEmpty")
_EXPIRY = ("isExpired", "isNotExpired")
_ORDER = (">", ">=", "<", "<=")
_BETWEEN = ("between", "notBetween")
_MATCHES = ("contains", "doesNotContains", "beginsWith", "doesNotBeginsWith", "endsWith", "doesNotEndsWith")
_TEXT_OPERATORS = ("=", "!=", "containsAny", *_MATCHES, "in", "notIn")


def _either(*shapes: Shape, objects: Check | None = None) -> Shape:
    """Returns the shape of a value that may be of any of the shapes, or an object that passes the check."""
    checks: dict[type, Check] = {}
    for shape in shapes:
        checks |= shape.checks
    return Shape(checks if objects is None else {**checks, dict: objects})


def _forms(operators: Iterable[str], form: Form) -> dict[str, Form]:
    return dict.fromkeys(operators, form)


def _property_operators(lists: Shape, *values: type[Document]) -> Operators:
    """Returns the operators of rules about a property; `values` are the objects that may stand for a value."""
    dates = (DateRange, DatePreset, ContextProperty)
    any_value = _any_object(*values)
    equal = _any_object(*dates, *(v for v in values if v not in dates), exactly_one=True, enough=ContextProperty)
    instant = shape_of(int | float | DateTime)
    return {
        **_forms(_TEXT_OPERATORS, Form(_PROPERTY, _either(_SCALAR, lists, objects=any_value))),
        "=": Form(_PROPERTY, _either(_SCALAR, lists, objects=equal)),
        **_forms(_ORDER, Form(_PROPERTY, _either(instant, objects=any_value))),
        **_forms(_BETWEEN, Form(_PROPERTY, Shape({dict: _any_object(*dates, exactly_one=True)}))),
        **_forms((*_EMPTINESS, *_EXPIRY), Form(_TEXT)),
        "matchAny": Form(_PATH_OR_PROPERTY, _either(_TEXT, _TEXTS, objects=_any_object(ContextProperty))),
    }


def _other_operators(*values: type[Document]) -> Mapping[str, Operators]:
    """Returns the operators of rules about related entities and about properties of a given schema."""
    objects = _any_object(*values) if values else None
    related = Form(
        _TEXT,
        _either(_TEXT, _TEXTS, objects=objects),
        also={"direction": _DIRECTION, "required": shape_of(bool)},
    )
    schema = Form(shape_of(PropertySchema), _either(_SCALAR, objects=objects), value_required=False)
    return {"blueprint": {"relatedTo": related}, "propertySchema": _forms(("=", "!=", "contains"), schema)}


def _named_operators(**also: Check) -> Operators:
    """Returns the operators of rules about a relation or a scorecard."""
    return {
        **_forms(_TEXT_OPERATORS, Form(_TEXT, _either(_SCALAR, _TEXTS), also=also)),
        **_forms(_EMPTINESS, Form(_TEXT, also=also)),
    }


def _condition_operators() -> Operators:
    """Returns the operators of a scorecard's conditions, about a property or a relation alike."""
    compared = _either(shape_of(str | int | float | bool), _TEXTS)
    return {
        **_forms(("=", "!=", *_ORDER, *_MATCHES), Form(_TEXT, compared)),
        **_forms(("containsAny", "in"), Form(_TEXT, _TEXTS)),
        **_forms(_EMPTINESS, Form(_TEXT, also={"not": shape_of(bool)})),
    }


class _ConditionPreset(Document):
    """A span of time as scorecards know it: without `lastDay`."""

    preset: Annotated[str, OneOf(tuple(preset for preset in DATE_PRESETS if preset != "lastDay"))]


_CONDITION_DATE = _any_object(DateRange, _ConditionPreset, exactly_one=True)


SEARCH = Dialect({"property": _property_operators(_LIST_OF_ONE_TYPE, ContextProperty), **_other_operators()})
DATASET = Dialect(
    {"property": _property_operators(_LIST_OF_ONE_TYPE, JqQuery, ContextProperty), **_other_operators(JqQuery)}
)
BLUEPRINT_SEARCH = Dialect(
    {
        "property": _property_operators(_TEXTS, ContextProperty),
        "relation": _named_operators(targetProperty=_TARGET_PROPERTY),
        "scorecard": _named_operators(scorecardRule=_TEXT),
        **_other_operators(),
    }
)
IDENTIFIER = Dialect(
    {
        "property": {
            "=": Form(_TEXT, shape_of(str | int | float | None)),
            **_forms(("in", "containsAny"), Form(_TEXT, _TEXTS)),
            "contains": Form(_TEXT, shape_of(str | list[str] | None)),
        }
    }
)
SCORECARD = Dialect(
    {
        "property": {
            **_condition_operators(),
            **_forms(_BETWEEN, Form(_TEXT, Shape({dict: _CONDITION_DATE}))),
            "=": Form(_TEXT, _either(shape_of(str | int | float | bool), _TEXTS, objects=_CONDITION_DATE)),
        },
        "relation": _condition_operators(),
    },
    rules_key="conditions",
    minimum_rules=1,
    closed=False,
)
