"""Instants and spans of time as people write them: ISO 8601, `now-7d`, `7 days ago`, `lastWeek`, `last 9 days`."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from quaymaster.catalog.names import fold
from quaymaster.errors import InputError, nearest_first
from quaymaster.port.where import PRESETS

__all__ = ["as_port_writes", "is_span", "read_instant", "read_span"]

_FORM = "ISO 8601, such as 2026-11-22 or 2026-11-22T09:00:00Z, or as 'now' or 'now-7d'"
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_RELATIVE = re.compile(r"now\s*([+-])\s*(\d{1,4})\s*([hdw])|(\d{1,4})\s*(h|d|w)[a-z]*\s+ago", re.IGNORECASE)
_LAST = re.compile(r"(?:last|past)\s*(\d{1,4})\s*(h|d|w)[a-z]*", re.IGNORECASE)
_UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
_PRESETS = {fold(it): it for it in PRESETS}


def read_instant(text: str, what: str, now: datetime, *, end_of_day: bool = False) -> datetime:
    """Returns the instant that a text names; a day stands for its first instant, or its last millisecond.

    Args:
        text: What was written.
        what: What it is about, for errors.
        now: What `now` stands for.
        end_of_day: Takes a day for its end.

    Raises:
        InputError: The text names no instant.
    """
    if text == "now":
        return now
    if relative := _RELATIVE.fullmatch(text.strip()):
        sign, number, unit, number_ago, unit_ago = relative.groups()
        distance = int(number or number_ago) * _UNITS[(unit or unit_ago).lower()]
        return now + distance if sign == "+" else now - distance
    try:
        instant = datetime.fromisoformat(text)
    except ValueError as exc:
        raise InputError(f"{text!r} is no date for {what!r}; write it in {_FORM}") from exc
    if instant.tzinfo is None:
        instant = instant.replace(tzinfo=UTC)
    if end_of_day and _DAY.fullmatch(text):
        instant += timedelta(days=1, milliseconds=-1)
    return instant


def is_span(value: Any) -> bool:
    """Whether a value stands for a span of time: one of Port's presets, a day without a time, or `last 30 days`."""
    if not isinstance(value, str):
        return False
    return fold(value) in _PRESETS or any(form.fullmatch(value.strip()) for form in (_DAY, _LAST))


def read_span(value: Any, what: str, now: datetime) -> dict[str, str]:
    """Returns a span of time as Port takes it; both ends are included.

    Args:
        value: What `is_span` knows, [from, to], {"from", "to"} or {"preset"}.
        what: What it is about, for errors.
        now: What `now` stands for.

    Raises:
        InputError: The value is none of these.
    """
    if isinstance(value, Mapping) and set(value) == {"preset"}:
        value = value["preset"]
    if isinstance(value, Mapping) and set(value) == {"from", "to"}:
        value = [value["from"], value["to"]]
    if isinstance(value, str) and is_span(value):
        if preset := _PRESETS.get(fold(value)):
            return {"preset": preset}
        last = _LAST.fullmatch(value.strip())
        value = [value, value] if last is None else [f"now-{last[1]}{last[2]}", "now"]
    if isinstance(value, list) and len(value) == 2 and all(isinstance(it, str) for it in value):
        start, end = (
            read_instant(it, what, now, end_of_day=is_end) for it, is_end in zip(value, (False, True), strict=True)
        )
        return {"from": as_port_writes(start), "to": as_port_writes(end)}
    presets = ", ".join(nearest_first(value, PRESETS) if isinstance(value, str) else PRESETS)
    raise InputError(
        f"{value!r} is no time span for {what!r}; give [from, to] in ISO 8601, 'last 30 days', or one of: {presets}"
    )


def as_port_writes(instant: datetime) -> str:
    """Returns an instant as Port writes it: in UTC, with milliseconds."""
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
