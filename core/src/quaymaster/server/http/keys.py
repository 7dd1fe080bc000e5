"""The keys of an identity provider, kept fresh (OpenID Connect Discovery 1.0; RFC 7517, JSON Web Key Set)."""

import logging
from collections.abc import Callable
from typing import Any

import anyio
from jwt import PyJWK, PyJWTError

from quaymaster.errors import QuaymasterError
from quaymaster.server.http.discovery import discover, fetch_json

__all__ = ["ProviderKeys"]

logger = logging.getLogger(__name__)

_FRESH_S = 3600.0
"""How long keys are used before they are fetched again, in seconds."""
_AGAIN_S = 10.0
"""How long to wait between two fetches, in seconds: unknown keys in forged tokens must not make a storm."""


class ProviderKeys:
    """The public keys of one provider.

    Args:
        issuer: Its issuer identifier.
        clock: Seconds that only ever grow.
    """

    def __init__(self, issuer: str, *, clock: Callable[[], float] = anyio.current_time) -> None:
        self._issuer = issuer
        self._clock = clock
        self._keys: list[dict[str, Any]] = []
        self._fetched_at = float("-inf")
        self._tried_at = float("-inf")
        self._lock = anyio.Lock()

    async def find(self, key_id: str | None, algorithm: str) -> PyJWK | None:
        """Returns the key that a token says it is signed with; None if there is none, also after a look for new ones.

        Raises:
            QuaymasterError: The provider cannot be asked, and no key of its is known.
        """
        if self._clock() - self._fetched_at > _FRESH_S or self._known(key_id, algorithm) is None:
            await self._refresh(key_id, algorithm)
        if not self._keys:
            raise QuaymasterError("the identity provider cannot be asked for its keys")
        return self._known(key_id, algorithm)

    def _known(self, key_id: str | None, algorithm: str) -> PyJWK | None:
        named = [it for it in self._keys if key_id in {None, it.get("kid")} and it.get("use", "sig") == "sig"]
        fitting = [key for it in named if (key := _read_key(it, algorithm)) is not None]
        return fitting[0] if len(fitting) == 1 else None

    async def _refresh(self, key_id: str | None, algorithm: str) -> None:
        """Fetches the keys, unless another caller has just done so."""
        async with self._lock:
            now = self._clock()
            is_fresh = now - self._fetched_at <= _FRESH_S
            if (is_fresh and self._known(key_id, algorithm) is not None) or now - self._tried_at < _AGAIN_S:
                return
            self._tried_at = now
            try:
                self._keys = await self._fetch()
                self._fetched_at = now
            except QuaymasterError as exc:
                logger.warning("the keys of %s cannot be fetched: %s", self._issuer, exc)

    async def _fetch(self) -> list[dict[str, Any]]:
        told = await discover(self._issuer)
        keys: list[dict[str, Any]] = (await fetch_json(str(told.get("jwks_uri")))).get("keys", [])
        return keys


def _read_key(document: dict[str, Any], algorithm: str) -> PyJWK | None:
    """Returns a key for signatures of an algorithm; None if it is not for that."""
    if document.get("alg", algorithm) != algorithm:
        return None
    try:
        return PyJWK(document, algorithm)
    except PyJWTError:
        return None
