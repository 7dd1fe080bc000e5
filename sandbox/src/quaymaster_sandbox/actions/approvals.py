"""Runs that wait until somebody agrees (Port: `requiredApproval`, PATCH /v1/actions/runs/{run_id}/approval)."""

from collections.abc import Mapping
from typing import Any

from quaymaster_sandbox.actions import runs
from quaymaster_sandbox.actions.invocation import invoke
from quaymaster_sandbox.actions.permissions import list_approvers
from quaymaster_sandbox.errors import PortError
from quaymaster_sandbox.session import Session
from quaymaster_sandbox.storage.resources import Resources

Document = dict[str, Any]

_STATES = {"APPROVE": "APPROVED", "DECLINE": "DECLINED"}
_PENDING = "PENDING"
"""How an approver's word reads afterwards; Port names the words, these names are a guess."""


def wait_for_approval(
    session: Session, run: Document, action: Mapping[str, Any], context: Mapping[str, Any]
) -> Document:
    """Keeps a new run until its approvers have spoken; its backend is not called before.

    `requiredApproval: true` is taken for `ANY`, which is a guess.
    """
    required = action["requiredApproval"]
    waiting = {
        **run,
        "status": runs.WAITING,
        "requiredApproval": required if isinstance(required, dict) else {"type": "ANY"},
    }
    kept = {"method": action["invocationMethod"], "context": dict(context)}
    session.resources("waiting run").store(run["id"], kept)
    runs.store_approver_ids(session, run, list_approvers(session, action, context))
    return runs.store_new(session, waiting)


def decide(session: Session, run: Document, body: Mapping[str, Any]) -> Document:
    """Takes an approver's word: to decline ends the run, to approve starts it, with `ALL` only if all have approved."""
    if run["status"] != runs.WAITING:
        message = f'The run "{run["id"]}" does not wait for approval'
        raise PortError(422, "run_not_waiting_for_approval", message, {"status": run["status"]})
    approvers = runs.list_approver_ids(session, run)
    if session.actor.email is not None and session.actor.email not in approvers:
        raise PortError(403, "missing_permissions", "You do not have permission to approve this run")
    word = {"userId": session.actor.id, "state": _STATES[body["status"]], "description": body.get("description")}
    _words(session, run).store(session.actor.id, word)
    if body["status"] == "DECLINE":
        return runs.change(session, run, status=runs.DECLINED, approval=word)
    approved = {given["userId"] for given in _words(session, run).list()}
    if run["requiredApproval"]["type"] == "ALL" and not approved.issuperset(approvers):
        return runs.change(session, run)
    return _start(session, runs.change(session, run, status=runs.IN_PROGRESS, approval=word))


def list_words(session: Session, run: Mapping[str, Any], *, include_pending: bool) -> list[Document]:
    """Returns who has approved or declined a run and, if asked for, who has not yet (Port: GET …/approvers)."""
    words = _words(session, run).list()
    spoken = {word["userId"] for word in words}
    silent = [email for email in runs.list_approver_ids(session, run) if email not in spoken] if include_pending else []
    return [*words, *({"userId": email, "state": _PENDING, "description": None} for email in silent)]


def _start(session: Session, run: Document) -> Document:
    waiting = session.resources("waiting run")
    kept = waiting.find(run["id"])
    assert kept is not None  # noqa: S101 - stored with the run
    waiting.delete(run["id"])
    return invoke(session, run, kept["method"], kept["context"])


def _words(session: Session, run: Mapping[str, Any]) -> Resources:
    return session.resources(f"words on {run['id']}")
