"""The audit log: who changed what, and when (Port: GET /v1/audit-log)."""

from typing import Any

from pydantic import Field

from quaymaster.port.documents._base import Document

__all__ = ["AuditContext", "AuditDiff", "AuditEntry", "AuditTrigger"]


class AuditTrigger(Document):
    """What led to a change: by whom, over which way, at which instant."""

    by: dict[str, Any] = Field(default_factory=dict)
    origin: str | None = None
    at: str | None = None


class AuditContext(Document):
    """What a change was about."""

    entity: str | None = None
    blueprint: str | None = None


class AuditDiff(Document):
    """A thing before and after a change; None where it did not exist."""

    before: dict[str, Any] | None = None
    after: dict[str, Any] | None = None


class AuditEntry(Document):
    """One line of the audit log; an automation gets the same as its event."""

    action: str
    identifier: str | None = None
    resource_type: str | None = None
    status: str | None = None
    trigger: AuditTrigger | None = None
    context: AuditContext | None = None
    diff: AuditDiff | None = None
    message: str | None = None
