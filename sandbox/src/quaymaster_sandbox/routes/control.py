"""The sandbox's own switches, for tests and for people: none of this is Port's.

They take requests without a token, so a sandbox belongs on loopback.
"""

from dataclasses import asdict
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from quaymaster_sandbox.catalog.webhooks import INGEST_LIMIT_BYTES, check_signature, receive_event
from quaymaster_sandbox.clients import Credentials, Organization, add_client, find_organization
from quaymaster_sandbox.errors import PortError, invalid_request, not_found
from quaymaster_sandbox.faults import Fault
from quaymaster_sandbox.http import Call, Response, ok, read_json
from quaymaster_sandbox.router import Route
from quaymaster_sandbox.session import Actor


class _Switch(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _FaultSwitch(_Switch):
    method: str | None = None
    path: str = "/"
    times: int | None = Field(default=None, ge=1)
    latency_s: float = Field(default=0.0, ge=0, le=60)
    status: int | None = Field(default=None, ge=200, le=599)
    error: str = "internal_error"
    message: str = "injected by the sandbox"
    headers: dict[str, str] = {}
    reset: str | None = Field(default=None, pattern="^(before|after)$")


class _OrganizationSwitch(_Switch):
    name: str
    client_id: str
    client_secret: str


class _ClientSwitch(_Switch):
    organization_of: str
    client_id: str
    client_secret: str
    email: str | None = None


class _LimitsSwitch(_Switch):
    entities: int | None = Field(default=None, ge=0)
    others: int | None = Field(default=None, ge=0)
    period_s: int | None = Field(default=None, ge=1)


def get_health(_call: Call) -> Response:
    """Answers that the sandbox is ready."""
    return ok()


def list_faults(call: Call) -> Response:
    """Answers the faults that are not over."""
    return ok(faults=[asdict(fault) for fault in call.sandbox.faults.list()])


def add_fault(call: Call) -> Response:
    """Adds a fault."""
    call.sandbox.faults.add(Fault(**_body(call, _FaultSwitch)))
    return ok()


def clear_faults(call: Call) -> Response:
    """Ends all faults."""
    call.sandbox.faults.clear()
    return ok()


def create_organization(call: Call) -> Response:
    """Creates an organisation with credentials of its own."""
    body = _body(call, _OrganizationSwitch)
    credentials = Credentials(body["client_id"], body["client_secret"])
    return ok(id=call.sandbox.create_organization(body["name"], credentials).identifier)


def create_client(call: Call) -> Response:
    """Adds credentials to the organisation of a client; with an e-mail they are personal ones."""
    body = _body(call, _ClientSwitch)
    with call.sandbox.database.write() as connection:
        organization = find_organization(connection, body["organization_of"])
        add_client(connection, organization, Credentials(body["client_id"], body["client_secret"], body["email"]))
    return ok()


def expire_tokens(call: Call) -> Response:
    """Ends the life of every token."""
    with call.sandbox.database.write() as connection:
        connection.execute("UPDATE client SET token_expires_at = 0")
    return ok()


def set_rate_limits(call: Call) -> Response:
    """Changes the rate limits and counts from the beginning."""
    changes = {name: value for name, value in _body(call, _LimitsSwitch).items() if value is not None}
    call.sandbox.rate_limiter.set(**changes)
    return ok()


def ingest(call: Call) -> Response:
    """Receives an event for a webhook, in the place of Port's `POST https://ingest.port.io/<webhookKey>`."""
    key = call.params["webhook_key"]
    if len(call.request.body) > INGEST_LIMIT_BYTES:
        raise PortError(413, "bad_request", "Request body is too large")
    event = {
        "body": read_json(call.request.body, {}),
        "headers": dict(call.request.headers),
        "queryParams": {name: values[-1] for name, values in call.request.query.items()},
    }
    with call.sandbox.database.read() as connection:
        row = connection.execute(
            "SELECT organization.id, organization.identifier FROM resource"
            " JOIN organization ON organization.id = resource.organization"
            " WHERE kind = 'webhook' AND json_extract(resource.document, '$.webhookKey') = ?",
            (key,),
        ).fetchone()
    if row is None:
        raise not_found("Webhook", key, by_field="webhookKey")
    with call.sandbox.session(Organization(*row), Actor(key, origin="WEBHOOK"), writes=True) as session:
        webhook = next(hook for hook in session.resources("webhook").list() if hook["webhookKey"] == key)
        check_signature(webhook, call.request.headers, call.request.body)
        receive_event(session, webhook, event)
    return ok(202)


def _body(call: Call, kind: type[_Switch]) -> dict[str, Any]:
    try:
        return kind.model_validate(call.raw(optional=True)).model_dump()
    except ValidationError as error:
        problem = error.errors()[0]
        raise invalid_request(f"{'.'.join(map(str, problem['loc']))}: {problem['msg']}") from error


ROUTES = (
    Route("GET", "/__sandbox/health", get_health, public=True),
    Route("GET", "/__sandbox/faults", list_faults, public=True),
    Route("POST", "/__sandbox/faults", add_fault, public=True),
    Route("DELETE", "/__sandbox/faults", clear_faults, public=True),
    Route("POST", "/__sandbox/organizations", create_organization, public=True),
    Route("POST", "/__sandbox/clients", create_client, public=True),
    Route("POST", "/__sandbox/tokens/expire", expire_tokens, public=True),
    Route("PUT", "/__sandbox/rate-limits", set_rate_limits, public=True),
    Route("POST", "/__sandbox/ingest/{webhook_key}", ingest, public=True),
)
