"""Conditions of scorecards as rules of a search, so that Port itself says which entities meet them.

The two dialects mean the same, but for this (Port's docs: scorecards, rule conditions; search and query, comparison
operators):

- `isEmpty` and `isNotEmpty`: a scorecard also takes `""`, `[]` and `{}` for empty, a search only a missing value. The
  search asks for these by name; `{}` it cannot name, so that an object counts as filled when it holds nothing.
- `not`: a search has none. Each operator is replaced by its opposite; where the opposite leaves out entities without
  the value (`>=`, `between`), these are added, for the condition that is turned round does not hold for them.
- `>`, `>=`, `<`, `<=` with anything but a number or an instant, or about a relation, hold for nobody; a search refuses
  them, so it is asked for nobody. So it is for a property that the blueprint does not have (a guess, as in `not`).
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from quaymaster import inline
from quaymaster_scorecards.ladder import JSON, conditions_of

__all__ = ["EVERYBODY", "NOBODY", "TypeOf", "find_doubts", "search_rule"]

TypeOf = Callable[[str], str | None]
"""Tells the JSON type of a property's values; None for a property that the blueprint does not have."""

EVERYBODY: JSON = {"property": "$identifier", "operator": "isNotEmpty"}
NOBODY: JSON = {"property": "$identifier", "operator": "isEmpty"}

_ORDER: Mapping[str, str] = {">": "<=", ">=": "<", "<": ">=", "<=": ">"}
_OPPOSITES: Mapping[str, str] = {
    "=": "!=",
    "contains": "doesNotContains",
    "beginsWith": "doesNotBeginsWith",
    "endsWith": "doesNotEndsWith",
    "in": "notIn",
    "isEmpty": "isNotEmpty",
    "between": "notBetween",
}
_CONTRARY: Mapping[str, str] = {**_OPPOSITES, **{no: yes for yes, no in _OPPOSITES.items()}, **_ORDER}
_FALSE_IF_MISSING = {"between", "notBetween", *_ORDER}
_EMPTINESS = {"isEmpty", "isNotEmpty"}
_NOTHING: Mapping[str, Any] = {"string": "", "array": []}
"""What a scorecard takes for empty and a search does not, by type."""


def search_rule(query: JSON, type_of: TypeOf) -> JSON:
    """Returns the rule, for a blueprint's search, that an entity meets a scorecard's filter or the query of a rule.

    Port: POST /v1/blueprints/{blueprint}/entities/search.
    """
    rules = [search_rule(it, type_of) if "conditions" in it else _rule(it, type_of) for it in query["conditions"]]
    return {"combinator": query["combinator"], "rules": rules}


def find_doubts(queries: Iterable[JSON], type_of: TypeOf) -> list[str]:
    """Returns a note for each condition that Port may judge otherwise than by a search, or than its author means."""
    conditions = [it for query in queries for it in conditions_of(query) if "property" in it]
    hollow = {
        it["property"] for it in conditions if it["operator"] in _EMPTINESS and type_of(it["property"]) == "object"
    }
    texts = {
        it["property"] for it in conditions if type_of(it["property"]) == "number" and isinstance(it.get("value"), str)
    }
    return [
        *(f"where {inline(it)} is an empty object, a scorecard takes it for empty; this does not" for it in hollow),
        *(f"{inline(it)} is a number, and a condition compares it with a text, which it never is" for it in texts),
    ]


def _rule(condition: JSON, type_of: TypeOf) -> JSON:
    key = "relation" if "relation" in condition else "property"
    name, operator, value = condition[key], condition["operator"], condition.get("value")
    inverted = condition.get("not") is True
    if operator in {"=", "!="} and isinstance(value, Mapping):
        operator = "between" if operator == "=" else "notBetween"
    kind = "relation" if key == "relation" else type_of(name)
    if kind is None or (operator in _ORDER and (kind == "relation" or not _has_order(value))):
        return EVERYBODY if inverted else NOBODY
    subject = {key: name}
    if operator in _EMPTINESS:
        return _emptiness(subject, kind, (operator == "isEmpty") != inverted)
    if not inverted:
        return {**subject, "operator": operator, "value": value}
    return _inverted(subject, operator, value)


def _emptiness(subject: JSON, kind: str, empty: bool) -> JSON:
    rule = {**subject, "operator": "isEmpty" if empty else "isNotEmpty"}
    if kind not in _NOTHING:
        return rule
    nothing = {**subject, "operator": "=" if empty else "!=", "value": _NOTHING[kind]}
    return {"combinator": "or" if empty else "and", "rules": [rule, nothing]}


def _inverted(subject: JSON, operator: str, value: Any) -> JSON:
    if operator == "containsAny":
        none_of = [{**subject, "operator": "doesNotContains", "value": it} for it in value]
        return {"combinator": "and", "rules": none_of}
    rule = {**subject, "operator": _CONTRARY[operator], "value": value}
    if operator not in _FALSE_IF_MISSING:
        return rule
    return {"combinator": "or", "rules": [rule, {**subject, "operator": "isEmpty"}]}


def _has_order(value: Any) -> bool:
    """Whether a search takes a value for `>` and its like: a number or an instant."""
    if isinstance(value, bool) or not isinstance(value, str):
        return isinstance(value, int | float) and not isinstance(value, bool)
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return True
