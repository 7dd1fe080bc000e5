"""Actions and automations: one resource, told apart by the trigger (Port: /v1/actions)."""

from typing import Annotated

from quaymaster.port.documents import identifiers
from quaymaster.port.documents._base import Document, KindedDocument
from quaymaster.port.documents._constraints import UNCHECKED, Formatted, Matches, OneOf
from quaymaster.port.documents.invocation import InvocationMethod
from quaymaster.port.documents.trigger import Trigger

__all__ = ["Action", "ActionWrite", "Approval", "ApprovalNotification", "EmailNotification", "WebhookNotification"]


class Approval(Document):
    """Whether one approver is enough (`ANY`) or all have to agree (`ALL`)."""

    closed = True

    type: Annotated[str, OneOf(("ANY", "ALL"))]


class ApprovalNotification(KindedDocument):
    """How approvers learn that a run waits for them."""

    closed = True

    type: str


class EmailNotification(ApprovalNotification, kind="email"):
    """Port writes to them."""


class WebhookNotification(ApprovalNotification, kind="webhook"):
    """Port calls a URL."""

    url: Annotated[str, Formatted("uri")]
    format: Annotated[str, OneOf(("json", "slack"))] | None = None


class ActionWrite(Document):
    """A self-service action or an automation (Port: POST /v1/actions, PUT /v1/actions/{action_identifier})."""

    closed = True

    identifier: Annotated[str, Matches(identifiers.ACTION)]
    trigger: Trigger
    invocation_method: InvocationMethod
    title: str | None = None
    icon: str | None = None
    description: str | None = None
    required_approval: bool | Approval | None = None
    approval_notification: ApprovalNotification | None = None
    publish: bool | None = None
    allow_anyone_to_view_runs: bool | None = None


class Action(ActionWrite):
    """An action or automation as Port shows it."""

    closed = False

    id: Annotated[str | None, UNCHECKED] = None
    created_at: Annotated[str | None, UNCHECKED] = None
    created_by: Annotated[str | None, UNCHECKED] = None
    updated_at: Annotated[str | None, UNCHECKED] = None
    updated_by: Annotated[str | None, UNCHECKED] = None
