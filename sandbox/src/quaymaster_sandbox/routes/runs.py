"""Runs of actions: their beginning, their news, their logs and their approval (Port: /v1/actions/runs)."""

from collections.abc import Mapping
from typing import Any

from quaymaster.port.documents.run import ApprovalDecision, RunLogWrite, RunPatch, RunRequest
from quaymaster_sandbox.actions import approvals, logs, runs
from quaymaster_sandbox.actions.execution import execute
from quaymaster_sandbox.actions.people import acting_as, impersonated
from quaymaster_sandbox.catalog.permissions import roles_of
from quaymaster_sandbox.errors import PortError, invalid_request
from quaymaster_sandbox.http import Call, Response, ok
from quaymaster_sandbox.router import Route
from quaymaster_sandbox.routes.actions import VERSIONS
from quaymaster_sandbox.values.formats import CHECKS

_CONDITIONS = {
    "entity": "$.entity.identifier",
    "blueprint": "$.blueprint.identifier",
    "action": "$.action.identifier",
    "external_run_id": "$.externalRunId",
    "user_email": "$.createdBy",
    "user_id": "$.createdBy",
}
_LARGEST_OFFSET = 2**31


def create_run(call: Call) -> Response:
    """Runs an action, for the caller or for the user whom `run_as` names."""
    body = call.document(RunRequest)
    identifier = call.params["action_identifier"]
    email = call.text("run_as")
    if email is None:
        run = execute(call.session, identifier, body)
    else:
        _check_impersonation(call, email)
        sender = call.session.actor
        with acting_as(call.session, impersonated(call.session, email)):
            run = execute(call.session, identifier, body, impersonated_by=sender.id)
    return ok(202, run=runs.show(call.session, run))


def list_runs(call: Call) -> Response:
    """Answers the runs that meet every condition of the query string, newest first."""
    version = call.choice("version", VERSIONS)
    given = [(path, call.text(name)) for name, path in _CONDITIONS.items()]
    query = runs.RunQuery(
        equal=[(path, wanted) for path, wanted in given if wanted is not None],
        sources=call.choices("source", runs.SOURCES),
        active=call.flag("active") or None,
        limit=call.number("limit", None, 1, 1000),
    )
    excluded = set(call.texts("exclude"))
    shown = [runs.show(call.session, run, version) for run in runs.list_runs(call.session, query)]
    return ok(runs=[{key: value for key, value in run.items() if key not in excluded} for run in shown])


def get_run(call: Call) -> Response:
    """Answers one run."""
    return _one(call, _run(call), 200)


def patch_run(call: Call) -> Response:
    """Takes news of a run from its backend."""
    body = call.document(RunPatch, optional=True)
    return _one(call, runs.update_run(call.session, _run(call), body), 200)


def list_logs(call: Call) -> Response:
    """Answers the lines of a run's log, newest first."""
    limit = call.number("limit", 50, 1, 50)
    offset = call.number("offset", 0, 0, _LARGEST_OFFSET) or 0
    return ok(runLogs=logs.list_logs(call.session, _run(call), limit=limit, offset=offset))


def append_log(call: Call) -> Response:
    """Adds a line to a run's log, which may end the run."""
    return ok(201, runLog=logs.append_log(call.session, _run(call), call.document(RunLogWrite)))


def decide_run(call: Call) -> Response:
    """Takes an approver's word on a run that waits for it."""
    body = call.document(ApprovalDecision)
    return _one(call, approvals.decide(call.session, _run(call), body), 201)


def list_approvers(call: Call) -> Response:
    """Answers what approvers have said about a run."""
    include_pending = call.flag("include_pending_approvers")
    return ok(approvers=approvals.list_words(call.session, _run(call), include_pending=include_pending))


def _check_impersonation(call: Call, email: str) -> None:
    """Refuses a `run_as` that is no e-mail, and members who want to be somebody else (a guess)."""
    if not CHECKS["email"](email):
        raise invalid_request('"run_as" must match format "email"')
    actor = call.session.actor
    if actor.email not in (None, email) and "Admin" not in roles_of(call.session):
        raise PortError(403, "missing_permissions", "You do not have permission to run actions as another user")


def _run(call: Call) -> dict[str, Any]:
    return runs.get_run(call.session, call.params["run_id"])


def _one(call: Call, run: Mapping[str, Any], status: int) -> Response:
    return ok(status, run=runs.show(call.session, run, call.choice("version", VERSIONS)))


_ONE = "/v1/actions/runs/{run_id}"

ROUTES = (
    Route("POST", "/v1/actions/{action_identifier}/runs", create_run, writes=True),
    Route("GET", "/v1/actions/runs", list_runs),
    Route("GET", _ONE, get_run),
    Route("PATCH", _ONE, patch_run, writes=True),
    Route("GET", f"{_ONE}/logs", list_logs),
    Route("POST", f"{_ONE}/logs", append_log, writes=True),
    Route("PATCH", f"{_ONE}/approval", decide_run, writes=True),
    Route("GET", f"{_ONE}/approvers", list_approvers),
)
