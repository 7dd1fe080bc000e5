"""Pieces of SQL with their parameters, and the logic that joins conditions."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import orjson


@dataclass(frozen=True)
class Sql:
    """A piece of SQL and the values of its question marks."""

    text: str
    values: tuple[Any, ...] = ()

    def __add__(self, other: "Sql | str") -> "Sql":
        if isinstance(other, str):
            return Sql(self.text + other, self.values)
        return Sql(self.text + other.text, self.values + other.values)

    def __radd__(self, other: str) -> "Sql":
        return Sql(other + self.text, self.values)


_WIDEST = 64

EMPTY = Sql("")
ALWAYS = Sql("1")
NEVER = Sql("0")


def all_of(conditions: Iterable[Sql]) -> Sql:
    """Returns the condition that all conditions hold; those after one that never holds are not asked for."""
    return _decided(conditions, NEVER, ALWAYS, " AND ")


def any_of(conditions: Iterable[Sql]) -> Sql:
    """Returns the condition that at least one condition holds; those after one that always does are not asked for."""
    return _decided(conditions, ALWAYS, NEVER, " OR ")


def _decided(conditions: Iterable[Sql], deciding: Sql, idle: Sql, separator: str) -> Sql:
    kept = []
    for condition in conditions:
        if condition == deciding:
            return deciding
        if condition != idle:
            kept.append(condition)
    return _joined(kept, separator, idle)


def negated(condition: Sql) -> Sql:
    """Returns the condition that holds whenever the other does not, also when the other is unknown to SQL (NULL)."""
    if condition == ALWAYS:
        return NEVER
    if condition == NEVER:
        return ALWAYS
    return "NOT ifnull(" + condition + ", 0)"


def where(condition: Sql) -> str:
    """Returns the `WHERE` of a statement, nothing at all if every row meets the condition: SQLite counts faster so."""
    return "" if condition == ALWAYS else f" WHERE {condition.text}"


def any_value(values: Sequence[Any]) -> Sql:
    """Returns the right side of an `IN` over any number of values, none included."""
    return Sql("(" + ", ".join("?" * len(values)) + ")", tuple(values))


def any_id(ids: Sequence[int]) -> Sql:
    """Returns the right side of an `IN` over row numbers, as one parameter however many there are."""
    return Sql("(SELECT value FROM json_each(?))", (orjson.dumps(ids).decode(),))


def _joined(conditions: Sequence[Sql], separator: str, when_empty: Sql) -> Sql:
    """Joins conditions as a balanced tree: SQLite limits the depth of an expression, not its size."""
    if not conditions:
        return when_empty
    if len(conditions) == 1:
        return conditions[0]
    if len(conditions) > _WIDEST:
        middle = len(conditions) // 2
        halves = (conditions[:middle], conditions[middle:])
        return _joined([_joined(half, separator, when_empty) for half in halves], separator, when_empty)
    text = separator.join(condition.text for condition in conditions)
    return Sql(f"({text})", tuple(value for condition in conditions for value in condition.values))
