"""One rate budget for all processes: what Port tells one of them, all of them keep to."""

from collections.abc import AsyncIterator

import anyio
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from tests.http.serving import free_port, listening

from quaymaster.connections import Connections
from quaymaster.host import load_host
from quaymaster.policy import NO_LIMITS
from quaymaster.port.errors import RateLimitedError
from quaymaster.server.http.changes import Changes
from quaymaster.settings import load_settings
from quaymaster.state import open_store


class Port:
    """Gives a token to everybody, and to every other request the answer that is set."""

    def __init__(self) -> None:
        self.asked = 0
        self.headers: dict[str, str] = {}
        self.status = 200
        self.app = Starlette(
            routes=[
                Route("/v1/auth/access_token", self._token, methods=["POST"]),
                Route("/v1/organization", self._organization),
            ]
        )

    async def _token(self, request: Request) -> Response:
        return JSONResponse({"ok": True, "accessToken": "token", "expiresIn": 3600})

    async def _organization(self, request: Request) -> Response:
        self.asked += 1
        return JSONResponse({"ok": True, "organization": {"id": "org", "name": "Acme"}}, self.status, self.headers)


class Process:
    """What one process has: its connections, and the way to the others."""

    def __init__(self, base_url: str, state_url: str) -> None:
        settings = load_settings(base_url=base_url, timeout_s=2)
        self.connections = Connections(settings, load_host(settings, []))
        self.store = open_store(state_url)
        self.changes = Changes(self.store, self.connections)
        self.connections.on_hold = self.changes.note_hold
        self._profile = settings.all_profiles()["default"]

    async def ask(self) -> None:
        await self.connections.client(self._profile, NO_LIMITS).organization.get()


@pytest.fixture
async def two(redis_url, monkeypatch) -> AsyncIterator[tuple[Port, Process, Process]]:
    monkeypatch.setenv("PORT_CLIENT_ID", "id")
    monkeypatch.setenv("PORT_CLIENT_SECRET", "secret")
    port, number = Port(), free_port()
    async with listening(port.app, number) as url:
        one, other = Process(url, redis_url), Process(url, redis_url)
        async with one.changes.running(), other.changes.running():
            await one.ask()
            await other.ask()
            yield port, one, other
        for it in (one, other):
            await it.connections.aclose()
            await it.store.aclose()


async def test_a_wait_that_port_asks_of_one_holds_the_others(two):
    port, one, other = two
    port.status, port.headers = 429, {"Retry-After": "60"}
    with pytest.raises(RateLimitedError):
        await one.ask()
    asked = port.asked
    await anyio.sleep(0.3)  # the word has to get around
    with pytest.raises(RateLimitedError, match="was not sent"):
        await other.ask()
    assert port.asked == asked


async def test_what_is_left_of_the_window_is_spread_over_all(two):
    port, one, other = two
    port.headers = {"x-ratelimit-limit": "100", "x-ratelimit-remaining": "2", "x-ratelimit-reset": "60"}
    await one.ask()
    await other.ask()
    began = anyio.current_time()
    for process in (one, other, one, other):
        await process.ask()
        await anyio.sleep(0.05)
    assert anyio.current_time() - began >= 2.5  # one a second in all, and not one a second each
