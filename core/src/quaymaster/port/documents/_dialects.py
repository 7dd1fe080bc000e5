"""The dialects of Port's queries: which rules, operators and values each takes (reference 7.1 and 8.2)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

from quaymaster.port.documents._base import Document
from quaymaster.port.documents._constraints import OneOf
from quaymaster.port.documents._fields import COMBINATORS, DateTime
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
from quaymaster.port.documents._shapes import Check, Shape, json_type_of, shape_of
from quaymaster.port.documents.problems import Path, Problem, missing, one_of, unknown_key

__all__ = ["BLUEPRINT_SEARCH", "DATASET", "IDENTIFIER", "SCORECARD", "SEARCH", "Dialect", "check_group"]


# Port states no limit; ours keeps a query that is made to be deep from exhausting the stack.
_DEEPEST = 50


@dataclass(frozen=True, slots=True)
class Form:
    """What a rule with a certain operator looks like: its subject, its value, and the keys that it may also have."""

    subject: Check
    value: Check | None = None
    value_required: bool = True
    also: Mapping[str, Check] = field(default_factory=dict)


Operators = Mapping[str, Form]


@dataclass(frozen=True, slots=True)
class Dialect:
    """One dialect: for each key that a rule can be about, the operators and their forms."""

    subjects: Mapping[str, Operators]
    rules_key: str = "rules"
    minimum_rules: int = 0
    closed: bool = True


def check_group(dialect: Dialect, json: dict[str, Any], path: Path, problems: list[Problem]) -> None:
    """Adds the problems of a query, and of all that is nested in it."""
    if path.count(dialect.rules_key) > _DEEPEST:
        problems.append(Problem(path, f"must NOT be nested more than {_DEEPEST} queries deep"))
        return
    known = ("combinator", dialect.rules_key)
    problems.extend(missing(path, key) for key in known if key not in json)
    if dialect.closed:
        problems.extend(unknown_key(path, key, known) for key in json if key not in known)
    if "combinator" in json:
        OneOf(COMBINATORS).check(json["combinator"], (*path, "combinator"), problems)
    if dialect.rules_key not in json:
        return
    rules = json[dialect.rules_key]
    path = (*path, dialect.rules_key)
    if not isinstance(rules, list):
        problems.append(Problem(path, "must be array", f"it is {json_type_of(rules)}"))
    elif len(rules) < dialect.minimum_rules:
        problems.append(Problem(path, f"must NOT have fewer than {dialect.minimum_rules} items"))
    else:
        for index, rule in enumerate(rules):
            _check_rule(dialect, rule, (*path, index), problems)


def _check_rule(dialect: Dialect, rule: object, path: Path, problems: list[Problem]) -> None:
    if not isinstance(rule, dict):
        problems.append(Problem(path, "must be object", f"it is {json_type_of(rule)}"))
        return
    nests = dialect.rules_key == "rules"
    if nests and ("combinator" in rule or "rules" in rule):
        check_group(dialect, rule, path, problems)
        return
    subject = _subject_of(dialect, rule)
    if subject is None:
        keys = [*dialect.subjects, *(["combinator"] if nests else [])]
        problems.append(Problem(path, "must match a schema in anyOf", f"a rule has one of the keys {', '.join(keys)}"))
        return
    form = _form_of(dialect, rule, subject, path, problems)
    if form is not None:
        _check_form(form, rule, subject, dialect.closed, path, problems)


def _subject_of(dialect: Dialect, rule: Mapping[str, Any]) -> str | None:
    """Returns the key that says what the rule is about; of several, the one that the operator goes with."""
    present = [key for key in dialect.subjects if key in rule]
    operator = rule.get("operator")
    fitting = [key for key in present if operator in list(dialect.subjects[key]) and isinstance(rule[key], str)]
    return next(iter([*fitting, *present]), None)


def _form_of(
    dialect: Dialect, rule: Mapping[str, Any], subject: str, path: Path, problems: list[Problem]
) -> Form | None:
    """Returns the form that the operator asks for; None, with a problem added, when there is no such operator."""
    operators = dialect.subjects[subject]
    listed = f"for {subject} rules: "
    if "operator" not in rule:
        problems.append(missing(path, "operator", one_of(None, operators, listed)))
        return None
    operator = rule["operator"]
    form = operators.get(operator) if isinstance(operator, str) else None
    if form is None:
        elsewhere = [key for key, forms in dialect.subjects.items() if operator in list(forms)]
        hint = f"unknown operator {operator!r}; {one_of(operator, operators, listed)}"
        if elsewhere:
            hint = (
                f"{operator!r} goes with the key {' or '.join(map(repr, elsewhere))}; {one_of(None, operators, listed)}"
            )
        problems.append(Problem((*path, "operator"), "must be equal to one of the allowed values", hint))
    return form


def _check_form(
    form: Form, rule: dict[str, Any], subject: str, closed: bool, path: Path, problems: list[Problem]
) -> None:
    checks: dict[str, Check] = {subject: form.subject, "operator": _ANY, **form.also}
    if form.value is not None:
        checks["value"] = form.value
        # A range of time is closed in every dialect, also in scorecards, whose other conditions are open.
        closed = closed or isinstance(rule.get("value"), dict)
        if form.value_required and "value" not in rule:
            problems.append(missing(path, "value", f"operator {rule['operator']!r} compares with a value"))
    if closed:
        problems.extend(unknown_key(path, key, checks) for key in rule if key not in checks)
    for key, check in checks.items():
        if key in rule:
            check(rule[key], (*path, key), problems)


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


_ANY = shape_of(Any)
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
