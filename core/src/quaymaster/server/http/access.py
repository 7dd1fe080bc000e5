"""The ways to sign in that a server has, and what is said of them to a client that has no token."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pydantic import SecretStr
from starlette.routing import BaseRoute

from quaymaster.auth.grants import SCOPES, Grant, Scope, Verifier
from quaymaster.connections import Clients
from quaymaster.policy import Policy

__all__ = ["Access", "scopes_within"]


@dataclass(frozen=True)
class Access:
    """Who may call.

    Attributes:
        verifiers: What knows the tokens, asked in turn; without any, everybody who can connect may call.
        routes: The pages and endpoints of the ways to sign in.
        issuers: The OAuth authorization servers where a client gets a token, by their issuer identifiers.
        present: Returns the ways to Port for a caller who brings a token of Port's; None if that is not allowed.
    """

    verifiers: Sequence[Verifier] = ()
    routes: Sequence[BaseRoute] = ()
    issuers: Sequence[str] = ()
    present: Callable[[SecretStr], Clients] | None = None

    @property
    def is_open(self) -> bool:
        """Whether callers need no token."""
        return not self.verifiers

    async def grant_of(self, token: str, profile: str) -> Grant | None:
        """Returns what a token grants at a profile; None if nobody knows it."""
        for verifier in self.verifiers:
            grant = await verifier.verify(token, profile)
            if grant is not None and grant.profile == profile:
                return grant
        return None


def scopes_within(limits: Policy) -> list[Scope]:
    """Returns the scopes that can be of use within limits, sorted."""
    if limits.read_only:
        return ["read"]
    return sorted(SCOPES - {"run"} if limits.allowed_actions == frozenset() else SCOPES)
