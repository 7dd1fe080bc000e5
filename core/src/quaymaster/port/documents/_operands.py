"""What may stand in a rule where a property's name or a plain value would: objects told apart by their keys."""

from collections.abc import Mapping
from typing import Annotated, Any

from quaymaster.port.documents._base import Document, KindedDocument
from quaymaster.port.documents._constraints import OneOf, Range
from quaymaster.port.documents._fields import DateTime

__all__ = [
    "CONTEXTS",
    "DATE_PRESETS",
    "ContextProperty",
    "DatePreset",
    "DateRange",
    "Hop",
    "JqQuery",
    "Operand",
    "PropertySchema",
    "PropertySchemaItems",
    "RelationPath",
]

CONTEXTS = ("user", "userTeams")
DATE_PRESETS = (
    "today",
    "tomorrow",
    "yesterday",
    "lastDay",
    "lastWeek",
    "last2Weeks",
    "lastMonth",
    "last3Months",
    "last6Months",
    "last12Months",
)


class Operand(KindedDocument):
    """An object in a rule; each kind has one key that the others do not have."""

    @classmethod
    def name_kind(cls, json: Mapping[str, Any]) -> str | None:
        """Returns the key that tells the kind, or None."""
        return next((key for key in cls.kinds if key in json), None)


class JqQuery(Operand, kind="jqQuery"):
    """A value that a jq program gives (Port: forms of actions)."""

    closed = True

    jq_query: str


class DateRange(Operand, kind="from"):
    """The time from one instant to another, both included, which is a guess."""

    from_: DateTime
    to: DateTime


class DatePreset(Operand, kind="preset"):
    """A span of time with a name, such as `lastWeek` (Port docs: search-and-query)."""

    preset: Annotated[str, OneOf(DATE_PRESETS)]


class ContextProperty(Operand, kind="context"):
    """The value of a property on the caller's own entity, or on the entities of the caller's teams."""

    context: Annotated[str, OneOf(CONTEXTS)]
    property: str


class Hop(Document):
    """A relation that is followed up to `max_hops` times."""

    relation: str | None = None
    max_hops: Annotated[int | float, Range(1, 15)] | None = None


class RelationPath(Operand, kind="path"):
    """Relations to follow, from the candidate or, with `from_blueprint`, from entities of that blueprint."""

    closed = True

    path: list[str | Hop]
    from_blueprint: str | None = None


class PropertySchemaItems(Document):
    """The type and format of a list's items."""

    type: str
    format: str | None = None


class PropertySchema(Document):
    """Which properties a rule is about: those of this type and format."""

    closed = True

    type: str
    format: str | None = None
    items: PropertySchemaItems | None = None
