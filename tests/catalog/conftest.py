"""The catalog pack on the demo organisation, asked as an MCP client asks it."""

from collections.abc import Awaitable, Callable
from typing import Any

import anyio
import pytest
from mcp.client import Client
from tests.truth import Truth

from quaymaster import Credentials, PortClient
from quaymaster.application import Application
from quaymaster.connections import Connections
from quaymaster.host import load_host
from quaymaster.policy import Policy
from quaymaster.port.transport import PortTransport
from quaymaster.server.adapter import build_server
from quaymaster.settings import load_settings
from quaymaster_sandbox.app import create_app
from quaymaster_sandbox.demo import build
from quaymaster_sandbox.sandbox import CLIENT_ID, CLIENT_SECRET
from quaymaster_sandbox.testing import Quay

SERVICES = 1000

Ask = Callable[..., Awaitable[str]]


@pytest.fixture(scope="session")
def truth() -> Truth:
    return Truth(build(SERVICES))


class LastingConnections(Connections):
    """Connections that outlive a server: all tests share one sandbox."""

    async def aclose(self) -> None:
        pass


@pytest.fixture(scope="session")
def application() -> Application:
    settings = load_settings(base_url=f"sandbox://demo?services={SERVICES}", profiles={})
    host = load_host(settings)
    return Application(settings, host, LastingConnections(settings, host))


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


@pytest.fixture
def at_port(quay: Quay) -> Callable[[Callable[[PortClient], Awaitable[None]]], None]:
    """Returns a function that does something at Port, in the sandbox behind `quay`."""

    async def act(step: Callable[[PortClient], Awaitable[None]]) -> None:
        credentials = Credentials(CLIENT_ID, CLIENT_SECRET)
        app = create_app(quay._sandbox)
        transport = PortTransport("http://x", lambda: credentials, policy=Policy(), timeout_s=30, app=app)
        await step(PortClient(transport, "x"))
        await transport.aclose()

    return lambda step: anyio.run(act, step)


@pytest.fixture
def change(at_port) -> Callable[..., None]:
    """Returns a function that changes properties of an entity in the sandbox behind `quay`."""

    def change(blueprint: str, identifier: str, **properties: Any) -> None:
        async def update(port: PortClient) -> None:
            await port.entities.update(blueprint, identifier, {"properties": properties})

        at_port(update)

    return change
