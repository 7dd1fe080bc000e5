"""Documents that are no entities: profiles of users, secrets, pages, webhooks and the like, by kind and identifier."""

import json
import sqlite3
from dataclasses import dataclass
from typing import Any

from quaymaster_sandbox.values.cells import to_json

Document = dict[str, Any]


@dataclass(frozen=True)
class Resources:
    """The documents of one kind in one organisation, in order of creation."""

    connection: sqlite3.Connection
    organization_id: int
    kind: str

    def list(self) -> list[Document]:
        """Returns all documents, oldest first."""
        rows = self.connection.execute(
            "SELECT document FROM resource WHERE organization = ? AND kind = ? ORDER BY id",
            (self.organization_id, self.kind),
        )
        return [json.loads(row[0]) for row in rows]

    def find(self, identifier: str) -> Document | None:
        """Returns a document, or None."""
        row = self.connection.execute(
            "SELECT document FROM resource WHERE organization = ? AND kind = ? AND identifier = ?",
            (self.organization_id, self.kind, identifier),
        ).fetchone()
        return None if row is None else json.loads(row[0])

    def store(self, identifier: str, document: Document) -> Document:
        """Stores a document, in the place of the one with its identifier if there is one."""
        self.connection.execute(
            "INSERT INTO resource (organization, kind, identifier, document) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (organization, kind, identifier) DO UPDATE SET document = excluded.document",
            (self.organization_id, self.kind, identifier, to_json(document)),
        )
        return document

    def delete(self, identifier: str) -> None:
        """Deletes a document if it is there."""
        self.connection.execute(
            "DELETE FROM resource WHERE organization = ? AND kind = ? AND identifier = ?",
            (self.organization_id, self.kind, identifier),
        )
