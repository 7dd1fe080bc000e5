"""Which scorecards, levels and rules a question is about; never those of another blueprint than the one meant."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from quaymaster import InputError, PortClient, nearest_first
from quaymaster.catalog.catalog import Catalog
from quaymaster.catalog.names import choose, fold
from quaymaster.port.documents.blueprint import Blueprint
from quaymaster.port.documents.scorecard import Scorecard
from quaymaster_scorecards.ladder import Ladder, Rule

__all__ = [
    "Scored",
    "check_same_blueprint",
    "choose_level",
    "choose_one",
    "choose_rule",
    "choose_scorecard",
    "choose_several",
]


@dataclass(frozen=True)
class Scored:
    """A scorecard and what it judges: the entities of a blueprint."""

    scorecard: Scorecard
    blueprint: Blueprint
    ladder: Ladder = field(repr=False)

    @property
    def identifier(self) -> str:
        """The scorecard's identifier."""
        return self.scorecard.identifier

    @property
    def title(self) -> str:
        """What people call the scorecard."""
        return self.scorecard.title


async def choose_one(port: PortClient, catalog: Catalog, name: str, blueprint: str | None) -> Scored:
    """Returns the scorecard of a name, as it is defined now.

    Raises:
        InputError: There is none, or several; the text lists them.
    """
    scorecards = _of_blueprint(await port.scorecards.list_all(), catalog, blueprint)
    return _scored(choose_scorecard(scorecards, name), catalog)


async def choose_several(
    port: PortClient, catalog: Catalog, names: Sequence[str] | None, blueprint: str | None
) -> list[Scored]:
    """Returns the scorecards of some names, or all there are, as they are defined now; at least one.

    Raises:
        InputError: A name fits none or several, or there is no scorecard.
    """
    scorecards = _of_blueprint(await port.scorecards.list_all(), catalog, blueprint)
    chosen = scorecards if names is None else [choose_scorecard(scorecards, name) for name in names]
    if not chosen:
        raise InputError(f"blueprint {blueprint!r} has no scorecards" if blueprint else "there are no scorecards")
    return [_scored(it, catalog) for it in chosen]


def check_same_blueprint(scorecards: Sequence[Scored]) -> Blueprint:
    """Returns the blueprint that all the scorecards are of.

    Raises:
        InputError: They are of several.
    """
    if len({it.blueprint.identifier for it in scorecards}) > 1:
        named: dict[str, list[str]] = {}
        for it in scorecards:
            named.setdefault(it.blueprint.identifier, []).append(it.identifier)
        listed = "; ".join(f"on {blueprint!r} {', '.join(names)}" for blueprint, names in named.items())
        raise InputError(f"say which blueprint, or which scorecards of one blueprint; there are: {listed}")
    return scorecards[0].blueprint


def choose_scorecard(scorecards: Sequence[Scorecard], name: str) -> Scorecard:
    """Returns the scorecard of that identifier or, if there is none, of that title or spelling.

    Raises:
        InputError: No scorecard, or several, are named so; the text lists them.
    """
    exact = [it for it in scorecards if it.identifier == name]
    found = exact or [it for it in scorecards if fold(name) in {fold(it.identifier), fold(it.title)}]
    if len(found) == 1:
        return found[0]
    if found:
        choices = ", ".join(f"{it.identifier!r} on blueprint {it.blueprint!r}" for it in found)
        raise InputError(f"scorecard {name!r} is ambiguous; choose one of: {choices}")
    nearest = nearest_first(name, (it.identifier for it in scorecards))
    choices = ", ".join(sorted(nearest, key=lambda it: fold(name) not in fold(it))) or "there are none"
    raise InputError(f"unknown scorecard {name!r}; choose from: {choices}")


def choose_level(scored: Scored, name: str) -> str:
    """Returns the level of a name.

    Raises:
        InputError: The scorecard has no such level; the text lists those it has.
    """
    found = [it for it in scored.ladder.levels if it == name]
    found = found or [it for it in scored.ladder.levels if fold(it) == fold(name)]
    if len(found) == 1:
        return found[0]
    choices = ", ".join(scored.ladder.levels)
    raise InputError(f"scorecard {scored.identifier!r} has no level {name!r}; its levels, lowest first: {choices}")


def choose_rule(scored: Scored, name: str) -> Rule:
    """Returns the rule of a name, its identifier or its title.

    Raises:
        InputError: The scorecard has no such rule; the text lists those it has.
    """
    return choose(name, scored.ladder.rules, "rule", f"scorecard {scored.identifier!r}")


def _of_blueprint(scorecards: Sequence[Scorecard], catalog: Catalog, name: str | None) -> list[Scorecard]:
    if name is None:
        return list(scorecards)
    blueprint = catalog.blueprint(name).identifier
    return [it for it in scorecards if it.blueprint == blueprint]


def _scored(scorecard: Scorecard, catalog: Catalog) -> Scored:
    blueprint = catalog.blueprints.get(scorecard.blueprint or "")
    if blueprint is None:
        raise InputError(
            f"scorecard {scorecard.identifier!r} is of blueprint {scorecard.blueprint!r}, which cannot be read"
        )
    return Scored(scorecard, blueprint, Ladder.of(scorecard))
