"""The ASGI application: from a request to a route and back."""

import logging
import sqlite3
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, quote

import anyio
import anyio.to_thread

from quaymaster_sandbox.catalog.permissions import check_moderator
from quaymaster_sandbox.errors import PortError, bad_request, invalid_request
from quaymaster_sandbox.http import BODY_LIMIT_BYTES, Call, Request, Response
from quaymaster_sandbox.ratelimits import RateLimitedError
from quaymaster_sandbox.router import Router
from quaymaster_sandbox.routes import ROUTES
from quaymaster_sandbox.sandbox import Sandbox
from quaymaster_sandbox.session import Actor
from quaymaster_sandbox.storage.database import is_beyond_limits
from quaymaster_sandbox.tokens import find_client
from quaymaster_sandbox.values.cells import to_json

_log = logging.getLogger(__name__)

CONTROL = "/__sandbox/"
"""Where the sandbox's own switches are; faults never strike there."""

Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]


def create_app(sandbox: Sandbox) -> Application:
    """Returns the ASGI application that answers for a sandbox.

    It needs no lifespan events. Each request is worked on in a thread of its own, so that the event loop stays free.
    """
    router = Router(ROUTES)

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await _live(receive, send)
        elif scope["type"] == "http":
            await _exchange(sandbox, router, scope, receive, send)

    return application


async def _exchange(sandbox: Sandbox, router: Router, scope: Scope, receive: Receive, send: Send) -> None:
    """Takes one request and answers it, unless a fault that a test asked for says otherwise."""
    body = await _read_body(receive)
    path = scope["path"]
    fault = None if path.startswith(CONTROL) else sandbox.faults.strike(scope["method"], path)
    if fault is not None and fault.latency_s:
        await anyio.sleep(fault.latency_s)
    if fault is not None and fault.reset == "before":
        await _break_off(send)
    elif fault is not None and fault.status is not None:
        refusal = {"ok": False, "error": fault.error, "message": fault.message}
        await _send(send, Response(fault.status, refusal, fault.headers), sandbox.ids.hex(32))
    else:
        response = await anyio.to_thread.run_sync(_answer, sandbox, router, scope, body)
        if fault is not None and fault.reset == "after":
            await _break_off(send)
        else:
            await _send(send, response, sandbox.ids.hex(32))


async def _break_off(send: Send) -> None:
    """Breaks the connection: an answer is begun and not finished."""
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"1000")]})
    await send({"type": "http.response.body", "body": b"{", "more_body": True})
    raise ConnectionResetError("broken off by the sandbox, as a fault asked for")


async def _live(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return


async def _read_body(receive: Receive) -> bytes | None:
    """Returns the body; None if it is larger than Port takes, which is read to its end all the same."""
    chunks: list[bytes] = []
    size, more = 0, True
    while more:
        message = await receive()
        chunk = message.get("body", b"")
        size += len(chunk)
        if size <= BODY_LIMIT_BYTES:
            chunks.append(chunk)
        more = message["type"] == "http.request" and message.get("more_body", False)
    return b"".join(chunks) if size <= BODY_LIMIT_BYTES else None


def _answer(sandbox: Sandbox, router: Router, scope: Scope, body: bytes | None) -> Response:
    try:
        return _route(sandbox, router, _request(scope, body))
    except PortError as error:
        return _refusal(error)
    except RecursionError:
        return _refusal(invalid_request("the body is nested too deeply"))
    except sqlite3.Error as error:
        if not is_beyond_limits(error):
            return _failure(scope)
        return _refusal(invalid_request(f"the request is more than the sandbox can take: {error}"))
    except Exception:  # noqa: BLE001 - the last door before the client: a bug is answered in Port's shape and logged
        return _failure(scope)


def _failure(scope: Scope) -> Response:
    """Logs the exception at hand and answers it in Port's shape."""
    _log.exception("%s %s failed", scope["method"], scope["path"])
    return Response(500, {"ok": False, "error": "internal_error", "message": "Internal server error"})


def _refusal(error: PortError) -> Response:
    return Response(error.status, error.body())


def _request(scope: Scope, body: bytes | None) -> Request:
    raw_path = scope.get("raw_path") or quote(scope["path"]).encode()
    path = raw_path.partition(b"?")[0].decode("latin-1")
    query = scope.get("query_string", b"").decode("latin-1")
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
    if body is None:
        raise PortError(413, "bad_request", "Request body is too large")
    try:
        parameters = parse_qs(query, keep_blank_values=True, errors="strict")
    except ValueError:
        raise bad_request("the query string is not valid UTF-8") from None
    return Request(scope["method"], path, parameters, headers, body, f"{path}?{query}" if query else path)


def _route(sandbox: Sandbox, router: Router, request: Request) -> Response:
    is_exact = sandbox.assumptions.trailing_slash_is_unknown_route
    path = request.path if is_exact else request.path.rstrip("/")
    route, params = router.find(request.method, path, request.target)
    if route.public:
        return route.handler(Call(sandbox, request, params))
    client = find_client(sandbox, request.headers.get("authorization"))
    actor = Actor(client.client_id, client.email, request.headers.get("user-agent"))
    try:
        limits = sandbox.rate_limiter.count(client.organization.id, request.path)
    except RateLimitedError as limited:
        refusal = limited.refusal(sandbox.assumptions.rate_limit_error)
        return Response(refusal.status, refusal.body(), limited.headers)
    try:
        with sandbox.session(client.organization, actor, writes=route.writes) as session:
            if route.moderators:
                check_moderator(session)
            response = route.handler(Call(sandbox, request, params, session))
    except PortError as error:
        response = _refusal(error)
    return replace(response, headers={**limits, **response.headers})


async def _send(send: Send, response: Response, trace_id: str) -> None:
    if response.events is None:
        body, content_type = to_json(response.body).encode(), "application/json; charset=utf-8"
    else:
        body, content_type = "".join(response.events).encode(), "text/event-stream; charset=utf-8"
    headers = {
        "content-type": content_type,
        "content-length": str(len(body)),
        "x-trace-id": trace_id,
        "x-port-sandbox": "1",
        **response.headers,
    }
    encoded = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": response.status, "headers": encoded})
    await send({"type": "http.response.body", "body": body})
