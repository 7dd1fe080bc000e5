"""Where entities come from: webhooks, integrations and migrations (Port: the routes of these names)."""

from collections.abc import Mapping
from typing import Annotated, Any

from quaymaster.port.documents._base import Document, KindedDocument
from quaymaster.port.documents._constraints import NULLABLE, Formatted, Length, OneOf
from quaymaster.port.documents.blueprint import ChangelogDestination
from quaymaster.port.documents.problems import Path, Problem

__all__ = [
    "CreateMapping",
    "DeleteMapping",
    "EntitySource",
    "Integration",
    "IntegrationChangelog",
    "IntegrationConfig",
    "IntegrationConfigUpdate",
    "IntegrationPatch",
    "MappedEntity",
    "MappedIdentifier",
    "MappingQuery",
    "Migration",
    "MigrationCancellation",
    "MigrationWrite",
    "Webhook",
    "WebhookMapping",
    "WebhookPatch",
    "WebhookSecurity",
    "WebhookWrite",
]

ShortName = Annotated[str, Length(maximum=30)]


class MappingQuery(Document):
    """A query whose values are jq programs; Port's schema looks at its outline only."""

    closed = True

    combinator: str
    rules: list[dict[str, Any]]


class MappedIdentifier(Document):
    """The entity to delete, as a jq program."""

    closed = True

    identifier: str


class MappedEntity(Document):
    """The entity to write, in jq programs."""

    closed = True

    identifier: str | MappingQuery
    title: str | None = None
    icon: str | None = None
    team: str | MappingQuery | None = None
    properties: dict[str, Any] | None = None
    relations: dict[str, Any] | None = None


class WebhookMapping(KindedDocument):
    """What becomes of an event that a webhook receives; without an operation it is to write an entity."""

    tag = "operation"

    blueprint: str
    filter: str | None = None
    items_to_parse: str | None = None

    @classmethod
    def name_kind(cls, json: Mapping[str, Any]) -> str | None:
        """Returns the operation, which may be a word or an object with a type."""
        operation = json.get("operation", "create")
        name = operation.get("type") if isinstance(operation, dict) else operation
        return name if isinstance(name, str) else None


class CreateOperation(Document):
    """The longer way to say `create`."""

    closed = True

    type: Annotated[str, OneOf(("create",))]


class CreateMapping(WebhookMapping, kind="create"):
    """An entity is written."""

    closed = True

    operation: Annotated[str, OneOf(("create",))] | CreateOperation = "create"
    entity: MappedEntity


class DeleteOperation(Document):
    """The longer way to say `delete`, also for what depends on the entity."""

    closed = True

    type: Annotated[str, OneOf(("delete",))]
    delete_dependents: bool | None = None


class DeleteMapping(WebhookMapping, kind="delete"):
    """An entity is deleted."""

    operation: Annotated[str, OneOf(("delete",))] | DeleteOperation
    entity: MappedIdentifier


class WebhookSecurity(Document):
    """How Port makes sure that an event comes from where it says."""

    closed = True

    secret: Annotated[str | None, NULLABLE] = None
    signature_header_name: Annotated[str | None, NULLABLE] = None
    signature_algorithm: Annotated[str | None, OneOf(("sha1", "sha256", "plain")), NULLABLE] = None
    signature_prefix: Annotated[str | None, NULLABLE] = None
    request_identifier_path: Annotated[str | None, NULLABLE] = None


class WebhookPatch(Document):
    """A change to a webhook (Port: PATCH /v1/webhooks/{identifier})."""

    closed = True

    identifier: ShortName | None = None
    title: ShortName | None = None
    description: Annotated[str, Length(maximum=200)] | None = None
    icon: str | None = None
    mappings: list[WebhookMapping] | None = None
    enabled: bool = True
    security: WebhookSecurity | None = None
    integration_type: Annotated[str, OneOf(("custom", "template"))] | None = None


class WebhookWrite(WebhookPatch):
    """A webhook (Port: POST /v1/webhooks, PUT /v1/webhooks/{identifier})."""

    title: ShortName


class Webhook(WebhookPatch):
    """A webhook as Port shows it."""

    closed = False

    webhook_key: str | None = None
    created_at: str | None = None
    created_by: str | None = None
    updated_at: str | None = None
    updated_by: str | None = None


class EntitySource(Document):
    """How an integration makes entities of what it finds, in jq programs."""

    identifier: str | MappingQuery
    blueprint: str
    title: str | None = None
    properties: dict[str, Any] | None = None
    relations: dict[str, Any] | None = None


class _Mappings(Document):
    mappings: EntitySource | list[EntitySource]


class _PortEntity(Document):
    entity: _Mappings


class Selector(Document):
    """Which of the things of a kind an integration takes."""

    query: str | None = None


class IntegrationResource(Document):
    """One kind of thing that an integration brings in."""

    kind: str
    selector: Selector
    port: _PortEntity


class IntegrationConfig(Document):
    """What an integration brings into the catalog."""

    delete_dependent_entities: bool | None = None
    create_missing_related_entities: bool | None = None
    resources: list[IntegrationResource] | None = None


class IntegrationConfigUpdate(Document):
    """A new configuration (Port: PATCH /v1/integration/{identifier}/config)."""

    closed = True

    config: Annotated[IntegrationConfig | None, NULLABLE]


class IntegrationChangelog(Document):
    """Where an integration's changes go; an empty object for nowhere."""

    type: str | None = None
    url: Annotated[str, Formatted("uri")] | None = None
    agent: bool | None = None

    @classmethod
    def check_shape(cls, json: dict[str, Any], path: Path, problems: list[Problem]) -> None:
        """Adds the problems that a blueprint's destination would have, unless the object is empty."""
        if json:
            ChangelogDestination.check_shape(json, path, problems)


class IntegrationPatch(Document):
    """A change to an integration (Port: PATCH /v1/integration/{identifier})."""

    title: Annotated[str | None, NULLABLE] = None
    installation_app_type: str | None = None
    version: str | None = None
    spec: dict[str, Any] | None = None
    actions_processing_enabled: bool = False
    config: Annotated[IntegrationConfig | None, NULLABLE] = None
    changelog_destination: IntegrationChangelog | None = None


class Integration(IntegrationPatch):
    """An integration as Port shows it."""

    installation_id: str | None = None
    status_info: dict[str, Any] | None = None
    log_attributes: dict[str, Any] | None = None
    resync_state: dict[str, Any] | None = None
    updated_at: str | None = None


class MigratedEntity(Document):
    """The entity that a migration writes for each of the source, in jq programs."""

    identifier: str | None = None
    title: str | None = None
    icon: str | None = None
    team: str | None = None
    properties: dict[str, str] | None = None
    relations: dict[str, str] | None = None


class MigrationMapping(Document):
    """What a migration writes, and where."""

    entity: MigratedEntity
    blueprint: str | None = None
    filter: str | None = None
    items_to_parse: str | None = None


class MigrationWrite(Document):
    """A migration of entities from one blueprint to another (Port: POST /v1/migrations)."""

    closed = True

    source_blueprint: str
    mapping: MigrationMapping


class MigrationCancellation(Document):
    """Why a migration is called off (Port: POST /v1/migrations/{migration_id}/cancel)."""

    closed = True

    reason: str | None = None


class Migration(Document):
    """A migration as Port shows it."""

    id: str
    status: str | None = None
    source_blueprint: str | None = None
    mapping: MigrationMapping | None = None
