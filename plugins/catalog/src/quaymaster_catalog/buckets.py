"""Days, weeks, months, quarters and years: the calendar spans that instants are grouped by, in UTC."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta

__all__ = ["BUCKETS", "bucket_of", "buckets_between", "span_of"]

BUCKETS = ("day", "week", "month", "quarter", "year")

_PRESET_DAYS = {
    "lastDay": 1,
    "lastWeek": 7,
    "last2Weeks": 14,
    "lastMonth": 30,
    "last3Months": 90,
    "last6Months": 180,
    "last12Months": 365,
}
_CALENDAR_DAYS = {"yesterday": -1, "today": 0, "tomorrow": 1}
_MILLISECOND = timedelta(milliseconds=1)


def bucket_of(instant: datetime, bucket: str) -> str:
    """Returns the name of the span that an instant lies in: 2026-11-22, 2026-W47, 2026-11, 2026-Q4 or 2026."""
    at = instant.astimezone(UTC)
    match bucket:
        case "day":
            return f"{at:%Y-%m-%d}"
        case "week":
            year, week, _ = at.isocalendar()
            return f"{year}-W{week:02d}"
        case "month":
            return f"{at:%Y-%m}"
        case "quarter":
            return f"{at.year}-Q{(at.month + 2) // 3}"
    return f"{at.year}"


def buckets_between(start: datetime, end: datetime, bucket: str) -> Iterator[tuple[str, datetime, datetime]]:
    """Yields (name, first instant, last instant) of the spans from one instant to another, cut at both."""
    here = start
    while here <= end:
        following = _first_instant_after(here, bucket)
        yield bucket_of(here, bucket), here, min(end, following - _MILLISECOND)
        here = following


def span_of(range_: Mapping[str, str], now: datetime) -> tuple[datetime, datetime]:
    """Returns the ends of a date range of Port's, with `preset` or with `from` and `to` (Port docs: date presets)."""
    preset = range_.get("preset")
    if preset is None:
        return datetime.fromisoformat(range_["from"]), datetime.fromisoformat(range_["to"])
    if preset in _CALENDAR_DAYS:
        day = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        day += timedelta(days=_CALENDAR_DAYS[preset])
        return day, day + timedelta(days=1) - _MILLISECOND
    return now - timedelta(days=_PRESET_DAYS[preset]), now


def _first_instant_after(instant: datetime, bucket: str) -> datetime:
    """Returns where the span after the one of an instant begins."""
    day = instant.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    match bucket:
        case "day":
            return day + timedelta(days=1)
        case "week":
            return day + timedelta(days=7 - day.weekday())
        case "month":
            months = 1
        case "quarter":
            months = 3 - (day.month - 1) % 3
        case _:
            months = 13 - day.month
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return day.replace(year=year, month=month + 1, day=1)
