"""Secrets of the organisation, whose values nobody gets back (Port: /v1/organization/secrets)."""

from typing import Any

from quaymaster.port.documents.organisation import SecretPatch, SecretWrite
from quaymaster_sandbox.catalog.audit import record_document_change
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
    return _store(call, None, {**secret, **call.session.stamps()})


def patch_secret(call: Call) -> Response:
    """Changes the value or the description of a secret."""
    secret = _get(call)
    change = call.document(SecretPatch, optional=True)
    return _store(call, secret, {**secret, **change, **call.session.stamps(secret)})


def delete_secret(call: Call) -> Response:
    """Deletes a secret."""
    secret = _get(call)
    call.session.resources("secret").delete(secret["secretName"])
    record_document_change(call.session, "secret", secret["secretName"], _shown(secret), None)
    return ok()


def _store(call: Call, before: dict[str, Any] | None, secret: dict[str, Any]) -> Response:
    """Stores a secret; the audit log does not get its value either."""
    call.session.resources("secret").store(secret["secretName"], secret)
    shown = _shown(secret)
    record_document_change(call.session, "secret", secret["secretName"], before and _shown(before), shown)
    return ok(secret=shown)


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
    Route("POST", "/v1/organization/secrets", create_secret, writes=True, moderators=True),
    Route("GET", _ONE, get_secret),
    Route("PATCH", _ONE, patch_secret, writes=True, moderators=True),
    Route("DELETE", _ONE, delete_secret, writes=True, moderators=True),
)
