"""What waits for a user: runs of actions that they may approve."""

from quaymaster import PortClient, gather, inline
from quaymaster.port.documents.organisation import User
from quaymaster.port.documents.run import Run, RunResource
from quaymaster.port.errors import ForbiddenError, NotFoundError

__all__ = ["line_of", "runs_awaiting"]

_MOST_READ = 1000
_MOST_ASKED = 50
"""So many runs that wait are asked who may approve them, the newest first."""
_WAITING = "WAITING_FOR_APPROVAL"
_UNUSED = ("payload", "response", "properties")


async def runs_awaiting(port: PortClient, user: User) -> list[Run] | None:
    """Returns the runs that wait for a user's approval, newest first; None if this credential may not read runs.

    Port lists no runs by approver: of those that wait, each is asked for its approvers. Only the latest 1,000 runs are
    looked at. Whether Port names an approver by e-mail address or by user id is not documented; both are understood.
    """
    try:
        latest = await port.runs.list_latest(exclude=_UNUSED, limit=_MOST_READ)
    except (ForbiddenError, NotFoundError):
        return None
    waiting = [run for run in latest if run.status == _WAITING][:_MOST_ASKED]
    answers = await gather(*(_awaits(port, run, user) for run in waiting))
    return [run for run, awaits in zip(waiting, answers, strict=True) if awaits]


def line_of(run: Run) -> str:
    """Returns a run as answers show it: `r_1 Restart on Cart, asked for by ada@acme.example 2026-11-20`."""
    on = f" on {_name(run.entity)}" if run.entity else ""
    return (
        f"{inline(run.id)} {_name(run.action)}{on}, asked for by {inline(run.created_by)} {(run.created_at or '')[:10]}"
    )


async def _awaits(port: PortClient, run: Run, user: User) -> bool:
    try:
        approvers = await port.runs.list_approvers(run.id)
    except (ForbiddenError, NotFoundError):
        return False
    return any(it.user_id in {user.email, user.id} and not it.has_spoken for it in approvers)


def _name(resource: RunResource | str | None) -> str:
    if isinstance(resource, RunResource):
        return inline(resource.title or resource.identifier)
    return inline(resource or "an action that is not named")
