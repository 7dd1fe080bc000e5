"""The audit log (Port: GET /v1/audit-log)."""

from quaymaster_sandbox.catalog.audit import FIELDS, RESOURCES, AuditQuery, list_events
from quaymaster_sandbox.clock import parse_instant, to_micros
from quaymaster_sandbox.errors import invalid_request
from quaymaster_sandbox.http import Call, Response, ok
from quaymaster_sandbox.router import Route

_COLUMNS = {
    "identifier": "identifier",
    "entity": "entity",
    "blueprint": "blueprint",
    "run_id": "run",
    "action": "action",
}
_MOST_EVENTS = 1_000_000
_UNRECORDED = ("webhookId", "webhookEventId", "InstallationId", "actionType")


def list_audits(call: Call) -> Response:
    """Answers the events that meet all conditions of the query string, newest first, 100 unless it says otherwise."""
    equal = {column: value for name, column in _COLUMNS.items() if (value := call.text(name)) is not None}
    status = call.choice("status", ("SUCCESS", "FAILURE"))
    if status is not None:
        equal["status"] = status
    call.choice("actionType", ("automation", "self-service"))
    call.flag("include_deleted_entities")
    limit = call.number("limit", call.session.assumptions.list_limit, 0, _MOST_EVENTS) or 0
    query = AuditQuery(
        equal,
        call.choices("resources", RESOURCES),
        call.texts("origin"),
        _instant(call, "from"),
        _instant(call, "to"),
        0 if any(call.text(name) is not None for name in _UNRECORDED) else limit,
    )
    wanted = call.choices("includes", FIELDS)
    events = list_events(call.session, query)
    if wanted:
        events = [{name: value for name, value in event.items() if name in wanted} for event in events]
    return ok(audits=events)


def _instant(call: Call, name: str) -> int | None:
    text = call.text(name)
    if text is None:
        return None
    instant = parse_instant(text)
    if instant is None:
        raise invalid_request(f'"{name}" must match format "date-time"')
    return to_micros(instant)


ROUTES = (Route("GET", "/v1/audit-log", list_audits),)
