"""What every request passes first: is it meant for this server, and does it come from pages that may call."""

from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from quaymaster.http_settings import HttpSettings

__all__ = ["Guard", "known_hosts", "known_origins"]

_LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
_DEFAULT_PORTS = {"http": 80, "https": 443}
_POLICY = (b"content-security-policy", b"frame-ancestors 'none'")
"""Stands beside a page's own policy: both hold."""
_HEADERS = (
    (b"x-frame-options", b"DENY"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
)
"""Where an answer has none of its own."""


class Guard:
    """Refuses requests for other hosts (DNS rebinding) and from other sites' pages (MCP: transports, security warning).

    Args:
        app: What answers those that pass.
        hosts: The values of the Host header to answer to, lower case.
        origins: The values of the Origin header to answer to; a request without one comes from no page.
    """

    def __init__(self, app: ASGIApp, hosts: frozenset[str], origins: frozenset[str]) -> None:
        self._app = app
        self._hosts = hosts
        self._origins = origins

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers a request."""
        if scope["type"] == "lifespan":
            return await self._app(scope, receive, send)

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = message.get("headers", ())
                own = {name for name, _ in headers}
                message["headers"] = [*headers, _POLICY, *(it for it in _HEADERS if it[0] not in own)]
            await send(message)

        answer = self._refusal(Headers(scope=scope)) or self._app
        return await answer(scope, receive, send_guarded)

    def _refusal(self, headers: Headers) -> Response | None:
        hosts, origins = headers.getlist("host"), headers.getlist("origin")
        if len(hosts) != 1 or hosts[0].lower() not in self._hosts:
            return JSONResponse(
                {"error": "this server is not known by that host; set http.public_url or allowed_hosts"}, 421
            )
        if len(origins) > 1 or not self._origins.issuperset(origins):
            return JSONResponse({"error": "pages of that origin may not call; see http.allowed_origins"}, 403)
        return None


def known_hosts(http: HttpSettings) -> frozenset[str]:
    """Returns the values of the Host header that mean this server."""
    parts = urlsplit(http.origin)
    hosts = {parts.netloc, *(host.lower() for host in http.allowed_hosts)}
    if parts.port in {None, _DEFAULT_PORTS[parts.scheme]}:
        hosts |= {str(parts.hostname), f"{parts.hostname}:{_DEFAULT_PORTS[parts.scheme]}"}
    if http.is_loopback:
        hosts |= {f"{host}:{http.port}" for host in _LOOPBACK}
    return frozenset(hosts)


def known_origins(http: HttpSettings) -> frozenset[str]:
    """Returns the values of the Origin header of pages that may call: the server's own, and those of the settings."""
    own = {f"http://{host}:{http.port}" for host in _LOOPBACK} if http.is_loopback else set()
    return frozenset({http.origin, *own, *http.allowed_origins})
