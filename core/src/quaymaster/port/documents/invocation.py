"""What an action does when it runs (Port: `invocationMethod` of /v1/actions)."""

from typing import Annotated, Any

from quaymaster.port.documents._base import Document, KindedDocument
from quaymaster.port.documents._constraints import OneOf

__all__ = [
    "AzureDevopsMethod",
    "EntityMapping",
    "GithubMethod",
    "GitlabMethod",
    "IntegrationActionMethod",
    "InvocationMethod",
    "KafkaMethod",
    "UpsertEntityMethod",
    "WebhookMethod",
]

Payload = dict[str, Any] | list[Any]
Switch = bool | str
"""A boolean, or a template that gives one."""


class InvocationMethod(KindedDocument):
    """What Port does with a run; any text in it may hold `{{ jq }}` templates."""

    closed = True

    type: str


class KafkaMethod(InvocationMethod, kind="KAFKA"):
    """A message in the organization's Kafka topic."""

    payload: Payload | None = None


class WebhookMethod(InvocationMethod, kind="WEBHOOK"):
    """A call to a URL; `synchronized` takes the run's status from the answer."""

    url: str
    agent: Switch | None = None
    synchronized: Switch | None = None
    method: str | None = None
    headers: dict[str, str] | None = None
    body: Payload | None = None


class GithubMethod(InvocationMethod, kind="GITHUB"):
    """A run of a GitHub workflow."""

    org: str
    repo: str
    workflow: str
    workflow_inputs: dict[str, Any] | None = None
    report_workflow_status: Switch | None = None


class GitlabMethod(InvocationMethod, kind="GITLAB"):
    """A run of a GitLab pipeline."""

    project_name: str
    group_name: str
    default_ref: str | None = None
    pipeline_variables: dict[str, Any] | None = None


class AzureDevopsMethod(InvocationMethod, kind="AZURE_DEVOPS"):
    """A run of an Azure pipeline."""

    webhook: str
    org: str
    payload: Payload | None = None


class IntegrationActionMethod(InvocationMethod, kind="INTEGRATION_ACTION"):
    """An action that an installed integration carries out."""

    installation_id: str
    integration_action_type: Annotated[str, OneOf(("dispatch_workflow",))]
    integration_action_execution_properties: dict[str, Any]


class EntityMapping(Document):
    """The entity that a run writes, in templates."""

    identifier: str | None = None
    title: str | None = None
    icon: str | None = None
    team: str | list[str] | None = None
    properties: dict[str, Any] | None = None
    relations: dict[str, str | list[str] | None] | None = None


class UpsertEntityMethod(InvocationMethod, kind="UPSERT_ENTITY"):
    """An entity that Port itself creates or updates."""

    blueprint_identifier: str
    mapping: EntityMapping
