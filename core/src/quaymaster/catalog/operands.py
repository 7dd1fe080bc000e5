"""The right-hand side of a condition: checked against what it is compared with, and put into the form Port takes."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from quaymaster.catalog.catalog import Catalog
from quaymaster.catalog.fields import Field
from quaymaster.catalog.names import fold
from quaymaster.errors import InputError, nearest_first
from quaymaster.port.where import PRESETS

__all__ = ["DATE_FORM", "date_range", "is_range", "operand"]

DATE_FORM = "ISO 8601, such as 2026-11-22 or 2026-11-22T09:00:00Z, or 'now'"
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def operand(catalog: Catalog, field: Field, value: Any, now: datetime) -> Any:
    """Returns one value to compare a field with, as Port takes it.

    A team's title becomes its identifier; a value that the field lists is found without regard to case.

    Raises:
        InputError: The field can never have this value.
    """
    if field.is_team:
        return catalog.team(_text(field, value)).identifier
    if field.choices:
        return _choice(field, _text(field, value))
    if field.is_date:
        return _instant(field, value, now, end_of_day=False)
    return _BY_TYPE.get(field.type, _anything)(field, value)


def is_range(field: Field, value: Any) -> bool:
    """Whether a value of a date field stands for a span of time: a preset, or a day without a time."""
    return field.is_date and isinstance(value, str) and (value in PRESETS or _DAY.fullmatch(value) is not None)


def date_range(field: Field, value: Any, now: datetime) -> dict[str, str]:
    """Returns a span of time as Port takes it: from a preset, a day, [from, to] or {"from", "to"}; both ends included.

    Raises:
        InputError: The value is none of these.
    """
    if isinstance(value, str) and value in PRESETS:
        return {"preset": value}
    if isinstance(value, str) and _DAY.fullmatch(value):
        value = [value, value]
    if isinstance(value, Mapping) and set(value) == {"preset"}:
        return date_range(field, value["preset"], now)
    if isinstance(value, Mapping) and set(value) == {"from", "to"}:
        value = [value["from"], value["to"]]
    if isinstance(value, Sequence) and not isinstance(value, str) and len(value) == 2:
        start, end = value
        return {
            "from": _instant(field, start, now, end_of_day=False),
            "to": _instant(field, end, now, end_of_day=True),
        }
    presets = ", ".join(nearest_first(value, PRESETS) if isinstance(value, str) else PRESETS)
    raise InputError(
        f"{value!r} is no time span for {field.label!r}; give [from, to] in ISO 8601, or one of: {presets}"
    )


def _choice(field: Field, value: str) -> str:
    if value in field.choices:
        return value
    found = [choice for choice in field.choices if fold(choice) == fold(value)]
    if len(found) == 1:
        return found[0]
    choices = ", ".join(repr(choice) for choice in nearest_first(value, field.choices))
    raise InputError(f"{field.label!r} is never {value!r}; choose from: {choices}")


def _instant(field: Field, value: Any, now: datetime, *, end_of_day: bool) -> str:
    """Returns an instant as Port writes it; a day stands for its first instant, or its last millisecond."""
    if value == "now":
        return _iso(now)
    try:
        instant = datetime.fromisoformat(_text(field, value))
    except ValueError as exc:
        raise InputError(f"{value!r} is no date for {field.label!r}; write it in {DATE_FORM}") from exc
    if instant.tzinfo is None:
        instant = instant.replace(tzinfo=UTC)
    if end_of_day and _DAY.fullmatch(value):
        instant += timedelta(days=1, milliseconds=-1)
    return _iso(instant)


def _iso(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _text(field: Field, value: Any) -> str:
    if isinstance(value, str):
        return value
    raise InputError(f"{field.label!r} is compared with text, not with {value!r}")


def _number(field: Field, value: Any) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    raise InputError(f"{field.label!r} is a number; compare it with a number, not with {value!r}")


def _boolean(field: Field, value: Any) -> bool:
    if isinstance(value, bool):
        return value
    raise InputError(f"{field.label!r} is true or false; compare it with true or false, not with {value!r}")


def _anything(field: Field, value: Any) -> Any:
    if isinstance(value, str | int | float | bool):
        return value
    raise InputError(f"{field.label!r} cannot be compared with {value!r}; give one value")


_BY_TYPE: Mapping[str, Callable[[Field, Any], Any]] = {"string": _text, "number": _number, "boolean": _boolean}
