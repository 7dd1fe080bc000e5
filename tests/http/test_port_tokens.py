"""A caller's own access token of Port's: good for this caller's calls alone, in one organisation, and never kept."""

import json
import logging
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import anyio
import httpx2
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from tests.http.rpc import call, request
from tests.http.serving import build, free_port, listening

from quaymaster.errors import SettingsError
from quaymaster.server.http.signing_in import check_access
from quaymaster.settings import load_settings

PACK = """
async def _title(port: PortClient) -> str:
    return (await port.entities.get("service", "canary")).title

@tool(read_only=True)
async def remember(port: PortClient, call: Call) -> str:
    '''Reads, or gives what is kept.'''
    return await port.remember(_title)

@hookimpl
def register_tools():
    return [remember]
"""
ORGANIZATIONS = {"token-of-ann": "org_acme", "token-of-bob": "org_acme", "token-of-eve": "org_evil"}


class Port:
    """Answers as Port does to the two requests of these tests: each caller sees what is theirs."""

    def __init__(self) -> None:
        self.seen: Counter[tuple[str, str]] = Counter()
        self.app = Starlette(
            routes=[
                Route("/v1/organization", self._organization),
                Route("/v1/blueprints/service/entities/canary", self._entity),
            ]
        )

    def _token(self, request: Request) -> str:
        token = request.headers["authorization"].removeprefix("Bearer ")
        self.seen[request.url.path, token] += 1
        return token

    async def _organization(self, request: Request) -> Response:
        token = self._token(request)
        if token not in ORGANIZATIONS:
            return JSONResponse({"ok": False, "error": "unauthorized", "message": f"bad token {token}"}, 401)
        return JSONResponse({"ok": True, "organization": {"id": ORGANIZATIONS[token], "name": "Some"}})

    async def _entity(self, request: Request) -> Response:
        entity = {"identifier": "canary", "blueprint": "service", "title": f"seen with {self._token(request)[6:]}"}
        return JSONResponse({"ok": True, "entity": entity})


@pytest.fixture
async def served(make_pack, tmp_path) -> AsyncIterator[tuple[Port, httpx2.AsyncClient]]:
    port, number = Port(), free_port()
    profiles = {"acme": {"base_url": f"http://127.0.0.1:{number}", "organization": "org_acme"}}
    app, settings = build(
        [make_pack("acme", PACK)],
        profiles=profiles,
        audit_file=tmp_path / "audit.jsonl",
        http={"port_tokens": True},
    )
    async with (
        listening(port.app, number),
        app.router.lifespan_context(app),
        httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url=settings.http.origin) as client,
    ):
        yield port, client


def bearer(name: str) -> dict[str, str]:
    return {"Authorization": f"Bearer token-of-{name}"}


async def test_each_call_goes_with_its_callers_token_and_nothing_is_shared(served):
    port, client = served
    answers: list[tuple[str, str]] = []

    async def ask(name: str) -> None:
        answers.append((name, await call(client, "/mcp", "acme_remember", bearer(name))))

    async with anyio.create_task_group() as tasks:
        for _ in range(10):
            tasks.start_soon(ask, "ann")
            tasks.start_soon(ask, "bob")
    assert {(name, text) for name, text in answers} == {("ann", "seen with of-ann"), ("bob", "seen with of-bob")}
    assert set(port.seen) == {
        (path, f"token-of-{name}")
        for name in ("ann", "bob")
        for path in ("/v1/organization", "/v1/blueprints/service/entities/canary")
    }


@pytest.mark.parametrize("name", ["eve", "nobody", "x" * 10_000])
async def test_token_that_does_not_open_the_profiles_organisation_is_refused(served, name):
    port, client = served
    for _ in range(3):
        assert (await request(client, "/mcp", "tools/list", bearer(name))).status_code == 401
    assert sum(port.seen.values()) <= 1


async def test_token_is_neither_kept_nor_logged(served, tmp_path: Path, caplog):
    caplog.set_level(logging.DEBUG)
    _, client = served
    await call(client, "/mcp", "acme_remember", bearer("ann"))
    refused = await request(client, "/mcp", "tools/list", bearer("nobody"))
    kept = bytes_under(tmp_path)
    for secret in ("token-of-ann", "token-of-nobody"):
        assert secret.encode() not in kept
        assert secret not in caplog.text
        assert secret not in refused.text
    assert json.loads((tmp_path / "audit.jsonl").read_text())["outcome"] == "ok"


def bytes_under(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


async def test_limits_of_the_request_hold_for_it_too(served):
    _, client = served
    listed = await request(client, "/mcp", "tools/list", {**bearer("ann"), "x-read-only-mode": "1"})
    assert [it["name"] for it in listed.json()["result"]["tools"]] == ["acme_remember"]


def test_it_is_off_by_default_and_needs_a_pinned_organisation():
    assert load_settings().http.port_tokens is False
    with pytest.raises(SettingsError, match="set its `organization`"):
        check_access(load_settings(http={"port_tokens": True}))
