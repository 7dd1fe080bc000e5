"""Tallies for groups of entities: by team, by any property, by a relation."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from quaymaster import Call, InputError, PortClient, gather
from quaymaster.catalog.catalog import Catalog
from quaymaster.catalog.columns import value_of
from quaymaster.catalog.counts import NONE, count_by
from quaymaster.catalog.fields import Field, resolve
from quaymaster.catalog.filters import Filter
from quaymaster.catalog.rules import Term, read_term
from quaymaster.port.documents.blueprint import Blueprint
from quaymaster.port.documents.entity import Entity
from quaymaster_scorecards.choice import Scored
from quaymaster_scorecards.progress import Progress
from quaymaster_scorecards.standings import SCORECARDS, standing_of
from quaymaster_scorecards.tally import Tally, count_tally

__all__ = ["FEW_GROUPS", "MOST_GROUPS", "group_names", "read_group_field", "tally_groups"]

MOST_GROUPS = 50
"""The most groups that are shown."""

FEW_GROUPS = 5
"""So many groups are compared rule by rule."""

_MOST_COUNTED = 50
"""The most groups that Port is asked to count: each costs a request, or one more for each rule."""


def read_group_field(catalog: Catalog, blueprint: Blueprint, name: str) -> Field:
    """Returns the field to group by.

    Raises:
        InputError: The name stands for nothing, or for something that cannot be grouped by.
    """
    path = resolve(catalog, blueprint, name)
    if path.relations:
        first = path.relations[0].label
        raise InputError(f"cannot group by {name!r}: group by {first!r}, or by a mirror property of it")
    if path.field.kind == "scorecard" or path.field.type == "object" or path.field.is_date:
        raise InputError(f"cannot group by {name!r}: group by team, a property with few values, or a relation")
    return path.field


async def tally_groups(
    port: PortClient, call: Call, catalog: Catalog, scored: Scored, field: Field, chosen: Filter
) -> list[tuple[str, Tally]]:
    """Returns the tallies of all groups in which something is judged, the worst first, then by name.

    Port counts where it can and the groups are not too many; otherwise all entities are read, once. Rules are tallied
    only where groups are few enough to be compared rule by rule.
    """
    tallies = await _count_groups(port, call, catalog, scored, field, chosen) if chosen.can_aggregate else None
    if tallies is None:
        tallies = await _read_groups(port, call, catalog, scored, field, chosen)
    judged = [(name, tally) for name, tally in tallies.items() if tally.judged]
    return sorted(judged, key=lambda pair: (pair[1].score(scored.ladder), pair[0]))


def group_names(catalog: Catalog, field: Field, entity: Entity) -> list[str]:
    """Returns the names of the groups that an entity is in, for people."""
    value = value_of(catalog, field, entity)
    values = value if isinstance(value, list) else [value]
    names = [str(it).lower() if isinstance(it, bool) else str(it) for it in values if it not in (None, "")]
    return names or [NONE]


async def _count_groups(
    port: PortClient, call: Call, catalog: Catalog, scored: Scored, field: Field, chosen: Filter
) -> Mapping[str, Tally] | None:
    """Returns the tallies by a request for each group, and one more for each rule; None if that would be too many.

    Where the filter itself names values of the field ("team is one of web, ops"), only these are groups. Entities
    without a value are a group of their own; not without a relation, which aggregates cannot ask for.
    """
    counts = await count_by(port, catalog, scored.blueprint.identifier, field, chosen)
    named = _named(field, chosen)
    values = [value for value in counts if not named or value in named]
    if len(values) > _MOST_COUNTED:
        return None
    now = datetime.now(UTC)
    groups = {
        catalog.team_title(value) if field.is_team else value: read_term(catalog, field, "=", _typed(field, value), now)
        for value in values
    }
    if field.kind != "relation" and not named and field.identifier not in scored.blueprint.schema_.required:
        groups[NONE] = read_term(catalog, field, "isEmpty", True, now)
    rules = scored.ladder.rules if len(groups) <= FEW_GROUPS else ()
    tallies = await gather(
        *(count_tally(port, call, scored, chosen.also(Filter((term,))), rules) for term in groups.values())
    )
    return dict(zip(groups, tallies, strict=True))


async def _read_groups(
    port: PortClient, call: Call, catalog: Catalog, scored: Scored, field: Field, chosen: Filter
) -> Mapping[str, Tally]:
    """Returns the tallies by reading all entities once; memory holds a page of them and the tallies."""
    levels: defaultdict[str, Counter[str]] = defaultdict(Counter)
    failing: defaultdict[str, Counter[str]] = defaultdict(Counter)
    named = {catalog.team_title(it) if field.is_team else it for it in _named(field, chosen)}
    include = [*SCORECARDS, field.identifier]
    found = port.entities.search_all(scored.blueprint.identifier, chosen.search, include=include)
    async for entity in Progress(call).watch(found):
        if (standing := standing_of(entity, scored.identifier)) is None:
            continue
        for name in group_names(catalog, field, entity):
            if not named or name in named:
                levels[name][standing.level] += 1
                failing[name].update(standing.failing)
    return {
        name: Tally(
            {level: levels[name][level] for level in scored.ladder.levels},
            {rule.identifier: failing[name][rule.identifier] for rule in scored.ladder.rules},
        )
        for name in levels
    }


def _named(field: Field, chosen: Filter) -> set[str]:
    """Returns the values of a field that a filter itself names; none if it names none."""
    return {value for term in chosen.terms if term.field == field for value in _values(term)}


def _values(term: Term) -> list[str]:
    """Returns the values that a condition asks for; none if it asks for anything else than one of some values."""
    value = term.search.get("value")
    if term.search.get("operator") not in {"=", "in", "containsAny", "matchAny"}:
        return []
    return [str(it) for it in (value if isinstance(value, list) else [value])]


def _typed(field: Field, value: str) -> Any:
    """Returns the value that a group's name stands for; counts have names for keys."""
    if field.type == "boolean":
        return value == "true"
    return float(value) if field.type == "number" else value
