"""Blueprints: the schema of one kind of entity (Port: /v1/blueprints)."""

from collections.abc import Iterable
from typing import Annotated, Any

from pydantic import Field

from quaymaster.port.documents import identifiers
from quaymaster.port.documents._base import Document, KindedDocument
from quaymaster.port.documents._constraints import UNCHECKED, Count, Formatted, Length, Matches, OneOf
from quaymaster.port.documents._fields import BlueprintId, Color, PropertyId, Title
from quaymaster.port.documents.problems import Path, Problem, missing, one_of, unknown_key
from quaymaster.port.documents.query import Query

__all__ = [
    "AGGREGATION_FUNCTIONS",
    "AVERAGE_PERIODS",
    "CALCULATION_FORMATS",
    "PROPERTY_FORMATS",
    "PROPERTY_SPECS",
    "PROPERTY_TYPES",
    "AggregationProperty",
    "Blueprint",
    "BlueprintPatch",
    "BlueprintReplacement",
    "BlueprintSchema",
    "BlueprintSchemaPatch",
    "CalculationProperty",
    "CalculationSpec",
    "ChangelogDestination",
    "DirectOwnership",
    "InheritedOwnership",
    "KafkaChangelog",
    "MirrorProperty",
    "MirrorRename",
    "Ownership",
    "PathFilter",
    "Property",
    "PropertyItems",
    "PropertyPatch",
    "PropertyRename",
    "Relation",
    "RelationRename",
    "SpecAuthentication",
    "TeamInheritance",
    "WebhookChangelog",
]

PROPERTY_TYPES = ("string", "number", "boolean", "object", "array")
PROPERTY_SPECS = ("open-api", "embedded-url", "async-api")
CALCULATION_FORMATS = (
    "date-time",
    "url",
    "email",
    "idn-email",
    "ipv4",
    "ipv6",
    "markdown",
    "yaml",
    "user",
    "team",
    "proto",
    "labeled-url",
)
PROPERTY_FORMATS = (*CALCULATION_FORMATS, "blueprints", "timer")
_ITEM_FORMATS = (*(f for f in CALCULATION_FORMATS if f != "idn-email"), "idn-format", "timer")

AGGREGATION_FUNCTIONS = ("count", "average", "sum", "min", "max", "median")
AVERAGE_PERIODS = ("hour", "day", "week", "month", "total")

PropertyType = Annotated[str, OneOf(PROPERTY_TYPES)]
PropertySpec = Annotated[str, OneOf(PROPERTY_SPECS)]


class SpecAuthentication(Document):
    """How an embedded page signs its visitor in (Port: properties with `spec: embedded-url`)."""

    closed = True

    client_id: str
    authorization_url: Annotated[str, Formatted("url")]
    token_url: Annotated[str, Formatted("url")]
    authorization_scope: list[str] | None = None


class PropertyPatch(Document):
    """A property as PATCH of a blueprint takes it: even its type may be left out."""

    type: PropertyType | None = None
    title: Title | None = None
    description: str | None = None
    icon: str | None = None
    format: Annotated[str, OneOf(PROPERTY_FORMATS)] | None = None
    spec: PropertySpec | None = None
    spec_authentication: SpecAuthentication | None = None


class PropertyItems(Document):
    """What a list property holds."""

    type: PropertyType | None = None
    format: Annotated[str, OneOf(_ITEM_FORMATS)] | None = None


class Property(PropertyPatch):
    """One property of a blueprint.

    The keywords of JSON Schema that Port documents have attributes, but Port's own schema says nothing of them
    (docs: setup-blueprint/properties); any other keyword is kept as it is.
    """

    type: PropertyType
    default: Any = None
    enum: Annotated[list[Any] | None, UNCHECKED] = None
    enum_colors: Annotated[dict[str, str] | None, UNCHECKED] = None
    items: Annotated[dict[str, Any] | None, UNCHECKED] = None
    pattern: Annotated[str | None, UNCHECKED] = None
    min_length: Annotated[int | None, UNCHECKED] = None
    max_length: Annotated[int | None, UNCHECKED] = None
    minimum: Annotated[int | float | None, UNCHECKED] = None
    maximum: Annotated[int | float | None, UNCHECKED] = None
    exclusive_minimum: Annotated[int | float | None, UNCHECKED] = None
    exclusive_maximum: Annotated[int | float | None, UNCHECKED] = None
    min_items: Annotated[int | None, UNCHECKED] = None
    max_items: Annotated[int | None, UNCHECKED] = None
    unique_items: Annotated[bool | None, UNCHECKED] = None


class BlueprintSchemaPatch(Document):
    """The `schema` of a blueprint as PATCH takes it."""

    closed = True

    properties: dict[PropertyId, PropertyPatch]
    required: list[str] | None = None


class BlueprintSchema(Document):
    """The `schema` of a blueprint: its own properties, and which of them every entity must have."""

    closed = True

    properties: dict[PropertyId, Property]
    required: list[str] = Field(default_factory=list)


class Relation(Document):
    """A relation from one blueprint's entities to those of another, its target."""

    closed = True

    target: str
    title: Title | None = None
    required: bool = False
    many: bool = False
    description: str | None = None
    type: str | None = None


class MirrorProperty(Document):
    """A property that shows another entity's value, found over a path of relations."""

    closed = True

    path: Annotated[str, Matches(identifiers.MIRROR_PATH)]
    title: Title | None = None


class CalculationProperty(Document):
    """A property that a jq program computes from the entity."""

    closed = True

    calculation: str
    type: PropertyType
    title: Title | None = None
    description: str | None = None
    icon: str | None = None
    format: Annotated[str, OneOf(CALCULATION_FORMATS)] | None = None
    spec: PropertySpec | None = None
    spec_authentication: SpecAuthentication | None = None
    colorized: bool | None = None
    colors: dict[str, Color] | None = None
    items: PropertyItems | None = None


class CalculationSpec(Document):
    """How an aggregation property makes a number out of the entities that it finds."""

    closed = True

    calculation_by: Annotated[str, OneOf(("entities", "property"))]
    func: Annotated[str, OneOf(AGGREGATION_FUNCTIONS)]
    property: str | None = None
    average_of: Annotated[str, OneOf(AVERAGE_PERIODS)] | None = None
    measure_time_by: str | None = None

    @classmethod
    def check_shape(cls, json: dict[str, Any], path: Path, problems: list[Problem]) -> None:
        """Adds also what depends on the function: the keys that it needs and those that it does not have."""
        before = len(problems)
        super().check_shape(json, path, problems)
        if len(problems) > before:
            return
        keys = _CALCULATION_KEYS.get((json["calculationBy"], json["func"]))
        if keys is None:
            functions = [func for by, func in _CALCULATION_KEYS if by == json["calculationBy"]]
            OneOf(tuple(functions)).check(json["func"], (*path, "func"), problems)
            return
        required, optional = keys
        known = ("calculationBy", "func", *required, *optional)
        problems.extend(missing(path, key) for key in required if key not in json)
        problems.extend(unknown_key(path, key, known) for key in json if key not in known)


_CALCULATION_KEYS: dict[tuple[str, str], tuple[tuple[str, ...], tuple[str, ...]]] = {
    ("entities", "count"): ((), ()),
    ("entities", "average"): (("averageOf",), ("measureTimeBy",)),
    ("property", "sum"): (("property",), ()),
    ("property", "min"): (("property",), ()),
    ("property", "max"): (("property",), ()),
    ("property", "median"): (("property",), ()),
    ("property", "average"): (("property", "averageOf"), ("measureTimeBy",)),
}


class PathFilter(Document):
    """The one path of relations that an aggregation looks along."""

    closed = True

    path: Annotated[list[str], Count(minimum=1)]
    from_blueprint: str | None = None


class AggregationProperty(Document):
    """A number computed from the entities of another blueprint that are related to this one."""

    closed = True

    title: Title
    target: str
    calculation_spec: CalculationSpec
    query: Query | None = None
    path_filter: Annotated[list[PathFilter], Count(maximum=1)] | None = None
    description: str | None = None
    icon: str | None = None
    type: Annotated[str, OneOf(("number",))] = "number"


class Ownership(KindedDocument):
    """Where the owning teams of an entity come from."""

    closed = True

    type: str
    title: Title | None = None


class DirectOwnership(Ownership, kind="Direct"):
    """Every entity names its own teams."""


class InheritedOwnership(Ownership, kind="Inherited"):
    """Every entity has the teams of another one, at the end of a path of relations."""

    path: str


class ChangelogDestination(KindedDocument):
    """Where Port sends the changes of a blueprint's entities."""

    closed = True

    type: str


class WebhookChangelog(ChangelogDestination, kind="WEBHOOK"):
    """Changes go to a URL."""

    url: Annotated[str, Formatted("uri")]
    agent: bool | None = None


class KafkaChangelog(ChangelogDestination, kind="KAFKA"):
    """Changes go to the organization's Kafka topic."""


class TeamInheritance(Document):
    """The older form of inherited ownership."""

    path: str


class _BlueprintParts(Document):
    """What a blueprint and a change to one have in common."""

    identifier: BlueprintId | None = None
    title: Annotated[str, Length(1, 100)] | None = None
    description: Annotated[str, Length(maximum=200)] | None = None
    icon: str | None = None
    calculation_properties: dict[PropertyId, CalculationProperty] = Field(default_factory=dict)
    mirror_properties: dict[PropertyId, MirrorProperty] = Field(default_factory=dict)
    aggregation_properties: dict[PropertyId, AggregationProperty] = Field(default_factory=dict)
    relations: dict[PropertyId, Relation] = Field(default_factory=dict)
    ownership: Ownership | None = None
    team_inheritance: Annotated[TeamInheritance | None, UNCHECKED] = None
    changelog_destination: ChangelogDestination | None = None


class BlueprintPatch(_BlueprintParts):
    """A change to a blueprint (Port: PATCH /v1/blueprints/{identifier}); the maps are merged by key."""

    schema_: BlueprintSchemaPatch | None = None


class BlueprintReplacement(_BlueprintParts):
    """A whole blueprint that takes the place of another (Port: PUT /v1/blueprints/{identifier})."""

    title: Annotated[str, Length(1, 100)]
    schema_: BlueprintSchema

    def find_problems(self) -> Iterable[Problem]:
        """Returns a problem for each required property that is not there, and each relation named like Port's own."""
        for index, name in enumerate(self.schema_.required):
            if name not in self.schema_.properties:
                message = f'The blueprint does not have Property with identifier "{name}"'
                expected = one_of(name, self.schema_.properties, "its properties: ")
                yield Problem(("schema", "required", index), message, expected, "blueprint_missing_property")
        for name in self.relations:
            if name.startswith("_"):
                message = 'Relation identifiers cannot start with "_"'
                yield Problem(("relations", name), message, code="system_identifier_error")


class Blueprint(BlueprintReplacement):
    """A blueprint as Port has it, and as POST /v1/blueprints takes it."""

    identifier: BlueprintId
    created_at: Annotated[str | None, UNCHECKED] = None
    created_by: Annotated[str | None, UNCHECKED] = None
    updated_at: Annotated[str | None, UNCHECKED] = None
    updated_by: Annotated[str | None, UNCHECKED] = None


class PropertyRename(Document):
    """A property's new name (Port: PATCH …/properties/{property_identifier}/rename)."""

    closed = True

    new_property_name: PropertyId | None = None


class MirrorRename(Document):
    """A mirror property's new name (Port: PATCH …/mirror/{property_identifier}/rename)."""

    closed = True

    new_mirror_name: PropertyId | None = None


class RelationRename(Document):
    """A relation's new name (Port: PATCH …/relations/{relation_identifier}/rename)."""

    closed = True

    new_relation_identifier: PropertyId | None = None
