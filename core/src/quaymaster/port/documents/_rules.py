"""How a query is checked against a dialect: by the subject of each rule and its operator."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from quaymaster.port.documents._constraints import OneOf
from quaymaster.port.documents._fields import COMBINATORS
from quaymaster.port.documents._shapes import Check, json_type_of
from quaymaster.port.documents.problems import Path, Problem, missing, one_of, unknown_key

__all__ = ["Dialect", "Form", "Operators", "check_group"]

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
        elsewhere = [repr(key) for key, forms in dialect.subjects.items() if operator in list(forms)]
        if elsewhere:
            hint = f"{operator!r} goes with the key {' or '.join(elsewhere)}; {one_of(None, operators, listed)}"
        else:
            hint = f"unknown operator {operator!r}; {one_of(operator, operators, listed)}"
        problems.append(Problem((*path, "operator"), "must be equal to one of the allowed values", hint))
    return form


def _check_form(
    form: Form, rule: dict[str, Any], subject: str, closed: bool, path: Path, problems: list[Problem]
) -> None:
    checks: dict[str, Check] = {subject: form.subject, **form.also}
    if form.value is not None:
        checks["value"] = form.value
        # A range of time is closed in every dialect, also in scorecards, whose other conditions are open.
        closed = closed or isinstance(rule.get("value"), dict)
        if form.value_required and "value" not in rule:
            problems.append(missing(path, "value", f"operator {rule['operator']!r} compares with a value"))
    if closed:
        known = ("operator", *checks)
        problems.extend(unknown_key(path, key, known) for key in rule if key not in known)
    for key, check in checks.items():
        if key in rule:
            check(rule[key], (*path, key), problems)
