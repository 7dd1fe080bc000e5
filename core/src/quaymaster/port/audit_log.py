"""The audit log: who changed what, and when."""

from quaymaster.port.documents.audit import AuditEntry
from quaymaster.port.sender import JSON, Sender

__all__ = ["AuditLog"]


class AuditLog:
    """Reads the audit log."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender

    async def list_changes(
        self, blueprint: str, entity: str, *, since: str | None = None, until: str | None = None, limit: int = 100
    ) -> list[AuditEntry]:
        """Returns the successful changes of one entity, newest first (Port: GET /v1/audit-log).

        Args:
            blueprint: The blueprint's identifier.
            entity: The entity's identifier.
            since: The earliest instant, in ISO 8601; None for no bound.
            until: The latest instant.
            limit: At most this many.
        """
        query: JSON = {"blueprint": blueprint, "entity": entity, "resources": ["entity"], "status": "SUCCESS"}
        query |= {name: value for name, value in (("from", since), ("to", until)) if value is not None}
        answer = await self._sender.send("GET", "/v1/audit-log", query={**query, "limit": limit})
        entries = [AuditEntry.read(document) for document in answer["audits"]]
        return sorted(entries, key=lambda it: (it.trigger and it.trigger.at) or "", reverse=True)
