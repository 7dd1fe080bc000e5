"""Runs as they are kept and changed (Port: /v1/actions/runs)."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from quaymaster_sandbox.actions.definitions import find_action
from quaymaster_sandbox.catalog.audit import AuditEvent, record
from quaymaster_sandbox.catalog.entity_rows import find_id
from quaymaster_sandbox.catalog.permissions import roles_of
from quaymaster_sandbox.clock import format_millis
from quaymaster_sandbox.errors import PortError, not_found
from quaymaster_sandbox.session import Session

Document = dict[str, Any]

IN_PROGRESS = "IN_PROGRESS"
WAITING = "WAITING_FOR_APPROVAL"
SUCCESS = "SUCCESS"
FAILURE = "FAILURE"
DECLINED = "DECLINED"
SOURCES = ("UI", "API", "AUTOMATION")

_KIND = "run"
_RESOURCES = ("action", "blueprint", "entity")


@dataclass(frozen=True)
class RunQuery:
    """What a request for runs asks; all conditions hold together."""

    equal: Sequence[tuple[str, str]]
    """JSON paths such as `$.action.identifier`, each with the value that has to be there."""
    sources: Sequence[str] = ()
    active: bool | None = None
    limit: int | None = None


def find_run(session: Session, run_id: str) -> Document | None:
    """Returns a run as it is kept, or None."""
    return session.resources(_KIND).find(run_id)


def get_run(session: Session, run_id: str) -> Document:
    """Returns a run that the caller may see; Port's 404 for any other (that others get a 404 is a guess)."""
    run = find_run(session, run_id)
    if run is None or not _is_visible(session, run):
        raise not_found("ActionRun", run_id, by_field="id")
    return run


def list_runs(session: Session, query: RunQuery) -> list[Document]:
    """Returns the runs that match and that the caller may see, newest first."""
    visible = (run for run in _search(session, query) if _is_visible(session, run))
    return list(islice(visible, query.limit or session.assumptions.list_limit))


def _search(session: Session, query: RunQuery) -> Iterator[Document]:
    conditions = ["organization = ?", "kind = ?"]
    values: list[Any] = [session.organization_id, _KIND]
    for path, wanted in query.equal:
        conditions.append("json_extract(document, ?) = ?")
        values += [path, wanted]
    if query.sources:
        conditions.append(f"json_extract(document, '$.source') IN ({', '.join('?' * len(query.sources))})")
        values += query.sources
    if query.active is not None:
        conditions.append(f"json_extract(document, '$.endedAt') IS {'' if query.active else 'NOT '}NULL")
    order = "DESC" if "runs" in session.assumptions.newest_first else "ASC"
    rows = session.connection.execute(
        f"SELECT document FROM resource WHERE {' AND '.join(conditions)} ORDER BY id {order}", values
    )
    return (json.loads(row[0]) for row in rows.fetchall())


def show(session: Session, run: Mapping[str, Any], version: str | None = None) -> Document:
    """Returns a run as Port shows it: `version=v1` names action, blueprint and entity in plain text."""
    if version == "v1":
        return {**run, **{name: run[name]["identifier"] if run[name] else None for name in _RESOURCES}}
    shown = dict(run)
    for name in _RESOURCES:
        if run[name] is not None:
            shown[name] = {**run[name], "deleted": _is_deleted(session, run, name)}
    return shown


def store_new(session: Session, run: Document) -> Document:
    """Keeps a new run."""
    session.resources(_KIND).store(run["id"], run)
    _record(session, None, run)
    return run


def change(session: Session, run: Mapping[str, Any], **news: Any) -> Document:
    """Keeps the news of a run; a final status ends it."""
    now = format_millis(session.now_micros // 1000)
    changed = {**run, **news, "updatedAt": now, "updatedBy": session.actor.id}
    if is_over(changed) and not is_over(run):
        changed["endedAt"] = now
    session.resources(_KIND).store(run["id"], changed)
    _record(session, run, changed)
    return changed


def is_over(run: Mapping[str, Any]) -> bool:
    """Tells whether nothing can happen to a run any more."""
    return run["status"] in (SUCCESS, FAILURE, DECLINED)


def check_writable(session: Session, run_id: str | None) -> None:
    """Refuses a write of an entity in the name of a run that is over (Port: 400 `run_exhausted`)."""
    run = None if run_id is None else find_run(session, run_id)
    if run is not None and is_over(run):
        raise PortError(400, "run_exhausted", f'The run "{run["id"]}" is over', {"status": run["status"]})


def is_synchronized(run: Mapping[str, Any]) -> bool:
    """Tells whether a run takes its status from the answer of a webhook."""
    payload = run["payload"] or {}
    return payload.get("type") == "WEBHOOK" and payload.get("synchronized") is True


def update_run(session: Session, run: Mapping[str, Any], body: Mapping[str, Any]) -> Document:
    """Changes what the body names of a run (Port: PATCH /v1/actions/runs/{run_id})."""
    check_status(session, run, body.get("status"))
    return change(session, run, **body)


def check_status(session: Session, run: Mapping[str, Any], status: str | None) -> None:
    """Refuses news of a run that is over, synchronised, somebody else's, or still waits for its approval.

    A run that waits can only be withdrawn, by `FAILURE`. The status 422 of `run_exhausted` is that of Port's route of
    logs; for a run's own route no document names one.
    """
    if not _is_own(session, run):
        raise PortError(403, "missing_permissions", "You do not have permission to update this run")
    if is_over(run):
        raise PortError(422, "run_exhausted", f'The run "{run["id"]}" is over', {"status": run["status"]})
    if is_synchronized(run):
        message = f'The run "{run["id"]}" is synchronized: its webhook\'s answer decides'
        raise PortError(422, "run_synchronized_error", message)
    if run["status"] == WAITING and status == SUCCESS:
        raise PortError(422, "invalid_request", "A run that waits for approval can only be withdrawn, by FAILURE")


def _is_deleted(session: Session, run: Mapping[str, Any], name: str) -> bool:
    if name == "action":
        return find_action(session, run["action"]["identifier"]) is None
    blueprint = session.catalog.find(run["blueprint"]["identifier"])
    if name == "blueprint" or blueprint is None:
        return blueprint is None
    return find_id(session.connection, blueprint, run["entity"]["identifier"]) is None


def _is_own(session: Session, run: Mapping[str, Any]) -> bool:
    """Tells whether a run is the caller's to change: machines and administrators change all, users their own."""
    email = session.actor.email
    return email is None or email == run["createdBy"] or "Admin" in roles_of(session)


def _is_visible(session: Session, run: Mapping[str, Any]) -> bool:
    """Tells whether the caller may see a run (Port: `allowAnyoneToViewRuns`); approvers have to see it, too."""
    action = find_action(session, run["action"]["identifier"]) or {}
    is_open = action.get("allowAnyoneToViewRuns") is True
    return is_open or _is_own(session, run) or session.actor.email in list_approver_ids(session, run)


def list_approver_ids(session: Session, run: Mapping[str, Any]) -> list[str]:
    """Returns who may approve a run, as was found when it was made."""
    kept = session.resources("run approvers").find(run["id"]) or {}
    approvers: list[str] = kept.get("users", [])
    return approvers


def store_approver_ids(session: Session, run: Mapping[str, Any], approvers: Sequence[str]) -> None:
    """Keeps who may approve a run."""
    session.resources("run approvers").store(run["id"], {"users": list(approvers)})


def _record(session: Session, before: Mapping[str, Any] | None, after: Mapping[str, Any]) -> None:
    """Adds what became of a run to the audit log."""
    context = {"runId": after["id"], **{name: after[name]["identifier"] for name in _RESOURCES if after[name]}}
    action = "CREATE" if before is None else "UPDATE"
    shown = None if before is None else show(session, before)
    record(session, AuditEvent("run", action, context, shown, show(session, after)))
