"""What is read from Port again and again, kept for a short time."""

import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Hashable
from typing import Any

import anyio

__all__ = ["Cache"]


class Cache:
    """Values by key, each with its age; of calls that need the same one at once, only the first loads it.

    Args:
        clock: Seconds that only ever grow.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._kept: dict[Hashable, tuple[float, Any]] = {}
        self._locks: defaultdict[Hashable, anyio.Lock] = defaultdict(anyio.Lock)

    async def get(self, key: Hashable, load: Callable[[], Awaitable[Any]], max_age_s: float) -> Any:
        """Returns the value of a key, loaded now unless it was loaded at most `max_age_s` ago; errors are not kept."""
        async with self._locks[key]:
            loaded_at, value = self._kept.get(key, (float("-inf"), None))
            if self._clock() - loaded_at > max_age_s:
                value = await load()
                self._kept[key] = (self._clock(), value)
            return value
