"""One request's view of one organisation, inside one transaction."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from quaymaster_sandbox.actions.delivery import Delivery
from quaymaster_sandbox.assumptions import Assumptions
from quaymaster_sandbox.catalog.blueprint import TEAM_RELATION, Blueprint
from quaymaster_sandbox.catalog.catalog import Catalog
from quaymaster_sandbox.catalog.changes import Listener, Watcher
from quaymaster_sandbox.clock import format_millis, to_micros
from quaymaster_sandbox.ids import Ids
from quaymaster_sandbox.query.compiler import compile_query
from quaymaster_sandbox.query.scope import Scope
from quaymaster_sandbox.query.sql import Sql
from quaymaster_sandbox.storage.database import Connection
from quaymaster_sandbox.storage.indexes import Column
from quaymaster_sandbox.storage.resources import Resources
from quaymaster_sandbox.values.derived import DerivedValues


@dataclass(frozen=True)
class Actor:
    """Who sent a request: a client of the organisation, for itself (a machine) or for the user with this e-mail."""

    client_id: str
    email: str | None = None
    user_agent: str | None = None
    origin: str = "API"
    """What the audit log says of where the request came from."""

    @property
    def id(self) -> str:
        """What `createdBy` and `updatedBy` show."""
        return self.email or self.client_id


@dataclass
class Session:
    """An open transaction with what its reads and writes depend on; a new `catalog` is published on commit."""

    connection: Connection
    organization_id: int
    organization: str
    catalog: Catalog
    actor: Actor
    now: datetime
    ids: Ids
    assumptions: Assumptions
    watchers: Sequence[Watcher] = ()
    listeners: Sequence[Listener] = ()
    derived: DerivedValues = field(default_factory=DerivedValues)
    """The values that conditions have had to work out since the last write."""
    searched: set[Column] = field(default_factory=set)
    """The columns that its queries have compared."""
    outbox: list[Delivery] = field(default_factory=list)
    """The webhooks to call when the transaction is committed."""
    automation_runs: int = 0
    """How many automations have run in the chain of events that began with the request."""

    stamped: datetime | None = None
    """When what is written says that it was, if that is not the present instant."""

    @property
    def now_micros(self) -> int:
        """The present instant as it is stored, cut to milliseconds as Port's timestamps are."""
        return to_micros(self.stamped or self.now) // 1000 * 1000

    @contextmanager
    def stamping(self, instant: datetime | None) -> Iterator[None]:
        """Lets what the block writes say that it was written at another instant."""
        before, self.stamped = self.stamped, instant
        try:
            yield
        finally:
            self.stamped = before

    def stamps(self, stored: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Returns when and by whom a document is written: `createdAt` and `createdBy` of the stored one stay."""
        now = format_millis(self.now_micros // 1000)
        created = {"createdAt": now, "createdBy": self.actor.id}
        if stored is not None:
            created = {key: stored.get(key, value) for key, value in created.items()}
        return {**created, "updatedAt": now, "updatedBy": self.actor.id}

    def resources(self, kind: str) -> Resources:
        """Returns the organisation's documents of a kind that are no entities."""
        return Resources(self.connection, self.organization_id, kind)

    @cached_property
    def caller(self) -> "CallerOf":
        """The caller, as far as queries and permissions depend on who asks."""
        return CallerOf(self)

    def scope(self, blueprint: Blueprint) -> Scope:
        """Returns the surroundings for compiling a query about the blueprint."""
        return Scope(self.catalog, blueprint, self.now, self.caller, self.assumptions, searched=self.searched)

    def condition(self, blueprint: Blueprint, query: Any) -> Sql:
        """Returns the condition that a row of the blueprint matches a query of Port's language."""
        return compile_query(query, self.scope(blueprint))


@dataclass(frozen=True)
class CallerOf:
    """The caller of a session, as queries ask for it; a machine is no user, so rules about it match nothing."""

    session: Session

    def identifiers(self, context: str) -> Sequence[str]:
        """Returns the caller's e-mail for `user`, or the teams of the caller's `_user` entity for `userTeams`."""
        email = self.session.actor.email
        if email is None:
            return ()
        return (email,) if context == "user" else self._teams(email)

    def context_values(self, context: str, property_identifier: str) -> Any:
        """Returns the value on the caller's `_user` entity, or the list of values on the caller's `_team` entities."""
        from quaymaster_sandbox.catalog.reading import property_values  # here: reading compiles queries

        blueprint = self.session.catalog.find("_user" if context == "user" else "_team")
        identifiers = self.identifiers(context)
        if blueprint is None or not identifiers:
            return None
        ids = [
            row[0]
            for identifier in identifiers
            for row in self.session.connection.execute(
                f"SELECT id FROM {blueprint.table} WHERE identifier = ?", (identifier,)
            )
        ]
        found = property_values(self.session, blueprint, property_identifier, ids)
        values = [found[entity_id] for entity_id in ids if found.get(entity_id) is not None]
        if context == "user":
            return values[0] if values else None
        return values

    def _teams(self, email: str) -> Sequence[str]:
        users, teams = self.session.catalog.get("_user"), self.session.catalog.get("_team")
        rows = self.session.connection.execute(
            f"SELECT team.identifier FROM {users.table} AS member JOIN edge ON edge.source = member.id"
            f" JOIN {teams.table} AS team ON team.id = edge.target"
            " WHERE edge.relation = ? AND member.identifier = ? ORDER BY edge.position",
            (TEAM_RELATION.id, email),
        )
        return [row[0] for row in rows]
