"""Webhooks: custom integrations that make entities of the events they receive (Port: /v1/webhooks)."""

import hashlib
import hmac
from collections.abc import Mapping
from typing import Any

from quaymaster.port.documents.entity import EntityWrite
from quaymaster_sandbox.catalog.audit import record_document_change
from quaymaster_sandbox.catalog.deletion import delete_entities
from quaymaster_sandbox.catalog.entities import WriteOptions, create_entity
from quaymaster_sandbox.catalog.entity_rows import find_id
from quaymaster_sandbox.catalog.mapping import map_entities
from quaymaster_sandbox.documents import checked
from quaymaster_sandbox.errors import PortError, identifier_taken, not_found
from quaymaster_sandbox.session import Session
from quaymaster_sandbox.storage.database import savepoint
from quaymaster_sandbox.storage.resources import Document

INGEST_LIMIT_BYTES = 512 * 1024
"""Port: 413 for a larger event (`docs/…/custom-integration/webhook`)."""

_MERGING = WriteOptions(upsert=True, merge=True, create_missing_related_entities=True)


def get_webhook(session: Session, identifier: str) -> Document:
    """Returns one webhook."""
    webhook = session.resources("webhook").find(identifier)
    if webhook is None:
        raise not_found("Webhook", identifier)
    return webhook


def create_webhook(session: Session, body: Mapping[str, Any]) -> Document:
    """Creates a webhook; without an identifier it gets one."""
    identifier = body.get("identifier") or f"webhook_{session.ids.text(16)}"
    if session.resources("webhook").find(identifier) is not None:
        raise identifier_taken("Webhook", identifier)
    key = session.ids.text(16)
    document = {
        "enabled": True,
        "integrationType": "custom",
        **body,
        "identifier": identifier,
        "webhookKey": key,
        "url": f"/__sandbox/ingest/{key}",
        **session.stamps(),
    }
    return _store(session, None, document)


def update_webhook(session: Session, identifier: str, body: Mapping[str, Any], *, replace: bool) -> Document:
    """Changes what the body names of a webhook; `replace` also takes away what it does not name."""
    stored = get_webhook(session, identifier)
    renamed = body.get("identifier", identifier)
    if renamed != identifier and session.resources("webhook").find(renamed) is not None:
        raise identifier_taken("Webhook", renamed)
    kept = {key: stored[key] for key in ("identifier", "webhookKey", "url", "integrationType")} if replace else stored
    session.resources("webhook").delete(identifier)
    return _store(session, stored, {"enabled": True, **kept, **body, **session.stamps(stored)})


def delete_webhook(session: Session, identifier: str) -> None:
    """Deletes a webhook."""
    webhook = get_webhook(session, identifier)
    session.resources("webhook").delete(identifier)
    record_document_change(session, "webhook", identifier, webhook, None)


def receive_event(session: Session, webhook: Mapping[str, Any], event: Mapping[str, Any]) -> None:
    """Makes entities of an event: `body`, `headers` and `queryParams`, which the mappings see.

    What one mapping fails to write does not stop the others; a webhook that is not enabled does nothing.
    """
    if not webhook["enabled"]:
        return
    for mapping in webhook.get("mappings") or ():
        for entity in map_entities(mapping, event):
            try:
                with savepoint(session.connection):
                    _apply(session, mapping, entity)
            except PortError:
                continue


def check_signature(webhook: Mapping[str, Any], headers: Mapping[str, str], body: bytes) -> None:
    """Refuses an event that does not bear the signature that the webhook asks for; the 401 is a guess."""
    security = webhook.get("security") or {}
    secret, header = security.get("secret"), security.get("signatureHeaderName")
    if not secret or not header:
        return
    algorithm = security.get("signatureAlgorithm") or "sha256"
    expected = (
        secret if algorithm == "plain" else hmac.new(secret.encode(), body, getattr(hashlib, algorithm)).hexdigest()
    )
    given = headers.get(header.lower(), "")
    if not hmac.compare_digest(given.encode(), f"{security.get('signaturePrefix') or ''}{expected}".encode()):
        raise PortError(401, "invalid_signature", "The signature of the event is missing or wrong")


def _apply(session: Session, mapping: Mapping[str, Any], entity: Document) -> None:
    blueprint = session.catalog.get(mapping["blueprint"])
    operation = mapping.get("operation", "create")
    name = operation["type"] if isinstance(operation, dict) else operation
    if name == "create":
        create_entity(session, blueprint, checked(EntityWrite, entity), _MERGING)
        return
    entity_id = find_id(session.connection, blueprint, entity["identifier"])
    if entity_id is not None:
        dependents = isinstance(operation, dict) and bool(operation.get("deleteDependents"))
        delete_entities(session, blueprint, [entity_id], delete_dependents=dependents)


def _store(session: Session, before: Document | None, webhook: Document) -> Document:
    session.resources("webhook").store(webhook["identifier"], webhook)
    record_document_change(session, "webhook", webhook["identifier"], before, webhook)
    return webhook
