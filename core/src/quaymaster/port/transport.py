"""The one door to Port over HTTP, and the one module that imports the HTTP library."""

import time
from collections.abc import Callable, Mapping

import anyio
import httpx2 as httpx
from starlette.types import ASGIApp

from quaymaster.auth import Credentials, Token, TokenSource
from quaymaster.errors import InputError, RefusedError
from quaymaster.policy import Policy
from quaymaster.port.errors import DeadlineError, ServerError, UnreachableError, error_of_response
from quaymaster.port.routes import build_path
from quaymaster.port.sender import JSON

__all__ = ["PortTransport"]


_CONNECT_S = 10.0
_MAX_CONNECTIONS = 32
_TOKEN_ROUTE = "/v1/auth/access_token"  # noqa: S105 - a route, not a secret


class PortTransport:
    """Sends requests to one organisation's API with a fresh token, and turns failures into our errors.

    The HTTP client is made at the first request: building one costs 150 ms, and many a server is never asked anything.

    Args:
        base_url: Where the API is, without `/v1`.
        find_credentials: Called before the first token exchange; may raise NotConfiguredError.
        policy: What may be sent.
        timeout_s: How long one request may take in all, in seconds.
        app: An ASGI application that answers in this process instead of `base_url`.
        user_agent: Port stores it as the `$datasource` of what is written.
    """

    def __init__(
        self,
        base_url: str,
        find_credentials: Callable[[], Credentials],
        *,
        policy: Policy,
        timeout_s: float,
        app: ASGIApp | None = None,
        user_agent: str = "quaymaster",
    ) -> None:
        self._base_url = base_url if app is None else "http://port.invalid"
        self._find_credentials = find_credentials
        self._policy = policy
        self._timeout_s = timeout_s
        self._app = app
        self._user_agent = user_agent
        self._client: httpx.AsyncClient | None = None
        self._tokens = TokenSource(self._exchange, time.monotonic)

    async def send(
        self,
        method: str,
        route: str,
        identifiers: Mapping[str, str] | None = None,
        *,
        query: Mapping[str, str | bool] | None = None,
        body: object = None,
    ) -> JSON:
        """Returns the JSON object that Port answers with.

        Args:
            method: The HTTP method, upper case.
            route: The route's template, such as `/v1/blueprints/{blueprint_identifier}/entities`.
            identifiers: A value for each placeholder of the template; each is sent as one path segment.
            query: The query parameters; True and False are sent as `true` and `false`.
            body: What to send as JSON; None sends no body.

        Raises:
            RefusedError: The policy does not allow this request.
            InputError: An identifier cannot be part of a path.
            NotConfiguredError: There are no credentials.
            PortError: Port refused, failed, or could not be reached; the class says which.
        """
        if refusal := self._policy.refusal_of_request(method, route):
            raise RefusedError(f"{refusal}. Nothing was sent")
        path = build_path(route, identifiers or {})
        try:
            with anyio.fail_after(self._timeout_s):
                return _read(await self._send_with_token(method, path, query, body))
        except TimeoutError as exc:
            raise DeadlineError(f"Port did not answer {method} {path} within {self._timeout_s:g} s") from exc

    async def aclose(self) -> None:
        """Closes the connections; a later request opens new ones."""
        if self._client is not None:
            await self._client.aclose()
            self._client = None

    async def _send_with_token(
        self, method: str, path: str, query: Mapping[str, str | bool] | None, body: object
    ) -> httpx.Response:
        """Sends with a token; a token that Port refuses is renewed once."""
        token = await self._tokens.get()
        answer = await self._send_once(method, path, query, body, token)
        if answer.status_code == 401:
            token = await self._tokens.get(instead_of=token)
            answer = await self._send_once(method, path, query, body, token)
        return answer

    async def _send_once(
        self, method: str, path: str, query: Mapping[str, str | bool] | None, body: object, token: str | None
    ) -> httpx.Response:
        client = self._open_client()
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        request = client.build_request(method, self._base_url + path, params=query, json=body, headers=headers)
        sent = request.url.raw_path.partition(b"?")[0].decode("ascii")
        if not sent.endswith(path):
            raise InputError(f"the path {path!r} would be sent as {sent!r}. Nothing was sent")
        try:
            return await client.send(request)
        except httpx.TransportError as exc:
            reason = str(exc) or type(exc).__name__
            raise UnreachableError(f"cannot reach Port at {self._base_url}: {reason}") from exc

    async def _exchange(self) -> Token:
        """Exchanges the credential for a token (Port: POST /v1/auth/access_token)."""
        credentials = self._find_credentials()
        body = {"clientId": credentials.client_id, "clientSecret": credentials.client_secret}
        answer = _read(await self._send_once("POST", _TOKEN_ROUTE, None, body, token=None))
        return Token(answer["accessToken"], float(answer["expiresIn"]))

    def _open_client(self) -> httpx.AsyncClient:
        if self._client is None:
            self._client = httpx.AsyncClient(
                transport=None if self._app is None else httpx.ASGITransport(app=self._app),
                timeout=httpx.Timeout(self._timeout_s, connect=_CONNECT_S),
                limits=httpx.Limits(max_connections=_MAX_CONNECTIONS),
                headers={"User-Agent": self._user_agent},
                follow_redirects=False,
            )
        return self._client


def _read(answer: httpx.Response) -> JSON:
    """Returns the body of a successful answer; raises the fitting error for any other."""
    try:
        body = answer.json()
    except ValueError:
        body = None
    if not answer.is_success:
        raise error_of_response(answer.status_code, body, answer.headers.get("X-Trace-Id"))
    if not isinstance(body, dict):
        raise ServerError(f"Port answered {answer.status_code} with something that is not a JSON object")
    return body
