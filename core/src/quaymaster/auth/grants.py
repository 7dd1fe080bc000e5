"""What a caller of the HTTP server may do, and who decides it from the token that came with the request."""

from dataclasses import dataclass, field
from typing import Protocol

from pydantic import SecretStr

from quaymaster.policy import SCOPES, Scope

__all__ = ["SCOPES", "Grant", "Scope", "Verifier"]


@dataclass(frozen=True)
class Grant:
    """What a token grants its bearer.

    Attributes:
        profile: The profile that it is good for; at any other it counts as no token.
        organisation: The id of the organisation in Port that it was given for; None if whoever gave it knows none.
        subject: The person or job that acts.
        client: The MCP client that acts for them.
        scopes: What they may do.
        expires_at: When the token ends, in seconds since the epoch; None if it does not.
        port_token: The caller's own access token of Port's, for this caller's requests to Port alone; None for the
            credential of the profile.
    """

    profile: str
    organisation: str | None
    subject: str
    client: str
    scopes: frozenset[Scope]
    expires_at: float | None = None
    port_token: SecretStr | None = field(default=None, repr=False)


class Verifier(Protocol):
    """Knows the tokens of one kind."""

    async def verify(self, token: str, profile: str) -> Grant | None:
        """Returns what a token grants at a profile; None if it is not of this kind, or not valid there."""
        ...
