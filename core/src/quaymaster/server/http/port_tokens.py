"""Access tokens of Port's that callers bring (port docs: MCP server, token-based authentication)."""

import hashlib
import time
from collections.abc import Callable, Mapping

import anyio
import jwt
from pydantic import SecretStr

from quaymaster.auth.grants import SCOPES, Grant
from quaymaster.connections import Clients
from quaymaster.policy import Policy
from quaymaster.port.errors import AuthenticationError, ForbiddenError
from quaymaster.settings import Profile

__all__ = ["PortTokens"]

_LONGEST = 8192
"""The longest token to ask Port about, in characters."""
_REMEMBER_S = 60.0
"""How long Port's word on a token counts, in seconds: as long as one that Port has revoked may still be taken here."""
_REMEMBER_MOST = 1000
_ASK_AT_ONCE = 8
"""How many tokens Port is asked about at a time: made-up ones must not use up the organisation's rate limit."""


class PortTokens:
    """Knows the access tokens of one organisation a profile, by asking Port; what is kept of a token is a digest.

    Args:
        present: Returns the ways to Port for whoever brings a token.
        profiles: The profiles, by name.
        clock: Seconds that only ever grow.
    """

    def __init__(
        self,
        present: Callable[[SecretStr], Clients],
        profiles: Mapping[str, Profile],
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._present = present
        self._profiles = profiles
        self._clock = clock
        self._places = anyio.Semaphore(_ASK_AT_ONCE)
        self._heard: dict[tuple[str, str], tuple[float, bool]] = {}

    async def verify(self, token: str, profile: str) -> Grant | None:
        """Returns what a token grants: all that Port lets its owner do, in the organisation of the profile alone.

        Raises:
            QuaymasterError: Port cannot be asked.
        """
        if len(token) > _LONGEST or not await self._is_good(token, self._profiles[profile]):
            return None
        organisation = self._profiles[profile].organization
        return Grant(profile, organisation, _subject_of(token), "port", SCOPES, port_token=SecretStr(token))

    async def _is_good(self, token: str, profile: Profile) -> bool:
        key, now = (_digest_of(token), profile.name), self._clock()
        until, is_good = self._heard.get(key, (float("-inf"), False))
        if now >= until:
            is_good = await self._ask(token, profile)
            if len(self._heard) >= _REMEMBER_MOST:
                self._heard.clear()
            self._heard[key] = now + _REMEMBER_S, is_good
        return is_good

    async def _ask(self, token: str, profile: Profile) -> bool:
        """Returns whether a token opens the profile's organisation (Port: GET /v1/organization)."""
        client = self._present(SecretStr(token)).client(profile, Policy(read_only=True))
        try:
            async with self._places:
                opened = await client.organization.get()
        except (AuthenticationError, ForbiddenError):
            return False
        return profile.organization is not None and opened.id == profile.organization


def _subject_of(token: str) -> str:
    """Returns whose a token says it is, which Port has found to be true; else a name for the token itself."""
    try:
        claims = jwt.decode(token, options={"verify_signature": False})
    except jwt.PyJWTError:
        claims = {}
    return str(claims.get("email") or claims.get("sub") or f"port-{_digest_of(token)[:16]}")


def _digest_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
