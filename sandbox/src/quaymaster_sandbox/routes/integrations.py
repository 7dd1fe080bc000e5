"""Integrations, as documents: the sandbox runs none of them (Port: /v1/integration).

Logs and metrics are those of one imagined resync that found nothing to do, the same at every request.
"""

from typing import Any

from quaymaster.port.documents.integration import IntegrationConfigUpdate, IntegrationPatch
from quaymaster_sandbox.catalog.audit import record_document_change
from quaymaster_sandbox.errors import identifier_taken, invalid_request, not_found
from quaymaster_sandbox.http import Call, Response, ok
from quaymaster_sandbox.router import Route

Document = dict[str, Any]

_LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "FATAL")
_COUNTERS = ("raw_extracted", "transformed", "filtered_out", "loaded", "failed", "skipped", "deleted")
_COUNTED_PHASES = ("extract", "transform", "load", "delete")
_IDENTIFIER_FIELDS = ("installationId", "logIngestId")


def list_integrations(call: Call) -> Response:
    """Answers all integrations."""
    wanted = call.flag("actionsProcessingEnabled") if call.text("actionsProcessingEnabled") is not None else None
    found = [
        integration
        for integration in call.session.resources("integration").list()
        if wanted is None or integration.get("actionsProcessingEnabled", False) is wanted
    ]
    return ok(integrations=found)


def list_metadata(call: Call) -> Response:
    """Answers what members may know of the integrations; which keys these are is a guess."""
    keys = ("_id", "installationId", "title", "installationAppType", "version")
    found = call.session.resources("integration").list()
    return ok(integrations=[{key: integration.get(key) for key in keys} for integration in found])


def create_integration(call: Call) -> Response:
    """Registers an integration, as Port's own framework does; the route is not in Port's specification."""
    body = call.document(IntegrationPatch)
    session = call.session
    identifier = body.get("installationId")
    if not isinstance(identifier, str) or not identifier:
        raise invalid_request('"installationId" must be string')
    if session.resources("integration").find(identifier) is not None:
        raise identifier_taken("Integration", identifier)
    number = session.ids.hex(24)
    document = {
        "_id": number,
        "statusInfo": {},
        "logAttributes": {"ingestId": number, "ingestUrl": f"/__sandbox/logs/{number}"},
        "resyncState": {},
        **body,
        **session.stamps(),
    }
    session.resources("integration").store(identifier, document)
    record_document_change(session, "integration", identifier, None, document)
    return ok(integration=document)


def get_integration(call: Call) -> Response:
    """Answers one integration."""
    return ok(integration=_get(call, call.choice("byField", _IDENTIFIER_FIELDS) or "installationId"))


def patch_integration(call: Call) -> Response:
    """Changes an integration."""
    return _update(call, call.document(IntegrationPatch, optional=True))


def patch_config(call: Call) -> Response:
    """Replaces the configuration of an integration."""
    return _update(call, call.document(IntegrationConfigUpdate))


def delete_integration(call: Call) -> Response:
    """Deletes an integration; the entities that it made stay."""
    integration = _get(call)
    call.session.resources("integration").delete(integration["installationId"])
    record_document_change(call.session, "integration", integration["installationId"], integration, None)
    return ok()


def list_logs(call: Call) -> Response:
    """Answers the log of an integration: the two lines of its one resync."""
    integration = _get(call)
    limit = call.number("limit", 100, 0, 300) or 0
    call.choice("direction", ("up", "down"))
    levels = call.choices("level", _LOG_LEVELS)
    lines = [
        {
            "_id": f"{integration['_id']}{number}",
            "level": "INFO",
            "timestamp": integration["createdAt"],
            "message": message,
            "eventId": integration["_id"],
        }
        for number, message in enumerate(("Resync started", "Resync finished"))
    ]
    return ok(data=[line for line in lines if not levels or line["level"] in levels][:limit])


def list_sync_metrics(call: Call) -> Response:
    """Answers the figures of the resync, one entry for each kind that the integration is configured to bring in."""
    integration = _get_by_number(call)
    resync = call.text("resyncId")
    if resync not in (None, integration["_id"]):
        return ok(count=0, data=[])
    resources = (integration.get("config") or {}).get("resources") or []
    metrics = [_metrics(integration, index, resource["kind"]) for index, resource in enumerate(resources)]
    return ok(count=len(metrics), data=metrics)


def list_syncs(call: Call) -> Response:
    """Answers the one resync of an integration."""
    integration = _get_by_number(call)
    sync = {"eventId": integration["_id"], "syncState": "completed", **_times(integration)}
    return ok(count=1, data=[sync])


def _metrics(integration: Document, index: int, kind: str) -> Document:
    counts = {"object_count_type": {name: {"object_count": 0} for name in _COUNTERS}, "duration_seconds": 0}
    return {
        "integrationType": integration.get("installationAppType") or "custom",
        "integrationIdentifier": integration["installationId"],
        "integrationVersion": integration.get("version") or "0.0.0",
        "oceanVersion": "0.0.0",
        "kindIdentifier": f"{kind}-{index}",
        "kind": kind,
        "kindIndex": index,
        "eventId": integration["_id"],
        "syncState": "completed",
        "metrics": {
            "phase": {**dict.fromkeys(_COUNTED_PHASES, counts), "resync": {"duration_seconds": 0, "success": 1}}
        },
        **_times(integration),
    }


def _times(integration: Document) -> Document:
    return {"createdAt": integration["createdAt"], "updatedAt": integration["createdAt"]}


def _update(call: Call, change: Document) -> Response:
    before = _get(call)
    identifier = before["installationId"]
    after = {**before, **change, "installationId": identifier, **call.session.stamps(before)}
    call.session.resources("integration").store(identifier, after)
    record_document_change(call.session, "integration", identifier, before, after)
    return ok(integration=after)


def _get(call: Call, field: str = "installationId") -> Document:
    identifier = call.params["integration"]
    for integration in call.session.resources("integration").list():
        names = {
            "installationId": integration["installationId"],
            "logIngestId": integration["logAttributes"]["ingestId"],
        }
        if names[field] == identifier:
            return integration
    raise not_found("Integration", identifier, by_field=field)


def _get_by_number(call: Call) -> Document:
    for integration in call.session.resources("integration").list():
        if integration["_id"] == call.params["integration"]:
            return integration
    return _get(call)


_ONE = "/v1/integration/{integration}"

ROUTES = (
    Route("GET", "/v1/integration", list_integrations, moderators=True),
    Route("POST", "/v1/integration", create_integration, writes=True, moderators=True),
    Route("GET", "/v1/integration/metadata", list_metadata),
    Route("GET", _ONE, get_integration, moderators=True),
    Route("PATCH", _ONE, patch_integration, writes=True, moderators=True),
    Route("DELETE", _ONE, delete_integration, writes=True, moderators=True),
    Route("PATCH", f"{_ONE}/config", patch_config, writes=True, moderators=True),
    Route("GET", f"{_ONE}/logs", list_logs),
    Route("GET", f"{_ONE}/syncMetrics", list_sync_metrics),
    Route("GET", f"{_ONE}/syncsMetadata", list_syncs),
)
