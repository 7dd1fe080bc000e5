"""Entities: the things in the catalog, as Port shows them and as it takes them (Port: …/entities)."""

from typing import Annotated, Any

from pydantic import Field

from quaymaster.port.documents import identifiers
from quaymaster.port.documents._base import Document
from quaymaster.port.documents._constraints import NULLABLE, Count, Matches
from quaymaster.port.documents._fields import EntityId
from quaymaster.port.documents.query import IdentifierQuery

__all__ = [
    "BulkDelete",
    "BulkEntities",
    "Entity",
    "EntityPatch",
    "EntityReplacement",
    "EntityWrite",
    "RelatedEntity",
    "RelationTarget",
    "RelationValue",
    "ScorecardResult",
]


class RelatedEntity(Document):
    """A related entity with its title, as a read with `attach_title_to_relation` shows it."""

    identifier: str
    title: str | None = None


RelationValue = str | RelatedEntity | list[str | RelatedEntity] | None
RelationTarget = EntityId | list[Annotated[str, Matches(identifiers.ENTITY)]] | IdentifierQuery | None
Teams = str | list[str] | IdentifierQuery


class ScorecardResult(Document):
    """The level that an entity has reached in a scorecard, and its result for each rule.

    `rules` stay as they came, `{"identifier", "status", "level"}` with the status `SUCCESS` or `FAILURE`: a page of
    entities can hold ten thousands.
    """

    level: str | None = None
    rules: list[dict[str, Any]] = Field(default_factory=list)

    @property
    def failing(self) -> frozenset[str]:
        """The identifiers of the rules that fail."""
        return frozenset([rule["identifier"] for rule in self.rules if rule.get("status") == "FAILURE"])


class Entity(Document):
    """An entity as Port shows it; `properties` holds mirrored and computed values too.

    What a read leaves out (`include`, `exclude`) is at its default here. `scorecards` stays as it came, for an entity
    can have hundreds of results: `result_of` reads those of one scorecard.
    """

    identifier: str
    title: str | None = None
    icon: str | None = None
    blueprint: str | None = None
    team: str | list[str] | None = None
    properties: dict[str, Any] = Field(default_factory=dict)
    relations: dict[str, RelationValue] = Field(default_factory=dict)
    scorecards: dict[str, dict[str, Any]] = Field(default_factory=dict)
    created_at: str | None = None
    created_by: str | None = None
    updated_at: str | None = None
    updated_by: str | None = None

    @property
    def teams(self) -> list[str]:
        """Returns the identifiers of the owning teams; empty if nobody owns the entity or the read left it out."""
        return [self.team] if isinstance(self.team, str) else list(self.team or ())

    def result_of(self, scorecard: str) -> ScorecardResult | None:
        """Returns how the entity stands with a scorecard; None if it is not judged, or the read left it out."""
        result = self.scorecards.get(scorecard)
        return None if result is None else ScorecardResult.read(result)

    def list_related(self, relation: str) -> list[str]:
        """Returns the identifiers of the entities at the other end of a relation; empty if there are none."""
        related = self.relations.get(relation)
        ends = related if isinstance(related, list) else [] if related is None else [related]
        return [end if isinstance(end, str) else end.identifier for end in ends]


class EntityReplacement(Document):
    """A whole entity (Port: PUT /v1/blueprints/{blueprint_identifier}/entities/{entity_identifier})."""

    identifier: EntityId | None = None
    title: str | None = None
    icon: str | None = None
    team: Teams | None = None
    properties: dict[str, Any] = Field(default_factory=dict)
    relations: dict[str, RelationTarget] = Field(default_factory=dict)


class EntityWrite(Document):
    """A new entity (Port: POST /v1/blueprints/{blueprint_identifier}/entities, and each item of `…/entities/bulk`).

    A query in the place of the identifier names the existing entity to write to; without an identifier Port makes one.
    """

    identifier: EntityId | IdentifierQuery | None = None
    title: str | None = None
    icon: str | None = None
    team: Teams | None = None
    properties: dict[str, Any] = Field(default_factory=dict)
    relations: dict[str, RelationTarget] = Field(default_factory=dict)


class EntityPatch(Document):
    """A change to an entity (Port: PATCH /v1/blueprints/{blueprint_identifier}/entities/{entity_identifier}).

    Properties and relations are merged by key; a new identifier renames the entity.
    """

    closed = True

    identifier: EntityId | None = None
    title: Annotated[str | None, NULLABLE] = None
    icon: Annotated[str | None, NULLABLE] = None
    team: Annotated[Teams | None, NULLABLE] = None
    properties: dict[Annotated[str, Matches(identifiers.PROPERTY)], Any] = Field(default_factory=dict)
    relations: dict[str, RelationTarget] = Field(default_factory=dict)


class BulkEntities(Document):
    """Up to 20 entities at once (Port: POST /v1/blueprints/{blueprint_identifier}/entities/bulk)."""

    closed = True

    entities: Annotated[list[EntityWrite], Count(1, 20)]


class BulkDelete(Document):
    """Up to 100 entities to delete (Port: POST /v1/blueprints/{blueprint_identifier}/bulk/entities/delete)."""

    closed = True

    entities: Annotated[list[str], Count(1, 100)]
