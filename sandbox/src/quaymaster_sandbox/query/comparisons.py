"""The comparison operators of rules, one function each (Port: `docs/search-and-query`, comparison operators).

Each function returns the condition that the operator holds; a missing value never meets one. The negative operators are
made from these in `OPERATORS`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from quaymaster_sandbox.assumptions import Assumptions
from quaymaster_sandbox.catalog.blueprint import Kind
from quaymaster_sandbox.clock import parse_instant, to_micros
from quaymaster_sandbox.query.dates import range_of
from quaymaster_sandbox.query.sql import NEVER, Sql, all_of, any_of, any_value, negated
from quaymaster_sandbox.query.subjects import Cell, Subject
from quaymaster_sandbox.values.cells import element_of, number_cell, to_json


@dataclass(frozen=True)
class Comparison:
    """One operator at work: the subject, the value of the rule, the present instant and the assumptions."""

    subject: Subject
    value: Any
    now: datetime
    assumptions: Assumptions

    def holds(self, condition: Callable[[Cell], Sql]) -> Sql:
        """Returns that a value of the subject meets the condition."""
        built = condition(self.subject.cell)
        return NEVER if built == NEVER else self.subject.holds(built)

    def comparable(self, value: Any) -> Any:
        """Returns a value of the rule as the subject's cells have it; None if it can equal none of them."""
        match self.subject.cell.kind:
            case None:
                return element_of(value)
            case Kind.TEXT | Kind.LONG_TEXT:
                return value if isinstance(value, str) else None
            case Kind.NUMBER:
                return number_cell(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
            case Kind.BOOLEAN:
                return int(value) if isinstance(value, bool) else None
            case Kind.INSTANT:
                instant = parse_instant(value) if isinstance(value, str) else None
                return None if instant is None else to_micros(instant)
        return None

    def exact(self, cell: Cell) -> Sql:
        """Returns the side of an equality that stands for the cell."""
        expression = cell.expression if cell.kind is not Kind.LONG_TEXT or cell.text is None else cell.text
        return self.folded(expression) if cell.kind in (Kind.TEXT, Kind.LONG_TEXT, None) else expression

    def folded(self, text: Sql) -> Sql:
        """Returns the text as comparisons see it: as it is, or in lower case if case does not count."""
        return text if self.assumptions.case_sensitive else "lower(" + text + ")"


def _equals(comparison: Comparison) -> Sql:
    subject, value = comparison.subject, comparison.value
    if isinstance(value, Mapping):
        return _between(comparison)
    if value is None:
        return negated(subject.present)
    if subject.is_array:
        if not isinstance(value, list) or subject.whole is None:
            return NEVER
        return all_of((subject.present, subject.whole + Sql(" = json(?)", (to_json(value),))))
    return _one_of(comparison, [value])


def _one_of(comparison: Comparison, candidates: Sequence[Any]) -> Sql:
    wanted = [cell for value in candidates if (cell := comparison.comparable(value)) is not None]
    if not wanted:
        return NEVER
    if len(wanted) == 1:
        right = comparison.folded(Sql("?", (wanted[0],))) if isinstance(wanted[0], str) else Sql("?", (wanted[0],))
        return comparison.holds(lambda cell: comparison.exact(cell) + " = " + right)
    if not comparison.assumptions.case_sensitive:
        wanted = [value.lower() if isinstance(value, str) else value for value in wanted]
    return comparison.holds(lambda cell: comparison.exact(cell) + " IN " + any_value(wanted))


def _in(comparison: Comparison) -> Sql:
    return _one_of(comparison, comparison.value) if isinstance(comparison.value, list) else NEVER


def _contains_any(comparison: Comparison) -> Sql:
    return _in(comparison) if comparison.subject.is_array else NEVER


def _contains(comparison: Comparison) -> Sql:
    if comparison.subject.is_array:
        return _one_of(comparison, [comparison.value])
    return _text_test(comparison, lambda text, part: "instr(" + text + ", " + part + ") > 0")


def _begins_with(comparison: Comparison) -> Sql:
    return _text_test(comparison, lambda text, part: "substr(" + text + ", 1, length(" + part + ")) = " + part)


def _ends_with(comparison: Comparison) -> Sql:
    if comparison.value == "":
        return _text_test(comparison, lambda text, _part: text + " IS NOT NULL")
    return _text_test(comparison, lambda text, part: "substr(" + text + ", -length(" + part + ")) = " + part)


def _text_test(comparison: Comparison, test: Callable[[Sql, Sql], Sql]) -> Sql:
    """Returns the condition of an operator that looks into a text; arrays and other values never meet it."""
    text, part = comparison.subject.cell.text, comparison.value
    textual = comparison.subject.cell.kind in (Kind.TEXT, Kind.LONG_TEXT, Kind.INSTANT)
    if comparison.subject.is_array or not textual or text is None or not isinstance(part, str):
        return NEVER
    condition = test(comparison.folded(text), comparison.folded(Sql("?", (part,))))
    column = comparison.subject.column
    if column is not None and comparison.subject.cell.kind is Kind.TEXT:
        # Apart from the order of the answer, SQLite looks through the index, which is a tenth of the table.
        condition = f"v.id IN (SELECT v.id FROM {column.table} AS v WHERE " + condition + ")"
    return comparison.subject.holds(condition)


def _ordered(sign: str) -> Callable[[Comparison], Sql]:
    def compare(comparison: Comparison) -> Sql:
        ordered = comparison.subject.cell.kind in (Kind.NUMBER, Kind.INSTANT) and not comparison.subject.is_array
        bound = comparison.comparable(comparison.value) if ordered else None
        if bound is None:
            return NEVER
        return comparison.holds(lambda cell: cell.expression + Sql(f" {sign} ?", (bound,)))

    return compare


def _between(comparison: Comparison) -> Sql:
    bounds = None
    if comparison.subject.cell.kind is Kind.INSTANT and isinstance(comparison.value, Mapping):
        bounds = range_of(comparison.value, comparison.now, comparison.assumptions.preset_time_zone)
    if bounds is None or comparison.subject.is_array:
        return NEVER
    micros = tuple(map(to_micros, bounds))
    return comparison.holds(lambda cell: cell.expression + Sql(" BETWEEN ? AND ?", micros))


def _not_between(comparison: Comparison) -> Sql:
    return all_of((comparison.subject.present, negated(_between(comparison))))


def _is_empty(comparison: Comparison) -> Sql:
    return negated(comparison.subject.present)


def _is_not_empty(comparison: Comparison) -> Sql:
    return comparison.subject.present


def _is_expired(comparison: Comparison) -> Sql:
    if comparison.subject.cell.kind is not Kind.INSTANT or comparison.subject.is_array:
        return NEVER
    return comparison.holds(lambda cell: cell.expression + Sql(" <= ?", (to_micros(comparison.now),)))


def _is_not_expired(comparison: Comparison) -> Sql:
    if comparison.subject.cell.kind is not Kind.INSTANT:
        return NEVER
    return all_of((comparison.subject.present, negated(_is_expired(comparison))))


def _not(operator: Callable[[Comparison], Sql]) -> Callable[[Comparison], Sql]:
    def hold_otherwise(comparison: Comparison) -> Sql:
        otherwise = negated(operator(comparison))
        if comparison.assumptions.negatives_match_missing or comparison.value is None:
            return otherwise
        return all_of((comparison.subject.present, otherwise))

    return hold_otherwise


OPERATORS: dict[str, Callable[[Comparison], Sql]] = {
    "=": _equals,
    "!=": _not(_equals),
    ">": _ordered(">"),
    ">=": _ordered(">="),
    "<": _ordered("<"),
    "<=": _ordered("<="),
    "contains": _contains,
    "doesNotContains": _not(_contains),
    "containsAny": _contains_any,
    "beginsWith": _begins_with,
    "doesNotBeginsWith": _not(_begins_with),
    "endsWith": _ends_with,
    "doesNotEndsWith": _not(_ends_with),
    "in": _in,
    "notIn": _not(_in),
    "isEmpty": _is_empty,
    "isNotEmpty": _is_not_empty,
    "between": _between,
    "notBetween": _not_between,
    "isExpired": _is_expired,
    "isNotExpired": _is_not_expired,
}
"""Every operator that compares a value."""


def compare(operator: str, comparison: Comparison) -> Sql:
    """Returns the condition that the operator holds between the subject and the value."""
    return OPERATORS[operator](comparison)


__all__ = ["OPERATORS", "Comparison", "any_of", "compare"]
