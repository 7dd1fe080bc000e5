"""Types of fields that several kinds of documents share."""

from typing import Annotated

from quaymaster.port.documents import identifiers
from quaymaster.port.documents._constraints import Formatted, Length, Matches, OneOf

__all__ = [
    "COLORS",
    "COMBINATORS",
    "BlueprintId",
    "Color",
    "Combinator",
    "DateTime",
    "EntityId",
    "PropertyId",
    "ScorecardId",
    "Title",
]

COLORS = (
    "blue",
    "turquoise",
    "orange",
    "purple",
    "pink",
    "yellow",
    "green",
    "red",
    "gold",
    "silver",
    "paleBlue",
    "darkGray",
    "lightGray",
    "bronze",
    "lime",
    "olive",
    "brown",
)
COMBINATORS = ("and", "or")

Color = Annotated[str, OneOf(COLORS)]
Combinator = Annotated[str, OneOf(COMBINATORS)]
DateTime = Annotated[str, Formatted("date-time")]
Title = Annotated[str, Length(maximum=100)]

BlueprintId = Annotated[str, Matches(identifiers.BLUEPRINT), Length(maximum=100)]
EntityId = Annotated[str, Matches(identifiers.ENTITY), Length(maximum=1000)]
ScorecardId = Annotated[str, Matches(identifiers.ENTITY), Length(maximum=100)]
PropertyId = Annotated[str, Matches(identifiers.PROPERTY), Length(maximum=100)]
"""The key of a property or relation of any sort, and the identifier of a scorecard's rule."""
