"""The MCP endpoint of one path: who calls, within which limits, and only then the protocol."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, cast

from mcp.server.auth.middleware.bearer_auth import AuthenticatedUser
from mcp.server.auth.provider import AccessToken
from mcp.server.context import ServerRequestContext
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from quaymaster.application import Caller
from quaymaster.auth.grants import Grant
from quaymaster.calls import LOCAL, Principal
from quaymaster.errors import QuaymasterError
from quaymaster.policy import Policy
from quaymaster.policy import Scope as GrantedScope
from quaymaster.server.http.access import Access, scopes_within
from quaymaster.server.http.challenges import ask_for_more, ask_for_token
from quaymaster.server.http.limits import limits_of

__all__ = ["Endpoint", "caller_of", "identity_of"]

_CALLER = "quaymaster.caller"
_IDENTITY = "quaymaster.identity"


@dataclass(frozen=True)
class Endpoint:
    """Answers at one path.

    Attributes:
        manager: Speaks the protocol.
        access: Who may call.
        profile: The name of the profile that the path stands for.
        limits: What the settings and the path allow there.
        metadata_url: Where the path's metadata is (RFC 9728); None if there is none.
        scope_of: Returns what a tool needs to be granted, by its name; None if there is no such tool.
    """

    manager: StreamableHTTPSessionManager
    access: Access
    profile: str
    limits: Policy
    metadata_url: str | None
    scope_of: Callable[[str], GrantedScope | None]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers a request."""
        headers = Headers(scope=scope)
        limits = self.limits.tightened_by(limits_of(headers))
        if self.access.is_open:
            scope[_CALLER] = Caller(LOCAL, limits, self.profile)
            scope[_IDENTITY] = json.dumps([self.profile])
        else:
            try:
                grant = await self._grant_of(headers)
            except QuaymasterError as exc:
                return await JSONResponse({"error": str(exc)}, 503)(scope, receive, send)
            if grant is None:
                refused = "authorization" in headers
                challenge = ask_for_token(scopes_within(self.limits), self.metadata_url, was_refused=refused)
                return await challenge(scope, receive, send)
            if (step_up := self._step_up(headers, grant)) is not None:
                return await step_up(scope, receive, send)
            scope[_CALLER] = self._caller(grant, limits)
            scope[_IDENTITY] = json.dumps([self.profile, grant.organisation, grant.client, grant.subject])
        scope["user"] = _owner(scope[_IDENTITY])
        return await self.manager.handle_request(scope, receive, send)

    async def _grant_of(self, headers: Headers) -> Grant | None:
        token = _token_of(headers)
        return await self.access.grant_of(token, self.profile) if token else None

    def _caller(self, grant: Grant, limits: Policy) -> Caller:
        within = limits.tightened_by(Policy(scopes=grant.scopes))
        principal = Principal(grant.subject, frozenset(grant.scopes.intersection(scopes_within(within))))
        clients = None
        if grant.port_token is not None:
            if self.access.present is None:
                raise QuaymasterError("tokens of Port's are not taken here")
            clients = self.access.present(grant.port_token)
        return Caller(principal, within, grant.profile, clients)

    def _step_up(self, headers: Headers, grant: Grant) -> Response | None:
        """Returns the answer to a call for which the person could grant more; None for any other request.

        Clients of the older protocol do not say in a header what they call: to them the tool's answer says it.
        """
        if self.metadata_url is None or headers.get("mcp-method") != "tools/call":
            return None
        tool = headers.get("mcp-name", "")
        needed = self.scope_of(tool)
        if needed is None or needed in grant.scopes or needed not in scopes_within(self.limits):
            return None
        return ask_for_more({*grant.scopes, needed}, self.metadata_url, tool, needed)


def caller_of(context: ServerRequestContext[Any]) -> Caller:
    """Returns whom a request over HTTP comes from."""
    caller: Caller = _scope_of(context)[_CALLER]
    return caller


def identity_of(context: ServerRequestContext[Any]) -> str:
    """Returns what the state that a client carries is bound to."""
    return str(_scope_of(context)[_IDENTITY])


def _scope_of(context: ServerRequestContext[Any]) -> Scope:
    return cast("Request", context.request).scope  # over HTTP every message comes with one


def _token_of(headers: Headers) -> str | None:
    """Returns the bearer token (RFC 6750, section 2.1); None if there is none, or more than one."""
    given = headers.getlist("authorization")
    if len(given) != 1:
        return None
    scheme, _, token = given[0].partition(" ")
    return token.strip() or None if scheme.lower() == "bearer" else None


@lru_cache(maxsize=1024)
def _owner(identity: str) -> AuthenticatedUser:
    """Returns the owner of a session of the older protocol: the SDK lets nobody else use it."""
    return AuthenticatedUser(AccessToken(token="", client_id=identity, scopes=[]))
