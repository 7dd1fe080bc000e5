"""What a client asks for when it sends a person here (RFC 6749, section 4.1.1; RFC 7636; RFC 8707)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from pydantic import BaseModel
from starlette.datastructures import QueryParams

from quaymaster.approval.clients import Client, Clients
from quaymaster.approval.errors import OAuthError
from quaymaster.auth.grants import SCOPES, Scope
from quaymaster.errors import InputError
from quaymaster.settings import Profile

__all__ = ["Asked", "Resource", "in_order", "read_client", "read_request"]

_ORDER: tuple[Scope, ...] = ("read", "write", "run", "delete")
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
"""A SHA-256 in base64url (RFC 7636, section 4.2)."""
_LONGEST_STATE = 2000


@dataclass(frozen=True)
class Resource:
    """An MCP endpoint that can be approved.

    Attributes:
        url: Its address: the resource indicator of tokens for it.
        profile: The profile that is served there.
        scopes: What can be approved for it.
    """

    url: str
    profile: Profile
    scopes: frozenset[Scope]


class Asked(BaseModel):
    """A request that can be put before a person."""

    client_id: str
    client: str
    client_host: str | None
    redirect_uri: str
    state: str | None
    challenge: str
    resource: str
    scopes: list[Scope]


async def read_client(params: QueryParams, clients: Clients) -> tuple[Client, str]:
    """Returns the client that asks and its redirect URI: before both are known to be good, nobody is sent anywhere.

    Raises:
        InputError: One of them is not good.
    """
    client_id, redirect_uri = _single(params, "client_id"), _single(params, "redirect_uri")
    client = await clients.get(client_id)
    if not client.allows(redirect_uri):
        raise InputError(f"{client.name!r} wants you sent to an address that is not registered as its own")
    return client, redirect_uri


def read_request(params: QueryParams, client: Client, redirect_uri: str, resources: Mapping[str, Resource]) -> Asked:
    """Returns what a client asks for.

    Raises:
        OAuthError: It cannot be asked for so; the client is told.
    """
    if repeated := sorted(name for name in params if len(params.getlist(name)) > 1):
        raise OAuthError("invalid_request", f"{repeated[0]} is there more than once")
    if params.get("response_type") != "code":
        raise OAuthError("unsupported_response_type", "response_type must be code")
    if params.get("response_mode", "query") != "query":
        raise OAuthError("invalid_request", "response_mode must be query")
    challenge = params.get("code_challenge", "")
    if params.get("code_challenge_method") != "S256" or not _CHALLENGE.fullmatch(challenge):
        raise OAuthError("invalid_request", "PKCE is needed: code_challenge with code_challenge_method S256")
    resource = resources.get(params.get("resource", ""))
    if resource is None:
        raise OAuthError("invalid_target", f"resource must be one of: {', '.join(sorted(resources))}")
    return Asked(
        client_id=client.id,
        client=client.name,
        client_host=client.host,
        redirect_uri=redirect_uri,
        state=read_state(params),
        challenge=challenge,
        resource=resource.url,
        scopes=_scopes(params.get("scope", ""), resource),
    )


def read_state(params: QueryParams) -> str | None:
    """Returns the client's own state, which every answer gives back."""
    state = params.get("state")
    if state is not None and len(state) > _LONGEST_STATE:
        raise OAuthError("invalid_request", f"state is longer than {_LONGEST_STATE} characters")
    return state


def in_order(scopes: frozenset[Scope]) -> list[Scope]:
    """Returns scopes from the most harmless to the most harmful."""
    return [it for it in _ORDER if it in scopes]


def _scopes(text: str, resource: Resource) -> list[Scope]:
    """Returns the scopes to put before the person; those that are of no use at the resource are left out."""
    wanted = frozenset(text.split()) or frozenset({"read"})
    if unknown := sorted(wanted - SCOPES):
        raise OAuthError("invalid_scope", f"unknown scope {unknown[0][:50]!r}; there are: {', '.join(_ORDER)}")
    offered = in_order(cast("frozenset[Scope]", wanted) & resource.scopes)
    if not offered:
        raise OAuthError("invalid_scope", f"this resource offers: {', '.join(in_order(resource.scopes))}")
    return offered


def _single(params: QueryParams, name: str) -> str:
    values = params.getlist(name)
    if len(values) != 1 or not values[0]:
        raise InputError(f"the link is not complete: it needs one {name}")
    return values[0]
