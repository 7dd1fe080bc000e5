"""Access tokens (Port: POST /v1/auth/access_token)."""

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass
from typing import Any

from quaymaster_sandbox.clients import Organization
from quaymaster_sandbox.errors import PortError
from quaymaster_sandbox.sandbox import Sandbox

TOKEN_LIFE_S = 3 * 60 * 60
"""Port: a token is valid for three hours (`docs/api-reference/port-api.info.mdx`)."""


@dataclass(frozen=True)
class Grant:
    """A token and the whole seconds that are left of it."""

    access_token: str
    expires_in: int


@dataclass(frozen=True)
class Client:
    """The holder of a token: a client of an organisation, acting for a user if it has an e-mail."""

    client_id: str
    organization: Organization
    email: str | None


def issue_token(sandbox: Sandbox, client_id: str, client_secret: str) -> Grant:
    """Returns the one valid token of a client: the same one until it expires, then a new one.

    Raises:
        PortError: Port's 401 for an unknown client or a wrong secret.
    """
    now = int(sandbox.clock().timestamp())
    with sandbox.database.write() as connection:
        row = connection.execute(
            "SELECT client_secret, token, token_expires_at, organization.identifier, email FROM client"
            " JOIN organization ON organization.id = client.organization WHERE client_id = ?",
            (client_id,),
        ).fetchone()
        if row is None or not hmac.compare_digest(row[0].encode(), client_secret.encode()):
            message = "Invalid credentials supplied to the generate token API"
            raise PortError(401, "invalid_credentials", message)
        secret, token, expires_at, organization, email = row
        if token is None or expires_at <= now:
            expires_at = now + TOKEN_LIFE_S
            claims = {
                "orgId": organization,
                "isMachine": email is None,
                "personalToken": email is not None,
                "jti": sandbox.ids.hex(16),
                "iat": now,
                "exp": expires_at,
            }
            token = _signed({**claims, **({"email": email} if email is not None else {})}, secret)
            connection.execute(
                "UPDATE client SET token = ?, token_expires_at = ? WHERE client_id = ?", (token, expires_at, client_id)
            )
    return Grant(token, expires_at - now)


def find_client(sandbox: Sandbox, authorization: str | None) -> Client:
    """Returns who holds the token of an `Authorization` header, with or without `Bearer` before it.

    Raises:
        PortError: Port's 401 for a missing, unknown or expired token; its code is a guess.
    """
    token = (authorization or "").removeprefix("Bearer ").strip()
    with sandbox.database.read() as connection:
        row = connection.execute(
            "SELECT client_id, organization.id, organization.identifier, email, token_expires_at FROM client"
            " JOIN organization ON organization.id = client.organization WHERE token = ?",
            (token,),
        ).fetchone()
    if row is None or row[4] <= sandbox.clock().timestamp():
        raise PortError(401, sandbox.assumptions.unauthorized_error, "Unauthorized")
    return Client(row[0], Organization(row[1], row[2]), row[3])


def _signed(claims: dict[str, Any], secret: str) -> str:
    """Returns a JSON web token; the sandbox itself only compares it with the one it stored."""
    signed = ".".join(_base64url(json.dumps(part).encode()) for part in ({"alg": "HS256", "typ": "JWT"}, claims))
    return f"{signed}.{_base64url(hmac.new(secret.encode(), signed.encode(), hashlib.sha256).digest())}"


def _base64url(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
