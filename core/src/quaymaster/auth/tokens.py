"""Access tokens: one exchange at a time, renewed before they expire."""

import copy
import math
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import anyio

from quaymaster.auth.credentials import Credentials, FindCredentials
from quaymaster.errors import QuaymasterError

__all__ = ["Token", "TokenSource"]

_RENEW_BEFORE_S = 300.0
"""How long before its end a token is renewed, in seconds; at most half its life."""

_SHORTEST_LIFE_S = 30.0
"""A token that says it lives less is used this long all the same: an exchange for each call would be a storm."""

_REMEMBER_REFUSAL_S = 30.0
"""How long credentials that were refused are not tried again, in seconds."""


_TRY_AGAIN_S = 10.0
"""How long a renewal that failed is put off while the old token is still good, in seconds."""


@dataclass(frozen=True)
class Token:
    """An access token and how long it lives, in seconds, from when it was given."""

    value: str = field(repr=False)
    expires_in_s: float


_NO_TOKEN = Token("", 0.0)


class TokenSource:
    """Hands out a valid token; callers that ask at the same time share one exchange, and its failure.

    Args:
        find_credentials: Called before each exchange, so that changed credentials are taken up; awaited if it has to
            wait for them.
        exchange: Exchanges credentials for a token.
        refusal: What `exchange` raises when the credentials are wrong, and not merely the network.
        clock: Seconds that only ever grow.
    """

    def __init__(
        self,
        find_credentials: FindCredentials,
        exchange: Callable[[Credentials], Awaitable[Token]],
        refusal: type[QuaymasterError],
        clock: Callable[[], float],
    ) -> None:
        self._find_credentials = find_credentials
        self._exchange = exchange
        self._refusal = refusal
        self._clock = clock
        self._token = _NO_TOKEN
        self._renew_at = 0.0
        self._expires_at = 0.0
        self._credentials: Credentials | None = None
        self._failure: QuaymasterError | None = None
        self._forget_refusal_at = 0.0
        self._exchanges = 0
        self._lock = anyio.Lock()

    async def get(self, *, instead_of: str | None = None) -> str:
        """Returns a valid token.

        Args:
            instead_of: A token that Port has refused; it is renewed unless another caller has just done so.
        """
        if self._token.value != instead_of and self._clock() < self._renew_at:
            return self._token.value
        exchanges = self._exchanges
        async with self._lock:
            if self._exchanges == exchanges:  # or else the exchange that this caller waited for has the answer
                await self._renew(instead_of)
            if self._failure is not None:
                raise copy.copy(self._failure) from self._failure.__cause__
            return self._token.value

    def list_secrets(self) -> list[str]:
        """Returns what must not show in any text: the token and the secret in use."""
        return [self._token.value, self._credentials.client_secret] if self._credentials else []

    async def _renew(self, refused: str | None) -> None:
        """Makes an exchange, and keeps its token or its failure; none is made with credentials just refused."""
        found = self._find_credentials()
        credentials = found if isinstance(found, Credentials) else await found
        if credentials == self._credentials and self._clock() < self._forget_refusal_at:
            return
        self._credentials = credentials
        try:
            token = await self._exchange(credentials)
        except QuaymasterError as exc:
            self._exchanges += 1
            self._note_failure(exc, refused)
        else:
            self._exchanges += 1
            self._token, self._failure = token, None
            life = max(_SHORTEST_LIFE_S, token.expires_in_s) if math.isfinite(token.expires_in_s) else _SHORTEST_LIFE_S
            self._expires_at = self._clock() + life
            self._renew_at = self._expires_at - min(_RENEW_BEFORE_S, life / 2)

    def _note_failure(self, exc: QuaymasterError, refused: str | None) -> None:
        """Keeps a failure, unless the token in hand is still good: then the next attempt is put off."""
        now = self._clock()
        if isinstance(exc, self._refusal):
            self._failure, self._forget_refusal_at = exc, now + _REMEMBER_REFUSAL_S
        elif self._token.value != refused and now < self._expires_at:
            self._failure, self._renew_at = None, now + _TRY_AGAIN_S
        else:
            self._failure = exc
