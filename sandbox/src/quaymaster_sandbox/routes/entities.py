"""Entities (Port: /v1/blueprints/{blueprint_identifier}/entities)."""

from typing import Any

from quaymaster.port.documents.entity import BulkDelete, BulkEntities, EntityPatch, EntityReplacement, EntityWrite
from quaymaster_sandbox.actions.runs import check_writable
from quaymaster_sandbox.catalog import entities
from quaymaster_sandbox.catalog.audit import record_document_change
from quaymaster_sandbox.catalog.blueprint import Blueprint
from quaymaster_sandbox.catalog.blueprints import delete_blueprint
from quaymaster_sandbox.catalog.bulk import create_together
from quaymaster_sandbox.catalog.deletion import delete_entities
from quaymaster_sandbox.catalog.entities import WriteOptions
from quaymaster_sandbox.catalog.entity_rows import find_id
from quaymaster_sandbox.catalog.finding import count_entities, find_ids
from quaymaster_sandbox.catalog.migrations import store_migration
from quaymaster_sandbox.catalog.permissions import (
    check_register,
    check_unregister,
    check_update,
    is_readable,
    readable,
)
from quaymaster_sandbox.catalog.reading import read_entities, read_entity
from quaymaster_sandbox.catalog.references import refuse_required_relations
from quaymaster_sandbox.errors import PortError, not_found
from quaymaster_sandbox.http import Call, Response, ok
from quaymaster_sandbox.query.sql import ALWAYS
from quaymaster_sandbox.router import Route
from quaymaster_sandbox.routes.views import view_of
from quaymaster_sandbox.storage.database import savepoint


class _NotStored(Exception):  # noqa: N818 - not an error: it only undoes the savepoint
    """Undoes a write that was asked for its verdict alone, or that is to be done in another way."""


def create_entity(call: Call) -> Response:
    """Creates an entity or, with `upsert`, writes over an existing one."""
    blueprint = _blueprint(call)
    entity, created = _write(call, blueprint, call.document(EntityWrite, optional=True))
    assumptions = call.session.assumptions
    status = 201 if created else assumptions.upsert_existing_status
    is_shown = assumptions.validation_only_returns_entity or not call.flag("validation_only")
    return ok(status, entity=entity) if is_shown else ok(status)


def create_entities(call: Call) -> Response:
    """Writes up to 20 entities, each for itself: what fails does not undo the others."""
    blueprint = _blueprint(call)
    bodies = call.document(BulkEntities)["entities"]
    identifiers = _create_together(call, blueprint, bodies)
    if identifiers is not None:
        shown = [{"identifier": name, "index": index, "created": True} for index, name in enumerate(identifiers)]
        return Response(200, {"ok": True, "entities": shown, "errors": []})
    written: list[dict[str, Any]] = []
    errors: list[dict[str, Any]] = []
    for index, body in enumerate(bodies):
        identifier = body.get("identifier")
        try:
            with savepoint(call.session.connection):
                entity, created = _write(call, blueprint, body)
        except PortError as error:
            errors.append(
                {
                    "identifier": identifier if isinstance(identifier, str) else "unknown",
                    "index": index,
                    "statusCode": error.status,
                    "error": error.error,
                    "message": error.message,
                }
            )
        else:
            written.append({"identifier": entity["identifier"], "index": index, "created": created})
    ok = not errors or call.session.assumptions.partial_bulk_ok
    return Response(207 if errors else 200, {"ok": ok, "entities": written, "errors": errors})


def _create_together(call: Call, blueprint: Blueprint, bodies: list[dict[str, Any]]) -> list[str] | None:
    """Creates the entities of a request and returns their identifiers; None, and nothing done, if not all can be."""
    if call.flag("validation_only"):
        return None
    try:
        with savepoint(call.session.connection):
            check_register(call.session, blueprint)
            identifiers = create_together(call.session, blueprint, bodies, _options(call))
            if identifiers is None:
                raise _NotStored
    except (PortError, _NotStored):
        return None
    return identifiers


def list_entities(call: Call) -> Response:
    """Answers all entities of a blueprint; there is no paging here."""
    blueprint = _blueprint(call)
    ids = find_ids(call.session, blueprint, readable(call.session, blueprint))
    return ok(entities=list(read_entities(call.session, blueprint, ids, view_of(call))))


def get_entity(call: Call) -> Response:
    """Answers one entity."""
    blueprint = _blueprint(call)
    identifier = call.params["entity_identifier"]
    entity_id = entities.get_id(call.session, blueprint, identifier)
    if not is_readable(call.session, blueprint, entity_id):
        raise not_found("Entity", identifier)
    return ok(entity=read_entity(call.session, blueprint, entity_id, view_of(call)))


def replace_entity(call: Call) -> Response:
    """Puts an entity in the place of another, or creates it."""
    blueprint = _blueprint(call)
    body = call.document(EntityReplacement, optional=True)
    identifier = call.params["entity_identifier"]
    _check_write(call, blueprint, {"identifier": identifier, **body})
    entity_id = entities.replace_entity(call.session, blueprint, identifier, body, _options(call))
    return ok(entity=read_entity(call.session, blueprint, entity_id))


def patch_entity(call: Call) -> Response:
    """Changes an entity."""
    blueprint = _blueprint(call)
    body = call.document(EntityPatch, optional=True)
    identifier = call.params["entity_identifier"]
    check_update(call.session, blueprint, entities.get_id(call.session, blueprint, identifier), body)
    entity_id = entities.patch_entity(call.session, blueprint, identifier, body, _options(call))
    return ok(entity=read_entity(call.session, blueprint, entity_id))


def delete_entity(call: Call) -> Response:
    """Deletes an entity, and with `delete_dependents` those that depend on it."""
    blueprint = _blueprint(call)
    dependents = call.flag("delete_dependents")
    entity_id = entities.get_id(call.session, blueprint, call.params["entity_identifier"])
    check_unregister(call.session, blueprint, entity_id)
    delete_entities(call.session, blueprint, [entity_id], delete_dependents=dependents, run_id=call.text("run_id"))
    return ok()


def delete_many_entities(call: Call) -> Response:
    """Deletes up to 100 entities, all or none; identifiers that nothing has are passed over (a guess)."""
    blueprint = _blueprint(call)
    dependents = call.flag("delete_dependents")
    wanted = dict.fromkeys(call.document(BulkDelete)["entities"])
    found = {name: find_id(call.session.connection, blueprint, name) for name in wanted}
    ids = {name: entity_id for name, entity_id in found.items() if entity_id is not None}
    delete_entities(
        call.session, blueprint, list(ids.values()), delete_dependents=dependents, run_id=call.text("run_id")
    )
    return ok(deletedEntities=list(ids))


def delete_all_entities(call: Call) -> Response:
    """Deletes all entities of a blueprint, which no required relation may lead to.

    With `delete_blueprint` the blueprint goes too, and the answer names a migration, over already, to ask for.
    """
    blueprint = _blueprint(call)
    refuse_required_relations(blueprint, call.session.catalog)
    with_blueprint = call.flag("delete_blueprint")
    ids = find_ids(call.session, blueprint, ALWAYS)
    for entity_id in ids if call.session.actor.email is not None else ():
        check_unregister(call.session, blueprint, entity_id)
    delete_entities(call.session, blueprint, ids, delete_dependents=True, run_id=call.text("run_id"))
    if not with_blueprint:
        return ok()
    delete_blueprint(call.session, blueprint.identifier)
    record_document_change(call.session, "blueprint", blueprint.identifier, blueprint.document, None)
    migration = store_migration(call.session, blueprint.identifier, None, written=len(ids), failed=0)
    return ok(migrationId=migration["id"])


def count_all_entities(call: Call) -> Response:
    """Answers how many entities a blueprint has."""
    blueprint = _blueprint(call)
    return ok(count=count_entities(call.session, blueprint, readable(call.session, blueprint)))


def _blueprint(call: Call) -> Blueprint:
    return call.session.catalog.get(call.params["blueprint_identifier"])


def _options(call: Call) -> WriteOptions:
    run_id = call.text("run_id")
    check_writable(call.session, run_id)
    return WriteOptions(
        upsert=call.flag("upsert"),
        merge=call.flag("merge"),
        create_missing_related_entities=call.flag("create_missing_related_entities"),
        run_id=run_id,
    )


def _check_write(call: Call, blueprint: Blueprint, body: dict[str, Any]) -> None:
    """Refuses the caller who may not create the entity, or change it if it is there."""
    identifier = body.get("identifier")
    existing = find_id(call.session.connection, blueprint, identifier) if isinstance(identifier, str) else None
    if existing is None:
        check_register(call.session, blueprint)
    else:
        check_update(call.session, blueprint, existing, body)


def _write(call: Call, blueprint: Blueprint, body: dict[str, Any]) -> tuple[dict[str, Any], bool]:
    """Writes one entity and returns it as read; with `validation_only` it is then undone."""
    result: tuple[dict[str, Any], bool]
    try:
        with savepoint(call.session.connection):
            _check_write(call, blueprint, body)
            entity_id, created = entities.create_entity(call.session, blueprint, body, _options(call))
            result = read_entity(call.session, blueprint, entity_id), created
            if call.flag("validation_only"):
                raise _NotStored
    except _NotStored:
        pass
    return result


_ALL = "/v1/blueprints/{blueprint_identifier}/entities"
_ONE = f"{_ALL}/{{entity_identifier}}"

ROUTES = (
    Route("GET", _ALL, list_entities),
    Route("POST", _ALL, create_entity, writes=True),
    Route("POST", f"{_ALL}/bulk", create_entities, writes=True),
    Route("GET", _ONE, get_entity),
    Route("PUT", _ONE, replace_entity, writes=True),
    Route("PATCH", _ONE, patch_entity, writes=True),
    Route("DELETE", _ONE, delete_entity, writes=True),
    Route("POST", "/v1/blueprints/{blueprint_identifier}/bulk/entities/delete", delete_many_entities, writes=True),
    Route("DELETE", "/v1/blueprints/{blueprint_identifier}/all-entities", delete_all_entities, writes=True),
    Route("GET", "/v1/blueprints/{blueprint_identifier}/entities-count", count_all_entities),
)
