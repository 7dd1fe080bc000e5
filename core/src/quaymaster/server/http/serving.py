"""Runs the HTTP server: in this process, or in several that answer in turn."""

import gc
import json
import logging
import os
import secrets
import sys
from collections.abc import Mapping
from typing import Any

import anyio
import importlib_metadata
import uvicorn
from starlette.applications import Starlette

from quaymaster.application import Application
from quaymaster.connections import Connections
from quaymaster.errors import SettingsError
from quaymaster.host import Host, load_host
from quaymaster.server.http.app import build_app
from quaymaster.server.http.signing_in import access_of, check_access
from quaymaster.settings import Settings, load_settings
from quaymaster.state import is_shared_by_machines, open_store

__all__ = ["build_in_worker", "run_http"]

_ORDERS = "QUAYMASTER_WORKER_ORDERS"
"""The variable that tells a worker what the command line said; a secret is among it."""
_KEY_BYTES = 32
_GRACE_S = 10
"""How long requests under way may take once the server is told to stop, in seconds."""


def run_http(overrides: Mapping[str, Any], profile: str | None, host: Host) -> None:
    """Serves until the process is told to stop (SIGINT or SIGTERM); requests under way are finished first.

    Args:
        overrides: The settings that stand above the environment and the settings file.
        profile: The only profile to serve; None for all.
        host: The packs.

    Raises:
        SettingsError: The settings do not make a server that is safe to reach.
    """
    overrides = _with_sealing_key(overrides)
    settings = _settings(overrides, profile)
    check_access(settings)
    http = settings.http
    app: Starlette | str = f"{__name__}:{build_in_worker.__name__}"
    if http.workers == 1:
        app = _build(settings, host)
    else:
        os.environ[_ORDERS] = json.dumps([overrides, profile])
    print(f"quaymaster: serving MCP at {http.origin}/mcp", file=sys.stderr)  # noqa: T201 - for whoever launched it
    uvicorn.run(
        app,
        factory=http.workers > 1,
        host=http.host,
        port=http.port,
        workers=http.workers,
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=_GRACE_S,
    )


def build_in_worker() -> Starlette:
    """Returns the application in a worker process, from the settings and what the first process was told."""
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="quaymaster: %(message)s")
    settings = _settings(*json.loads(os.environ.pop(_ORDERS)))
    return _build(settings, load_host(settings))


def _settings(overrides: Mapping[str, Any], profile: str | None) -> Settings:
    settings = load_settings(**overrides)
    return settings if profile is None else settings.only(profile)


def _build(settings: Settings, host: Host) -> Starlette:
    store = open_store(settings.state_url.get_secret_value() if settings.state_url else None)
    connections = Connections(settings, host)
    application = Application(settings, host, connections)
    access = access_of(settings, store, application, connections)
    app = build_app(application, importlib_metadata.version("quaymaster"), settings, access, store, connections)
    gc.collect()
    gc.freeze()  # what start-up made lives as long as the process: scanning it again only costs pauses
    gc.enable()
    return app


def _with_sealing_key(overrides: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the overrides with a key for all workers of this server, unless the settings have one.

    Raises:
        SettingsError: Servers on several machines need the same key, which only the settings can give.
    """
    settings = load_settings(**overrides)
    if settings.http.sealing_keys:
        return dict(overrides)
    if settings.state_url and is_shared_by_machines(settings.state_url.get_secret_value()):
        raise SettingsError(
            "state_url is for several machines: set http.sealing_keys (QUAYMASTER_HTTP__SEALING_KEYS), the same on "
            "each. It was not started"
        )
    key = anyio.run(_kept_key, settings) if settings.http.approval else secrets.token_urlsafe(_KEY_BYTES)
    http = {**overrides.get("http", {}), "sealing_keys": [key]}
    return {**overrides, "http": http}


async def _kept_key(settings: Settings) -> str:
    """Returns the key of this machine, which outlives a start: the ids of registered clients are sealed with it."""
    store = open_store(settings.state_url.get_secret_value() if settings.state_url else None)
    try:
        await store.add("server/sealing-key", secrets.token_urlsafe(_KEY_BYTES))
        return str(await store.get("server/sealing-key"))
    finally:
        await store.aclose()
