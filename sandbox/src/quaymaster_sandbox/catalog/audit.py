"""The audit log: one event for every write, which automations see as well (Port: GET /v1/audit-log)."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from quaymaster_sandbox.catalog.changes import EntityChange
from quaymaster_sandbox.clock import format_millis
from quaymaster_sandbox.session import Session
from quaymaster_sandbox.values.cells import to_json

RESOURCES = ("blueprint", "entity", "run", "webhook", "scorecard", "action", "integration")
FIELDS = (
    "action",
    "context",
    "diff",
    "identifier",
    "resourceType",
    "status",
    "trigger",
    "additionalData",
    "message",
)


@dataclass(frozen=True)
class AuditEvent:
    """What happened to one thing; `before` is None when it was created, `after` when it was deleted."""

    resource: str
    action: str
    context: Mapping[str, Any]
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None
    status: str = "SUCCESS"
    message: str = ""
    additional_data: Mapping[str, Any] | None = None
    entity_id: int | None = None

    def to_json(self, session: Session, identifier: str) -> dict[str, Any]:
        """Returns the event as the log shows it and automations get it (Port: `define-automations/setup-trigger`)."""
        return {
            "identifier": identifier,
            "action": self.action,
            "resourceType": self.resource,
            "status": self.status,
            "trigger": {
                "by": {"orgId": session.organization, "userId": session.actor.id},
                "origin": session.actor.origin,
                "at": format_millis(session.now_micros // 1000),
            },
            "context": dict(self.context),
            "diff": {"before": self.before, "after": self.after},
            "additionalData": dict(self.additional_data or {}),
            "message": self.message,
        }


def record(session: Session, event: AuditEvent) -> dict[str, Any]:
    """Adds an event to the log and returns it as the log shows it."""
    document = event.to_json(session, f"event_{session.ids.text(16)}")
    session.connection.execute(
        "INSERT INTO audit (organization, at, identifier, resource, action, status, origin, entity, blueprint, run,"
        " entity_id, document) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            session.organization_id,
            session.now_micros,
            document["identifier"],
            event.resource,
            event.action,
            event.status,
            session.actor.origin,
            event.context.get("entity"),
            event.context.get("blueprint"),
            event.context.get("runId"),
            event.entity_id,
            to_json(document),
        ),
    )
    return document


def record_entity_change(session: Session, change: EntityChange) -> None:
    """Adds the write of an entity to the log."""
    context = {"entity": change.identifier, "blueprint": change.blueprint.identifier}
    if change.run_id is not None:
        context["runId"] = change.run_id
    event = AuditEvent("entity", change.action, context, change.before, change.after, entity_id=change.entity_id)
    record(session, event)


def record_document_change(
    session: Session,
    resource: str,
    identifier: str,
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any] | None,
    **context: Any,
) -> None:
    """Adds the write of a blueprint, scorecard, webhook or the like to the log."""
    action = "CREATE" if before is None else "DELETE" if after is None else "UPDATE"
    record(session, AuditEvent(resource, action, {resource: identifier, **context}, before, after))


@dataclass(frozen=True)
class AuditQuery:
    """What a request asks of the log; all conditions hold together."""

    equal: Mapping[str, str]
    """By column: `identifier`, `entity`, `blueprint`, `run`, `action`, `status`."""
    resources: Sequence[str] = ()
    origins: Sequence[str] = ()
    since: int | None = None
    until: int | None = None
    limit: int = 100


def list_events(session: Session, query: AuditQuery) -> list[dict[str, Any]]:
    """Returns the events that match, newest first (a guess)."""
    conditions = ["organization = ?"]
    values: list[Any] = [session.organization_id]
    for column, value in query.equal.items():
        conditions.append(f"{column} = ?")
        values.append(value)
    for column, choices in (("resource", query.resources), ("origin", query.origins)):
        if choices:
            conditions.append(f"{column} IN ({', '.join('?' * len(choices))})")
            values += choices
    for comparison, bound in (("at >= ?", query.since), ("at <= ?", query.until)):
        if bound is not None:
            conditions.append(comparison)
            values.append(bound)
    order = "DESC" if "audits" in session.assumptions.newest_first else "ASC"
    rows = session.connection.execute(
        f"SELECT document FROM audit WHERE {' AND '.join(conditions)} ORDER BY id {order} LIMIT ?",
        (*values, query.limit),
    )
    return [json.loads(row[0]) for row in rows]
