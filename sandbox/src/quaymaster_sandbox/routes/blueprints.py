"""Blueprints (Port: /v1/blueprints)."""

from quaymaster.port.documents.blueprint import Blueprint, BlueprintPatch, BlueprintReplacement
from quaymaster_sandbox.catalog import blueprints
from quaymaster_sandbox.http import Call, Response
from quaymaster_sandbox.router import Route


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
    return Response(200, {"ok": True, "blueprint": blueprint.document})


def patch_blueprint(call: Call) -> Response:
    """Changes a blueprint."""
    body = call.document(BlueprintPatch, optional=True)
    blueprint = blueprints.patch_blueprint(call.session, call.params["identifier"], body)
    return Response(200, {"ok": True, "blueprint": blueprint.document})


def delete_blueprint(call: Call) -> Response:
    """Deletes a blueprint without entities."""
    call.flag("delete_actions")
    blueprints.delete_blueprint(call.session, call.params["identifier"])
    return Response(200, {"ok": True})


_ONE = "/v1/blueprints/{identifier}"

ROUTES = (
    Route("GET", "/v1/blueprints", list_blueprints),
    Route("POST", "/v1/blueprints", create_blueprint, writes=True),
    Route("GET", _ONE, get_blueprint),
    Route("PUT", _ONE, replace_blueprint, writes=True),
    Route("PATCH", _ONE, patch_blueprint, writes=True),
    Route("DELETE", _ONE, delete_blueprint, writes=True),
)
