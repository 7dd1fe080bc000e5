"""Definitions of workflows, kept and not run (Port: /v1/workflows, in Port's clients but not in its specification).

Nothing of a definition is checked but that it has an identifier: its rules are not published. The keys of the answers
are guesses. Runs are refused with 501.
"""

from typing import Any

from quaymaster.port.documents import Document
from quaymaster_sandbox.catalog.audit import record_document_change
from quaymaster_sandbox.errors import identifier_taken, invalid_request, not_found
from quaymaster_sandbox.http import Call, Response, ok
from quaymaster_sandbox.router import Route
from quaymaster_sandbox.storage.resources import Resources


class Workflow(Document):
    """A workflow: a graph of nodes and connections."""

    identifier: str | None = None
    nodes: list[dict[str, Any]] | None = None


def list_workflows(call: Call) -> Response:
    """Answers all workflows, in order of creation."""
    return ok(workflows=_kept(call).list())


def get_workflow(call: Call) -> Response:
    """Answers one workflow."""
    return ok(workflow=_get(call))


def create_workflow(call: Call) -> Response:
    """Keeps a workflow."""
    body = call.document(Workflow)
    if not body.get("identifier"):
        raise invalid_request("must have required property 'identifier'")
    if _kept(call).find(body["identifier"]) is not None:
        raise identifier_taken("Workflow", body["identifier"])
    return _store(call, None, body, call.session.assumptions.create_status)


def replace_workflow(call: Call) -> Response:
    """Puts a definition in the place of another."""
    before = _get(call)
    return _store(call, before, {**call.document(Workflow), "identifier": before["identifier"]}, 200)


def patch_workflow(call: Call) -> Response:
    """Changes what the body names of a workflow."""
    before = _get(call)
    return _store(call, before, {**before, **call.document(Workflow), "identifier": before["identifier"]}, 200)


def delete_workflow(call: Call) -> Response:
    """Deletes a workflow."""
    workflow = _get(call)
    _kept(call).delete(workflow["identifier"])
    record_document_change(call.session, "workflow", workflow["identifier"], workflow, None)
    return ok()


def _kept(call: Call) -> Resources:
    return call.session.resources("workflow")


def _get(call: Call) -> dict[str, Any]:
    identifier = call.params["workflow_identifier"]
    workflow = _kept(call).find(identifier)
    if workflow is None:
        raise not_found("Workflow", identifier)
    return workflow


def _store(call: Call, before: dict[str, Any] | None, body: dict[str, Any], status: int) -> Response:
    workflow = _kept(call).store(body["identifier"], {**body, **call.session.stamps(before)})
    record_document_change(call.session, "workflow", workflow["identifier"], before, workflow)
    return ok(status, workflow=workflow)


_ONE = "/v1/workflows/{workflow_identifier}"

ROUTES = (
    Route("GET", "/v1/workflows", list_workflows),
    Route("POST", "/v1/workflows", create_workflow, writes=True, moderators=True),
    Route("GET", _ONE, get_workflow),
    Route("PUT", _ONE, replace_workflow, writes=True, moderators=True),
    Route("PATCH", _ONE, patch_workflow, writes=True, moderators=True),
    Route("DELETE", _ONE, delete_workflow, writes=True, moderators=True),
)
