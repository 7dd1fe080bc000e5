"""Access tokens of an identity provider: checked as RFC 9068 asks, their claims read by the rules of the settings."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import jwt

from quaymaster.auth.grants import Grant, Scope
from quaymaster.http_settings import OidcRule, OidcSettings
from quaymaster.policy import SCOPES
from quaymaster.server.http.keys import ProviderKeys

__all__ = ["ProviderTokens", "allowed_by", "verified_claims"]

_LEEWAY_S = 30
"""How far two clocks may be apart, in seconds."""
_NEEDED = ["iss", "aud", "exp", "sub"]
_READ_ONLY = "/readonly"


class ProviderTokens:
    """Knows the access tokens of one identity provider.

    Args:
        settings: Which provider, and what the claims mean.
        resources: The URLs of each profile's endpoints, by the profile's name: what a token is for, unless the settings
            name audiences.
        keys: The provider's keys.
    """

    def __init__(self, settings: OidcSettings, resources: Mapping[str, Sequence[str]], keys: ProviderKeys) -> None:
        self._settings = settings
        self._resources = resources
        self._keys = keys

    async def verify(self, token: str, profile: str) -> Grant | None:
        """Returns what a token grants; see `Verifier`.

        Raises:
            QuaymasterError: The provider's keys cannot be had.
        """
        audiences = self._settings.audiences or self._resources[profile]
        claims = await verified_claims(token, self._settings, self._keys, audiences)
        if claims is None:
            return None
        scopes = self._scopes_of(claims, profile)
        if not scopes:
            return None
        client = claims.get("client_id") or claims.get("azp") or ""
        return Grant(profile, None, str(claims["sub"]), str(client), scopes, float(claims["exp"]))

    def _scopes_of(self, claims: Mapping[str, Any], profile: str) -> frozenset[Scope]:
        """Returns what the rules allow at a profile, within what the token itself is for."""
        allowed = allowed_by(self._settings.rules, claims, profile)
        asked = SCOPES.intersection(_values_of(claims, "scope"))
        if asked:
            allowed &= asked
        return allowed & {"read"} if self._is_for_reading(claims, profile) else allowed

    def _is_for_reading(self, claims: Mapping[str, Any], profile: str) -> bool:
        """Returns whether a token is for the path that ends in `/readonly` alone."""
        if self._settings.audiences:
            return False
        meant = set(_values_of(claims, "aud")).intersection(self._resources[profile])
        return all(it.endswith(_READ_ONLY) for it in meant)


async def verified_claims(
    token: str, settings: OidcSettings, keys: ProviderKeys, audiences: Sequence[str]
) -> dict[str, Any] | None:
    """Returns the claims of a token that is signed by the provider, for one of the audiences, and valid now; or None.

    Raises:
        QuaymasterError: The provider's keys cannot be had.
    """
    try:
        header = jwt.get_unverified_header(token)
    except jwt.PyJWTError:
        return None
    algorithm = header.get("alg")
    if algorithm not in settings.algorithms:
        return None
    key = await keys.find(header.get("kid"), algorithm)
    if key is None:
        return None
    try:
        claims: dict[str, Any] = jwt.decode(
            token,
            key,
            algorithms=[algorithm],
            issuer=settings.issuer,
            audience=audiences,
            leeway=_LEEWAY_S,
            options={"require": _NEEDED},
        )
    except jwt.PyJWTError:
        return None
    return claims


def allowed_by(rules: Sequence[OidcRule], claims: Mapping[str, Any], profile: str) -> frozenset[Scope]:
    """Returns what the rules allow at a profile to whom the claims are about."""
    fitting = [it for it in rules if profile in it.profiles and it.value in _values_of(claims, it.claim)]
    return frozenset[Scope]().union(*(it.scopes for it in fitting))


def _values_of(claims: Mapping[str, Any], name: str) -> Iterator[str]:
    """Yields the values of a claim: of a list its members, of a text its words and itself."""
    value: Any = claims.get(name)
    if value is None:
        for part in name.split("."):
            value = claims.get(part) if isinstance(claims, Mapping) else None
            claims = value
    if isinstance(value, str):
        yield from {value, *value.split()}
    elif isinstance(value, list):
        yield from (it for it in value if isinstance(it, str))
