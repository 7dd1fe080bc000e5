"""A small OpenID provider on joserfc: it publishes keys and signs whatever a test wants signed."""

import time
from collections.abc import Mapping
from typing import Any

from joserfc import jwt
from joserfc.jwk import ECKey, Key, OKPKey, RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

__all__ = ["Provider", "new_key"]

_MAKERS = {
    "RS256": lambda options: RSAKey.generate_key(2048, options),
    "PS256": lambda options: RSAKey.generate_key(2048, options),
    "ES256": lambda options: ECKey.generate_key("P-256", options),
    "EdDSA": lambda options: OKPKey.generate_key("Ed25519", options),
}


def new_key(key_id: str, algorithm: str = "RS256") -> Key:
    """Returns a key pair."""
    return _MAKERS[algorithm]({"kid": key_id, "use": "sig"})


class Provider:
    """Publishes metadata and keys at an origin.

    Attributes:
        issuer: What it calls itself.
        keys: The keys that it publishes.
        is_up: It answers.
        fetches: How often its keys were fetched.
    """

    def __init__(self, origin: str) -> None:
        self.issuer = origin
        self.keys: list[Key] = [new_key("first")]
        self.is_up = True
        self.fetches = 0
        self._origin = origin
        self.app = Starlette(
            routes=[Route("/.well-known/openid-configuration", self._metadata), Route("/keys", self._publish)]
        )

    def sign(
        self, claims: Mapping[str, Any], *, key: Key | None = None, algorithm: str = "RS256", **header: Any
    ) -> str:
        """Returns a token; claims that are None are left out."""
        now = int(time.time())
        said = {"iss": self.issuer, "sub": "ann", "client_id": "claude", "iat": now, "exp": now + 300, **claims}
        key = key or self.keys[0]
        return jwt.encode(
            {"alg": algorithm, "kid": key.kid, "typ": "at+jwt", **header},
            {name: value for name, value in said.items() if value is not None},
            key,
            algorithms=[algorithm],
        )

    async def _metadata(self, request: Request) -> Response:
        told = {"issuer": self.issuer, "jwks_uri": f"{self._origin}/keys"}
        return JSONResponse(told, 200 if self.is_up else 503)

    async def _publish(self, request: Request) -> Response:
        self.fetches += 1
        return JSONResponse({"keys": [key.as_dict(private=False) for key in self.keys]}, 200 if self.is_up else 503)
