"""A blueprint as the sandbox works with it: its document, read once."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from functools import cached_property
from typing import Any

from quaymaster_sandbox.storage.schema import TEAM_EDGE, calculation_column, documents_view, edges_view, entities_table
from quaymaster_sandbox.values.program_reads import properties_read
from quaymaster_sandbox.values.validation import Check, compile_schema

_LONG_TEXT_FORMATS = frozenset({"markdown", "yaml", "proto"})
_INSTANT_FORMATS = frozenset({"date-time", "timer"})
SYSTEM_PREFIX = "_"
COMPUTED = frozenset({"_rule_result"})
"""The blueprints of Port's own whose entities nobody writes."""


class Kind(Enum):
    """How values of a property are kept in a column and compared."""

    TEXT = auto()
    LONG_TEXT = auto()
    NUMBER = auto()
    BOOLEAN = auto()
    INSTANT = auto()
    ARRAY = auto()
    OBJECT = auto()


def kind_of(schema: Mapping[str, Any]) -> Kind:
    """Returns the kind of the values that a property's schema describes."""
    match schema["type"]:
        case "number":
            return Kind.NUMBER
        case "boolean":
            return Kind.BOOLEAN
        case "array":
            return Kind.ARRAY
        case "object":
            return Kind.OBJECT
    if schema.get("format") in _INSTANT_FORMATS:
        return Kind.INSTANT
    return Kind.LONG_TEXT if schema.get("format") in _LONG_TEXT_FORMATS else Kind.TEXT


@dataclass(frozen=True)
class Property:
    """A property of the blueprint itself; its values stand in the column `c<slot>`."""

    identifier: str
    schema: Mapping[str, Any]
    slot: int
    kind: Kind

    @property
    def column(self) -> str:
        """The name of the property's column in the blueprint's table."""
        return f"c{self.slot}"

    @cached_property
    def check(self) -> Check:
        """Yields what is wrong with a value of the property."""
        return compile_schema(self.schema)


@dataclass(frozen=True)
class Relation:
    """A relation of the blueprint; `id` is what the rows of `edge` carry, whatever the relation is called."""

    identifier: str
    id: int
    target: str
    many: bool
    required: bool
    edges: str = "edge"
    """The table or view whose rows lead from sources to targets."""


@dataclass(frozen=True)
class Mirror:
    """A value read from another entity at the end of a chain of relations."""

    identifier: str
    relations: tuple[str, ...]
    property: str


@dataclass(frozen=True)
class Calculation:
    """A value that a jq program makes of the entity; if it is kept, it stands in the column `k<slot>`."""

    identifier: str
    program: str
    schema: Mapping[str, Any]
    kind: Kind
    slot: int | None

    @property
    def column(self) -> str | None:
        """The name of the calculation's column in the blueprint's table, if its values are kept."""
        return None if self.slot is None else calculation_column(self.slot)

    @cached_property
    def reads(self) -> frozenset[str] | None:
        """The only properties that the program reads, None if it may read more of the entity."""
        return properties_read(self.program)

    @cached_property
    def check(self) -> Check:
        """Yields what is wrong with a result: that it is of another type."""
        return compile_schema({"type": self.schema["type"]})


@dataclass(frozen=True)
class Aggregation:
    """A number made of the entities that a chain of relations leads to."""

    identifier: str
    definition: Mapping[str, Any]


@dataclass(frozen=True)
class Layout:
    """Where the values of a blueprint's properties, relations and calculations are kept."""

    properties: Mapping[str, int] = field(default_factory=dict)
    relations: Mapping[str, int] = field(default_factory=dict)
    slots: int = 0
    calculations: Mapping[str, int] = field(default_factory=dict)
    calculation_slots: int = 0

    def to_json(self) -> dict[str, Any]:
        """Returns the layout as it is stored."""
        return {
            "properties": dict(self.properties),
            "relations": dict(self.relations),
            "slots": self.slots,
            "calculations": dict(self.calculations),
            "calculation_slots": self.calculation_slots,
        }


@dataclass(frozen=True)
class Blueprint:
    """One version of a blueprint: the stored document and what follows from it."""

    id: int
    document: Mapping[str, Any]
    layout: Layout

    @cached_property
    def identifier(self) -> str:
        """The blueprint's identifier."""
        return str(self.document["identifier"])

    @cached_property
    def table(self) -> str:
        """The name of the table of the blueprint's entities."""
        return entities_table(self.id)

    @cached_property
    def is_computed(self) -> bool:
        """Whether the entities are not written but follow from others; views then stand in the places of tables."""
        return self.identifier in COMPUTED

    @cached_property
    def documents(self) -> str:
        """The table or view that holds the own properties of the blueprint's entities as JSON, by number."""
        return documents_view(self.id) if self.is_computed else "document"

    @cached_property
    def properties(self) -> dict[str, Property]:
        """The blueprint's own properties, in the order of the document."""
        return {
            identifier: Property(identifier, schema, self.layout.properties[identifier], kind_of(schema))
            for identifier, schema in self.document["schema"]["properties"].items()
        }

    @cached_property
    def required(self) -> tuple[str, ...]:
        """The properties that every entity must have."""
        return tuple(self.document["schema"].get("required", ()))

    @cached_property
    def relations(self) -> dict[str, Relation]:
        """The blueprint's relations, in the order of the document."""
        return {
            identifier: Relation(
                identifier,
                self.layout.relations[identifier],
                definition["target"],
                bool(definition.get("many", False)),
                bool(definition.get("required", False)),
                edges_view(self.layout.relations[identifier]) if self.is_computed else "edge",
            )
            for identifier, definition in self.document["relations"].items()
        }

    @cached_property
    def mirrors(self) -> dict[str, Mirror]:
        """The blueprint's mirror properties."""
        mirrors = {}
        for identifier, definition in self.document["mirrorProperties"].items():
            *relations, final = definition["path"].split(".")
            mirrors[identifier] = Mirror(identifier, tuple(relations), final)
        return mirrors

    @cached_property
    def calculations(self) -> dict[str, Calculation]:
        """The blueprint's calculation properties."""
        slots = self.layout.calculations
        return {
            identifier: Calculation(
                identifier, definition["calculation"], definition, kind_of(definition), slots.get(identifier)
            )
            for identifier, definition in self.document["calculationProperties"].items()
        }

    @cached_property
    def aggregations(self) -> dict[str, Aggregation]:
        """The blueprint's aggregation properties."""
        return {
            identifier: Aggregation(identifier, definition)
            for identifier, definition in self.document["aggregationProperties"].items()
        }

    @cached_property
    def ownership_path(self) -> tuple[str, ...] | None:
        """The relations that lead to the blueprint whose teams own the entities; None when teams are set directly.

        Port: `docs/sso-rbac/ownership.md`, and the older `teamInheritance`. Port's own examples write the path with and
        without a final `$team`.
        """
        ownership = self.document.get("ownership") or {}
        path = ownership.get("path") if ownership.get("type") == "Inherited" else None
        if path is None and self.document.get("teamInheritance"):
            path = self.document["teamInheritance"].get("path")
        if path is None:
            return None
        steps = tuple(path.split("."))
        return steps[:-1] if steps[-1] == "$team" else steps

    @cached_property
    def is_owned_directly(self) -> bool:
        """Whether entities name their own teams, which is a relation then (Port: `docs/sso-rbac/ownership.md`)."""
        ownership = self.document.get("ownership")
        return ownership is not None and ownership["type"] == "Direct"

    @cached_property
    def is_system(self) -> bool:
        """Whether the blueprint is Port's own, such as `_team`."""
        return self.identifier.startswith(SYSTEM_PREFIX)

    def has_property(self, identifier: str) -> bool:
        """Tells whether a value of this name is read among the entity's properties."""
        return any(
            identifier in group for group in (self.properties, self.mirrors, self.calculations, self.aggregations)
        )


TEAM_RELATION = Relation("$team", TEAM_EDGE, "_team", many=True, required=False)
"""The teams of an entity, seen as a relation to `_team`."""
