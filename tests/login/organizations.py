"""A sandbox with two organisations, as an ASGI application that notes what it is asked."""

from quaymaster_sandbox.app import create_app
from quaymaster_sandbox.clients import Credentials
from quaymaster_sandbox.sandbox import Sandbox


class Port:
    """Two organisations of Port's, and what was asked of them."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.requests: list[str] = []
        self.tokens: set[str] = set()
        sandbox = Sandbox()
        self.acme = sandbox.create_organization("Acme", Credentials("acme-id", "acme-secret")).identifier
        self.umbra = sandbox.create_organization("Umbra", Credentials("umbra-id", "umbra-secret")).identifier
        self._app = create_app(sandbox)

    async def __call__(self, scope, receive, send):
        if scope["type"] == "http":
            self.requests.append(f"{scope['method']} {scope['path']}")
            self.tokens |= {value.decode() for name, value in scope["headers"] if name == b"authorization"}
        await self._app(scope, receive, send)
