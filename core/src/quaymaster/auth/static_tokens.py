"""The server's own tokens for jobs: kept as digests in the settings, never as what they are."""

import hashlib
import hmac
import secrets
import time
from collections.abc import Callable, Sequence
from datetime import UTC

from quaymaster.auth.grants import Grant
from quaymaster.http_settings import TokenSettings

__all__ = ["StaticTokens", "digest_of", "make_token"]

_PREFIX = "qm_"
"""What every token begins with, so that scanners for leaked secrets can know it."""
_RANDOM_BYTES = 32
"""So much chance needs no slow digest: it cannot be guessed."""


class StaticTokens:
    """Knows the tokens of the settings.

    Args:
        tokens: The tokens.
        wall_clock: Seconds since the epoch.
    """

    def __init__(self, tokens: Sequence[TokenSettings], *, wall_clock: Callable[[], float] = time.time) -> None:
        self._tokens = tokens
        self._wall_clock = wall_clock

    async def verify(self, token: str, profile: str) -> Grant | None:
        """Returns what a token grants; the time it takes does not tell how near a wrong one is."""
        digest = digest_of(token)
        found = [it for it in self._tokens if hmac.compare_digest(it.sha256, digest)]
        if not found or found[0].profile != profile:
            return None
        known = found[0]
        expires_at = (
            known.expires_at.replace(tzinfo=known.expires_at.tzinfo or UTC).timestamp() if known.expires_at else None
        )
        if expires_at is not None and expires_at <= self._wall_clock():
            return None
        return Grant(profile, None, known.name, "token", known.scopes, expires_at)


def make_token() -> str:
    """Returns a new token."""
    return _PREFIX + secrets.token_urlsafe(_RANDOM_BYTES)


def digest_of(token: str) -> str:
    """Returns what is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()
