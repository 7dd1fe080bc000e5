"""Ranges of time that rules and charts name (Port: `docs/search-and-query`, date presets)."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from quaymaster_sandbox.clock import parse_instant

_LENGTHS = {
    "lastDay": timedelta(days=1),
    "lastWeek": timedelta(days=7),
    "last2Weeks": timedelta(days=14),
    "lastMonth": timedelta(days=30),
    "last3Months": timedelta(days=90),
    "last6Months": timedelta(days=180),
    "last12Months": timedelta(days=365),
    "last2Years": timedelta(days=730),
    "last3Years": timedelta(days=1095),
}
_CALENDAR_DAYS = {"yesterday": -1, "today": 0, "tomorrow": 1}


def preset_range(preset: str, now: datetime, time_zone: str) -> tuple[datetime, datetime]:
    """Returns the first and the last instant of a preset.

    `today`, `yesterday` and `tomorrow` are calendar days; the others end now (a guess, as the documentation only gives
    their names).
    """
    if preset in _LENGTHS:
        return now - _LENGTHS[preset], now
    zone = ZoneInfo(time_zone)
    midnight = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    start = midnight + timedelta(days=_CALENDAR_DAYS[preset])
    return start, start + timedelta(days=1) - timedelta(microseconds=1)


def range_of(value: Mapping[str, Any], now: datetime, time_zone: str) -> tuple[datetime, datetime] | None:
    """Returns the range that a `between` rule names, both ends included; None if an end is no instant."""
    if "preset" in value:
        return preset_range(value["preset"], now, time_zone)
    start, end = parse_instant(str(value.get("from"))), parse_instant(str(value.get("to")))
    return None if start is None or end is None else (start, end)
