"""A server with the built-in approval for two organisations, over loopback HTTP."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import anyio
import pytest
from starlette.applications import Starlette
from tests.approval.browser import Browser, Page, told
from tests.approval.client import Client
from tests.loopback import listening, serving

from quaymaster.approval.approval import Approval
from quaymaster.approval.asking import Resource
from quaymaster.approval.people import OneTimeCodes
from quaymaster.auth.grants import SCOPES, Grant
from quaymaster.policy import Policy
from quaymaster.port.documents.organisation import Organization
from quaymaster.settings import Profile
from quaymaster.state import Store
from quaymaster.state.sqlite import SqliteStore
from quaymaster.web import WebPolicy

KEYS = [b"a key of thirty-two bytes or more"]
ORGANIZATIONS = {"acme": "Acme & Sons", "umbra": "Umbra"}


def profile_of(name: str) -> Profile:
    return Profile(name, "https://api.port.io", "env:PORT", Policy(), f"org_{name}")


async def organization_of(profile: Profile) -> Organization:
    """Answers in Port's place."""
    return Organization(id=profile.organization, name=ORGANIZATIONS[profile.name])


@dataclass
class Server:
    """The server, and what a person at its machine can do."""

    origin: str
    approval: Approval
    state: Path

    def client(self, profile: str = "acme") -> Client:
        return Client(self.origin, f"{self.origin}/mcp/{profile}")

    def code_for(self, person: str = "dana") -> str:
        """Returns a one-time code, as `quaymaster approve` gives one."""
        return anyio.run(self._with_store, lambda store: OneTimeCodes(store).issue(person))

    def approve(self, browser: Browser, client: Client, **answer: object) -> dict[str, str]:
        """Opens a client's link, approves, and returns what the client is told."""
        return told(browser.answer(browser.open(client.link()), code=self.code_for(), **answer))

    def tokens(self, browser: Browser, client: Client, **answer: object) -> dict[str, str]:
        """Returns the tokens of an approval."""
        return client.redeem(self.approve(browser, client, **answer)["code"]).json()

    def grant(self, token: str, profile: str = "acme") -> Grant | None:
        """Returns what a token grants at a profile."""

        async def verify(store: Store) -> Grant | None:
            return await approval_of(self.origin, store).verifier.verify(token, profile)

        return anyio.run(self._with_store, verify)

    async def _with_store(self, use):
        store = SqliteStore(self.state)
        try:
            return await use(store)
        finally:
            await store.aclose()


def approval_of(origin: str, store: Store) -> Approval:
    web = WebPolicy(scheme="http", allows=lambda address: address == "127.0.0.1")
    resources = [Resource(f"{origin}/mcp/{name}", profile_of(name), SCOPES) for name in ORGANIZATIONS]
    readonly = [Resource(f"{it.url}/readonly", it.profile, frozenset({"read"})) for it in resources]
    return Approval(origin, [*resources, *readonly], store, KEYS, organization_of, web=web)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    state = tmp_path / "state.sqlite"
    store = SqliteStore(state)
    with listening() as (listener, origin):
        approval = approval_of(origin, store)
        with serving(Starlette(routes=approval.routes()), listener):
            yield Server(origin, approval, state)
    anyio.run(store.aclose)


@pytest.fixture
def browser() -> Iterator[Browser]:
    with Browser() as browser:
        yield browser


@pytest.fixture
def page(server: Server, browser: Browser) -> Page:
    return browser.open(server.client().link())
