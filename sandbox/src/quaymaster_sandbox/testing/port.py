"""The sandbox with a clerk at its door, who writes down what comes and can turn it away."""

import json
from collections import deque
from dataclasses import dataclass
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send

__all__ = ["ObservedPort", "PortRequest"]

_EXCHANGE = "/v1/auth/access_token"


@dataclass(frozen=True)
class PortRequest:
    """A request that reached Port.

    Attributes:
        method: The HTTP method.
        path: The path, percent-encoded.
        query: The query string.
        body: The JSON body; None if there was none.
    """

    method: str
    path: str
    query: str
    body: Any


@dataclass(frozen=True)
class _Failure:
    status: int
    error: str
    message: str


class ObservedPort:
    """An ASGI application in front of the sandbox. Token exchanges are neither written down nor turned away.

    Attributes:
        requests: What has reached Port, in order, what was turned away too.
    """

    def __init__(self, sandbox: ASGIApp) -> None:
        self.requests: list[PortRequest] = []
        self._sandbox = sandbox
        self._failures: deque[_Failure] = deque()

    def fail_next(self, status: int, error: str, message: str, times: int) -> None:
        """Turns away the next requests, in Port's form of an error."""
        self._failures.extend([_Failure(status, error, message)] * times)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request."""
        if scope["type"] != "http" or scope["path"] == _EXCHANGE:
            return await self._sandbox(scope, receive, send)
        body = await _read(receive)
        path = scope["raw_path"].partition(b"?")[0].decode("ascii")
        query = scope["query_string"].decode("ascii")
        self.requests.append(PortRequest(scope["method"], path, query, json.loads(body) if body else None))
        if self._failures:
            return await _fail(send, self._failures.popleft())
        return await self._sandbox(scope, _replay(body), send)


async def _read(receive: Receive) -> bytes:
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return body


def _replay(body: bytes) -> Receive:
    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    return receive


async def _fail(send: Send, failure: _Failure) -> None:
    body = json.dumps({"ok": False, "error": failure.error, "message": failure.message}).encode()
    headers = [(b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": failure.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
