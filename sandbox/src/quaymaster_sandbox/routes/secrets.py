"""Secrets of the organisation, whose values nobody gets back (Port: /v1/organization/secrets)."""

from typing import Any

from quaymaster.port.documents.organisation import SecretPatch, SecretWrite
from quaymaster_sandbox.errors import identifier_taken, not_found
from quaymaster_sandbox.http import Call, Response, ok
from quaymaster_sandbox.router import Route


def list_secrets(call: Call) -> Response:
    """Answers all secrets without their values."""
    return ok(secrets=[_shown(secret) for secret in call.session.resources("secret").list()])


def get_secret(call: Call) -> Response:
    """Answers one secret without its value."""
    return ok(secret=_shown(_get(call)))


def create_secret(call: Call) -> Response:
    """Stores a secret."""
    secret = call.document(SecretWrite)
    name = secret["secretName"]
    if call.session.resources("secret").find(name) is not None:
        raise identifier_taken("Secret", name)
    return ok(secret=_shown(call.session.resources("secret").store(name, {**secret, **call.session.stamps()})))


def patch_secret(call: Call) -> Response:
    """Changes the value or the description of a secret."""
    secret = _get(call)
    change = call.document(SecretPatch, optional=True)
    changed = {**secret, **change, **call.session.stamps(secret)}
    return ok(secret=_shown(call.session.resources("secret").store(secret["secretName"], changed)))


def delete_secret(call: Call) -> Response:
    """Deletes a secret."""
    call.session.resources("secret").delete(_get(call)["secretName"])
    return ok()


def _get(call: Call) -> dict[str, Any]:
    secret = call.session.resources("secret").find(call.params["secret_name"])
    if secret is None:
        raise not_found("Secret", call.params["secret_name"], by_field="name")
    return secret


def _shown(secret: dict[str, Any]) -> dict[str, Any]:
    return {key: secret[key] for key in ("secretName", "description", "createdAt", "updatedAt") if key in secret}


_ONE = "/v1/organization/secrets/{secret_name}"

ROUTES = (
    Route("GET", "/v1/organization/secrets", list_secrets),
    Route("POST", "/v1/organization/secrets", create_secret, writes=True),
    Route("GET", _ONE, get_secret),
    Route("PATCH", _ONE, patch_secret, writes=True),
    Route("DELETE", _ONE, delete_secret, writes=True),
)
