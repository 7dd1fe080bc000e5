"""Loads a whole organisation at once, much faster than request by request."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import islice
from typing import Any, Protocol, runtime_checkable

from quaymaster_sandbox.catalog.blueprint import TEAM_RELATION, Blueprint
from quaymaster_sandbox.catalog.blueprints import create_blueprints
from quaymaster_sandbox.catalog.entity_rows import EntityRow, insert_rows, insert_targets, next_number
from quaymaster_sandbox.catalog.people import create_team, invite_user
from quaymaster_sandbox.catalog.properties import compose_properties
from quaymaster_sandbox.clock import format_millis, parse_instant, to_micros
from quaymaster_sandbox.errors import entity_not_found
from quaymaster_sandbox.history import Change, Past
from quaymaster_sandbox.scorecards.writing import create_scorecard
from quaymaster_sandbox.session import Session

Document = dict[str, Any]

_BATCH = 2000


class LoadableOrganisation(Protocol):
    """What can be loaded: documents as Port's API takes them."""

    @property
    def blueprints(self) -> list[Document]:
        """The blueprints, each after those that its relations lead to."""

    @property
    def scorecards(self) -> list[tuple[str, Document]]:
        """The scorecards, with the blueprint of each."""

    @property
    def teams(self) -> list[Document]:
        """The teams."""

    @property
    def users(self) -> list[Document]:
        """The users, with the names of their teams."""

    def entities(self) -> Iterator[tuple[str, Document]]:
        """The entities, with the blueprint of each; relations may lead to entities that come later."""


@runtime_checkable
class OrganisationWithPast(Protocol):
    """What an organisation may tell of its past as well."""

    @property
    def founded(self) -> datetime:
        """When everything was made that does not say in `createdAt` when it was."""

    def changes(self) -> Iterator[Change]:
        """The changes that brought entities to where they are, those of one entity oldest first."""


def load_organisation(session: Session, organisation: LoadableOrganisation) -> None:
    """Stores an organisation in an empty one.

    Nothing is announced to listeners. Aggregations may be over blueprints that come later, and relations may lead to
    entities that do.
    """
    past, founded = Past(()), None
    if isinstance(organisation, OrganisationWithPast):
        past, founded = Past(organisation.changes()), organisation.founded
    with session.stamping(founded):
        _load_beginning(session, organisation, past)
    past.replay(session)


def _load_beginning(session: Session, organisation: LoadableOrganisation, past: Past) -> None:
    """Stores everything as it was before all changes that the organisation tells of."""
    for team in organisation.teams:
        create_team(session, {**team, "users": ()})
    for user in organisation.users:
        roles = [role["name"] if isinstance(role, Mapping) else role for role in user.get("roles") or ()]
        invite_user(session, {**user, "roles": roles}, status=user.get("status", "Active"))
    create_blueprints(session, organisation.blueprints)
    founded = format_millis(session.now_micros // 1000)
    load_entities(session, ((name, past.rewind(name, it, founded)) for name, it in organisation.entities()))
    for name, document in organisation.scorecards:
        create_scorecard(session, session.catalog.get(name), document)


def load_entities(session: Session, entities: Iterable[tuple[str, Document]]) -> None:
    """Stores new entities, first all of them and then their relations."""
    next_id = next_number(session.connection)
    numbers: dict[tuple[str, str], int] = {}
    links: list[tuple[int, int, int, str, str]] = []
    pending = iter(entities)
    while batch := list(islice(pending, _BATCH)):
        next_id = _store_batch(session, batch, next_id, numbers, links)
    _store_links(session, numbers, links)
    session.derived.forget()


def _store_batch(
    session: Session,
    batch: list[tuple[str, Document]],
    next_id: int,
    numbers: dict[tuple[str, str], int],
    links: list[tuple[int, int, int, str, str]],
) -> int:
    rows: dict[str, list[tuple[int, EntityRow]]] = {}
    now, actor = session.now_micros, session.actor
    for name, document in batch:
        blueprint = session.catalog.get(name)
        properties = compose_properties(session, blueprint, document.get("properties") or {}, None)
        identifier = document["identifier"]
        made = now if "createdAt" not in document else _micros(document["createdAt"])
        row = EntityRow(
            identifier,
            document.get("title"),
            document.get("icon"),
            properties,
            made,
            actor.id,
            made,
            actor.id,
            actor.user_agent,
        )
        rows.setdefault(name, []).append((next_id, row))
        numbers[name, identifier] = next_id
        links += _links(blueprint, document, next_id)
        next_id += 1
    for name, stored in rows.items():
        blueprint = session.catalog.get(name)
        insert_rows(session.connection, blueprint, stored)
    return next_id


def _micros(text: str) -> int:
    instant = parse_instant(text)
    if instant is None:
        raise ValueError(f"{text!r} is no instant")
    return to_micros(instant)


def _links(blueprint: Blueprint, document: Document, entity_id: int) -> Iterator[tuple[int, int, int, str, str]]:
    """Yields (source, relation, position, target's blueprint, target's identifier)."""
    named = [(blueprint.relations[name], value) for name, value in (document.get("relations") or {}).items()]
    for relation, value in [*named, (TEAM_RELATION, document.get("team"))]:
        identifiers = value if isinstance(value, list) else [] if value is None else [value]
        for position, identifier in enumerate(dict.fromkeys(identifiers)):
            yield entity_id, relation.id, position, relation.target, identifier


def _store_links(
    session: Session, numbers: dict[tuple[str, str], int], links: list[tuple[int, int, int, str, str]]
) -> None:
    known: dict[str, dict[str, int]] = {}

    def find(blueprint: str, identifier: str) -> int:
        number = numbers.get((blueprint, identifier))
        if number is None:
            if blueprint not in known:
                table = session.catalog.get(blueprint).table
                known[blueprint] = dict(session.connection.execute(f"SELECT identifier, id FROM {table}").fetchall())
            number = known[blueprint].get(identifier)
        if number is None:
            raise entity_not_found(blueprint, identifier)
        return number

    insert_targets(
        session.connection,
        (
            (source, relation, position, find(blueprint, identifier))
            for source, relation, position, blueprint, identifier in links
        ),
    )
