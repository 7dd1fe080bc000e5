"""Every route there is, found by reflection: a new one is held to the same rules without anybody thinking of it."""

from collections.abc import Iterator

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.routing import BaseRoute, Mount, Route
from tests.http.serving import build

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")
ISSUER = "http://127.0.0.1:9"
"""A provider that nobody asks: none of these requests gets so far."""
PROTECTED = {"/mcp/acme", "/mcp/acme/readonly", "/mcp/globex", "/mcp/globex/readonly"}
OPEN = {
    "/health",
    "/ready",
    *(f"/.well-known/oauth-protected-resource{path}" for path in PROTECTED),
    "/.well-known/oauth-authorization-server",
    "/authorize",
    "/approve",
    "/signed-in",
    "/register",
    "/token",
    "/revoke",
}
"""The routes that answer without a token: for whoever watches over the server, and what leads to a token; no others."""


def served() -> tuple[Starlette, str]:
    """Returns a server with every way to sign in that has routes, so with every route that there can be."""
    profiles = {name: {"base_url": "http://127.0.0.1:9", "organization": f"org_{name}"} for name in ("acme", "globex")}
    rule = {"claim": "groups", "value": "everybody", "profiles": ["acme", "globex"]}
    http = {
        "approval": True,
        "oidc": {"issuer": ISSUER, "client_id": "quaymaster", "rules": [rule]},
        "tokens": [{"name": "ci", "profile": "acme", "sha256": "0" * 64}],
    }
    app, settings = build([], profiles=profiles, http=http)
    return app, settings.http.origin


def paths(routes: list[BaseRoute], prefix: str = "") -> Iterator[str]:
    for route in routes:
        if isinstance(route, Mount):
            yield from paths(route.routes, prefix + route.path)
        else:
            assert isinstance(route, Route), f"{route!r} is of a kind that these tests do not know"
            yield prefix + route.path


def ask(app: Starlette, origin: str) -> httpx2.AsyncClient:
    return httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url=origin)


@pytest.fixture
def app_and_origin():
    return served()


def test_reflection_sees_every_kind_of_route(app_and_origin):
    app, _ = app_and_origin
    assert set(paths(app.routes)) == OPEN | PROTECTED


@pytest.mark.parametrize(
    "host",
    ["evil.example", "127.0.0.1", "127.0.0.1:1", "localhost.evil.example:8000", "", "127.0.0.1:8000@evil.example"],
)
async def test_every_route_refuses_another_host(app_and_origin, host):
    app, origin = app_and_origin
    async with ask(app, origin) as client:
        for path in (*paths(app.routes), "/nowhere"):
            for method in METHODS:
                answer = await client.request(method, path, headers={"Host": host})
                assert answer.status_code == 421, (method, path)


@pytest.mark.parametrize("evil", ["https://evil.example", "null", "http://127.0.0.1", "", "http://localhost:1"])
async def test_every_route_refuses_the_pages_of_another_origin(app_and_origin, evil):
    app, origin = app_and_origin
    async with ask(app, origin) as client:
        for path in (*paths(app.routes), "/nowhere"):
            for method in METHODS:
                answer = await client.request(method, path, headers={"Origin": evil})
                assert answer.status_code == 403, (method, path)
                assert "access-control-allow-origin" not in answer.headers


async def test_a_second_host_or_origin_is_refused(app_and_origin):
    app, origin = app_and_origin
    own = origin.removeprefix("http://")
    async with ask(app, origin) as client:
        hosts = await client.get("/health", headers=[("Host", own), ("Host", own)])
        origins = await client.get("/health", headers=[("Origin", origin), ("Origin", "https://evil.example")])
    assert (hosts.status_code, origins.status_code) == (421, 403)


async def test_every_route_that_is_not_open_refuses_without_a_token(app_and_origin):
    app, origin = app_and_origin
    async with ask(app, origin) as client:
        for path in paths(app.routes):
            if path in OPEN:
                continue
            for method in METHODS:
                answer = await client.request(method, path)
                assert answer.status_code == 401, (method, path)
                metadata = f"{origin}/.well-known/oauth-protected-resource{path}"
                assert f'resource_metadata="{metadata}"' in answer.headers["www-authenticate"]


async def test_every_route_may_not_be_framed(app_and_origin):
    app, origin = app_and_origin
    async with ask(app, origin) as client:
        for path in (*paths(app.routes), "/nowhere"):
            headers = (await client.get(path)).headers
            assert "frame-ancestors 'none'" in headers["content-security-policy"], path
            assert (headers["x-frame-options"], headers["x-content-type-options"]) == ("DENY", "nosniff")


@pytest.mark.parametrize(
    ("authorization", "said"),
    [
        ([], ""),
        (["Bearer wrong"], 'error="invalid_token", '),
        (["bearer"], 'error="invalid_token", '),
        (["Basic dXNlcjpwYXNz"], 'error="invalid_token", '),
        (["Bearer one", "Bearer two"], 'error="invalid_token", '),
    ],
)
async def test_challenge_says_what_to_ask_for_and_where(app_and_origin, authorization, said):
    app, origin = app_and_origin
    async with ask(app, origin) as client:
        answer = await client.post("/mcp/acme/readonly", headers=[("Authorization", it) for it in authorization])
    metadata = f"{origin}/.well-known/oauth-protected-resource/mcp/acme/readonly"
    assert answer.headers["www-authenticate"] == f'Bearer {said}scope="read", resource_metadata="{metadata}"'


async def test_metadata_names_the_resource_as_it_is_addressed(app_and_origin):
    app, origin = app_and_origin
    async with ask(app, origin) as client:
        told = (await client.get("/.well-known/oauth-protected-resource/mcp/acme")).json()
        read_only = (await client.get("/.well-known/oauth-protected-resource/mcp/acme/readonly")).json()
    assert told == {
        "resource": f"{origin}/mcp/acme",
        "resource_name": "Quaymaster",
        "authorization_servers": [origin, ISSUER],
        "scopes_supported": ["delete", "read", "run", "write"],
        "bearer_methods_supported": ["header"],
    }
    assert (read_only["resource"], read_only["scopes_supported"]) == (f"{origin}/mcp/acme/readonly", ["read"])
