"""Runs of actions, and what may be said about them (Port: /v1/actions/runs)."""

from typing import Annotated, Any

from pydantic import Field

from quaymaster.port.documents._base import Document
from quaymaster.port.documents._constraints import OneOf

__all__ = [
    "FINAL_STATUSES",
    "ApprovalDecision",
    "Approver",
    "Run",
    "RunLog",
    "RunLogWrite",
    "RunPatch",
    "RunRequest",
    "RunResource",
]

FINAL_STATUSES = ("SUCCESS", "FAILURE")


class RunRequest(Document):
    """A wish to run an action (Port: POST /v1/actions/{action_identifier}/runs)."""

    closed = True

    properties: dict[str, Any]
    entity: str | None = None


class RunPatch(Document):
    """News of a run (Port: PATCH /v1/actions/runs/{run_id})."""

    closed = True

    status: Annotated[str, OneOf(FINAL_STATUSES)] | None = None
    status_label: str | None = None
    link: str | list[str] | None = None
    summary: str | None = None
    external_run_id: str | None = None
    message: dict[str, Any] | None = None


class ApprovalDecision(Document):
    """An approver's word (Port: PATCH /v1/actions/runs/{run_id}/approval)."""

    closed = True

    status: Annotated[str, OneOf(("APPROVE", "DECLINE"))]
    description: str | None = None


class Approver(Document):
    """What somebody who may approve a run has said (Port: GET /v1/actions/runs/{run_id}/approvers).

    Port's specification lists no states. `APPROVED`, `DECLINED` and, for who has not spoken yet, `PENDING` are a guess.
    """

    user_id: str
    state: str
    description: str | None = None

    @property
    def has_spoken(self) -> bool:
        """Whether there is a decision already."""
        return self.state.upper().startswith(("APPROVE", "DECLINE"))


class RunLogWrite(Document):
    """A line for a run's log (Port: POST /v1/actions/runs/{run_id}/logs); a termination status ends the run."""

    closed = True

    message: str
    termination_status: Annotated[str, OneOf(FINAL_STATUSES)] | None = None
    status_label: str | None = None


class RunLog(Document):
    """A line of a run's log."""

    id: str
    message: str
    run_id: str | None = None
    created_by: str | None = None
    created_at: str | None = None


class RunResource(Document):
    """The action, blueprint or entity of a run, as `version=v2` shows it."""

    identifier: str
    title: str | None = None
    icon: str | None = None
    deleted: bool | None = None


class Run(Document):
    """A run as Port shows it; the first version of the API names the action, blueprint and entity in plain text."""

    id: str
    status: str
    action: RunResource | str | None = None
    blueprint: RunResource | str | None = None
    entity: RunResource | str | None = None
    properties: dict[str, Any] = Field(default_factory=dict)
    source: str | dict[str, Any] | None = None
    status_label: str | None = None
    link: str | list[str] | None = None
    summary: str | None = None
    external_run_id: str | None = None
    required_approval: bool | dict[str, Any] | None = None
    approval: dict[str, Any] | None = None
    payload: dict[str, Any] | None = None
    response: Any = None
    created_at: str | None = None
    created_by: str | None = None
    updated_at: str | None = None
    updated_by: str | None = None
    ended_at: str | None = None

    @property
    def action_identifier(self) -> str | None:
        """Returns the identifier of the action, in whichever form the run has it."""
        return self.action.identifier if isinstance(self.action, RunResource) else self.action
