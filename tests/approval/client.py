"""An OAuth client by hand, which can also do what no library lets one do."""

import base64
import hashlib
import secrets
from typing import Any
from urllib.parse import urlencode

import httpx2

REDIRECT = "http://127.0.0.1:33418/callback"


class Client:
    """A client that has registered itself, and one authorization of its."""

    def __init__(self, origin: str, resource: str, redirect_uri: str = REDIRECT) -> None:
        self.origin = origin
        self.resource = resource
        self.redirect_uri = redirect_uri
        self.verifier = secrets.token_urlsafe(48)
        metadata = {"client_name": "Scripted Client", "redirect_uris": [redirect_uri]}
        self.id: str = self.post("/register", json=metadata).json()["client_id"]

    @property
    def challenge(self) -> str:
        return base64.urlsafe_b64encode(hashlib.sha256(self.verifier.encode()).digest()).rstrip(b"=").decode()

    def link(self, **changed: str | None) -> str:
        """Returns the link that a person opens; a parameter that is None is left out."""
        params = {
            "response_type": "code",
            "client_id": self.id,
            "redirect_uri": self.redirect_uri,
            "state": "the state",
            "code_challenge": self.challenge,
            "code_challenge_method": "S256",
            "resource": self.resource,
            "scope": "read write run delete",
            **changed,
        }
        given = {name: value for name, value in params.items() if value is not None}
        return f"{self.origin}/authorize?{urlencode(given)}"

    def redeem(self, code: str, **changed: str | None) -> httpx2.Response:
        fields = {
            "grant_type": "authorization_code",
            "code": code,
            "client_id": self.id,
            "redirect_uri": self.redirect_uri,
            "code_verifier": self.verifier,
            "resource": self.resource,
            **changed,
        }
        return self.post("/token", data={name: value for name, value in fields.items() if value is not None})

    def refresh(self, token: str, **changed: str) -> httpx2.Response:
        fields = {"grant_type": "refresh_token", "refresh_token": token, "client_id": self.id, **changed}
        return self.post("/token", data=fields)

    def post(self, path: str, **options: Any) -> httpx2.Response:
        return httpx2.post(f"{self.origin}{path}", trust_env=False, timeout=20, **options)
