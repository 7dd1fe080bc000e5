"""A real uvicorn on loopback, in this process, and clients of both protocol eras that talk to it."""

import socket
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import anyio
import httpx2
import uvicorn
from mcp.client import Client
from mcp.client.streamable_http import streamable_http_client
from starlette.applications import Starlette
from starlette.types import ASGIApp

from quaymaster.application import Application
from quaymaster.connections import Connections
from quaymaster.host import Candidate, Host, load_host
from quaymaster.server.http.access import Access
from quaymaster.server.http.app import build_app
from quaymaster.server.http.signing_in import access_of
from quaymaster.settings import Settings, load_settings
from quaymaster.state import open_store

__all__ = ["SEALING_KEY", "Served", "build", "connect", "free_port", "listening", "serving"]

SEALING_KEY = "the sealing key of the tests, long enough"


@dataclass(frozen=True)
class Served:
    """A server that listens."""

    url: str
    app: Starlette


def free_port() -> int:
    """Returns a port that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def build(
    candidates: Sequence[Candidate] | None = None, access: Access | None = None, **overrides: Any
) -> tuple[Starlette, Settings]:
    """Returns an application as `serve --http` builds it, with its settings."""
    http = {"port": free_port(), "sealing_keys": [SEALING_KEY], **overrides.pop("http", {})}
    settings = load_settings(http=http, **overrides)
    host: Host = load_host(settings) if candidates is None else load_host(settings, candidates)
    store = open_store(settings.state_url.get_secret_value() if settings.state_url else None)
    connections = Connections(settings, host)
    application = Application(settings, host, connections)
    access = access or access_of(settings, store, application, connections)
    return build_app(application, "1.2.3", settings, access, store, connections), settings


@asynccontextmanager
async def serving(
    candidates: Sequence[Candidate] | None = None, access: Access | None = None, **overrides: Any
) -> AsyncIterator[Served]:
    """Serves while the block runs."""
    app, settings = build(candidates, access, **overrides)
    async with listening(app, settings.http.port) as url:
        yield Served(url, app)


@asynccontextmanager
async def listening(app: ASGIApp, port: int) -> AsyncIterator[str]:
    """Serves an application while the block runs, and yields where."""
    config = uvicorn.Config(app, host="127.0.0.1", port=port, log_config=None, timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)

    async def serve() -> None:
        with anyio.CancelScope(shield=True):  # it ends by itself, in order, also after a failure
            await server.serve()

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(serve)
        with anyio.fail_after(10):
            while not server.started:  # noqa: ASYNC110 - uvicorn has nothing to wait for
                await anyio.sleep(0.01)
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            server.should_exit = True


@asynccontextmanager
async def connect(
    url: str, mode: str = "auto", *, token: str | None = None, headers: Mapping[str, str] | None = None, **options: Any
) -> AsyncIterator[Client]:
    """Connects the SDK's client; what it meets is raised as it is, not in a group."""
    sent = {**(headers or {}), **({"Authorization": f"Bearer {token}"} if token else {})}
    async with (
        httpx2.AsyncClient(headers=sent, timeout=30) as http_client,
        Client(streamable_http_client(url, http_client=http_client), mode=mode, **options) as client,
    ):
        yield client
