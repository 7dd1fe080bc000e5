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
from quaymaster_sandbox.catalog import blueprint as model
from quaymaster_sandbox.catalog import blueprints, renames
from quaymaster_sandbox.http import Call, Response
from quaymaster_sandbox.router import Route
from quaymaster_sandbox.session import Session

Rename = Callable[[Session, model.Blueprint, str, str], model.Blueprint]


def list_blueprints(call: Call) -> Response:
    """Answers all blueprints, Port's own included, in order of creation."""
    documents = [blueprint.document for blueprint in call.session.catalog]
    return Response(200, {"ok": True, "blueprints": documents})


def get_blueprint(call: Call) -> Response:
    """Answers one blueprint."""
    blueprint = call.session.catalog.get(call.params["identifier"])
    return Response(200, {"ok": True, "blueprint": blueprint.document})


def create_blueprint(call: Call) -> Response:
    """Creates a blueprint."""
    call.flag("create_catalog_page", default=True)
    blueprint = blueprints.create_blueprint(call.session, call.document(Blueprint))
    return Response(201, {"ok": True, "blueprint": blueprint.document})


def replace_blueprint(call: Call) -> Response:
    """Replaces a blueprint."""
    body = call.document(BlueprintReplacement)
    blueprint = blueprints.replace_blueprint(call.session, call.params["identifier"], body)
    renames.follow_blueprint_rename(call.session, call.params["identifier"], blueprint.identifier)
    return Response(200, {"ok": True, "blueprint": blueprint.document})


def patch_blueprint(call: Call) -> Response:
    """Changes a blueprint."""
    body = call.document(BlueprintPatch, optional=True)
    blueprint = blueprints.patch_blueprint(call.session, call.params["identifier"], body)
    renames.follow_blueprint_rename(call.session, call.params["identifier"], blueprint.identifier)
    return Response(200, {"ok": True, "blueprint": blueprint.document})


def delete_blueprint(call: Call) -> Response:
    """Deletes a blueprint without entities."""
    call.flag("delete_actions")
    blueprints.delete_blueprint(call.session, call.params["identifier"])
    return Response(200, {"ok": True})


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
    return Response(200, {"ok": True, "blueprint": renamed.document})


_ONE = "/v1/blueprints/{identifier}"
_PARTS = "/v1/blueprints/{blueprint_identifier}"

ROUTES = (
    Route("GET", "/v1/blueprints", list_blueprints),
    Route("POST", "/v1/blueprints", create_blueprint, writes=True),
    Route("GET", _ONE, get_blueprint),
    Route("PUT", _ONE, replace_blueprint, writes=True),
    Route("PATCH", _ONE, patch_blueprint, writes=True),
    Route("DELETE", _ONE, delete_blueprint, writes=True),
    Route("PATCH", f"{_PARTS}/properties/{{part}}/rename", rename_property, writes=True),
    Route("PATCH", f"{_PARTS}/mirror/{{part}}/rename", rename_mirror, writes=True),
    Route("PATCH", f"{_PARTS}/relations/{{part}}/rename", rename_relation, writes=True),
)
