"""Tallies for groups of entities: by team, by any property, by a relation."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from quaymaster import Call, InputError, PortClient, gather
from quaymaster.catalog.catalog import Catalog
from quaymaster.catalog.counts import NONE, count_by
from quaymaster.catalog.fields import Field, resolve
from quaymaster.catalog.filters import Filter
from quaymaster.catalog.rules import Term, read_term
from quaymaster.port.documents.blueprint import Blueprint
from quaymaster_scorecards.choice import Scored
from quaymaster_scorecards.ladder import Rule
from quaymaster_scorecards.tally import Tally, count_tally

__all__ = ["MOST_GROUPS", "Group", "choose_groups", "read_group_field", "tally_groups"]

MOST_GROUPS = 50
"""The most groups that are tallied: each costs Port a request, or one more for each rule."""


@dataclass(frozen=True)
class Group:
    """One group: its name for people, and the filter that accepts its entities."""

    name: str
    chosen: Filter


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


async def choose_groups(
    port: PortClient, catalog: Catalog, blueprint: Blueprint, field: Field, chosen: Filter
) -> tuple[list[Group], int]:
    """Returns the largest groups, the largest first, and how many groups there are.

    Where the filter itself names values of the field ("team is one of web, ops"), only these are groups. Entities
    without a value are a group of their own; not without a relation, which aggregates cannot ask for.
    """
    counts = await count_by(port, catalog, blueprint.identifier, field, chosen)
    named = {value for term in chosen.terms if term.field == field for value in _values(term)}
    values = [value for value in counts if not named or value in named]
    now = datetime.now(UTC)
    groups = [
        Group(
            catalog.team_title(value) if field.is_team else value,
            chosen.also(Filter((read_term(catalog, field, "=", _typed(field, value), now),))),
        )
        for value in values[:MOST_GROUPS]
    ]
    if field.kind != "relation" and not named and field.identifier not in blueprint.schema_.required:
        empty = read_term(catalog, field, "isEmpty", True, now)
        groups.append(Group(NONE, chosen.also(Filter((empty,)))))
    return groups, len(values)


async def tally_groups(
    port: PortClient, call: Call, scored: Scored, groups: Sequence[Group], rules: Sequence[Rule]
) -> list[tuple[Group, Tally]]:
    """Returns the tallies of groups, the worst first, then by name; groups in which nothing is judged are left out."""
    tallies = await gather(*(count_tally(port, call, scored, it.chosen, rules) for it in groups))
    judged = [(group, tally) for group, tally in zip(groups, tallies, strict=True) if tally.judged]
    return sorted(judged, key=lambda pair: (pair[1].score(scored.ladder), pair[0].name))


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
