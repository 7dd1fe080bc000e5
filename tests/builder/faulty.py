"""A Port that fails on demand, in front of a sandbox: before it acts, or after it has acted."""

import json
from collections.abc import Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

READS = ("GET", "/search", "/aggregate", "/access_token")


class Killed(BaseException):
    """The process is gone: nothing after this is carried out by it."""


class FaultyPort:
    """Answers writes with what `decide` says of them; reads always go well.

    Args:
        sandbox: What carries requests out.
        decide: Is asked before each write: `ok`, `refused` (403, nothing done), `failed` (503, nothing done), `lost`
            (done, but answered by a gateway's 504), `killed before` or `killed after`.
    """

    def __init__(self, sandbox: ASGIApp, decide: Callable[[str, str], str]) -> None:
        self._sandbox = sandbox
        self._decide = decide

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request."""
        if scope["type"] != "http" or scope["method"] == "GET" or scope["path"].endswith(READS):
            return await self._sandbox(scope, receive, send)
        fate = self._decide(scope["method"], scope["path"])
        if fate == "killed before":
            raise Killed
        if fate == "refused":
            return await _answer(send, 403, "missing_permissions")
        if fate == "failed":
            return await _answer(send, 503, "internal_error")
        if fate == "ok":
            return await self._sandbox(scope, receive, send)
        await self._sandbox(scope, receive, _drop)
        if fate == "killed after":
            raise Killed
        return await _answer(send, 504, "")


async def _drop(message: Message) -> None:
    pass


async def _answer(send: Send, status: int, error: str) -> None:
    body = json.dumps({"ok": False, "error": error, "message": "as the test asked for"}) if error else "<html/>"
    await send({"type": "http.response.start", "status": status, "headers": [(b"content-type", b"application/json")]})
    await send({"type": "http.response.body", "body": body.encode()})
