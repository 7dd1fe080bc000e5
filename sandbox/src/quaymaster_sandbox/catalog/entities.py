"""Writes of entities (Port: POST, PUT, PATCH and DELETE of /v1/blueprints/{blueprint_identifier}/entities)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from quaymaster_sandbox.catalog.blueprint import TEAM_RELATION, Blueprint, Relation
from quaymaster_sandbox.catalog.changes import EntityChange, announce, watched
from quaymaster_sandbox.catalog.entity_rows import (
    EntityRow,
    find_id,
    insert_row,
    load_row,
    load_targets,
    store_targets,
    update_row,
)
from quaymaster_sandbox.catalog.properties import compose_properties
from quaymaster_sandbox.catalog.protection import refuse_protected
from quaymaster_sandbox.catalog.reading import read_entity
from quaymaster_sandbox.catalog.relations import (
    Lookup,
    check_required_relations,
    resolve_identifier,
    resolve_relations,
    resolve_teams,
)
from quaymaster_sandbox.errors import identifier_taken, invalid_request, not_found
from quaymaster_sandbox.scorecards import as_entities
from quaymaster_sandbox.session import Session

_GENERATED_LENGTH = 16


@dataclass(frozen=True)
class WriteOptions:
    """The query parameters of a write."""

    upsert: bool = False
    merge: bool = False
    create_missing_related_entities: bool = False
    run_id: str | None = None


def create_entity(
    session: Session, blueprint: Blueprint, body: Mapping[str, Any], options: WriteOptions
) -> tuple[int, bool]:
    """Creates an entity, or writes over an existing one if the options say so.

    Returns:
        The entity's number, and whether it is new.
    """
    identifier = _identifier(session, body)
    existing = find_id(session.connection, blueprint, identifier)
    if existing is None:
        refuse_protected(blueprint, "create")
        body = {**body, "identifier": identifier}
        if as_entities.is_of_scorecards(blueprint):
            entity_id = as_entities.create(session, blueprint, body)
            _update(
                session, blueprint, entity_id, as_entities.own_parts(blueprint, body, merge=True), options, merge=True
            )
            return entity_id, True
        return _insert(session, blueprint, body, options), True
    if not options.upsert:
        raise identifier_taken("Entity", identifier)
    _update(session, blueprint, existing, {**body, "identifier": identifier}, options, merge=options.merge)
    return existing, False


def replace_entity(
    session: Session, blueprint: Blueprint, identifier: str, body: Mapping[str, Any], options: WriteOptions
) -> int:
    """Puts an entity in the place of the one with this identifier, or creates it (Port: PUT)."""
    body = {"identifier": identifier, **body}
    existing = find_id(session.connection, blueprint, identifier)
    if existing is None:
        return create_entity(session, blueprint, body, options)[0]
    _update(session, blueprint, existing, body, options, merge=False)
    return existing


def patch_entity(
    session: Session, blueprint: Blueprint, identifier: str, body: Mapping[str, Any], options: WriteOptions
) -> int:
    """Changes what the body names of an existing entity (Port: PATCH)."""
    existing = get_id(session, blueprint, identifier)
    _update(session, blueprint, existing, {"identifier": identifier, **body}, options, merge=True)
    return existing


def get_id(session: Session, blueprint: Blueprint, identifier: str) -> int:
    """Returns the number of an entity; Port's 404 if there is none."""
    entity_id = find_id(session.connection, blueprint, identifier)
    if entity_id is None:
        raise not_found("Entity", identifier)
    return entity_id


def generated_identifier(session: Session) -> str:
    """Returns the identifier of an entity that is created without one."""
    return f"e_{session.ids.text(_GENERATED_LENGTH)}"


def _identifier(session: Session, body: Mapping[str, Any]) -> str:
    identifier = body.get("identifier")
    if identifier is None:
        return generated_identifier(session)
    return identifier if isinstance(identifier, str) else resolve_identifier(session, identifier)


def new_row(session: Session, blueprint: Blueprint, body: Mapping[str, Any]) -> EntityRow:
    """Returns what is to be stored of a new entity; Port's 422 if its properties do not fit the blueprint."""
    properties = compose_properties(session, blueprint, body.get("properties") or {}, None)
    return EntityRow(
        body["identifier"],
        body.get("title"),
        body.get("icon"),
        properties,
        session.now_micros,
        session.actor.id,
        session.now_micros,
        session.actor.id,
        session.actor.user_agent,
    )


def resolve_new_targets(
    session: Session, blueprint: Blueprint, body: Mapping[str, Any], lookup: Lookup
) -> dict[Relation, list[int]]:
    """Returns what a new entity points at, its teams included."""
    targets = resolve_relations(session, blueprint, body.get("relations") or {}, lookup)
    check_required_relations(blueprint, lambda relation: bool(targets.get(relation)))
    return {**targets, TEAM_RELATION: resolve_teams(session, blueprint, body.get("team"), lookup)}


def _insert(session: Session, blueprint: Blueprint, body: Mapping[str, Any], options: WriteOptions) -> int:
    entity_id = insert_row(session.connection, blueprint, new_row(session, blueprint, body))
    targets = resolve_new_targets(session, blueprint, body, _lookup(session, options))
    _finish_creation(session, blueprint, entity_id, targets, options)
    return entity_id


def _finish_creation(
    session: Session,
    blueprint: Blueprint,
    entity_id: int,
    targets: Mapping[Relation, Sequence[int]],
    options: WriteOptions,
) -> None:
    with watched(session, blueprint, (entity_id,)):
        _store_all_targets(session, entity_id, targets)
    if session.listeners:
        after = read_entity(session, blueprint, entity_id)
        announce(session, EntityChange("CREATE", blueprint, entity_id, None, after, options.run_id))


def _update(
    session: Session,
    blueprint: Blueprint,
    entity_id: int,
    body: Mapping[str, Any],
    options: WriteOptions,
    *,
    merge: bool,
) -> None:
    holder = find_id(session.connection, blueprint, body["identifier"])
    refuse_protected(blueprint, "update")
    if holder not in (None, entity_id):
        raise identifier_taken("Entity", body["identifier"])
    if as_entities.is_of_scorecards(blueprint):
        if holder is None:
            raise invalid_request(f'the identifiers of entities of "{blueprint.identifier}" cannot be changed')
        as_entities.update(session, blueprint, entity_id, body, merge=merge)
        body, merge = as_entities.own_parts(blueprint, body, merge=merge), True
    before = read_entity(session, blueprint, entity_id) if session.listeners else None
    stored = load_row(session.connection, blueprint, entity_id)
    given = body.get("properties") or {}
    row = replace(
        stored,
        identifier=body["identifier"],
        title=body.get("title", stored.title if merge else None),
        icon=body.get("icon", stored.icon if merge else None),
        properties=compose_properties(session, blueprint, given, stored.properties if merge else {}),
        updated_at=session.now_micros,
        updated_by=session.actor.id,
        datasource=session.actor.user_agent,
    )
    with watched(session, blueprint, (entity_id,)):
        update_row(session.connection, blueprint, entity_id, row)
        _update_targets(session, blueprint, entity_id, body, options, merge=merge)
    if before is not None:
        after = read_entity(session, blueprint, entity_id)
        announce(session, EntityChange("UPDATE", blueprint, entity_id, before, after, options.run_id))


def _update_targets(
    session: Session,
    blueprint: Blueprint,
    entity_id: int,
    body: Mapping[str, Any],
    options: WriteOptions,
    *,
    merge: bool,
) -> None:
    lookup = _lookup(session, options)
    targets = resolve_relations(session, blueprint, body.get("relations") or {}, lookup)
    if merge:
        kept = load_targets(session.connection, entity_id)
        check_required_relations(blueprint, lambda relation: bool(targets.get(relation, kept.get(relation.id))))
    else:
        targets = {relation: targets.get(relation, []) for relation in blueprint.relations.values()}
        check_required_relations(blueprint, lambda relation: bool(targets[relation]))
    if "team" in body or not merge:
        targets[TEAM_RELATION] = resolve_teams(session, blueprint, body.get("team"), lookup)
    _store_all_targets(session, entity_id, targets)


def _store_all_targets(session: Session, entity_id: int, targets: Mapping[Relation, Sequence[int]]) -> None:
    for relation, ends in targets.items():
        store_targets(session.connection, entity_id, relation.id, ends)


def _lookup(session: Session, options: WriteOptions) -> Lookup:
    """Returns what finds the entities that relations name, and makes missing ones if the request asks for that.

    They are bare, with the identifier as title, whatever their blueprint requires (a guess).
    """
    find = partial(find_id, session.connection)
    if not options.create_missing_related_entities:
        return Lookup(find)

    def create(blueprint: Blueprint, identifier: str) -> int:
        now, actor = session.now_micros, session.actor
        title = identifier if session.assumptions.missing_entities_titled else None
        row = EntityRow(identifier, title, None, {}, now, actor.id, now, actor.id, actor.user_agent)
        entity_id = insert_row(session.connection, blueprint, row)
        _finish_creation(session, blueprint, entity_id, {}, options)
        return entity_id

    return Lookup(find, create)
