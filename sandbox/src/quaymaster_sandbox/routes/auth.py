"""Tokens and what they allow (Port: /v1/auth)."""

from quaymaster.port.documents.organisation import AccessTokenRequest
from quaymaster_sandbox.http import Call, Response, ok
from quaymaster_sandbox.router import Route
from quaymaster_sandbox.tokens import issue_token


def create_access_token(call: Call) -> Response:
    """Exchanges a client id and secret for a token; `expiresIn` is what is left of it (a guess)."""
    body = call.document(AccessTokenRequest)
    grant = issue_token(call.sandbox, body["clientId"], body["clientSecret"])
    return ok(accessToken=grant.access_token, expiresIn=grant.expires_in, tokenType="Bearer")


ROUTES = (Route("POST", "/v1/auth/access_token", create_access_token, public=True),)
