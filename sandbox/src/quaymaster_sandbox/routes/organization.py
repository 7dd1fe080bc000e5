"""The organisation (Port: /v1/organization)."""

import json
from typing import Any

from quaymaster.port.documents.organisation import OrganizationPatch, OrganizationReplacement
from quaymaster_sandbox.catalog.audit import record_document_change
from quaymaster_sandbox.http import Call, Response, ok
from quaymaster_sandbox.router import Route
from quaymaster_sandbox.session import Session
from quaymaster_sandbox.values.cells import to_json

_FEATURE_FLAGS = ("USERS_AND_TEAMS_OWNERSHIP_V2",)


def get_organization(call: Call) -> Response:
    """Answers the organisation with its feature flags."""
    session = call.session
    document = {"id": session.organization, "settings": {}, "featureFlags": _FEATURE_FLAGS, **_load(session)}
    return ok(organization=document)


def replace_organization(call: Call) -> Response:
    """Replaces what can be set of the organisation."""
    _store(call.session, call.document(OrganizationReplacement))
    return ok()


def patch_organization(call: Call) -> Response:
    """Changes the organisation; settings are merged by key."""
    body = call.document(OrganizationPatch)
    stored = _load(call.session)
    for name in ("settings", "announcement"):
        if name in body:
            body[name] = {**stored.get(name, {}), **body[name]}
    _store(call.session, {**stored, **body})
    return ok()


def _load(session: Session) -> dict[str, Any]:
    row = session.connection.execute(
        "SELECT document FROM organization WHERE id = ?", (session.organization_id,)
    ).fetchone()
    document: dict[str, Any] = json.loads(row[0])
    return document


def _store(session: Session, document: dict[str, Any]) -> None:
    record_document_change(session, "organization", session.organization, _load(session), document)
    session.connection.execute(
        "UPDATE organization SET document = ? WHERE id = ?", (to_json(document), session.organization_id)
    )


ROUTES = (
    Route("GET", "/v1/organization", get_organization),
    Route("PUT", "/v1/organization", replace_organization, writes=True, moderators=True),
    Route("PATCH", "/v1/organization", patch_organization, writes=True, moderators=True),
)
