"""Port's rate limit: what its headers say, in every form they are seen in, and how fast to go by them."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

__all__ = ["Pacer", "RateLimit", "asked_wait_s", "read_rate_limit"]

_LONGEST_WAIT_S = 300.0
"""The length of Port's window (docs before December 2025: rate limits); no wait that Port asks for is longer."""

_SMALLEST_EPOCH_S = 10_000
"""From here on a number is a point in time, not a span (Port's Ocean reads `x-ratelimit-reset` by this rule)."""

_SMALLEST_EPOCH_MS = 100_000_000_000


@dataclass(frozen=True)
class RateLimit:
    """What is left of the window.

    Attributes:
        limit: How many requests the window allows.
        remaining: How many of them are left.
        reset_s: When the next window starts, in seconds from now.
    """

    limit: int
    remaining: int
    reset_s: float


def asked_wait_s(headers: Mapping[str, str], now: float) -> float | None:
    """Returns how long Port asks to wait, in seconds, at most 300; None if it does not say, or says nothing usable.

    `Retry-After` wins over `x-ratelimit-reset`. Zero, the past and garbage count as not said.

    Args:
        headers: The answer's headers, with names in lower case.
        now: The present, in seconds since the epoch.
    """
    for name in ("retry-after", "x-ratelimit-reset"):
        span = _span_s(headers.get(name, ""), now)
        if span is not None:
            return span
    return None


def read_rate_limit(headers: Mapping[str, str], now: float) -> RateLimit | None:
    """Returns the state of the window; None if the headers do not tell. Arguments as `asked_wait_s`."""
    limit = _count(headers.get("x-ratelimit-limit", ""))
    remaining = _count(headers.get("x-ratelimit-remaining", ""))
    reset_s = _span_s(headers.get("x-ratelimit-reset", ""), now)
    if limit is None or remaining is None or reset_s is None:
        return None
    return RateLimit(limit, remaining, reset_s)


class Pacer:
    """Spreads requests over what is left of the window once little is left, and stops them all when Port says so.

    Args:
        scarce: Below this share of the limit, requests are spread.
        slowest_s: The longest time between two requests, in seconds.
    """

    def __init__(self, scarce: float = 0.1, slowest_s: float = 1.0) -> None:
        self._scarce = scarce
        self._slowest_s = slowest_s
        self._interval_s = 0.0
        self._next_at = 0.0

    def observe(self, state: RateLimit) -> None:
        """Sets the pace by what is left of the window."""
        if state.remaining >= state.limit * self._scarce:
            self._interval_s = 0.0
        else:
            self._interval_s = min(self._slowest_s, state.reset_s / max(1, state.remaining))

    @property
    def is_spreading(self) -> bool:
        """Whether little is left of the window."""
        return self._interval_s > 0

    def stop_until(self, at: float) -> None:
        """Lets no request start before a point in time."""
        self._next_at = max(self._next_at, at)

    def delay_s(self, now: float) -> float:
        """Returns how long the next request has to wait, in seconds."""
        return max(0.0, self._next_at - now)

    def start(self, now: float) -> None:
        """Takes the turn of a request whose `delay_s` is accepted."""
        if self._interval_s:
            self._next_at = max(now, self._next_at) + self._interval_s


def _span_s(value: str, now: float) -> float | None:
    """Returns how far away a span or a point in time is, in seconds, at most 300; None if it is not in the future."""
    point = _point(value.strip(), now)
    if point is None or not math.isfinite(point) or point <= now:
        return None
    return min(point - now, _LONGEST_WAIT_S)


def _point(value: str, now: float) -> float | None:
    """Returns the point in time that a value names: seconds from now, the epoch's seconds or milliseconds, a date."""
    try:
        number = float(value)
    except ValueError:
        return _date(value)
    if number >= _SMALLEST_EPOCH_MS:
        return number / 1000
    return number if number >= _SMALLEST_EPOCH_S else now + number


def _date(value: str) -> float | None:
    """Returns the point in time of a date as HTTP or ISO 8601 writes it; without a zone it is UTC."""
    for parse in (parsedate_to_datetime, datetime.fromisoformat):
        try:
            date = parse(value)
            return (date if date.tzinfo else date.replace(tzinfo=UTC)).timestamp()
        except (ValueError, TypeError, OverflowError):
            continue
    return None


def _count(value: str) -> int | None:
    """Returns a whole number that is not negative."""
    return int(value) if value.isascii() and value.isdigit() and len(value) < 16 else None
