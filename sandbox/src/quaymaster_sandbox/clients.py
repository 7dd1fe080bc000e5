"""The organisations of a sandbox and the clients that open them."""

import sqlite3
from dataclasses import dataclass

from quaymaster_sandbox.errors import identifier_taken, not_found


@dataclass(frozen=True)
class Organization:
    """An organisation by its number in the database and its identifier."""

    id: int
    identifier: str


@dataclass(frozen=True)
class Credentials:
    """A client id and secret: of a machine, or personal ones that act as the user with this e-mail."""

    client_id: str
    client_secret: str
    email: str | None = None


def add_client(connection: sqlite3.Connection, organization: Organization, credentials: Credentials) -> None:
    """Lets credentials open an organisation; a client id opens one only."""
    if connection.execute("SELECT 1 FROM client WHERE client_id = ?", (credentials.client_id,)).fetchone() is not None:
        raise identifier_taken("Client", credentials.client_id)
    connection.execute(
        "INSERT INTO client (client_id, client_secret, organization, email) VALUES (?, ?, ?, ?)",
        (credentials.client_id, credentials.client_secret, organization.id, credentials.email),
    )


def find_organization(connection: sqlite3.Connection, client_id: str) -> Organization:
    """Returns the organisation that a client opens."""
    row = connection.execute(
        "SELECT organization.id, organization.identifier FROM client"
        " JOIN organization ON organization.id = client.organization WHERE client_id = ?",
        (client_id,),
    ).fetchone()
    if row is None:
        raise not_found("Client", client_id)
    return Organization(*row)
