"""Any replica answers any request: what one began, another goes on with, over SQLite on one machine and over Redis."""

from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager

import anyio
import pytest
from starlette.applications import Starlette
from tests.approval.browser import told
from tests.approval.client import Client
from tests.approval.conftest import approval_of
from tests.loopback import listening, serving
from tests.state.conftest import redis_url  # noqa: F401 - a fixture

from quaymaster.approval.people import OneTimeCodes
from quaymaster.state import open_store


@pytest.fixture(params=["sqlite", "redis"])
def state_url(request: pytest.FixtureRequest, tmp_path) -> str:
    return f"sqlite://{tmp_path}/state.sqlite" if request.param == "sqlite" else request.getfixturevalue("redis_url")


@pytest.fixture
def replicas(state_url: str) -> Iterator[list[str]]:
    """Yields the origins of two servers that share keys and state, and call themselves by the first one's name."""
    with ExitStack() as open_ones:
        listeners = [open_ones.enter_context(listening()) for _ in range(2)]
        issuer = listeners[0][1]
        for listener, _ in listeners:
            open_ones.enter_context(serving(replica(issuer, state_url), listener))
        yield [origin for _, origin in listeners]


def replica(issuer: str, state_url: str) -> Starlette:
    store = open_store(state_url)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        yield
        await store.aclose()

    return Starlette(routes=approval_of(issuer, store).routes(), lifespan=lifespan)


async def code_of(state_url: str) -> str:
    store = open_store(state_url)
    code = await OneTimeCodes(store).issue("dana")
    await store.aclose()
    return code


def test_every_step_may_be_answered_by_another_replica(replicas, state_url, browser):
    one, other = replicas
    client = Client(one, f"{one}/mcp/acme")
    client.origin = other
    page = browser.open(client.link())
    page.url = page.url.replace(other, one)
    answer = told(browser.answer(page, code=anyio.run(code_of, state_url)))
    assert answer["iss"] == one
    first = client.redeem(answer["code"]).json()
    client.origin = one
    second = client.refresh(first["refresh_token"]).json()
    client.origin = other
    assert client.refresh(first["refresh_token"]).json()["error"] == "invalid_grant"
    assert client.refresh(second["refresh_token"]).json()["error"] == "invalid_grant"


def test_page_is_answered_once_whichever_replica_is_asked(replicas, state_url, browser):
    one, other = replicas
    page = browser.open(Client(one, f"{one}/mcp/acme").link())
    assert told(browser.answer(page, code=anyio.run(code_of, state_url)))["code"]
    page.url = page.url.replace(one, other)
    assert browser.answer(page, code=anyio.run(code_of, state_url)).status == 409
