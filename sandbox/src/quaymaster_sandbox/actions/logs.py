"""The log of a run (Port: /v1/actions/runs/{run_id}/logs)."""

from collections.abc import Mapping
from typing import Any

from quaymaster_sandbox.actions import runs
from quaymaster_sandbox.clock import format_millis
from quaymaster_sandbox.errors import PortError
from quaymaster_sandbox.session import Session
from quaymaster_sandbox.storage.resources import Resources

Document = dict[str, Any]


def list_logs(session: Session, run: Mapping[str, Any], *, limit: int | None, offset: int) -> list[Document]:
    """Returns the lines of a run's log, newest first (a guess)."""
    lines = _lines(session, run).list()
    if "runLogs" in session.assumptions.newest_first:
        lines.reverse()
    return lines[offset:][:limit]


def append_log(session: Session, run: Mapping[str, Any], body: Mapping[str, Any]) -> Document:
    """Adds a line to the log of a run that is not over; a `terminationStatus` ends the run."""
    status = body.get("terminationStatus")
    if runs.is_over(run):
        raise PortError(422, "run_exhausted", f'The run "{run["id"]}" is over', {"status": run["status"]})
    news = {"status": status, "statusLabel": body.get("statusLabel")}
    given = {key: value for key, value in news.items() if value is not None}
    if given:
        runs.check_status(session, run, status)
        runs.change(session, run, **given)
    return write_log(session, run, body["message"])


def write_log(session: Session, run: Mapping[str, Any], message: str) -> Document:
    """Adds a line to the log of a run, whatever became of it."""
    line = {
        "id": f"log_{session.ids.text(16)}",
        "runId": run["id"],
        "message": message,
        "createdBy": session.actor.id,
        "createdAt": format_millis(session.now_micros // 1000),
    }
    return _lines(session, run).store(line["id"], line)


def _lines(session: Session, run: Mapping[str, Any]) -> Resources:
    return session.resources(f"log of {run['id']}")
