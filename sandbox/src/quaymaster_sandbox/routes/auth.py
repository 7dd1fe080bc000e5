"""Tokens and what they allow (Port: /v1/auth)."""

from quaymaster.port.documents.organisation import AccessTokenRequest
from quaymaster_sandbox.actions.permissions import execute_scopes
from quaymaster_sandbox.catalog.permissions import roles_of
from quaymaster_sandbox.http import Call, Response, ok
from quaymaster_sandbox.router import Route
from quaymaster_sandbox.tokens import issue_token


def create_access_token(call: Call) -> Response:
    """Exchanges a client id and secret for a token; `expiresIn` is what is left of it (a guess)."""
    body = call.document(AccessTokenRequest)
    grant = issue_token(call.sandbox, body["clientId"], body["clientSecret"])
    return ok(accessToken=grant.access_token, expiresIn=grant.expires_in, tokenType="Bearer")


def list_permissions(call: Call) -> Response:
    """Answers the names of what the caller may do: machines and administrators everything, members read and run.

    Port's own MCP server asks for it; the route is not in Port's specification.
    """
    call.choice("action_version", ("v1", "v2"))
    restricted = call.session.actor.email is not None and "Admin" not in roles_of(call.session)
    scopes = [f"read:{area}" for area in _SCOPES]
    if not restricted:
        scopes += [f"{verb}:{area}" for area, verbs in _SCOPES.items() for verb in verbs]
    return ok(permissions=[*scopes, *execute_scopes(call.session)])


_WRITES = ("create", "update", "delete")
_SCOPES = {
    "blueprints": ("create",),
    "entities": (),
    "actions": _WRITES,
    "runs": (),
    "secrets": _WRITES,
    "integrations": _WRITES,
    "teams": _WRITES,
    "users": _WRITES,
    "scorecards": (),
    "audit-log": (),
    "apps": ("update",),
}
"""The areas that a scope can be about, and what can be allowed there beside reading."""

ROUTES = (
    Route("POST", "/v1/auth/access_token", create_access_token, public=True),
    Route("GET", "/v1/auth/permissions", list_permissions),
)
