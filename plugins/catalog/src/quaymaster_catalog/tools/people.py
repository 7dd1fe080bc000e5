"""Tools about teams, users and who is on call."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from lazy_importer import lazy_importer

from quaymaster import Answer, InputError, PortClient, Table, gather, inline, tool

__lazy_modules__ = {
    "quaymaster.catalog.catalog",
    "quaymaster.catalog.finding",
    "quaymaster.catalog.counts",
    "quaymaster.catalog.dates",
    "quaymaster.catalog.fields",
    "quaymaster.catalog.filters",
    "quaymaster.catalog.rules",
    "quaymaster_catalog.awaiting",
    "quaymaster_catalog.oncall",
}
with lazy_importer():  # what a call needs; listing the tools must not wait for it
    from quaymaster.catalog.catalog import Catalog, Team, with_catalog
    from quaymaster.catalog.counts import count
    from quaymaster.catalog.dates import read_instant
    from quaymaster.catalog.fields import fields_of
    from quaymaster.catalog.filters import Filter
    from quaymaster.catalog.finding import find_one
    from quaymaster.catalog.rules import Term, read_term
    from quaymaster_catalog.awaiting import line_of, runs_awaiting
    from quaymaster_catalog.oncall import OnCall, find_rota, people_on_call

__all__ = ["describe_user_details", "list_teams", "who_is_on_call"]

_MOST_RUNS = 10
_ME = {"property": "$identifier", "operator": "=", "value": {"context": "user", "property": "$identifier"}}


@tool(read_only=True)
async def who_is_on_call(
    port: PortClient,
    team: str | None = None,
    blueprint: str | None = None,
    identifier: str | None = None,
    at: str | None = None,
) -> Answer:
    """Says who is on call now (or at an ISO 8601 instant) for a team, for an entity, or for all teams."""

    async def answer(catalog: Catalog) -> Answer:
        rota, present = find_rota(catalog), datetime.now(UTC)
        now = present if at is None else read_instant(at, "at", present)
        if (blueprint is None) != (identifier is None):
            raise InputError("name an entity by both blueprint and identifier")
        terms: list[Term] = []
        who = "all teams"
        if team is not None:
            known = catalog.team(team)
            terms, who = rota.of_team(catalog, known, now), known.title
        if blueprint is not None and identifier is not None:
            found = catalog.blueprint(blueprint)
            entity = await find_one(port, found, identifier)
            terms, who = [*terms, *rota.of_entity(catalog, found, entity, now)], entity.identifier
        people = await rota.read(port, catalog, now, terms)
        if not people:
            text = f"nobody is on call for {inline(who)}"
            return Answer(
                f"{text}{'' if at is None else f' at {at}'}, says blueprint {inline(rota.blueprint.identifier)}"
            )
        if terms:
            return Answer(f"on call for {inline(who)}{people_on_call(people)}")
        return Answer(f"{len(people):,} people are on call", _on_call_table(people))

    return await with_catalog(port, answer)


@tool(read_only=True)
async def list_teams(port: PortClient, team: str | None = None) -> Answer:
    """Lists the teams with the number of their members, or the members of one team."""

    async def answer(catalog: Catalog) -> Answer:
        teams = await port.organization.list_teams()
        if team is None:
            rows = [[it.name, len(it.users or ()), it.description] for it in teams]
            return Answer(f"{len(teams):,} teams", Table(["team", "members", "description"], rows))
        known = catalog.team(team)
        found = next((it for it in teams if it.name in {known.title, known.identifier}), None)
        members = [it.email for it in (found.users if found else None) or ()]
        return Answer(
            f"{inline(known.title)} has {len(members):,} members", Table(["member"], [[it] for it in members])
        )

    return await with_catalog(port, answer)


@tool(read_only=True)
async def describe_user_details(port: PortClient, user: str | None = None) -> Answer:
    """Describes a user (e-mail or name; by default the caller): role, teams, what they own, what awaits them."""

    async def answer(catalog: Catalog) -> Answer:
        email = await _find_user(port, catalog, user)
        known = await port.organization.get_user(email)
        teams = [catalog.team(it) for it in known.teams or ()]
        claims = _claims(catalog, email, teams)
        counts, awaiting = await gather(
            gather(*(count(port, it.blueprint, it.chosen) for it in claims)), runs_awaiting(port, known)
        )
        rows = [[it.blueprint, it.because, number] for it, number in zip(claims, counts, strict=True) if number]
        name = " ".join(filter(None, [known.first_name, known.last_name])) or email
        roles = [it.name for it in known.roles or ()]
        headline = f"{inline(name)} ({inline(email)}): {', '.join(map(inline, filter(None, [*roles, known.status])))}"
        member = f"in {', '.join(inline(it.title) for it in teams)}" if teams else "in no team"
        awaits = "" if awaiting is None else f"; {_runs(len(awaiting))} for their approval"
        return Answer(
            f"{headline}; {member}{awaits}",
            Table(["entities", "because", "count"], rows),
            text="\n".join(map(line_of, (awaiting or ())[:_MOST_RUNS])) or None,
        )

    return await with_catalog(port, answer)


def _runs(number: int) -> str:
    return f"{number or 'no'} run{'s wait' if number > 1 else ' waits'}"


def _on_call_table(people: Sequence[OnCall]) -> Table:
    return Table(["team", "user", "level", "until"], [[it.teams, it.user, it.level, it.until] for it in people])


async def _find_user(port: PortClient, catalog: Catalog, name: str | None) -> str:
    """Returns a user's e-mail address (Port: the identifier of the entity of `_user`).

    Who calls is known to Port alone; a rule compares with it (Port docs: search and query, "dynamic properties").
    """
    if name is not None:
        return (await find_one(port, catalog.blueprint("_user"), name)).identifier
    page = await port.entities.search("_user", {"combinator": "and", "rules": [_ME]}, include=["$identifier"], limit=1)
    if not page.entities:
        raise InputError("this server works with the credential of a machine, not of a person; name a user")
    return page.entities[0].identifier


@dataclass(frozen=True)
class _Claim:
    """Entities that have to do with a user, and why."""

    blueprint: str
    because: str
    chosen: Filter


def _claims(catalog: Catalog, email: str, teams: Sequence[Team]) -> list[_Claim]:
    """Returns what a user may have to do with: entities that their teams own, and properties that name them."""
    now = datetime.now(UTC)
    claims = []
    for blueprint in catalog.blueprints.values():
        if blueprint.identifier.startswith("_"):
            continue
        for field in fields_of(catalog, blueprint):
            if field.is_team and teams and blueprint.ownership is not None:
                term = read_term(catalog, field, "=", [it.identifier for it in teams], now)
                claims.append(_Claim(blueprint.identifier, "owned by the team", Filter((term,))))
            elif field.format == "user" and field.type == "string":
                term = read_term(catalog, field, "=", email, now)
                claims.append(_Claim(blueprint.identifier, field.title or field.label, Filter((term,))))
    return claims
