"""Blueprints (Port: /v1/blueprints)."""

from collections.abc import Callable

from quaymaster.port.documents import Document
from quaymaster.port.documents.blueprint import (
    Blueprint,
    BlueprintPatch,
    BlueprintReplacement,
    MirrorRename,
    PropertyRename,
    RelationRename,
)
from quaymaster.port.documents.permissions import BlueprintPermissions
from quaymaster_sandbox.actions.definitions import ActionQuery, delete_action, list_actions
from quaymaster_sandbox.catalog import blueprint as model
from quaymaster_sandbox.catalog import blueprints, pages, permissions, renames
from quaymaster_sandbox.catalog.audit import record_document_change
from quaymaster_sandbox.http import Call, Response, ok
from quaymaster_sandbox.router import Route
from quaymaster_sandbox.session import Session

Rename = Callable[[Session, model.Blueprint, str, str], model.Blueprint]


def list_blueprints(call: Call) -> Response:
    """Answers all blueprints, Port's own included, in order of creation."""
    documents = [blueprint.document for blueprint in call.session.catalog]
    return ok(blueprints=documents)


def get_blueprint(call: Call) -> Response:
    """Answers one blueprint."""
    blueprint = call.session.catalog.get(call.params["identifier"])
    return ok(blueprint=blueprint.document)


def create_blueprint(call: Call) -> Response:
    """Creates a blueprint, and a page of its entities unless `create_catalog_page` is false."""
    with_page = call.flag("create_catalog_page", default=True)
    blueprint = blueprints.create_blueprint(call.session, call.document(Blueprint))
    if with_page:
        pages.create_catalog_page(call.session, blueprint)
    return _written(call, None, blueprint)


def replace_blueprint(call: Call) -> Response:
    """Replaces a blueprint."""
    before = call.session.catalog.get(call.params["identifier"])
    body = call.document(BlueprintReplacement)
    return _written(call, before, blueprints.replace_blueprint(call.session, before.identifier, body))


def patch_blueprint(call: Call) -> Response:
    """Changes a blueprint."""
    before = call.session.catalog.get(call.params["identifier"])
    body = call.document(BlueprintPatch, optional=True)
    return _written(call, before, blueprints.patch_blueprint(call.session, before.identifier, body))


def delete_blueprint(call: Call) -> Response:
    """Deletes a blueprint without entities, and with `delete_actions` its actions."""
    with_actions = call.flag("delete_actions") or not call.session.assumptions.blueprint_delete_keeps_actions
    before = call.session.catalog.get(call.params["identifier"])
    blueprints.delete_blueprint(call.session, before.identifier)
    for action in list_actions(call.session, ActionQuery(blueprints=[before.identifier])) if with_actions else ():
        delete_action(call.session, action["identifier"])
    record_document_change(call.session, "blueprint", before.identifier, before.document, None)
    return ok()


def get_permissions(call: Call) -> Response:
    """Answers who may see and change the entities of a blueprint."""
    blueprint = call.session.catalog.get(call.params["blueprint_identifier"])
    return ok(permissions=permissions.get_permissions(call.session, blueprint))


def patch_permissions(call: Call) -> Response:
    """Changes who may see and change the entities of a blueprint."""
    blueprint = call.session.catalog.get(call.params["blueprint_identifier"])
    body = call.document(BlueprintPermissions, optional=True)
    return ok(permissions=permissions.update_permissions(call.session, blueprint, body))


def rename_property(call: Call) -> Response:
    """Renames a property."""
    return _rename(call, PropertyRename, "newPropertyName", renames.rename_property)


def rename_mirror(call: Call) -> Response:
    """Renames a mirror property."""
    return _rename(call, MirrorRename, "newMirrorName", renames.rename_mirror)


def rename_relation(call: Call) -> Response:
    """Renames a relation."""
    return _rename(call, RelationRename, "newRelationIdentifier", renames.rename_relation)


def _rename(call: Call, kind: type[Document], key: str, rename: Rename) -> Response:
    """Renames a part of a blueprint; a body without the new name changes nothing (a guess: Port requires none)."""
    blueprint = call.session.catalog.get(call.params["blueprint_identifier"])
    old = call.params["part"]
    new = call.document(kind, optional=True).get(key, old)
    renamed = rename(call.session, blueprint, old, new) if new != old else blueprint
    return _written(call, blueprint, renamed)


def _written(call: Call, before: model.Blueprint | None, after: model.Blueprint) -> Response:
    """Answers a write, after what else has to know of it."""
    if before is not None:
        renames.follow_blueprint_rename(call.session, before.identifier, after.identifier)
    after = call.session.catalog.get(after.identifier)
    document = None if before is None else before.document
    record_document_change(call.session, "blueprint", after.identifier, document, after.document)
    return ok(200 if before is not None else 201, blueprint=after.document)


_ONE = "/v1/blueprints/{identifier}"
_PARTS = "/v1/blueprints/{blueprint_identifier}"

ROUTES = (
    Route("GET", "/v1/blueprints", list_blueprints),
    Route("POST", "/v1/blueprints", create_blueprint, writes=True, moderators=True),
    Route("GET", _ONE, get_blueprint),
    Route("PUT", _ONE, replace_blueprint, writes=True, moderators=True),
    Route("PATCH", _ONE, patch_blueprint, writes=True, moderators=True),
    Route("DELETE", _ONE, delete_blueprint, writes=True, moderators=True),
    Route("GET", f"{_PARTS}/permissions", get_permissions),
    Route("PATCH", f"{_PARTS}/permissions", patch_permissions, writes=True, moderators=True),
    Route("PATCH", f"{_PARTS}/properties/{{part}}/rename", rename_property, writes=True, moderators=True),
    Route("PATCH", f"{_PARTS}/mirror/{{part}}/rename", rename_mirror, writes=True, moderators=True),
    Route("PATCH", f"{_PARTS}/relations/{{part}}/rename", rename_relation, writes=True, moderators=True),
)
