"""The scorecards pack on a demo organisation with more scorecards than usual, asked through the running application."""

from collections.abc import Iterator
from typing import Any

import pytest
from anyio.from_thread import BlockingPortal, start_blocking_portal
from tests.scorecards.shapes import SHAPES, truth_with_shapes
from tests.truth import Truth

from quaymaster.application import Application
from quaymaster.auth import Credentials
from quaymaster.host import load_host
from quaymaster.policy import Policy
from quaymaster.port import PortClient
from quaymaster.port.cache import Cache
from quaymaster.port.transport import PortTransport
from quaymaster.settings import load_settings
from quaymaster_sandbox.app import create_app
from quaymaster_sandbox.demo import build
from quaymaster_sandbox.sandbox import CLIENT_ID, CLIENT_SECRET, Sandbox

SERVICES = 400


class World:
    """A sandbox with an organisation in it, and the application in front of it; counts the requests that Port gets."""

    def __init__(self, portal: BlockingPortal, organisation: Any) -> None:
        self.portal = portal
        self.organisation = organisation
        self.requests: list[tuple[str, str]] = []
        self.sandbox = Sandbox()
        self.sandbox.load(organisation)
        self._app = create_app(self.sandbox)
        self._cache = Cache()
        self._transport = PortTransport(
            "http://sandbox",
            lambda: Credentials(CLIENT_ID, CLIENT_SECRET),
            policy=Policy(),
            timeout_s=60,
            app=self._count_and_answer,
        )
        settings = load_settings(base_url="http://sandbox", profiles={})
        self.application = Application(settings, load_host(settings), self)

    async def _count_and_answer(self, scope: Any, receive: Any, send: Any) -> None:
        self.requests.append((scope["method"], scope["path"]))
        await self._app(scope, receive, send)

    def client(self, profile: Any, limits: Policy) -> PortClient:
        return PortClient(self._transport.under(limits), profile.name, self._cache)

    async def aclose(self) -> None:
        await self._transport.aclose()

    def send(self, method: str, route: str, body: Any = None, **identifiers: str) -> Any:
        """Sends a request to Port's API itself."""

        async def send() -> Any:
            return await self._transport.send(method, route, identifiers, body=body)

        return self.portal.call(send)

    def ask(self, tool: str, **arguments: Any) -> str:
        """Calls a tool and returns the text of its answer."""
        reply = self.portal.call(self.application.call, tool, arguments)
        assert not reply.is_error, reply.text
        return reply.text

    def refusal(self, tool: str, **arguments: Any) -> str:
        """Calls a tool wrongly and returns what it says."""
        reply = self.portal.call(self.application.call, tool, arguments)
        assert reply.is_error, reply.text
        return reply.text

    def create(self, document: dict[str, Any], blueprint: str = "service") -> None:
        """Creates a scorecard."""
        route = "/v1/blueprints/{blueprint_identifier}/scorecards"
        self.send("POST", route, document, blueprint_identifier=blueprint)


@pytest.fixture(scope="session")
def portal() -> Iterator[BlockingPortal]:
    with start_blocking_portal() as portal:
        yield portal


@pytest.fixture(scope="session")
def world(portal: BlockingPortal) -> World:
    """A demo organisation with the scorecards of `shapes` besides its own."""
    world = World(portal, build(SERVICES))
    for blueprint, document in SHAPES:
        world.create(document, blueprint)
    return world


@pytest.fixture(scope="session")
def truth(world: World) -> Truth:
    """The true answers, worked out from the same documents, mirrors and aggregations included."""
    return truth_with_shapes(world.organisation)
