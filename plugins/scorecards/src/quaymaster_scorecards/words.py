"""Conditions in words: what a value is, and what it needs to be."""

from collections.abc import Callable, Mapping
from typing import Any

from quaymaster_scorecards.ladder import JSON, conditions_of

__all__ = ["needs", "subject_of", "subjects", "wanted"]

_OPPOSITES: Mapping[str, str] = {"isEmpty": "isNotEmpty", "isNotEmpty": "isEmpty"}
_FORMS: Mapping[str, str] = {
    "=": "= {}",
    "!=": "not {}",
    "contains": "contains {}",
    "doesNotContains": "does not contain {}",
    "beginsWith": "begins with {}",
    "doesNotBeginsWith": "does not begin with {}",
    "endsWith": "ends with {}",
    "doesNotEndsWith": "does not end with {}",
    "containsAny": "contains {}",
    "in": "{}",
    "between": "{}",
    "notBetween": "not {}",
    "isEmpty": "empty",
    "isNotEmpty": "a value",
}
_STATES = {"!=", "in", "between", "notBetween", "isEmpty"}
"""The operators whose words need `is` before them."""
_PRESETS: Mapping[str, str] = {
    "today": "today",
    "tomorrow": "tomorrow",
    "yesterday": "yesterday",
    "lastDay": "in the last day",
    "lastWeek": "in the last 7 days",
    "last2Weeks": "in the last 14 days",
    "lastMonth": "in the last 30 days",
    "last3Months": "in the last 90 days",
    "last6Months": "in the last 180 days",
    "last12Months": "in the last 365 days",
}


def subject_of(condition: JSON) -> str:
    """Returns what a condition is about, as answers name it: a property, a relation, or `team`."""
    return str(condition.get("relation") or condition.get("property")).removeprefix("$")


def subjects(query: JSON) -> list[JSON]:
    """Returns the conditions of a query; of several about one thing, the first."""
    found: dict[str, JSON] = {}
    for condition in conditions_of(query):
        found.setdefault(subject_of(condition), condition)
    return list(found.values())


def needs(query: JSON, *, alone: bool = True) -> str:
    """Returns what a query asks: `a = true or b = true`; alone, without its subject if there is only one: `>= 80`."""
    return _joined(query, _needed if alone and len(subjects(query)) == 1 else wanted)


def wanted(condition: JSON) -> str:
    """Returns a condition in words: `test_coverage >= 80`, `runbook has a value`."""
    operator, inverted = _operator(condition)
    verb = "is " if inverted or operator in _STATES else "has " if operator == "isNotEmpty" else ""
    return f"{subject_of(condition)} {verb}{_needed(condition)}"


def _needed(condition: JSON) -> str:
    operator, inverted = _operator(condition)
    words = _FORMS.get(operator, operator + " {}").format(_shown(condition.get("value")))
    return f"not ({words})" if inverted else words


def _operator(condition: JSON) -> tuple[str, bool]:
    """Returns the operator, and whether `not` turns it round; where there is an opposite, that is the operator."""
    operator, inverted = str(condition["operator"]), condition.get("not") is True
    if operator in {"=", "!="} and isinstance(condition.get("value"), Mapping):
        operator = "between" if operator == "=" else "notBetween"
    return (_OPPOSITES[operator], False) if inverted and operator in _OPPOSITES else (operator, inverted)


def _joined(query: JSON, say: Callable[[JSON], str]) -> str:
    word = " or " if query["combinator"] == "or" else " and "
    parts = [f"({_joined(it, say)})" if "conditions" in it else say(it) for it in query["conditions"]]
    return word.join(parts)


def _shown(value: Any) -> str:
    if isinstance(value, Mapping):
        return _PRESETS.get(str(value.get("preset")), f"between {value.get('from')} and {value.get('to')}")
    if isinstance(value, list):
        return _shown(value[0]) if len(value) == 1 else f"one of {', '.join(map(_shown, value))}"
    return (
        str(value).lower() if isinstance(value, bool) else f"{value:.10g}" if isinstance(value, float) else str(value)
    )
