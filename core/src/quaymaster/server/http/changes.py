"""What processes tell one another, of changes in Port and of the pace of requests; and what listeners are told."""

import json
import logging
import secrets
from collections import Counter, defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import anyio
import mcp.types as t
from mcp.server.context import ServerRequestContext
from mcp.server.subscriptions import InMemorySubscriptionBus, ListenHandler, ResourceUpdated

from quaymaster.connections import Connections
from quaymaster.errors import QuaymasterError
from quaymaster.server.http.endpoint import caller_of
from quaymaster.state import Store

__all__ = ["Changes"]

logger = logging.getLogger(__name__)

_CHANNEL = "changes"
_AGAIN_S = 1.0
"""How long to wait before listening again to a store that could not be reached, in seconds."""


class Changes:
    """Passes on that something in an organisation may have changed, and that requests to it have to wait.

    Each client hears of their own profile alone. Which resource has changed nobody knows: a write can reach far (a
    calculation, a scorecard). So whoever listens to resources of the profile is told to read them again.

    Args:
        store: Where the other processes hear of it; None if there are none.
        connections: This process's ways to Port.
    """

    def __init__(self, store: Store | None, connections: Connections) -> None:
        self._store = store
        self._connections = connections
        self._own_name = secrets.token_hex(8)
        self._changed: set[str] = set()
        self._holds: dict[str, float] = {}
        self._wake = anyio.Event()
        self._buses: defaultdict[str, InMemorySubscriptionBus] = defaultdict(InMemorySubscriptionBus)
        self._handlers: dict[str, ListenHandler] = {}
        self._listened_to: defaultdict[str, Counter[str]] = defaultdict(Counter)

    def note(self, profile: str) -> None:
        """Takes note that a request may have changed something; it is told soon, and once for many."""
        self._changed.add(profile)
        self._wake.set()

    def note_hold(self, profile: str, wait_s: float) -> None:
        """Takes note that whoever sends to a profile next has to wait: so all processes share one rate budget."""
        if self._store is not None:
            self._holds[profile] = anyio.current_time() + wait_s
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
            holds, self._holds = self._holds, {}
            if self._store is None:
                for profile in changed:
                    await self._tell(profile)
                continue
            waits: list[tuple[str, float | None]] = [(it, None) for it in changed]
            waits += [(it, until - anyio.current_time()) for it, until in holds.items()]
            for profile, wait_s in waits:
                await self._publish(self._store, json.dumps([self._own_name, profile, wait_s]))

    async def _publish(self, store: Store, message: str) -> None:
        try:
            await store.publish(_CHANNEL, message)
        except QuaymasterError as exc:
            logger.warning("other processes cannot be told of a change: %s", exc)

    async def _hear(self, store: Store) -> None:
        while True:
            try:
                async with store.listen(_CHANNEL) as messages:
                    async for message in messages:
                        await self._take(*json.loads(message))
            except QuaymasterError as exc:
                logger.warning("other processes cannot be heard: %s", exc)
                await anyio.sleep(_AGAIN_S)

    async def _take(self, teller: str, profile: str, wait_s: float | None) -> None:
        """Takes what a process tells: a change if there is nothing to wait for."""
        if wait_s is None:
            self._connections.forget(profile)
            await self._tell(profile)
        elif teller != self._own_name:
            self._connections.hold(profile, wait_s)

    async def _tell(self, profile: str) -> None:
        for uri in list(self._listened_to[profile]):
            await self._buses[profile].publish(ResourceUpdated(uri=uri))
