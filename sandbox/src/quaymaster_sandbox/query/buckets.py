"""Stretches of time for charts: hours, days, ISO weeks, months and quarters of a time zone."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from quaymaster_sandbox.clock import to_micros
from quaymaster_sandbox.errors import invalid_request
from quaymaster_sandbox.query.dates import preset_range

_DEFAULT_INTERVAL = "day"


@dataclass(frozen=True)
class Buckets:
    """A span of time cut into intervals; `starts` are their first instants, in order."""

    first: datetime
    last: datetime
    starts: Sequence[datetime]

    @property
    def ends(self) -> list[datetime]:
        """The instants at which the intervals are over, the last one with the span."""
        return [*self.starts[1:], self.last]

    def index_of(self, micros: int) -> int | None:
        """Returns the number of the interval that an instant is in; None outside the span."""
        if not to_micros(self.first) <= micros <= to_micros(self.last):
            return None
        return bisect_right(self._start_micros, micros) - 1

    @cached_property
    def _start_micros(self) -> list[int]:
        return list(map(to_micros, self.starts))


def make_buckets(preset: str, interval: str | None, time_zone: str | None, now: datetime) -> Buckets:
    """Returns the intervals of a preset span, by calendar of the time zone, UTC by default."""
    zone_name = time_zone or "UTC"
    try:
        zone = ZoneInfo(zone_name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise invalid_request('"timeRange.timeZone" must be equal to one of the allowed values') from None
    first, last = preset_range(preset, now, zone_name)
    start = _floor(first.astimezone(zone), interval or _DEFAULT_INTERVAL)
    starts = []
    while start <= last:
        starts.append(start)
        start = _following(start, interval or _DEFAULT_INTERVAL)
    return Buckets(first, last, starts)


def _floor(instant: datetime, interval: str) -> datetime:
    hour = instant.replace(minute=0, second=0, microsecond=0)
    day = hour.replace(hour=0)
    match interval:
        case "hour":
            return hour
        case "day":
            return day
        case "isoWeek":
            return day - timedelta(days=day.weekday())
        case "month":
            return day.replace(day=1)
    return day.replace(day=1, month=(day.month - 1) // 3 * 3 + 1)


def _following(start: datetime, interval: str) -> datetime:
    if interval == "hour":
        return (start.astimezone(ZoneInfo("UTC")) + timedelta(hours=1)).astimezone(start.tzinfo)
    days = {"day": 1, "isoWeek": 7, "month": 31, "quarter": 93}[interval]
    return _floor(start + timedelta(days=days), interval)
