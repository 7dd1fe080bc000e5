"""Gives loaded entities a past: what an organisation tells of their changes, as if each had been written in its time.

The entities stand in their earliest state when the past begins. Then their first changes are made, all at once, then
their second ones, and so on; after each step scorecards judge what has changed.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

from quaymaster_sandbox.catalog.audit import AuditEvent, record
from quaymaster_sandbox.catalog.blueprint import Blueprint
from quaymaster_sandbox.clock import parse_instant, to_micros
from quaymaster_sandbox.scorecards import verdicts
from quaymaster_sandbox.scorecards.evaluation import evaluate
from quaymaster_sandbox.session import Actor, Session
from quaymaster_sandbox.values.cells import Cell, cell_of, to_json

Document = dict[str, Any]
Key = tuple[str, str]
"""A blueprint and the identifier of one of its entities."""


class Change(Protocol):
    """One past write of an entity: when, by whom, and the values before and after it; None stands for no value."""

    @property
    def at(self) -> str:
        """When, in ISO 8601."""

    @property
    def by(self) -> str:
        """Who."""

    @property
    def blueprint(self) -> str:
        """The blueprint."""

    @property
    def identifier(self) -> str:
        """The entity."""

    @property
    def before(self) -> Mapping[str, Any]:
        """The properties that changed, as they were."""

    @property
    def after(self) -> Mapping[str, Any]:
        """The properties that changed, as they became."""


class Past:
    """The changes of loaded entities, and how each entity stands while they are made again.

    Changes are of single values: lists keep their elements elsewhere, and stay as they are.
    """

    def __init__(self, changes: Iterable[Change]) -> None:
        self._history: dict[Key, list[Change]] = {}
        self._states: dict[Key, Document] = {}
        for change in changes:
            self._history.setdefault((change.blueprint, change.identifier), []).append(change)

    def rewind(self, blueprint: str, entity: Document, founded: str) -> Document:
        """Returns an entity as it was, since an instant, before all its changes."""
        changes = self._history.get((blueprint, entity["identifier"]))
        if not changes:
            return entity
        state = dict(entity["properties"])
        for change in reversed(changes):
            state.update(change.before)
        stamps = {"createdAt": founded, "updatedAt": founded}
        earliest = {"blueprint": blueprint, **entity, "properties": _without_nulls(state), **stamps}
        self._states[blueprint, entity["identifier"]] = earliest
        return earliest

    def replay(self, session: Session) -> None:
        """Makes the changes again, and writes them to the audit log."""
        names = {name for name, _ in self._states}
        numbers = {(name, identifier): number for name in names for number, identifier in _rows(session, name)}
        events: list[tuple[Change, AuditEvent]] = []
        for step in range(max(map(len, self._history.values()), default=0)):
            moved: dict[str, dict[int, Change]] = {name: {} for name in names}
            for key, changes in self._history.items():
                if step < len(changes):
                    moved[key[0]][numbers[key]] = changes[step]
                    events.append((changes[step], self._change(key, numbers[key], changes[step])))
            for name, made in moved.items():
                _store_values(session, session.catalog.get(name), made)
                _judge(session, session.catalog.get(name), made)
        self._store_ends(session, numbers)
        _log(session, events)

    def _change(self, key: Key, number: int, change: Change) -> AuditEvent:
        """Makes one change of an entity, and returns what the audit log is to say of it."""
        before = self._states[key]
        properties = _without_nulls({**before["properties"], **change.after})
        self._states[key] = after = {**before, "properties": properties, "updatedAt": change.at}
        context = {"entity": change.identifier, "blueprint": change.blueprint}
        return AuditEvent("entity", "UPDATE", context, before, after, entity_id=number)

    def _store_ends(self, session: Session, numbers: Mapping[Key, int]) -> None:
        """Stores what has become of the entities, beside the values that are stored already."""
        session.connection.executemany(
            "UPDATE document SET properties = ? WHERE id = ?",
            [(to_json(entity["properties"]), numbers[key]) for key, entity in self._states.items()],
        )
        for key in self._states:
            last = self._history[key][-1]
            session.connection.execute(
                f"UPDATE {session.catalog.get(key[0]).table} SET updated_at = ?, updated_by = ? WHERE id = ?",
                (_micros(last.at), last.by, numbers[key]),
            )


def _rows(session: Session, blueprint: str) -> list[tuple[int, str]]:
    return session.connection.execute(f"SELECT id, identifier FROM {session.catalog.get(blueprint).table}").fetchall()


def _store_values(session: Session, blueprint: Blueprint, made: Mapping[int, Change]) -> None:
    cells: dict[str, list[tuple[Cell, int]]] = {}
    for number, change in made.items():
        for name, value in change.after.items():
            definition = blueprint.properties[name]
            cells.setdefault(definition.column, []).append((cell_of(definition.kind, value), number))
    for column, rows in cells.items():
        session.connection.executemany(f"UPDATE {blueprint.table} SET {column} = ? WHERE id = ?", rows)


def _judge(session: Session, blueprint: Blueprint, made: Mapping[int, Change]) -> None:
    """Judges entities anew; a verdict that changes does so at the instant of the entity's change."""
    session.derived.forget()
    for scorecard in session.catalog.scorecards.of(blueprint.id):
        evaluate(session, scorecard, list(made))
    instants = {number: _micros(change.at) for number, change in made.items()}
    verdicts.date_back(session.connection, session.now_micros, instants)


def _log(session: Session, events: Sequence[tuple[Change, AuditEvent]]) -> None:
    present = session.actor
    for change, event in sorted(events, key=lambda pair: pair[0].at):
        session.actor = Actor(change.by, change.by)
        with session.stamping(parse_instant(change.at)):
            record(session, event)
    session.actor = present


def _micros(text: str) -> int:
    instant = parse_instant(text)
    if instant is None:
        raise ValueError(f"{text!r} is no instant")
    return to_micros(instant)


def _without_nulls(properties: Mapping[str, Any]) -> Document:
    return {name: value for name, value in properties.items() if value is not None}
