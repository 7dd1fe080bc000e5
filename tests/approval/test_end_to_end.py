"""The whole way: the SDK's client with its OAuth provider, a browser, our server, and two organisations in Port."""

import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import anyio
import httpx2
import pytest
from anyio import to_thread
from mcp.client import Client
from mcp.client.auth import OAuthClientProvider, OAuthFlowError
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.auth import AuthorizationCodeResult, OAuthClientInformationFull, OAuthClientMetadata, OAuthToken
from tests.approval.browser import Browser, told
from tests.approval.client import REDIRECT
from tests.http.serving import serving
from tests.login.conftest import port  # noqa: F401 - a fixture
from tests.login.organizations import Port

from quaymaster.cli import main

BODY = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}


class Person:
    """Approves in a browser of their own what their client asks for."""

    def __init__(self, code_for: Callable[[], str], scopes: list[str] | None = None) -> None:
        self._code_for = code_for
        self._scopes = scopes
        self.asked = 0
        self.answer: dict[str, str] = {}
        self.issuer: str | None = None

    async def open(self, url: str) -> None:
        self.asked += 1
        self.answer = await to_thread.run_sync(self._approve, url)

    async def callback(self) -> AuthorizationCodeResult:
        return AuthorizationCodeResult(
            code=self.answer["code"], state=self.answer["state"], iss=self.issuer or self.answer["iss"]
        )

    def _approve(self, url: str) -> dict[str, str]:
        with Browser() as browser:
            return told(browser.answer(browser.open(url), code=self._code_for(), scopes=self._scopes))


class Tokens:
    """Where a client keeps what it got."""

    def __init__(self) -> None:
        self.tokens: OAuthToken | None = None
        self.client: OAuthClientInformationFull | None = None

    async def get_tokens(self) -> OAuthToken | None:
        return self.tokens

    async def set_tokens(self, tokens: OAuthToken) -> None:
        self.tokens = tokens

    async def get_client_info(self) -> OAuthClientInformationFull | None:
        return self.client

    async def set_client_info(self, client_info: OAuthClientInformationFull) -> None:
        self.client = client_info


@asynccontextmanager
async def approved(url: str, person: Person, kept: Tokens, mode: str = "auto") -> AsyncIterator[Client]:
    """Connects a client that gets itself approved."""
    metadata = OAuthClientMetadata(client_name="SDK Client", redirect_uris=[REDIRECT])
    provider = OAuthClientProvider(url, metadata, kept, person.open, person.callback)
    async with (
        httpx2.AsyncClient(auth=provider, timeout=30) as http_client,
        Client(streamable_http_client(url, http_client=http_client), mode=mode) as client,
    ):
        yield client


@pytest.fixture
def state_url(tmp_path, monkeypatch) -> str:
    monkeypatch.setenv("QUAYMASTER_STATE_URL", f"sqlite://{tmp_path}/state.sqlite")
    return f"sqlite://{tmp_path}/state.sqlite"


@pytest.fixture
def code_for(state_url, capsys) -> Callable[[], str]:
    """Returns what gets a one-time code from `quaymaster approve`."""

    at_the_machine = threading.Lock()

    def code_for() -> str:
        with at_the_machine:
            assert main(["approve", "--as", "dana"]) == 0
            return capsys.readouterr().out.strip()

    return code_for


@pytest.fixture
async def url(port: Port, state_url, monkeypatch) -> AsyncIterator[str]:  # noqa: F811 - the fixture
    """Yields the address of a server for both organisations."""
    for name in ("acme", "umbra"):
        monkeypatch.setenv(f"{name.upper()}_CLIENT_ID", f"{name}-id")
        monkeypatch.setenv(f"{name.upper()}_CLIENT_SECRET", f"{name}-secret")
    profiles = {
        name: {"base_url": port.url, "credentials": f"env:{name.upper()}", "organization": getattr(port, name)}
        for name in ("acme", "umbra")
    }
    async with serving(profiles=profiles, http={"approval": True}) as served:
        yield served.url


@pytest.mark.parametrize("mode", ["auto", "legacy"])
async def test_client_gets_itself_approved_and_works(url, code_for, mode):
    person, kept = Person(code_for), Tokens()
    async with approved(f"{url}/mcp/acme", person, kept, mode) as client:
        result = await client.call_tool("list_blueprints", {})
    assert not result.is_error, result.content
    assert person.asked == 1
    assert kept.tokens is not None
    assert kept.tokens.scope == "read"


async def test_reading_alone_was_approved_so_nothing_else_is_offered(url, code_for):
    async with approved(f"{url}/mcp/acme", Person(code_for), Tokens()) as client:
        reading = {it.name for it in (await client.list_tools()).tools}
    async with approved(f"{url}/mcp/acme", Person(code_for, ["read", "write", "delete"]), Tokens()) as client:
        writing = {it.name for it in (await client.list_tools()).tools}
    assert "list_blueprints" in reading
    assert "apply_plan" in writing - reading


async def test_two_organisations_are_approved_in_parallel_and_no_token_crosses(url, code_for, port):  # noqa: F811
    kept = {"acme": Tokens(), "umbra": Tokens()}
    whole: dict[str, str] = {}

    async def work(name: str) -> None:
        async with approved(f"{url}/mcp/{name}", Person(code_for), kept[name]) as client:
            result = await client.call_tool("list_blueprints", {})
            assert not result.is_error, result.content
            whole[name] = result.content[0].text

    async with anyio.create_task_group() as tasks:
        for name in kept:
            tasks.start_soon(work, name)
    statuses = {}
    async with httpx2.AsyncClient(trust_env=False) as http_client:
        for mine, tokens in kept.items():
            assert tokens.tokens is not None
            for at in kept:
                for path in (f"/mcp/{at}", f"/mcp/{at}/readonly"):
                    headers = {"Authorization": f"Bearer {tokens.tokens.access_token}"}
                    answer = await http_client.post(f"{url}{path}", json=BODY, headers=headers)
                    statuses[mine, path] = answer.status_code
    assert {key for key, status in statuses.items() if status == 401} == {
        ("acme", "/mcp/umbra"),
        ("acme", "/mcp/umbra/readonly"),
        ("umbra", "/mcp/acme"),
        ("umbra", "/mcp/acme/readonly"),
    }
    mine = {it.tokens.access_token for it in kept.values() if it.tokens}
    assert mine.isdisjoint({it.removeprefix("Bearer ") for it in port.tokens})
    assert not any(it.removeprefix("Bearer ") in text for it in port.tokens for text in whole.values())


async def test_client_refreshes_by_itself(url, code_for):
    person, kept = Person(code_for), Tokens()
    async with approved(f"{url}/mcp/acme", person, kept) as client:
        await client.list_tools()
    assert kept.tokens is not None
    first = kept.tokens
    kept.tokens = first.model_copy(update={"access_token": "", "expires_in": 0})
    async with approved(f"{url}/mcp/acme", person, kept) as client:
        await client.list_tools()
    assert person.asked in {1, 2}
    assert kept.tokens.access_token not in {"", first.access_token}


async def test_client_refuses_an_answer_of_another_issuer(url, code_for):
    person = Person(code_for)
    person.issuer = "https://evil.example"
    with pytest.raises(BaseExceptionGroup) as caught:
        async with approved(f"{url}/mcp/acme", person, Tokens()) as client:
            await client.list_tools()
    assert caught.group_contains(OAuthFlowError, match="iss mismatch", depth=None)


async def test_without_a_token_a_client_is_told_where_to_get_one(url):
    async with httpx2.AsyncClient(trust_env=False) as http_client:
        refused = await http_client.post(f"{url}/mcp/acme", json=BODY)
        assert refused.status_code == 401
        where = refused.headers["www-authenticate"].split('resource_metadata="')[1].split('"')[0]
        metadata = (await http_client.get(where)).json()
    assert metadata["resource"] == f"{url}/mcp/acme"
    assert metadata["authorization_servers"] == [url]
    assert urlsplit(where).path == "/.well-known/oauth-protected-resource/mcp/acme"


async def test_revoked_session_is_refused_at_once(url, code_for, capsys):
    kept = Tokens()
    async with approved(f"{url}/mcp/acme", Person(code_for), kept) as client:
        await client.list_tools()
        assert await to_thread.run_sync(main, ["sessions", "list"]) == 0
        listed = capsys.readouterr().out.split()
        assert listed[1:4] == ["acme", "dana", "SDK"]
        assert await to_thread.run_sync(main, ["sessions", "revoke", listed[0]]) == 0
        assert capsys.readouterr().out == "1 revoked\n"
    assert kept.tokens is not None
    headers = {"Authorization": f"Bearer {kept.tokens.access_token}"}
    async with httpx2.AsyncClient(trust_env=False) as http_client:
        assert (await http_client.post(f"{url}/mcp/acme", json=BODY, headers=headers)).status_code == 401
