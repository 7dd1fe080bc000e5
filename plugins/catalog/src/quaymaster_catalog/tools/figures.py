"""Tools that count and compute over groups of entities."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from lazy_importer import lazy_importer

from quaymaster import Answer, InputError, PortClient, PortClients, Table, gather, inline, tool

__lazy_modules__ = {
    "quaymaster.catalog.catalog",
    "quaymaster.catalog.counts",
    "quaymaster.catalog.filters",
    "quaymaster.catalog.wording",
    "quaymaster.port.documents.blueprint",
    "quaymaster_catalog.aggregation",
    "quaymaster_catalog.groups",
    "quaymaster_catalog.measures",
    "quaymaster_catalog.organisations",
}
with lazy_importer():  # what a call needs; listing the tools must not wait for it
    from quaymaster.catalog.catalog import Catalog, with_catalog
    from quaymaster.catalog.counts import NONE, count, why_empty
    from quaymaster.catalog.filters import Filter, read_filter
    from quaymaster.catalog.wording import matching
    from quaymaster.port.documents.blueprint import Blueprint
    from quaymaster_catalog.aggregation import Aggregation, Figures
    from quaymaster_catalog.groups import Group, read_groups
    from quaymaster_catalog.measures import COUNT, SHARE, Measure, read_measures
    from quaymaster_catalog.organisations import ask_all

__all__ = ["aggregate_entities", "count_entities"]

Where = dict[str, Any]
_MOST_COLUMNS = 24


@tool(read_only=True)
async def count_entities(
    ports: PortClients,
    blueprint: str,
    where: Where | None = None,
    group_by: str | list[str] | None = None,
    profiles: list[str] | None = None,
) -> Answer:
    """Counts entities, in all or by one or two of property, relation, team, scorecard, date ("created_at:week").

    where as in list_entities.
    """

    async def ask(port: PortClient) -> Answer:
        return await with_catalog(port, lambda catalog: answer(port, catalog))

    async def answer(port: PortClient, catalog: Catalog) -> Answer:
        found = catalog.blueprint(blueprint)
        chosen = await read_filter(port, catalog, found, where)
        groups = read_groups(catalog, found, group_by)
        number, figures = await _count_groups(Aggregation(port, catalog, found, chosen, groups, [COUNT]))
        notes = _left_out(groups, figures) if number else await why_empty(port, catalog, found, chosen)
        return Answer(_headline(number, found, chosen, groups), _table(groups, [COUNT], figures), notes=notes)

    return await ask_all(ports, profiles, ask)


@tool(read_only=True)
async def aggregate_entities(
    ports: PortClients,
    blueprint: str,
    measures: list[str],
    where: Where | None = None,
    group_by: str | list[str] | None = None,
    share_of: Where | None = None,
    profiles: list[str] | None = None,
) -> Answer:
    """Computes measures such as "average(coverage)": count, sum, average, median, p90, min, max, share.

    share: the part (0 to 1) that also meets share_of, such as failed deployments of all. where as in list_entities,
    group_by as in count_entities.
    """

    async def ask(port: PortClient) -> Answer:
        return await with_catalog(port, lambda catalog: answer(port, catalog))

    async def answer(port: PortClient, catalog: Catalog) -> Answer:
        found = catalog.blueprint(blueprint)
        chosen = await read_filter(port, catalog, found, where)
        asked = read_measures(catalog, found, measures)
        if not asked:
            raise InputError("measures is empty; name at least one, such as 'average(coverage)'")
        if (SHARE in asked) != (share_of is not None):
            raise InputError("the measure 'share' and the argument share_of go together: give both, or neither")
        query = Aggregation(port, catalog, found, chosen, read_groups(catalog, found, group_by), asked)
        part = await read_filter(port, catalog, found, share_of)
        number, figures = await gather(count(port, found.identifier, chosen), _with_shares(query, part))
        notes = [] if number else await why_empty(port, catalog, found, chosen)
        if query.groups:
            return Answer(
                _headline(number, found, chosen, query.groups), _table(query.groups, asked, figures), notes=notes
            )
        stated = ", ".join(f"{it} = {_shown(value)}" for it, value in zip(asked, figures[()], strict=True))
        return Answer(f"{stated}, over {matching(number, found, chosen)}", notes=notes)

    return await ask_all(ports, profiles, ask)


async def _count_groups(query: Aggregation) -> tuple[int, Figures]:
    """Returns how many entities there are, in all and in each group; groups that do not overlap add up to all."""
    name = query.blueprint.identifier
    if not query.groups:
        return await count(query.port, name, query.chosen), {}
    if not all(it.is_exclusive for it in query.groups):
        return await gather(count(query.port, name, query.chosen), query.compute())
    figures = await query.compute()
    return int(sum(number or 0 for (number,) in figures.values())), figures


def _left_out(groups: Sequence[Group], figures: Figures) -> list[str]:
    """Says what no row holds: aggregates cannot find what has no end of a relation to many."""
    return [
        f"entities without {inline(group)} are in no row"
        for at, group in enumerate(groups)
        if group.path.field.kind == "relation"
        and not group.is_exclusive
        and not any(key[at] == NONE for key in figures)
    ]


async def _with_shares(query: Aggregation, part: Filter) -> Figures:
    """Returns the figures; a share is one count divided by another."""
    if SHARE not in query.measures:
        return await query.compute()
    counted = replace(query, measures=[COUNT if it == SHARE else it for it in query.measures])
    shared = replace(query, measures=[COUNT], chosen=query.chosen.also(part))
    figures, parts = await gather(counted.compute(), shared.compute())
    at = list(query.measures).index(SHARE)
    return {key: [*row[:at], _ratio(parts.get(key), row[at]), *row[at + 1 :]] for key, row in figures.items()}


def _ratio(part: Sequence[float | None] | None, whole: float | None) -> float | None:
    return (part[0] or 0 if part else 0) / whole if whole else None


def _headline(number: int, blueprint: Blueprint, chosen: Filter, groups: Sequence[Group]) -> str:
    by = f", by {' and '.join(inline(it) for it in groups)}" if groups else ""
    return matching(number, blueprint, chosen) + by


def _table(groups: Sequence[Group], measures: Sequence[Measure], figures: Figures) -> Table | None:
    """Returns a row for each group; of two groups and one measure, the second group's values are the columns."""
    if not groups:
        return None
    if len(groups) == 2 and len(measures) == 1:
        names, columns = (_ordered(group, at, figures) for at, group in enumerate(groups))
        if len(columns) <= _MOST_COLUMNS:
            crossed = [[name, *(_rounded(*figures.get((name, it), (None,))) for it in columns)] for name in names]
            return Table([f"{groups[0]} \\ {groups[1]}", *columns], crossed)
    dated = [at for at, it in enumerate(groups) if it.bucket]

    def place(row: tuple[tuple[str, ...], Sequence[float | None]]) -> tuple[Any, ...]:
        key, values = row
        return tuple(key[at] for at in dated) or -(values[0] or 0), key

    rows = [[*key, *map(_rounded, values)] for key, values in sorted(figures.items(), key=place)]
    return Table([*map(str, groups), *map(str, measures)], rows)


def _ordered(group: Group, at: int, figures: Figures) -> list[str]:
    """Returns the names of a group: in the order of time, or the largest first."""
    sizes: defaultdict[str, float] = defaultdict(float)
    for key, values in figures.items():
        sizes[key[at]] += values[0] or 0
    return sorted(sizes) if group.bucket else sorted(sizes, key=lambda name: (-sizes[name], name))


def _rounded(value: float | None) -> float | int | None:
    return None if value is None else round(value, 2) if value % 1 else int(value)


def _shown(value: float | None) -> str:
    return "(no value)" if value is None else f"{_rounded(value):,}"
