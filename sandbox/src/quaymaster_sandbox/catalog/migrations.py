"""Migrations of entities from one blueprint to another (Port: /v1/migrations).

The sandbox carries a migration out before it answers, so it is always `COMPLETED` (a guess that Port's clients allow:
they ask until it is).
"""

from collections.abc import Mapping
from typing import Any

from quaymaster.port.documents.entity import EntityWrite
from quaymaster_sandbox.catalog.audit import record_document_change
from quaymaster_sandbox.catalog.blueprint import Blueprint
from quaymaster_sandbox.catalog.entities import WriteOptions, create_entity
from quaymaster_sandbox.catalog.finding import find_ids
from quaymaster_sandbox.catalog.mapping import map_entities
from quaymaster_sandbox.catalog.reading import read_entities
from quaymaster_sandbox.documents import checked
from quaymaster_sandbox.errors import PortError, not_found
from quaymaster_sandbox.query.sql import ALWAYS
from quaymaster_sandbox.session import Session
from quaymaster_sandbox.storage.database import savepoint
from quaymaster_sandbox.storage.resources import Document

_MERGING = WriteOptions(upsert=True, merge=True)
STATUSES = (
    "COMPLETED",
    "RUNNING",
    "PENDING",
    "INITIALIZING",
    "FAILURE",
    "CANCELLED",
    "PENDING_CANCELLATION",
)


def migrate(session: Session, source_identifier: str, mapping: Mapping[str, Any]) -> Document:
    """Writes what a mapping makes of every entity of a blueprint, and returns the migration.

    Entities that cannot be written are counted and passed over. Without `blueprint` the mapping writes to its source.
    """
    source = session.catalog.get(source_identifier)
    target = session.catalog.get(mapping.get("blueprint", source_identifier))
    written, failed = 0, 0
    for entity in list(read_entities(session, source, find_ids(session, source, ALWAYS))):
        for document in map_entities(mapping, entity):
            try:
                _write(session, target, document)
            except PortError:
                failed += 1
            else:
                written += 1
    return store_migration(session, source_identifier, mapping, written, failed)


def store_migration(
    session: Session, source: str, mapping: Mapping[str, Any] | None, written: int, failed: int
) -> Document:
    """Stores and returns a migration that is over."""
    identifier = f"migration_{session.ids.text(16)}"
    document = {
        "id": identifier,
        "status": "COMPLETED",
        "actor": session.actor.id,
        "sourceBlueprint": source,
        "mapping": mapping,
        "count": {"success": written, "failure": failed},
        **session.stamps(),
    }
    record_document_change(session, "migration", identifier, None, document, blueprint=source)
    return session.resources("migration").store(identifier, document)


def get_migration(session: Session, identifier: str) -> Document:
    """Returns one migration."""
    migration = session.resources("migration").find(identifier)
    if migration is None:
        raise not_found("Migration", identifier, by_field="id")
    return migration


def _write(session: Session, target: Blueprint, document: Document) -> None:
    with savepoint(session.connection):
        create_entity(session, target, checked(EntityWrite, document), _MERGING)
