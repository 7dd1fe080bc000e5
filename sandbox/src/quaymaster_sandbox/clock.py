"""Instants as Port writes and reads them."""

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_DATE_TIME = re.compile(
    r"(\d{4}-\d{2}-\d{2})(?:[Tt ](\d{2}:\d{2})(:\d{2})?(?:[.,](\d{1,9}))?\s?([Zz]|[+-]\d{2}(?::?\d{2})?)?)?", re.ASCII
)


def system_clock() -> datetime:
    """Returns the present instant in UTC."""
    return datetime.now(UTC)


def to_millis(instant: datetime) -> int:
    """Returns the milliseconds since the epoch, rounded down."""
    return (instant - _EPOCH) // _MICROSECOND // 1000


def to_micros(instant: datetime) -> int:
    """Returns the microseconds since the epoch."""
    return (instant - _EPOCH) // _MICROSECOND


def from_millis(millis: int) -> datetime:
    """Returns the UTC instant of so many milliseconds since the epoch."""
    return _EPOCH + timedelta(milliseconds=millis)


@lru_cache(maxsize=4096)
def format_millis(millis: int) -> str:
    """Returns ISO 8601 in UTC with milliseconds and `Z`, as every timestamp of Port's."""
    return from_millis(millis).strftime("%Y-%m-%dT%H:%M:%S.") + f"{millis % 1000:03d}Z"


@lru_cache(maxsize=4096)
def parse_instant(text: str) -> datetime | None:
    """Returns the instant that an ISO 8601 text names, or None if it names none.

    A text without an offset is read as UTC, and a bare date as its midnight (a guess: the docs only say "ISO 8601").
    """
    match = _DATE_TIME.fullmatch(text.strip())
    if match is None:
        return None
    date, minutes, seconds, fraction, offset = match.groups()
    zone = "+00:00" if offset is None or offset in "Zz" else offset
    micros = (fraction or "0")[:6].ljust(6, "0")
    try:
        return datetime.fromisoformat(f"{date}T{minutes or '00:00'}{seconds or ':00'}.{micros}{zone}").astimezone(UTC)
    except (ValueError, OverflowError):
        return None
