"""What the server needs of a place to keep things."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from typing import Protocol

__all__ = ["Store"]


class Store(Protocol):
    """Texts by key, each with an end, and channels that every process hears; each method is atomic.

    Keys are paths of printable ASCII; the first part names who keeps it: `sessions/refresh/4f…`. Every method but
    `listen` raises a QuaymasterError if the store cannot be reached.
    """

    async def get(self, key: str) -> str | None:
        """Returns what is kept under a key; None if there is nothing, or its time is over."""
        ...

    async def put(self, key: str, value: str, *, ttl_s: float | None = None) -> None:
        """Keeps a value under a key, whatever was there.

        Args:
            key: The key.
            value: The value.
            ttl_s: How long it is kept, in seconds; None without end.
        """
        ...

    async def add(self, key: str, value: str, *, ttl_s: float | None = None) -> bool:
        """Keeps a value under a key unless there is one; returns whether it did. Arguments as `put`."""
        ...

    async def replace(self, key: str, old: str, new: str, *, ttl_s: float | None = None) -> bool:
        """Keeps `new` in the place of `old`, if it is `old` that is there; returns whether it did."""
        ...

    async def take(self, key: str) -> str | None:
        """Returns what is kept under a key and forgets it: of all who take it, one gets it."""
        ...

    async def delete(self, key: str) -> None:
        """Forgets what is kept under a key, if anything is."""
        ...

    async def list_keys(self, prefix: str) -> list[str]:
        """Returns the keys that begin with a prefix, sorted."""
        ...

    async def publish(self, channel: str, message: str) -> None:
        """Tells a message to all who listen to a channel now, in every process."""
        ...

    def listen(self, channel: str) -> AbstractAsyncContextManager[AsyncIterator[str]]:
        """Returns a context in which the messages of a channel are heard, from its beginning on.

        Nothing is replayed: what is told while a connection is down is not heard.
        """
        ...

    async def aclose(self) -> None:
        """Lets go of files and connections."""
        ...
