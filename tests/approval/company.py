"""A company's identity provider where people sign in: it asks nothing, and says what a test wants said."""

import base64
import hashlib
import secrets
from typing import Any
from urllib.parse import urlencode

from joserfc.jwk import Key
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route
from tests.http.provider import Provider

CLIENT_ID, CLIENT_SECRET = "quaymaster", "the secret: of quaymaster"


class Company(Provider):
    """Signs everybody in as one person.

    Attributes:
        claims: What the next ID tokens say besides; None leaves a claim out.
        key: What they are signed with.
        header: What their header says besides.
        asked: The authorization requests that have come.
    """

    def __init__(self, origin: str) -> None:
        super().__init__(origin)
        self.claims: dict[str, Any] = {"email": "ann@acme.example", "email_verified": True, "groups": ["platform"]}
        self.key: Key = self.keys[0]
        self.header: dict[str, Any] = {}
        self.asked: list[dict[str, str]] = []
        self._codes: dict[str, dict[str, str]] = {}
        self.app.router.routes += [Route("/authorize", self._authorize), Route("/token", self._token, methods=["POST"])]

    async def _metadata(self, request: Request) -> Response:
        endpoints = {name: f"{self._origin}/{name.split('_')[0]}" for name in ("token_endpoint",)}
        endpoints["authorization_endpoint"] = f"{self._origin}/authorize"
        return JSONResponse({"issuer": self.issuer, "jwks_uri": f"{self._origin}/keys", **endpoints})

    async def _authorize(self, request: Request) -> Response:
        asked = dict(request.query_params)
        self.asked.append(asked)
        code = secrets.token_urlsafe(16)
        self._codes[code] = asked
        return RedirectResponse(f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}", 303)

    async def _token(self, request: Request) -> Response:
        form = await request.form()
        asked = self._codes.pop(str(form["code"]), None)
        pair = base64.b64encode(b"quaymaster:the+secret%3A+of+quaymaster").decode()
        hashed = hashlib.sha256(str(form["code_verifier"]).encode()).digest()
        challenge = base64.urlsafe_b64encode(hashed).rstrip(b"=").decode()
        if (
            asked is None
            or request.headers["authorization"] != f"Basic {pair}"
            or challenge != asked["code_challenge"]
            or form["redirect_uri"] != asked["redirect_uri"]
        ):
            return JSONResponse({"error": "invalid_grant"}, 400)
        claims = {"aud": CLIENT_ID, "nonce": asked["nonce"], **self.claims}
        token = self.sign(claims, key=self.key, typ="JWT", **self.header)
        return JSONResponse({"access_token": "of the provider", "token_type": "Bearer", "id_token": token})
