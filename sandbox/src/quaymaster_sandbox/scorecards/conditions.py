"""The conditions of rules and filters, compiled to SQL like the rules of a search.

Port: `docs/scorecards`, rule conditions. They differ from a search in what counts as empty, and in `not`.
"""

from collections.abc import Mapping
from typing import Any

from quaymaster_sandbox.catalog.blueprint import Kind
from quaymaster_sandbox.query.comparisons import Comparison, compare
from quaymaster_sandbox.query.compiler import property_subject, relation_subject
from quaymaster_sandbox.query.scope import Scope
from quaymaster_sandbox.query.sql import NEVER, Sql, all_of, any_of, negated
from quaymaster_sandbox.query.subjects import Subject


def compile_conditions(query: Mapping[str, Any], scope: Scope) -> Sql:
    """Returns the condition that an entity of the scope's blueprint passes a rule or a filter."""
    join = all_of if query["combinator"] == "and" else any_of
    return join(_compile_condition(condition, scope) for condition in query["conditions"])


def _compile_condition(condition: Mapping[str, Any], scope: Scope) -> Sql:
    """Returns one condition; that `not` turns round the whole of it is a guess.

    A condition on a property that the blueprint no longer has is never met (another guess).
    """
    if "relation" in condition:
        subject = relation_subject(condition["relation"], None, scope)
    else:
        subject = property_subject(condition["property"], scope)
    verdict = NEVER if subject is None else _verdict(subject, condition, scope)
    return negated(verdict) if condition.get("not") else verdict


def _verdict(subject: Subject, condition: Mapping[str, Any], scope: Scope) -> Sql:
    match condition["operator"]:
        case "isEmpty":
            return _is_empty(subject)
        case "isNotEmpty":
            return negated(_is_empty(subject))
        case operator:
            comparison = Comparison(subject, condition.get("value"), scope.now, scope.assumptions)
            return compare(operator, comparison)


def _is_empty(subject: Subject) -> Sql:
    """Returns that there is no value, or that it is `""`, `[]` or `{}`, which only a search counts as values."""
    missing = negated(subject.present)
    if subject.is_array:
        return missing if subject.length is None else any_of((missing, subject.length + " = 0"))
    match subject.cell.kind:
        case Kind.TEXT:
            return any_of((missing, subject.holds(subject.cell.expression + " = ''")))
        case Kind.LONG_TEXT if subject.cell.text is not None:
            return any_of((missing, subject.holds(subject.cell.text + " = ''")))
        case Kind.OBJECT:
            return any_of((missing, subject.holds(subject.cell.expression + " = 0")))
    return missing
