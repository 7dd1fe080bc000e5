"""Rate limits (Port: the figures that its documentation had until December 2025)."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from quaymaster_sandbox.errors import PortError


@dataclass(frozen=True)
class RateLimits:
    """How many requests an organisation may send in a period: to the routes of entities, and to all others."""

    entities: int = 35_000
    others: int = 15_000
    period_s: int = 300


@dataclass
class _Window:
    ends: datetime
    used: int = 0


class RateLimiter:
    """Counts requests in fixed windows; each organisation has one for each class of routes."""

    def __init__(self, limits: RateLimits, clock: Callable[[], datetime]) -> None:
        self.limits = limits
        self._clock = clock
        self._lock = threading.Lock()
        self._windows: dict[tuple[int, bool], _Window] = {}

    def set(self, **changes: int) -> None:
        """Changes limits and begins all windows anew."""
        with self._lock:
            self.limits = replace(self.limits, **changes)
            self._windows.clear()

    def count(self, organization_id: int, path: str) -> dict[str, str]:
        """Counts a request and returns the headers that tell what is left; `x-ratelimit-reset` is in seconds.

        Raises:
            RateLimitedError: the window's requests are used up.
        """
        now = self._clock()
        of_entities = "/entities" in path
        limit = self.limits.entities if of_entities else self.limits.others
        with self._lock:
            window = self._windows.get((organization_id, of_entities))
            if window is None or window.ends <= now:
                window = _Window(now + timedelta(seconds=self.limits.period_s))
                self._windows[organization_id, of_entities] = window
            window.used += 1
            used, reset_s = window.used, -((now - window.ends) // timedelta(seconds=1))
        headers = {
            "x-ratelimit-limit": str(limit),
            "x-ratelimit-remaining": str(max(limit - used, 0)),
            "x-ratelimit-period": str(self.limits.period_s),
            "x-ratelimit-reset": str(reset_s),
        }
        if used > limit:
            raise RateLimitedError(headers | {"retry-after": str(reset_s)})
        return headers


class RateLimitedError(Exception):
    """A request too many, with the headers that say so."""

    def __init__(self, headers: dict[str, str]) -> None:
        super().__init__()
        self.headers = headers

    def refusal(self, error: str) -> PortError:
        """Returns Port's 429; its body is a guess."""
        return PortError(429, error, "Rate limit exceeded, try again later")
