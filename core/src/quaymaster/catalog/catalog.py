"""What is known of an organisation's catalog besides its entities: blueprints, scorecards, and the teams' names."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from quaymaster.catalog.names import choose, fold
from quaymaster.concurrency import gather
from quaymaster.errors import InputError
from quaymaster.port import PortClient
from quaymaster.port.documents.blueprint import Blueprint
from quaymaster.port.documents.scorecard import Scorecard
from quaymaster.port.errors import ForbiddenError, NotFoundError, RejectedError

__all__ = ["Catalog", "Team", "load_catalog", "with_catalog"]

T = TypeVar("T")


@dataclass(frozen=True)
class Team:
    """A team: what entities carry, and what people call it."""

    identifier: str
    title: str


@dataclass(frozen=True)
class Catalog:
    """The data model of one organisation.

    Attributes:
        blueprints: By identifier, in Port's order.
        scorecards: Of all blueprints; empty if the credential may not read them.
        teams: By identifier; empty if the credential may not read them.
    """

    blueprints: Mapping[str, Blueprint]
    scorecards: Sequence[Scorecard]
    teams: Mapping[str, Team]

    def blueprint(self, name: str) -> Blueprint:
        """Returns the blueprint that a name stands for: its identifier, its title, another case, the plural.

        Port's own blueprints, such as `_user`, are meant where no other is named so.

        Raises:
            InputError: None, or several, are named so.
        """
        own = [it for it in self.blueprints.values() if not it.identifier.startswith("_")]
        try:
            return choose(name, own, "blueprint")
        except InputError:
            wanted = fold(name).removesuffix("s")
            system = next(
                (it for it in self.blueprints.values() if it not in own and fold(it.identifier) == wanted), None
            )
            if system is None:
                raise
            return system

    def scorecards_of(self, blueprint: str) -> list[Scorecard]:
        """Returns the scorecards of one blueprint."""
        return [it for it in self.scorecards if it.blueprint == blueprint]

    def team(self, name: str) -> Team:
        """Returns the team that a name stands for: its identifier or its title.

        Raises:
            InputError: None, or several, are named so.
        """
        if not self.teams:
            return Team(name, name)
        return choose(name, list(self.teams.values()), "team")

    def team_title(self, identifier: str) -> str:
        """Returns what people call a team; the identifier if nothing else is known."""
        team = self.teams.get(identifier)
        return identifier if team is None else team.title


async def load_catalog(port: PortClient) -> Catalog:
    """Returns the data model as it is now."""
    blueprints, scorecards, teams = await gather(
        port.blueprints.list_all(),
        _if_readable(port.scorecards.list_all()),
        _if_readable(_list_teams(port)),
    )
    return Catalog({it.identifier: it for it in blueprints}, scorecards, {it.identifier: it for it in teams})


async def with_catalog(port: PortClient, answer: Callable[[Catalog], Awaitable[T]]) -> T:
    """Returns what `answer` makes of the remembered data model; if that proves stale, of the one as it is now."""
    catalog = await port.remember(load_catalog)
    try:
        return await answer(catalog)
    except (InputError, NotFoundError, RejectedError):
        renewed = await port.remember(load_catalog, max_age_s=0)
        if renewed == catalog:
            raise
        return await answer(renewed)


async def _if_readable(reading: Awaitable[list[T]]) -> list[T]:
    """Returns what is read; nothing if this credential cannot read it."""
    try:
        return await reading
    except (ForbiddenError, NotFoundError):
        return []


async def _list_teams(port: PortClient) -> list[Team]:
    """Returns all teams, from their entities: these have both names (Port: blueprint `_team`)."""
    found = port.entities.search_all("_team", include=["$title"])
    return [Team(entity.identifier, entity.title or entity.identifier) async for entity in found]
