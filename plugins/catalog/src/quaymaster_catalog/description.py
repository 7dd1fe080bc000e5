"""One entity in few words: what somebody who has to deal with it wants to know first."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from quaymaster import Answer, InputError, PortClient, gather, inline
from quaymaster.catalog.catalog import Catalog
from quaymaster.catalog.fields import Field, fields_of
from quaymaster.catalog.finding import find_one
from quaymaster.port.documents.blueprint import Blueprint
from quaymaster.port.documents.entity import Entity
from quaymaster.port.errors import PortError
from quaymaster.results import estimate_tokens
from quaymaster_catalog.documents import entity_document
from quaymaster_catalog.history import Change, changes_in
from quaymaster_catalog.oncall import OnCall, find_rota, people_on_call

__all__ = ["describe"]

_MOST_FACTS = 10
_MOST_LINKS = 4
_MOST_ENDS = 6
_MOST_CHANGES = 3
_LONGEST_VALUE = 60
_MOST_TOKENS = 310
"""As `estimate_tokens` counts, which is some more than a model pays: a description is to stay below 300."""


async def describe(port: PortClient, catalog: Catalog, blueprint: str, name: str) -> Answer:
    """Returns an entity's owner, on-call, facts, links, relations, scorecard levels and latest changes.

    Raises:
        InputError: There is no such entity, or several.
    """
    found = catalog.blueprint(blueprint)
    entity = await find_one(port, found, name)
    people, changes = await gather(_on_call(port, catalog, found, entity), _changes(port, entity, found))
    sections = [
        list(_people(catalog, found, entity, people)),
        list(_facts(catalog, found, entity)),
        list(_relations(found, entity)),
        list(_scorecards(catalog, found, entity)),
        [_changed(it) for it in changes],
    ]
    left_out = _shorten(sections)
    title = f", {inline(entity.title)}" if entity.title not in {None, entity.identifier} else ""
    return Answer(
        f"{inline(entity.identifier)}{title} ({inline(found.identifier)})",
        text="\n".join(line for section in sections for line in section),
        notes=[f"{left_out} lines are left out; get_entities_by_identifiers gives all"] if left_out else [],
        document=entity_document.address(
            profile=port.profile, blueprint=found.identifier, identifier=entity.identifier
        ),
    )


def _shorten(sections: Sequence[list[str]]) -> int:
    """Takes lines from the end of the longest sections until the rest is short; returns how many."""
    left_out = 0
    while estimate_tokens("\n".join(line for section in sections for line in section)) > _MOST_TOKENS:
        longest = max(sections, key=lambda section: sum(map(len, section)) if len(section) > 1 else 0)
        if len(longest) < 2:
            break
        longest.pop()
        left_out += 1
    return left_out


async def _on_call(port: PortClient, catalog: Catalog, blueprint: Blueprint, entity: Entity) -> list[OnCall]:
    """Returns who is on call for an entity; nobody if the catalog does not know."""
    now = datetime.now(UTC)
    try:
        rota = find_rota(catalog)
        terms = rota.of_entity(catalog, blueprint, entity, now)
    except InputError:
        return []
    return await rota.read(port, catalog, now, terms)


async def _changes(port: PortClient, entity: Entity, blueprint: Blueprint) -> list[Change]:
    """Returns the latest changes; none if this credential may not read the audit log."""
    try:
        entries = await port.audit_log.list_changes(blueprint.identifier, entity.identifier, limit=_MOST_CHANGES)
    except PortError:
        return []
    return [it for it in changes_in(entries) if it.name][:_MOST_CHANGES]


def _people(catalog: Catalog, blueprint: Blueprint, entity: Entity, people: Sequence[OnCall]) -> Iterator[str]:
    owners = ", ".join(catalog.team_title(it) for it in entity.teams)
    yield f"owner: {owners or 'nobody'}"
    named = [(it, entity.properties.get(it.identifier)) for it in fields_of(catalog, blueprint) if it.format == "user"]
    yield from (f"{it.label}: {_joined(value)}" for it, value in named if value)
    if people:
        yield f"on call{people_on_call(people)}"


def _facts(catalog: Catalog, blueprint: Blueprint, entity: Entity) -> Iterator[str]:
    """Yields the values that are short by nature, then the links."""
    fields = [
        it for it in fields_of(catalog, blueprint) if entity.properties.get(it.identifier) not in (None, [], {}, "")
    ]
    chosen = [it for it in fields if it.choices]
    others = [it for it in fields if it.type in {"number", "boolean"}]
    stated = [_fact(it, entity.properties[it.identifier]) for it in [*chosen, *others][:_MOST_FACTS]]
    if stated:
        yield ", ".join(stated)
    links = [it for it in fields if it.format == "url"][:_MOST_LINKS]
    yield from (f"{it.label}: {entity.properties[it.identifier]}" for it in links)


def _fact(field: Field, value: Any) -> str:
    if field.choices:
        return _joined(value)
    return f"{field.label} {str(value).lower() if isinstance(value, bool) else value}"


def _relations(blueprint: Blueprint, entity: Entity) -> Iterator[str]:
    for name in blueprint.relations:
        if ends := entity.list_related(name):
            more = f", {len(ends) - _MOST_ENDS} more" if len(ends) > _MOST_ENDS else ""
            yield f"{name}: {', '.join(ends[:_MOST_ENDS])}{more}"


def _scorecards(catalog: Catalog, blueprint: Blueprint, entity: Entity) -> Iterator[str]:
    titles = {it.identifier: it.title for it in catalog.scorecards_of(blueprint.identifier)}
    for name in entity.scorecards:
        if result := entity.result_of(name):
            passed = len(result.rules) - len(result.failing)
            yield f"{titles.get(name, name)}: {result.level} ({passed} of {len(result.rules)} rules pass)"


def _changed(change: Change) -> str:
    before, after = (_cut("nothing" if it is None else _joined(it)) for it in (change.before, change.after))
    return f"changed {change.at[:10]}: {change.name} {before} → {after} ({change.by})"


def _joined(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _cut(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST_VALUE else f"{line[: _LONGEST_VALUE - 1]}…"
