"""What keeps an entity from a level: the rules, the values, and the one change that would lift it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from quaymaster import InputError, PortClient, gather, inline
from quaymaster.catalog.catalog import Catalog
from quaymaster.catalog.finding import find_entities
from quaymaster.catalog.names import fold
from quaymaster.port.documents.blueprint import Blueprint
from quaymaster.port.documents.entity import Entity
from quaymaster_scorecards.choice import Scored, choose_level
from quaymaster_scorecards.ladder import Rule
from quaymaster_scorecards.standings import Standing, standing_of
from quaymaster_scorecards.translation import search_rule
from quaymaster_scorecards.values import types_of
from quaymaster_scorecards.words import needs

__all__ = ["Gap", "find_blueprint", "gaps_of", "say_unjudged"]


@dataclass(frozen=True)
class Gap:
    """How far one entity is from a level of one scorecard.

    Attributes:
        entity: The entity.
        scored: The scorecard.
        target: The level.
        standing: Where the entity stands; None if the scorecard does not judge it.
    """

    entity: Entity
    scored: Scored
    target: str
    standing: Standing | None

    @property
    def blocking(self) -> list[Rule]:
        """The failing rules between the entity and the level, those of the lowest level first."""
        return [] if self.standing is None else self.scored.ladder.blocking(self.standing.failing, self.target)

    @property
    def lift(self) -> tuple[Rule, str] | None:
        """The rule that alone keeps the entity from its next level, and the level it would have with it; or None."""
        if self.standing is None or not self.blocking:
            return None
        rule, ladder = self.blocking[0], self.scored.ladder
        lifted = ladder.level_of(self.standing.failing - {rule.identifier})
        return (rule, lifted) if ladder.rank(lifted) > ladder.rank(self.standing.level) else None


async def find_blueprint(
    port: PortClient, scorecards: Sequence[Scored], names: Sequence[str]
) -> tuple[Blueprint, list[Entity]]:
    """Returns the entities of some names, and which of the scorecards' blueprints they are of.

    Raises:
        InputError: Entities of several blueprints have these names.
    """
    blueprints = list({it.blueprint.identifier: it.blueprint for it in scorecards}.values())
    found = await gather(*(find_entities(port, it, names, None) for it in blueprints))
    with_entities = [pair for pair in zip(blueprints, found, strict=True) if pair[1]]
    if len(with_entities) > 1:
        listed = ", ".join(repr(it.identifier) for it, _ in with_entities)
        raise InputError(f"entities of these names are of several blueprints: {listed}; say which blueprint")
    return with_entities[0] if with_entities else (blueprints[0], [])


def gaps_of(entities: Sequence[Entity], scorecards: Sequence[Scored], level: str | None) -> list[Gap]:
    """Returns the gaps of entities to a level, or to the highest, by entity and then by scorecard.

    Raises:
        InputError: None of the scorecards has the level.
    """
    targets: Mapping[str, str] = {
        it.identifier: it.ladder.top if level is None else choose_level(it, level)
        for it in scorecards
        if level is None or len(scorecards) == 1 or fold(level) in map(fold, it.ladder.levels)
    }
    if not targets:
        levels = "; ".join(f"{it.identifier}: {', '.join(it.ladder.levels)}" for it in scorecards)
        raise InputError(f"no scorecard has the level {level!r}; the levels are, lowest first: {levels}")
    return [
        Gap(entity, scored, targets[scored.identifier], standing_of(entity, scored.identifier))
        for entity in entities
        for scored in scorecards
        if scored.identifier in targets
    ]


async def say_unjudged(port: PortClient, catalog: Catalog, gaps: Sequence[Gap]) -> list[str]:
    """Returns a note for each scorecard on the entities that it does not judge: outside its filter, or not yet."""
    notes = []
    for scored in {it.scored.identifier: it.scored for it in gaps if it.standing is None}.values():
        names = [it.entity.identifier for it in gaps if it.standing is None and it.scored is scored]
        inside = set(names)
        if scored.ladder.filter is not None:
            passing = search_rule(scored.ladder.filter, types_of(catalog, scored.blueprint))
            rules = [{"property": "$identifier", "operator": "in", "value": names}, passing]
            page = await port.entities.search(
                scored.blueprint.identifier, {"combinator": "and", "rules": rules}, include=["$identifier"]
            )
            inside = {it.identifier for it in page.entities}
            if outside := [name for name in names if name not in inside]:
                asked = inline(needs(scored.ladder.filter, alone=False))
                notes.append(f"{inline(scored.title)} does not judge {_listed(outside)}: its filter asks {asked}")
        if waiting := [name for name in names if name in inside]:
            notes.append(f"{inline(scored.title)} has no result for {_listed(waiting)} yet: Port may need a while")
    return notes


def _listed(names: Sequence[str]) -> str:
    return ", ".join(map(inline, names))
