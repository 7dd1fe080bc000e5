"""People sign in at the company's identity provider (OpenID Connect Core 1.0, authorization code flow)."""

import base64
import hashlib
import hmac
from urllib.parse import quote_plus, urlencode

from quaymaster.approval.people import Person, Trip
from quaymaster.errors import QuaymasterError
from quaymaster.http_settings import OidcSettings
from quaymaster.server.http.discovery import discover, fetch_json
from quaymaster.server.http.keys import ProviderKeys
from quaymaster.server.http.oidc import allowed_by, verified_claims

__all__ = ["CompanySignIn"]


class CompanySignIn:
    """Says who a person is by the provider's word, and what they may approve by the rules of the settings.

    Args:
        settings: Which provider, this server's client there, and what claims mean here.
        client_id: The id of that client.
        redirect_uri: Where the provider sends people back to.
        keys: The provider's keys.
    """

    def __init__(self, settings: OidcSettings, client_id: str, redirect_uri: str, keys: ProviderKeys) -> None:
        self._settings = settings
        self._client_id = client_id
        self._redirect_uri = redirect_uri
        self._keys = keys

    async def begin(self, trip: Trip, state: str) -> str:
        """Returns where to send the browser; see `SignIn`."""
        hashed = hashlib.sha256(trip.verifier.encode()).digest()
        asked = {
            "response_type": "code",
            "client_id": self._client_id,
            "redirect_uri": self._redirect_uri,
            "scope": "openid email profile",
            "state": state,
            "nonce": trip.nonce,
            "code_challenge": base64.urlsafe_b64encode(hashed).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }
        endpoint = str((await discover(self._settings.issuer))["authorization_endpoint"])
        return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(asked)}"

    async def finish(self, trip: Trip, code: str, profile: str) -> Person:
        """Returns who has signed in; see `SignIn`."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._redirect_uri,
            "code_verifier": trip.verifier,
            "client_id": self._client_id,
        }
        endpoint = str((await discover(self._settings.issuer))["token_endpoint"])
        answer = await fetch_json(endpoint, form, self._authorization())
        claims = await verified_claims(str(answer.get("id_token")), self._settings, self._keys, [self._client_id])
        if claims is None or not hmac.compare_digest(str(claims.get("nonce")).encode(), trip.nonce.encode()):
            raise QuaymasterError("the identity provider answered with what is no proof of who you are")
        is_known_by_mail = claims.get("email_verified") is True and claims.get("email")
        subject = str(claims["email"] if is_known_by_mail else claims["sub"])
        return Person(subject, allowed_by(self._settings.rules, claims, profile))

    def _authorization(self) -> str | None:
        """Returns how this server proves itself to the provider (RFC 6749, section 2.3.1); None without a secret."""
        if self._settings.client_secret is None:
            return None
        pair = f"{quote_plus(self._client_id)}:{quote_plus(self._settings.client_secret.get_secret_value())}"
        return f"Basic {base64.b64encode(pair.encode()).decode()}"
