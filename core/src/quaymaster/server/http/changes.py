"""What is told of changes in Port: to clients that listen, and to the other processes, which forget what they keep."""

import logging
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import anyio
import mcp.types as t
from mcp.server.context import ServerRequestContext
from mcp.server.subscriptions import InMemorySubscriptionBus, ListenHandler, ResourceUpdated

from quaymaster.errors import QuaymasterError
from quaymaster.server.http.endpoint import caller_of
from quaymaster.state import Store

__all__ = ["Changes"]

logger = logging.getLogger(__name__)

_CHANNEL = "changes"
_AGAIN_S = 1.0
"""How long to wait before listening again to a store that could not be reached, in seconds."""


class Changes:
    """Passes on that something in an organisation may have changed; each caller hears of their own profile alone.

    Which resource has changed nobody knows: a write can reach far (a calculation, a scorecard). So whoever listens to
    resources of the profile is told to read them again.

    Args:
        store: Where the other processes hear of it; None if there are none.
        forget: Forgets what is kept of a profile in this process.
    """

    def __init__(self, store: Store | None, forget: Callable[[str], None]) -> None:
        self._store = store
        self._forget = forget
        self._changed: set[str] = set()
        self._wake = anyio.Event()
        self._buses: defaultdict[str, InMemorySubscriptionBus] = defaultdict(InMemorySubscriptionBus)
        self._handlers: dict[str, ListenHandler] = {}
        self._listened_to: defaultdict[str, Counter[str]] = defaultdict(Counter)

    def note(self, profile: str) -> None:
        """Takes note that a request may have changed something; it is told soon, and once for many."""
        self._changed.add(profile)
        self._wake.set()

    async def listen(
        self, context: ServerRequestContext[Any], params: t.SubscriptionsListenRequestParams
    ) -> t.SubscriptionsListenResult:
        """Serves one client that listens (MCP 2026-07-28, subscriptions/listen)."""
        profile = caller_of(context).profile or ""
        uris = Counter(params.notifications.resource_subscriptions or ())
        if profile not in self._handlers:
            self._handlers[profile] = ListenHandler(self._buses[profile])
        self._listened_to[profile] += uris
        try:
            return await self._handlers[profile](context, params)
        finally:
            self._listened_to[profile] -= uris

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Passes changes on while the block runs."""
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self._pass_on)
            if self._store is not None:
                tasks.start_soon(self._hear, self._store)
            yield
            tasks.cancel_scope.cancel()

    def close(self) -> None:
        """Ends what clients listen to, in order."""
        for handler in self._handlers.values():
            handler.close()

    async def _pass_on(self) -> None:
        while True:
            await self._wake.wait()
            self._wake = anyio.Event()
            changed, self._changed = self._changed, set()
            for profile in changed:
                if self._store is None:
                    await self._tell(profile)
                else:
                    await self._publish(self._store, profile)

    async def _publish(self, store: Store, profile: str) -> None:
        try:
            await store.publish(_CHANNEL, profile)
        except QuaymasterError as exc:
            logger.warning("other processes cannot be told of a change: %s", exc)
            await self._tell(profile)

    async def _hear(self, store: Store) -> None:
        while True:
            try:
                async with store.listen(_CHANNEL) as messages:
                    async for profile in messages:
                        self._forget(profile)
                        await self._tell(profile)
            except QuaymasterError as exc:
                logger.warning("other processes cannot be heard: %s", exc)
                await anyio.sleep(_AGAIN_S)

    async def _tell(self, profile: str) -> None:
        for uri in list(self._listened_to[profile]):
            await self._buses[profile].publish(ResourceUpdated(uri=uri))
