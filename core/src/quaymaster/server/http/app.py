"""The ASGI application: every route of the server behind one guard."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager

from mcp.server.request_state import RequestStateBoundary, RequestStateSecurity
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from mcp.server.transport_security import RequestBodyLimitMiddleware
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.routing import BaseRoute, Mount, Route

from quaymaster.application import Application
from quaymaster.connections import Connections
from quaymaster.http_settings import HttpSettings
from quaymaster.policy import Scope
from quaymaster.server.adapter import build_server
from quaymaster.server.http.access import Access, scopes_within
from quaymaster.server.http.changes import Changes
from quaymaster.server.http.endpoint import Endpoint, caller_of, identity_of
from quaymaster.server.http.guard import Guard, known_hosts, known_origins
from quaymaster.server.http.health import Health
from quaymaster.server.http.metadata import metadata_path, metadata_route
from quaymaster.server.http.paths import paths_of
from quaymaster.server.http.stopping import hearing_of_the_stop
from quaymaster.settings import Profile, Settings
from quaymaster.state import Store, is_shared_by_machines

__all__ = ["build_app"]

_CALLERS_HEADERS = (
    "authorization",
    "content-type",
    "last-event-id",
    "mcp-method",
    "mcp-name",
    "mcp-protocol-version",
    "mcp-session-id",
    "x-allowed-actions-to-run",
    "x-read-only-mode",
)
"""What a page of a configured origin may send; the protocol's headers and ours."""


def build_app(
    application: Application, version: str, settings: Settings, access: Access, store: Store, connections: Connections
) -> Starlette:
    """Returns the server as an ASGI application.

    Args:
        application: What is served.
        version: The version that clients are told.
        settings: The settings; `http.sealing_keys` must be there.
        access: Who may call.
        store: What outlives a request; closed with the application.
        connections: The application's ways to Port.

    Raises:
        SettingsError: A profile has a name that no path can have.
    """
    http = settings.http
    is_one_of_many = http.workers > 1 or is_shared_by_machines(_url(settings))
    changes = Changes(store if is_one_of_many else None, connections)
    connections.on_change, connections.on_hold = changes.note, changes.note_hold
    server = build_server(application, version, caller_of, _boundary(http), changes.listen)
    manager = StreamableHTTPSessionManager(
        server,
        stateless=is_one_of_many,  # no process knows another's sessions
        max_request_body_size=http.max_body_bytes,
    )
    health = Health(store)

    def stop() -> None:
        health.is_serving = False
        changes.close()

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with manager.run(), changes.running():
            with hearing_of_the_stop(stop):
                health.is_serving = True
                yield
                stop()
        await store.aclose()

    limited = Middleware(RequestBodyLimitMiddleware, max_body_size=http.max_body_bytes)
    routes: list[BaseRoute] = [
        *health.routes(),
        *_endpoints(manager, access, settings.all_profiles(), http.origin, application.scope_of),
        Mount("/", routes=access.routes, middleware=[limited]),
    ]
    guard = Middleware(Guard, hosts=known_hosts(http), origins=known_origins(http))
    return Starlette(routes=routes, middleware=[guard, *_cors(http)], lifespan=lifespan)


def _endpoints(
    manager: StreamableHTTPSessionManager,
    access: Access,
    profiles: dict[str, Profile],
    origin: str,
    scope_of: Callable[[str], Scope | None],
) -> Iterator[Route]:
    """Yields a route for each path of each profile, and one for the path's metadata."""
    for path, profile, limits in paths_of(profiles):
        metadata_url = f"{origin}{metadata_path(path)}" if access.issuers else None
        yield Route(path, Endpoint(manager, access, profile, limits, metadata_url, scope_of))
        if access.issuers:
            yield metadata_route(path, origin, access.issuers, scopes_within(limits))


def _boundary(http: HttpSettings) -> RequestStateBoundary:
    """Returns what seals the state that a client carries, for its caller alone, under keys that all workers have."""
    keys = [key.get_secret_value() for key in http.sealing_keys]
    return RequestStateBoundary(
        RequestStateSecurity(keys=keys, bind_principal=identity_of), default_audience="quaymaster"
    )


def _cors(http: HttpSettings) -> list[Middleware]:
    if not http.allowed_origins:
        return []
    return [
        Middleware(
            CORSMiddleware,
            allow_origins=http.allowed_origins,
            allow_methods=["GET", "POST", "DELETE"],
            allow_headers=_CALLERS_HEADERS,
            expose_headers=["mcp-session-id", "www-authenticate"],
        )
    ]


def _url(settings: Settings) -> str | None:
    return settings.state_url.get_secret_value() if settings.state_url else None
