"""A sandbox: one database with organisations in it, and the sessions that requests work in."""

import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from quaymaster_sandbox.actions.automations import latest_event, run_automations
from quaymaster_sandbox.actions.delivery import Delivery, send
from quaymaster_sandbox.actions.invocation import take_answer
from quaymaster_sandbox.assumptions import Assumptions
from quaymaster_sandbox.catalog.ai import AiScript
from quaymaster_sandbox.catalog.audit import record_entity_change
from quaymaster_sandbox.catalog.blueprint_rows import load_catalog
from quaymaster_sandbox.catalog.blueprints import create_blueprints
from quaymaster_sandbox.catalog.catalog import Catalog
from quaymaster_sandbox.catalog.changes import Listener, Watcher
from quaymaster_sandbox.catalog.system import SYSTEM_BLUEPRINTS
from quaymaster_sandbox.clients import Credentials, Organization, add_client, find_organization
from quaymaster_sandbox.clock import system_clock, to_millis
from quaymaster_sandbox.faults import Faults
from quaymaster_sandbox.ids import Ids
from quaymaster_sandbox.loader import LoadableOrganisation, load_organisation
from quaymaster_sandbox.ratelimits import RateLimiter, RateLimits
from quaymaster_sandbox.scorecards.following import rescoring
from quaymaster_sandbox.scorecards.views import renew_result_views
from quaymaster_sandbox.session import Actor, Session
from quaymaster_sandbox.storage.database import Connection, Database
from quaymaster_sandbox.storage.indexes import INDEX_FROM, columns_of_large_tables
from quaymaster_sandbox.values.cells import to_json
from quaymaster_sandbox.values.functions import register_functions

CLIENT_ID = "sandbox"
CLIENT_SECRET = "sandbox"  # noqa: S105 - the published credentials of a server without secrets

WATCHERS: Sequence[Watcher] = (rescoring,)
"""What surrounds every write of entities, in this order."""
LISTENERS: Sequence[Listener] = (record_entity_change,)
"""What is told of every write of an entity, in this order."""


class Sandbox:
    """Everything that one Port-compatible server knows.

    With `deliver_webhooks`, actions and automations call webhooks on this machine. A new database gets one
    organisation, which the client id and secret `sandbox` open. Blueprints with as many entities as `index_from` get an
    index on each property that is searched.
    """

    def __init__(
        self,
        db_path: Path | None = None,
        *,
        clock: Callable[[], datetime] = system_clock,
        ids: Ids | None = None,
        assumptions: Assumptions | None = None,
        rate_limits: RateLimits | None = None,
        deliver_webhooks: bool = False,
        index_from: int = INDEX_FROM,
    ) -> None:
        self.deliver_webhooks = deliver_webhooks
        self._index_from = index_from
        self.clock = clock
        self.ids = ids or Ids()
        self.assumptions = assumptions or Assumptions()
        self.faults = Faults()
        self.ai_script: AiScript | None = None
        self.rate_limiter = RateLimiter(rate_limits or RateLimits(), clock)
        self.database = Database(db_path, register_functions)
        self._catalogs: dict[int, Catalog] = {}
        self._catalogs_lock = threading.Lock()
        with self.database.write() as connection:
            if connection.execute("SELECT 1 FROM organization").fetchone() is None:
                self._create_organization(connection, "Sandbox", Credentials(CLIENT_ID, CLIENT_SECRET))

    def create_organization(self, name: str, credentials: Credentials) -> Organization:
        """Creates an organisation with Port's own blueprints, opened by one client id and secret."""
        with self.database.write() as connection:
            return self._create_organization(connection, name, credentials)

    def _create_organization(self, connection: Connection, name: str, credentials: Credentials) -> Organization:
        identifier = f"org_{self.ids.text(16)}"
        number = connection.execute(
            "INSERT INTO organization (identifier, document) VALUES (?, ?)", (identifier, to_json({"name": name}))
        ).lastrowid
        assert number is not None  # noqa: S101 - SQLite numbers every inserted row
        organization = Organization(number, identifier)
        add_client(connection, organization, credentials)
        with self._session(connection, organization, Actor(credentials.client_id)) as session:
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
            organization = find_organization(connection, client_id)
        with self.session(organization, Actor(client_id), writes=True) as session:
            load_organisation(session, organisation)

    @contextmanager
    def session(self, organization: Organization, actor: Actor, *, writes: bool) -> Iterator[Session]:
        """Opens a transaction in an organisation; what it wrote is kept if the block ends without an exception.

        Automations run before it is committed. Webhooks are called after that, so that who is called can call back.
        """
        with self._transaction(organization, actor, writes=writes) as session:
            yield session
        if self.deliver_webhooks and session.outbox:
            self._deliver(organization, actor, session.outbox)

    def _deliver(self, organization: Organization, actor: Actor, outbox: Sequence[Delivery]) -> None:
        """Calls webhooks and keeps their answers, which may set off automations and with them more webhooks."""
        waiting = deque(outbox)
        while waiting:
            delivery = waiting.popleft()
            answer = send(delivery, to_millis(self.clock()))
            with self._transaction(organization, actor, writes=True, delivery=delivery) as session:
                take_answer(session, delivery.run_id, answer)
            waiting.extend(session.outbox)

    @contextmanager
    def _transaction(
        self, organization: Organization, actor: Actor, *, writes: bool, delivery: Delivery | None = None
    ) -> Iterator[Session]:
        """Opens a transaction, at the end of which automations run; it may continue the chain that a delivery is in."""
        transaction = self.database.write() if writes else self.database.read()
        with transaction as connection, self._session(connection, organization, actor) as session:
            session.automation_runs = 0 if delivery is None else delivery.automation_runs
            latest = latest_event(session) if writes else 0
            yield session
            if writes:
                run_automations(session, since=latest)
            searched = self.database.without_index(session.searched)
            wanted = columns_of_large_tables(connection, searched, self._index_from)
        self._keep(organization, session.catalog)
        if wanted:
            self.database.index(wanted)

    @contextmanager
    def _session(self, connection: Connection, organization: Organization, actor: Actor) -> Iterator[Session]:
        catalog = self._catalog(connection, organization)
        connection.session = session = Session(
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
        yield session
        if session.catalog is not catalog:
            connection.execute(
                "UPDATE organization SET catalog_version = ? WHERE id = ?", (session.catalog.version, organization.id)
            )

    def _keep(self, organization: Organization, catalog: Catalog) -> None:
        """Keeps a committed catalog for the sessions to come, unless a newer one is known."""
        with self._catalogs_lock:
            known = self._catalogs.get(organization.id)
            if known is None or known.version < catalog.version:
                self._catalogs[organization.id] = catalog

    def _catalog(self, connection: Connection, organization: Organization) -> Catalog:
        """Returns the catalog as the transaction sees it; another process may have changed it since the last one."""
        version = connection.execute(
            "SELECT catalog_version FROM organization WHERE id = ?", (organization.id,)
        ).fetchone()[0]
        known = self._catalogs.get(organization.id)
        if known is not None and known.version == version:
            return known
        return load_catalog(connection, organization.id, version)
