"""The catalog pack on the demo organisation, asked as an MCP client asks it."""

from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest
from mcp.client import Client
from tests.truth import Truth

from quaymaster.application import Application
from quaymaster.host import load_host
from quaymaster.server.adapter import build_server
from quaymaster.settings import load_settings
from quaymaster_sandbox.demo import build

SERVICES = 1000

Ask = Callable[..., Awaitable[str]]


@pytest.fixture(scope="session")
def truth() -> Truth:
    return Truth(build(SERVICES))


@pytest.fixture(scope="session")
def application() -> Iterator[Application]:
    settings = load_settings(base_url=f"sandbox://demo?services={SERVICES}", profiles={})
    return Application(settings, load_host(settings))


@pytest.fixture
async def call(application: Application):
    """Returns a function that calls a tool and returns its result."""
    async with Client(build_server(application, "0")) as client:
        yield client.call_tool


@pytest.fixture
def ask(call) -> Ask:
    """Returns a function that calls a tool and returns the text of its answer."""

    async def ask(tool: str, **arguments: Any) -> str:
        result = await call(tool, arguments)
        assert not result.is_error, result.content[0].text
        return result.content[0].text

    return ask


@pytest.fixture
def refusal(call) -> Ask:
    """Returns a function that calls a tool wrongly and returns what it says."""

    async def refusal(tool: str, **arguments: Any) -> str:
        result = await call(tool, arguments)
        assert result.is_error, result.content[0].text
        return result.content[0].text

    return refusal
