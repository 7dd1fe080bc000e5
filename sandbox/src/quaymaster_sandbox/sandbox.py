"""A sandbox: one database with organisations in it, and the sessions that requests work in."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from quaymaster_sandbox.assumptions import Assumptions
from quaymaster_sandbox.catalog.blueprint_rows import load_catalog
from quaymaster_sandbox.catalog.blueprints import create_blueprints
from quaymaster_sandbox.catalog.catalog import Catalog
from quaymaster_sandbox.catalog.changes import Listener, Watcher
from quaymaster_sandbox.catalog.system import SYSTEM_BLUEPRINTS
from quaymaster_sandbox.clock import system_clock
from quaymaster_sandbox.ids import Ids
from quaymaster_sandbox.loader import LoadableOrganisation, load_organisation
from quaymaster_sandbox.scorecards.following import rescoring
from quaymaster_sandbox.scorecards.views import renew_result_views
from quaymaster_sandbox.session import Actor, Session
from quaymaster_sandbox.storage.database import Connection, Database
from quaymaster_sandbox.values.cells import to_json
from quaymaster_sandbox.values.functions import register_functions

CLIENT_ID = "sandbox"
CLIENT_SECRET = "sandbox"  # noqa: S105 - the published credentials of a server without secrets

WATCHERS: Sequence[Watcher] = (rescoring,)
"""What surrounds every write of entities, in this order."""
LISTENERS: Sequence[Listener] = ()
"""What is told of every write of an entity, in this order."""


@dataclass(frozen=True)
class Organization:
    """An organisation by its number in the database and its identifier."""

    id: int
    identifier: str


class Sandbox:
    """Everything that one Port-compatible server knows.

    A new database gets one organisation, which the client id and secret `sandbox` open.
    """

    def __init__(
        self,
        db_path: Path | None = None,
        *,
        clock: Callable[[], datetime] = system_clock,
        ids: Ids | None = None,
        assumptions: Assumptions | None = None,
    ) -> None:
        self.clock = clock
        self.ids = ids or Ids()
        self.assumptions = assumptions or Assumptions()
        self.database = Database(db_path, register_functions)
        self._catalogs: dict[int, Catalog] = {}
        self._catalogs_lock = threading.Lock()
        with self.database.write() as connection:
            is_new = connection.execute("SELECT 1 FROM organization").fetchone() is None
        if is_new:
            self.create_organization("Sandbox", CLIENT_ID, CLIENT_SECRET)

    def create_organization(self, name: str, client_id: str, client_secret: str) -> Organization:
        """Creates an organisation with Port's own blueprints, opened by one client id and secret."""
        identifier = f"org_{self.ids.text(16)}"
        with self.database.write() as connection:
            cursor = connection.execute(
                "INSERT INTO organization (identifier, document) VALUES (?, ?)", (identifier, to_json({"name": name}))
            )
            assert cursor.lastrowid is not None  # noqa: S101 - SQLite numbers every inserted row
            organization = Organization(cursor.lastrowid, identifier)
            connection.execute(
                "INSERT INTO client (client_id, client_secret, organization) VALUES (?, ?, ?)",
                (client_id, client_secret, organization.id),
            )
        with self.session(organization, Actor(client_id), writes=True) as session:
            create_blueprints(session, list(SYSTEM_BLUEPRINTS.values()))
            renew_result_views(session)
        return organization

    def is_empty(self) -> bool:
        """Tells whether nobody has made a blueprint yet."""
        with self.database.read() as connection:
            row = connection.execute("SELECT count(*) FROM blueprint").fetchone()
            organizations = connection.execute("SELECT count(*) FROM organization").fetchone()
        return bool(row[0] == organizations[0] * len(SYSTEM_BLUEPRINTS))

    def load(self, organisation: LoadableOrganisation, *, client_id: str = CLIENT_ID) -> None:
        """Stores a whole organisation, in one transaction, in the empty one that a client opens."""
        with self.database.read() as connection:
            row = connection.execute(
                "SELECT organization.id, organization.identifier FROM client JOIN organization"
                " ON organization.id = client.organization WHERE client_id = ?",
                (client_id,),
            ).fetchone()
        with self.session(Organization(*row), Actor(client_id), writes=True) as session:
            load_organisation(session, organisation)

    @contextmanager
    def session(self, organization: Organization, actor: Actor, *, writes: bool) -> Iterator[Session]:
        """Opens a transaction in an organisation; what it wrote is kept if the block ends without an exception."""
        transaction = self.database.write() if writes else self.database.read()
        with transaction as connection:
            catalog = self._catalog(connection, organization)
            session = Session(
                connection,
                organization.id,
                organization.identifier,
                catalog,
                actor,
                self.clock(),
                self.ids,
                self.assumptions,
                WATCHERS,
                LISTENERS,
            )
            connection.session = session
            yield session
            if session.catalog is not catalog:
                connection.execute(
                    "UPDATE organization SET catalog_version = ? WHERE id = ?",
                    (session.catalog.version, organization.id),
                )
        if session.catalog is not catalog:
            with self._catalogs_lock:
                self._catalogs[organization.id] = session.catalog

    def _catalog(self, connection: Connection, organization: Organization) -> Catalog:
        """Returns the catalog as the transaction sees it; another process may have changed it since the last one."""
        version = connection.execute(
            "SELECT catalog_version FROM organization WHERE id = ?", (organization.id,)
        ).fetchone()[0]
        with self._catalogs_lock:
            known = self._catalogs.get(organization.id)
        if known is not None and known.version == version:
            return known
        catalog = load_catalog(connection, organization.id, version)
        with self._catalogs_lock:
            self._catalogs[organization.id] = catalog
        return catalog
