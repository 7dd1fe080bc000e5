"""Who is on call: read from whichever blueprint of the catalog holds shifts or schedules."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from quaymaster import InputError, PortClient, inline
from quaymaster.catalog.catalog import Catalog, Team
from quaymaster.catalog.columns import includes, read_rows
from quaymaster.catalog.fields import Field, Path, fields_of, resolve
from quaymaster.catalog.filters import Filter
from quaymaster.catalog.names import fold
from quaymaster.catalog.rules import Term, read_term
from quaymaster.port.documents.blueprint import Blueprint
from quaymaster.port.documents.entity import Entity

__all__ = ["OnCall", "Rota", "find_rota", "people_on_call"]

_ROTA_WORDS = ("oncall", "shift", "rota", "schedule", "pagerduty", "opsgenie")
_START_WORDS = ("start", "from", "begin")
_END_WORDS = ("end", "until", "to", "finish")
_MOST_PEOPLE = 1000


@dataclass(frozen=True)
class OnCall:
    """One person on call.

    Attributes:
        teams: What people call the teams.
        user: The user's e-mail address.
        level: Such as `primary`; None if the catalog knows none.
        until: When the shift ends; None if the catalog does not know.
    """

    teams: Sequence[str]
    user: str
    level: str | None
    until: str | None

    def __str__(self) -> str:
        end = f"until {_short(self.until)}" if self.until else None
        details = " ".join(filter(None, [self.level, end]))
        return f"{self.user} ({details})" if details else self.user


@dataclass(frozen=True)
class Rota:
    """The blueprint that says who is on call, and how.

    Attributes:
        user: The property with who it is.
        start: The property with when a shift begins; None if an entity is always in force.
        end: The property with when it ends.
        level: The property that tells primary from secondary.
    """

    blueprint: Blueprint
    user: Field
    start: Field | None
    end: Field | None
    level: Field | None

    async def read(self, port: PortClient, catalog: Catalog, at: datetime, terms: Sequence[Term]) -> list[OnCall]:
        """Returns who is on call at an instant, on the shifts that meet all the terms."""
        now = at.isoformat()
        bounds = [
            read_term(catalog, field, operator, now, at)
            for field, operator in ((self.start, "<="), (self.end, ">"))
            if field is not None
        ]
        chosen = Filter((*terms, *bounds))
        paths = [resolve(catalog, self.blueprint, "$team"), Path((), self.user)]
        paths += [Path((), it) for it in (self.level, self.end) if it is not None]
        page = await port.entities.search(
            self.blueprint.identifier, chosen.search, include=includes(paths), limit=_MOST_PEOPLE
        )
        rows = await read_rows(port, catalog, page.entities, paths)
        found = [self._on_call(row) for row in rows]
        return sorted((it for people in found for it in people), key=lambda it: (list(it.teams), self._rank(it)))

    def of_team(self, catalog: Catalog, team: Team, at: datetime) -> list[Term]:
        """Returns what a team's shifts meet."""
        return [read_term(catalog, resolve(catalog, self.blueprint, "$team").field, "=", team.identifier, at)]

    def of_entity(self, catalog: Catalog, blueprint: Blueprint, entity: Entity, at: datetime) -> list[Term]:
        """Returns what the shifts for an entity meet: those of the schedule it relates to, else those of its teams.

        Raises:
            InputError: The entity relates to no schedule and has no team.
        """
        for name, relation in self.blueprint.relations.items():
            ends = [entity.identifier] if relation.target == blueprint.identifier else []
            for own, other in blueprint.relations.items():
                ends += entity.list_related(own) if other.target == relation.target else []
            if ends:
                field = resolve(catalog, self.blueprint, name).field
                return [read_term(catalog, field, "in", ends, at)]
        for name, other in blueprint.relations.items():
            if other.target == self.blueprint.identifier and (ends := entity.list_related(name)):
                return [read_term(catalog, resolve(catalog, self.blueprint, "$identifier").field, "in", ends, at)]
        if not entity.teams:
            raise InputError(f"{entity.identifier!r} has neither an on-call schedule nor an owning team")
        return [read_term(catalog, resolve(catalog, self.blueprint, "$team").field, "in", entity.teams, at)]

    def _on_call(self, row: Sequence[Any]) -> list[OnCall]:
        teams, users, *others = row
        values = iter(others)
        level = next(values) if self.level is not None else None
        until = next(values) if self.end is not None else None
        names = users if isinstance(users, list) else [users]
        return [OnCall(teams, user, level, until) for user in names if user]

    def _rank(self, person: OnCall) -> int:
        choices = self.level.choices if self.level is not None else ()
        return choices.index(person.level) if person.level in choices else len(choices)


def find_rota(catalog: Catalog) -> Rota:
    """Returns the blueprint whose name and properties speak of being on call; of several, one with shifts.

    Raises:
        InputError: There is none.
    """
    rotas = [rota for it in catalog.blueprints.values() if (rota := _as_rota(catalog, it)) is not None]
    with_shifts = [it for it in rotas if it.end is not None]
    if not rotas:
        raise InputError(
            "no blueprint holds who is on call: one named like 'on-call shift', with a property of format 'user', "
            "is needed; list_blueprints shows what there is"
        )
    return (with_shifts or rotas)[0]


def people_on_call(people: Sequence[OnCall]) -> str:
    """Says who the people are, to go on behind "on call"; an end that they have in common is said once."""
    ends = {it.until for it in people}
    if len(ends) > 1 or None in ends:
        return f": {', '.join(inline(it) for it in people)}"
    return f" until {_short(people[0].until or '')}: {', '.join(inline(replace(it, until=None)) for it in people)}"


def _as_rota(catalog: Catalog, blueprint: Blueprint) -> Rota | None:
    names = fold(blueprint.identifier) + fold(blueprint.title)
    if blueprint.identifier.startswith("_") or not any(word in names for word in _ROTA_WORDS):
        return None
    fields = {it.identifier: it for it in fields_of(catalog, blueprint) if it.kind == "property"}
    user = next((it for it in fields.values() if it.format == "user"), None)
    if user is None:
        return None
    start, end = (_named(fields, words) for words in (_START_WORDS, _END_WORDS))
    level = next((it for it in fields.values() if it.choices), None)
    return Rota(blueprint, user, start if end else None, end if start else None, level)


def _named(fields: Mapping[str, Field], words: Sequence[str]) -> Field | None:
    """Returns the date among the fields whose name begins with one of the words."""
    return next((it for it in fields.values() if it.is_date and fold(it.identifier).startswith(tuple(words))), None)


def _short(instant: str) -> str:
    """Returns an instant as people say it: `19 Nov 09:00 UTC`, in another year with the year."""
    at = datetime.fromisoformat(instant).astimezone(UTC)
    return f"{at:%d %b %H:%M} UTC" if at.year == datetime.now(UTC).year else f"{at:%d %b %Y %H:%M} UTC"
