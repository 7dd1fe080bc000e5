"""What a scorecard says about an entity, worked out in plain Python from the two documents alone.

Follows sections 8.2 and 8.3 of the notes on Port's API. It shares no code with the project, so that tests can hold the
project's answers against it.
"""

from datetime import UTC, datetime, timedelta

_PRESET_DAYS = {
    "lastWeek": 7,
    "last2Weeks": 14,
    "lastMonth": 30,
    "last3Months": 90,
    "last6Months": 180,
    "last12Months": 365,
}
_DAY_OFFSETS = {"today": 0, "yesterday": -1, "tomorrow": 1}
_DEFAULT_LEVELS = ["Basic", "Bronze", "Silver", "Gold"]


def result(scorecard, entity, now):
    """`{"level", "rules": [{"identifier", "status", "level"}]}`, or None if the scorecard's filter leaves it out."""
    if "filter" in scorecard and not passes(scorecard["filter"], entity, now):
        return None
    levels = [level["title"] for level in scorecard.get("levels") or []] or _DEFAULT_LEVELS
    rules = [
        {
            "identifier": rule["identifier"],
            "status": "SUCCESS" if passes(rule["query"], entity, now) else "FAILURE",
            "level": rule["level"],
        }
        for rule in scorecard["rules"]
    ]
    reached = levels[0]
    for level in levels[1:]:
        statuses = [rule["status"] for rule in rules if rule["level"] == level]
        if "FAILURE" in statuses:
            break
        if statuses:
            reached = level
    return {"level": reached, "rules": rules}


def passes(query, entity, now):
    """Whether the entity meets a filter or a rule's query."""
    verdicts = (_meets(condition, entity, now) for condition in query["conditions"])
    return all(verdicts) if query["combinator"] == "and" else any(verdicts)


def value_of(entity, condition):
    """The value on the condition's left side; None if there is none."""
    if "relation" in condition:
        return (entity.get("relations") or {}).get(condition["relation"])
    name = condition["property"]
    if name.startswith("$"):
        value = entity.get(name[1:])
        return [value] if name == "$team" and isinstance(value, str) else value
    return (entity.get("properties") or {}).get(name)


def _meets(condition, entity, now):
    value = value_of(entity, condition)
    verdict = _holds(condition["operator"], value, condition.get("value"), now)
    return not verdict if condition.get("not") else verdict


def _holds(operator, value, wanted, now):
    if operator == "isEmpty":
        return value in (None, "", [], {})
    if operator == "isNotEmpty":
        return not _holds("isEmpty", value, None, now)
    if operator in ("!=", "doesNotContains", "doesNotBeginsWith", "doesNotEndsWith"):
        opposite = {
            "!=": "=",
            "doesNotContains": "contains",
            "doesNotBeginsWith": "beginsWith",
            "doesNotEndsWith": "endsWith",
        }
        return not _holds(opposite[operator], value, wanted, now)
    if value is None:
        return operator == "=" and wanted is None
    return _POSITIVE[operator](value, wanted, now)


def _same(left, right):
    return left == right and isinstance(left, bool) == isinstance(right, bool)


def _equal(value, wanted, now):
    if isinstance(wanted, dict):
        return _between(value, wanted, now)
    left, right = _instant(value), _instant(wanted)
    return left == right if left and right else _same(value, wanted)


def _compare(value, wanted):
    """-1, 0 or 1 as `value` is below, at or above `wanted`; None if they do not compare."""
    if isinstance(value, bool) or isinstance(wanted, bool):
        return None
    if not (isinstance(value, (int, float)) and isinstance(wanted, (int, float))):
        value, wanted = _instant(value), _instant(wanted)
        if value is None or wanted is None:
            return None
    return (value > wanted) - (value < wanted)


def _contains(value, wanted, _now):
    if isinstance(value, list):
        return any(_same(element, wanted) for element in value)
    return isinstance(value, str) and isinstance(wanted, str) and wanted in value


def _in(value, wanted, _now):
    elements = value if isinstance(value, list) else [value]
    return any(_same(element, one) for element in elements for one in wanted)


def _contains_any(value, wanted, _now):
    return isinstance(value, list) and any(_same(element, one) for element in value for one in wanted)


def _between(value, span, now):
    start, end = _span(span, now)
    instant = _instant(value)
    return instant is not None and start <= instant <= end


def _span(span, now):
    if "preset" not in span:
        return _instant(span["from"]), _instant(span["to"])
    preset = span["preset"]
    if preset in _DAY_OFFSETS:
        start = now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=_DAY_OFFSETS[preset])
        return start, start + timedelta(days=1) - timedelta(microseconds=1)
    return now - timedelta(days=_PRESET_DAYS[preset]), now


def _instant(value):
    if not isinstance(value, str) or len(value) < 10 or value[4:5] != "-":
        return None
    try:
        instant = datetime.fromisoformat(value)
    except ValueError:
        return None
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)


_POSITIVE = {
    "=": _equal,
    ">": lambda value, wanted, _: _compare(value, wanted) == 1,
    ">=": lambda value, wanted, _: _compare(value, wanted) in (0, 1),
    "<": lambda value, wanted, _: _compare(value, wanted) == -1,
    "<=": lambda value, wanted, _: _compare(value, wanted) in (0, -1),
    "contains": _contains,
    "containsAny": _contains_any,
    "in": _in,
    "beginsWith": lambda value, wanted, _: isinstance(value, str) and value.startswith(wanted),
    "endsWith": lambda value, wanted, _: isinstance(value, str) and value.endswith(wanted),
    "between": _between,
    "notBetween": lambda value, wanted, now: _instant(value) is not None and not _between(value, wanted, now),
}
