"""The one door to Port over HTTP, and the one module that imports the HTTP library."""

import copy
from collections.abc import Callable, Mapping
from contextlib import aclosing
from functools import partial
from typing import Any

import anyio
import httpx2 as httpx
from starlette.types import ASGIApp

from quaymaster.auth import FindCredentials
from quaymaster.errors import InputError, RefusedError
from quaymaster.policy import Policy, is_read
from quaymaster.port.attempts import Effect
from quaymaster.port.bounds import Bounds
from quaymaster.port.gate import time_left_s
from quaymaster.port.guard import Call, Guard
from quaymaster.port.limits import read_body
from quaymaster.port.routes import Query
from quaymaster.port.verify import Proof
from quaymaster.port.wire import JSON, Answer, Attempt, BrokenError, Request, build_request

__all__ = ["PortTransport", "fetch_page"]

_BOUNDS = Bounds()
_REPEATABLE_METHODS = frozenset({"PUT", "DELETE"})


class PortTransport:
    """Sends requests to one organisation's API, each within its time and limits, and turns failures into our errors.

    The HTTP client is made at the first request: building one costs 150 ms, and many a server is never asked anything.

    Args:
        base_url: Where the API is, without `/v1`.
        find_credentials: Called before each token exchange; may raise NotConfiguredError.
        policy: What may be sent.
        timeout_s: How long one call may take in all, in seconds; less if its caller has less.
        app: An ASGI application that answers in this process instead of `base_url`.
        organization: The id of the only organisation that may be worked with; None for whichever the credentials open.
        on_hold: Called with how long others who send to the same organisation have to wait, in seconds.
        user_agent: Port stores it as the `$datasource` of what is written.
        bounds: The other bounds of a call.
    """

    def __init__(
        self,
        base_url: str,
        find_credentials: FindCredentials,
        *,
        policy: Policy,
        timeout_s: float,
        app: ASGIApp | None = None,
        organization: str | None = None,
        on_hold: Callable[[float], None] | None = None,
        user_agent: str = "quaymaster",
        bounds: Bounds = _BOUNDS,
    ) -> None:
        self._policy = policy
        self._token: str | None = None
        self._wire = _HttpWire(base_url, app, user_agent, bounds)
        self._new_guard = partial(Guard, self._wire, find_credentials, timeout_s, bounds, organization=organization)
        self._guard = self._new_guard(on_hold=on_hold)

    def under(self, limits: Policy) -> "PortTransport":
        """Returns this transport with tighter limits; connections, token and pace are shared."""
        tighter = copy.copy(self)
        tighter._policy = self._policy.tightened_by(limits)  # noqa: SLF001 - of this class
        return tighter

    def hold(self, wait_s: float) -> None:
        """Lets no request start for a while: another process has taken the turn, or was told to wait by Port."""
        self._guard.hold(wait_s)

    def presenting(self, token: str) -> "PortTransport":
        """Returns this transport for somebody who brings an access token of their own.

        Only connections are shared: neither the credentials nor the pace, so that nobody's limits are another's.
        """
        own = copy.copy(self)
        own._token, own._guard = token, self._new_guard()  # noqa: SLF001 - of this class
        return own

    async def send(
        self,
        method: str,
        route: str,
        identifiers: Mapping[str, str] | None = None,
        *,
        query: Query | None = None,
        body: object = None,
        repeatable: bool | None = None,
        proof: Proof | None = None,
    ) -> JSON:
        """Returns the JSON object that Port answers with; secrets in it are replaced by a mark.

        Args:
            method: The HTTP method.
            route: The route's template, such as `/v1/blueprints/{blueprint_identifier}/entities`.
            identifiers: A value for each placeholder of the template; each is sent as one path segment.
            query: The query parameters.
            body: What to send as JSON; None sends no body.
            repeatable: The write is idempotent by construction, so that it may be sent again after its answer was lost;
                None for what its method promises: PUT and DELETE are.
            proof: How to find out whether a write was done, if its answer is lost.

        Raises:
            RefusedError: The policy does not allow this request.
            InputError: An identifier cannot be part of a path, or the body cannot be sent.
            NotConfiguredError: There are no credentials.
            PortError: Port refused, failed, or could not be reached; the class says which, and `outcome` what became of
                a write.
        """
        request = build_request(method, route, identifiers, query, body)
        if refusal := self._policy.refusal_of_request(request.method, route, request.path):
            raise RefusedError(f"{refusal}. Nothing was sent")
        if is_read(request.method, route):
            return await self._guard.make(Call(request, Effect.READ, token=self._token))
        if repeatable is None:
            repeatable = request.method in _REPEATABLE_METHODS
        effect = Effect.REPEATABLE if repeatable else Effect.ONCE
        return await self._guard.make(Call(request, effect, proof, token=self._token))

    async def aclose(self) -> None:
        """Closes the connections; a later request opens new ones."""
        await self._wire.aclose()


class _HttpWire:
    """Carries out exchanges over HTTP, or in this process with an ASGI application."""

    def __init__(self, base_url: str, app: ASGIApp | None, user_agent: str, bounds: Bounds) -> None:
        self._base = httpx.URL(base_url if app is None else "http://port.invalid")
        self._app = app
        self._user_agent = user_agent
        self._bounds = bounds
        self._client: httpx.AsyncClient | None = None

    async def exchange(self, request: Request, token: str | None, attempt: Attempt) -> Answer:
        """Returns the answer to a request; see `Wire`."""
        client = self._open_client()
        sending = self._build(request, token, attempt)
        attempt.is_sent = self._app is not None  # nothing is traced then
        try:
            async with aclosing(await client.send(sending, stream=True)) as response:
                attempt.is_answered = True
                headers = {name.lower(): value for name, value in response.headers.items()}
                body = await read_body(
                    response.aiter_raw(),
                    headers.get("content-encoding", ""),
                    headers.get("content-length", ""),
                    self._bounds,
                )
        except httpx.TransportError as exc:
            raise BrokenError(
                f"cannot reach Port at {self._base}: {str(exc) or type(exc).__name__}",
                is_silence=isinstance(exc, httpx.TimeoutException),
            ) from exc
        return Answer(response.status_code, headers, body)

    async def aclose(self) -> None:
        """Closes the connections."""
        if self._client is not None:
            await self._client.aclose()
            self._client = None

    def _build(self, request: Request, token: str | None, attempt: Attempt) -> httpx.Request:
        """Returns the request in the library's own form, certain to go to our host and the path that was built."""
        target = self._base.raw_path.rstrip(b"/") + request.path.encode("ascii")
        target += b"?" + request.query.encode("ascii") if request.query else b""
        url = self._base.copy_with(raw_path=target)
        if url.raw_path != target or url.netloc != self._base.netloc:
            raise InputError(f"the path {request.path!r} would be sent as {url.raw_path!r}. Nothing was sent")
        headers = {"Accept": "application/json", "Accept-Encoding": "gzip", "User-Agent": self._user_agent}
        if request.body is not None:
            headers["Content-Type"] = "application/json"
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"

        async def trace(event: str, _info: Mapping[str, Any]) -> None:
            if event.endswith("connect_tcp.started"):
                attempt.is_connected_anew = True
            elif event.endswith("send_request_headers.started"):
                attempt.is_sent = True

        left_s = time_left_s()
        silence_s = min(self._bounds.silence_s, left_s * 0.6)  # leaves time for another attempt
        timeout = {
            "connect": min(self._bounds.connect_s, silence_s),
            "read": silence_s,
            "write": silence_s,
            "pool": left_s,
        }
        extensions = {"timeout": timeout, "trace": trace}
        return httpx.Request(request.method, url, headers=headers, content=request.body, extensions=extensions)

    def _open_client(self) -> httpx.AsyncClient:
        if self._client is None:
            self._client = httpx.AsyncClient(
                transport=None if self._app is None else httpx.ASGITransport(app=self._app),
                limits=httpx.Limits(max_connections=self._bounds.concurrency),
                follow_redirects=False,
            )
        return self._client


async def fetch_page(
    url: str,
    address: str,
    *,
    accept: str,
    bounds: Bounds,
    timeout_s: float,
    form: Mapping[str, str] | None = None,
    authorization: str | None = None,
) -> Answer:
    """Returns what a web server answers to one request: no token, no cookie, no proxy, and no redirect followed.

    Args:
        url: What to ask for; whoever calls has decided that it may be asked.
        address: The IP address to connect to, so that a name cannot come to mean another one after it was checked. The
            certificate must still be the name's.
        accept: The media types to ask for, as the Accept header has them.
        bounds: How large the answer may be.
        timeout_s: How long it may take in all, in seconds.
        form: What to POST; None for a GET.
        authorization: The Authorization header; None for none.

    Raises:
        BrokenError: The server cannot be reached, or does not answer whole in time.
        OversizedError: The answer is over the bounds.
    """
    asked = httpx.URL(url)
    extensions = {"sni_hostname": asked.host, "timeout": dict.fromkeys(("connect", "read", "write", "pool"), timeout_s)}
    headers = {"Host": asked.netloc.decode("ascii"), "Accept": accept, "Accept-Encoding": "gzip"}
    headers |= {} if authorization is None else {"Authorization": authorization}
    method = "GET" if form is None else "POST"
    request = httpx.Request(method, asked.copy_with(host=address), headers=headers, data=form, extensions=extensions)
    try:
        with anyio.fail_after(timeout_s):
            async with (
                httpx.AsyncClient(trust_env=False, follow_redirects=False) as client,
                aclosing(await client.send(request, stream=True)) as response,
            ):
                found = {name.lower(): value for name, value in response.headers.items()}
                encoding, length = found.get("content-encoding", ""), found.get("content-length", "")
                return Answer(
                    response.status_code, found, await read_body(response.aiter_raw(), encoding, length, bounds)
                )
    except (httpx.TransportError, TimeoutError) as exc:
        raise BrokenError(f"cannot reach {asked.host}: {str(exc) or type(exc).__name__}", is_silence=False) from exc
