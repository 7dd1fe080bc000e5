"""Access tokens: one exchange at a time, renewed before they expire."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import anyio

__all__ = ["Token", "TokenSource"]

_RENEW_BEFORE_S = 300.0
"""How long before its end a token is renewed, in seconds; at most half its life."""


@dataclass(frozen=True)
class Token:
    """An access token and how long it lives, in seconds, from when it was given."""

    value: str = field(repr=False)
    expires_in_s: float


class TokenSource:
    """Hands out a valid token; callers that ask at the same time share one exchange."""

    def __init__(self, exchange: Callable[[], Awaitable[Token]], clock: Callable[[], float]) -> None:
        self._exchange = exchange
        self._clock = clock
        self._token: Token | None = None
        self._renew_at = 0.0
        self._lock = anyio.Lock()

    async def get(self, *, instead_of: str | None = None) -> str:
        """Returns a valid token.

        Args:
            instead_of: A token that Port has refused; it is renewed unless another caller has done so already.
        """
        async with self._lock:
            if self._token is None or self._clock() >= self._renew_at or self._token.value == instead_of:
                self._token = await self._exchange()
                life = self._token.expires_in_s
                self._renew_at = self._clock() + life - min(_RENEW_BEFORE_S, life / 2)
            return self._token.value
