"""What is read from Port again and again, kept for a short time."""

import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Hashable, Mapping
from typing import Any

import anyio

from quaymaster.policy import is_read
from quaymaster.port.routes import Query
from quaymaster.port.sender import Sender
from quaymaster.port.verify import Proof
from quaymaster.port.wire import JSON

__all__ = ["Cache", "ForgettingSender"]


class Cache:
    """Values by key, each with its age; of calls that need the same one at once, only the first loads it.

    Args:
        clock: Seconds that only ever grow.
        on_change: Called when a request of ours may have changed what the values were read from.
    """

    def __init__(
        self, clock: Callable[[], float] = time.monotonic, on_change: Callable[[], None] | None = None
    ) -> None:
        self._clock = clock
        self._on_change = on_change
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

    def note_change(self) -> None:
        """Forgets all values, since a request may have changed what they were read from."""
        self.clear()
        if self._on_change is not None:
            self._on_change()

    def clear(self) -> None:
        """Forgets all values."""
        self._kept.clear()


class ForgettingSender:
    """Sends requests, and forgets what is kept whenever one may have changed Port.

    Args:
        sender: What sends them.
        cache: What is kept of the same organisation.
    """

    def __init__(self, sender: Sender, cache: Cache) -> None:
        self._sender = sender
        self._cache = cache

    async def send(
        self,
        method: str,
        route: str,
        identifiers: Mapping[str, str] | None = None,
        *,
        query: Query | None = None,
        body: object = None,
        repeatable: bool | None = None,
        proof: Proof | None = None,
    ) -> JSON:
        """Returns the JSON object that Port answers with."""
        try:
            return await self._sender.send(
                method, route, identifiers, query=query, body=body, repeatable=repeatable, proof=proof
            )
        finally:
            if not is_read(method, route):
                self._cache.note_change()
