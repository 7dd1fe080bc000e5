"""Where single entities stand with a scorecard, as Port has judged them."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from quaymaster import Call, PortClient
from quaymaster.catalog.columns import includes
from quaymaster.catalog.fields import Field, Path
from quaymaster.port.documents.entity import Entity
from quaymaster_scorecards.choice import Scored
from quaymaster_scorecards.ladder import JSON
from quaymaster_scorecards.progress import Progress

__all__ = ["SCORECARDS", "Standing", "read_standings", "standing_of"]

SCORECARDS = includes([Path((), Field("", None, "scorecard"))])
"""What to ask a search for to get nothing of an entity but its name and its scorecards."""


@dataclass(frozen=True)
class Standing:
    """How an entity stands with a scorecard.

    Attributes:
        entity: The entity's identifier.
        title: Its title, if it has one.
        level: The level it is on.
        failing: The identifiers of the rules it fails.
    """

    entity: str
    title: str | None
    level: str
    failing: frozenset[str]


def standing_of(entity: Entity, scorecard: str) -> Standing | None:
    """Returns how an entity stands with a scorecard; None if it is not judged by it."""
    result = entity.result_of(scorecard)
    if result is None or result.level is None:
        return None
    return Standing(entity.identifier, entity.title, result.level, result.failing)


async def read_standings(port: PortClient, call: Call, scored: Scored, query: JSON | None) -> AsyncIterator[Standing]:
    """Yields the standing of each judged entity that a search finds; memory holds one page."""
    found = port.entities.search_all(scored.blueprint.identifier, query, include=SCORECARDS)
    async for entity in Progress(call).watch(found):
        standing = standing_of(entity, scored.identifier)
        if standing is not None:
            yield standing
