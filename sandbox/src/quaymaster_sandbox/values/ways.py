"""Ways from one entity to others, along relations and against them."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from quaymaster_sandbox.catalog.blueprint import TEAM_RELATION, Blueprint, Relation
from quaymaster_sandbox.catalog.catalog import Catalog
from quaymaster_sandbox.query.paths import find_relation
from quaymaster_sandbox.query.sql import ALWAYS, Sql

_LONGEST_PATH = 6

Way = tuple[tuple[Relation, bool], ...]
"""Relations to follow, each with whether it is followed forwards, from the entity that holds it."""


def ways_to_target(catalog: Catalog, blueprint: Blueprint, definition: Mapping[str, Any]) -> Iterator[Way]:
    """Yields the ways from a blueprint to the entities that one of its aggregation properties is over."""
    filters = definition.get("pathFilter")
    if not filters:
        yield from _all_ways(catalog, blueprint, definition["target"], forwards=True)
        yield from _all_ways(catalog, blueprint, definition["target"], forwards=False)
        return
    origin = filters[0].get("fromBlueprint")
    if origin is None:
        way = _named_way(catalog, blueprint, filters[0]["path"])
        if way is not None and way[1] == definition["target"]:
            yield tuple((relation, True) for relation in way[0])
        return
    start = catalog.find(origin)
    way = _named_way(catalog, start, filters[0]["path"]) if start is not None else None
    if way is not None and way[1] == blueprint.identifier:
        yield tuple((relation, False) for relation in reversed(way[0]))


def _named_way(catalog: Catalog, start: Blueprint, names: Sequence[str]) -> tuple[list[Relation], str] | None:
    relations: list[Relation] = []
    blueprint = start
    for name in names:
        relation = find_relation(blueprint, name)
        following = catalog.find(relation.target) if relation is not None else None
        if relation is None or following is None:
            return None
        relations.append(relation)
        blueprint = following
    return relations, blueprint.identifier


def _all_ways(catalog: Catalog, start: Blueprint, target: str, *, forwards: bool) -> Iterator[Way]:
    """Yields every way from one blueprint to another along relations in one direction, passing no blueprint twice.

    That a way keeps its direction and does not come back to a blueprint is a guess: without it a domain would count
    services of other domains, through those that depend on one another.
    """
    pending: list[tuple[str, Way, frozenset[str]]] = [(start.identifier, (), frozenset())]
    while pending:
        place, way, passed = pending.pop()
        if way and place == target:
            yield way
            continue
        if place in passed or len(way) == _LONGEST_PATH:
            continue
        blueprint = catalog.find(place)
        if blueprint is None:
            continue
        following = _relations_from(blueprint) if forwards else _relations_to(catalog, place)
        pending += [(name, (*way, (relation, forwards)), passed | {place}) for name, relation in following]


def _relations_from(blueprint: Blueprint) -> list[tuple[str, Relation]]:
    """Returns the relations of a blueprint with their targets; owning teams that are set directly are one of them."""
    relations = [(relation.target, relation) for relation in blueprint.relations.values()]
    return [*relations, (TEAM_RELATION.target, TEAM_RELATION)] if blueprint.is_owned_directly else relations


def _relations_to(catalog: Catalog, target: str) -> list[tuple[str, Relation]]:
    """Returns the relations that lead to a blueprint, with the blueprints that they come from."""
    relations = [(source.identifier, relation) for source, relation in catalog.relations_to(target)]
    if target == TEAM_RELATION.target:
        relations += [(source.identifier, TEAM_RELATION) for source in catalog if source.is_owned_directly]
    return relations


def pairs_along(ways: Sequence[Way], roots: Sql) -> Sql:
    """Returns a query for (root, related): every entity that a way leads to from the roots, once each.

    `roots` is what comes after a column so that it is the number of a root, such as `= v.id`.
    """
    parts: list[Sql] = []
    for way in ways:
        joins, previous, root = "", "", ""
        for index, (relation, forwards) in enumerate(way):
            near, far = ("source", "target") if forwards else ("target", "source")
            if index:
                joins += (
                    f" JOIN {relation.edges} AS e{index} ON e{index}.{near} = {previous}"
                    f" AND e{index}.relation = {relation.id}"
                )
            else:
                root = f"e0.{near}"
            previous = f"e{index}.{far}"
        # Only through relations that are many can two ways of one kind lead to the same entity.
        once = "DISTINCT " if len(way) > 1 and any(relation.many for relation, _ in way) else ""
        first = way[0][0]
        rows = f"SELECT {once}{root} AS root, {previous} AS related FROM {first.edges} AS e0{joins}"
        parts.append(f"{rows} WHERE e0.relation = {first.id} AND {root} " + roots)
    return Sql(" UNION ".join(part.text for part in parts), tuple(value for part in parts for value in part.values))


def from_related(ways: Sequence[Way], roots: Sql, target: Blueprint, condition: Sql) -> Sql:
    """Returns the `FROM` and `WHERE` over the entities that ways lead to and that meet a condition, as rows of `pair`.

    All blueprints share the relation to teams, so what it leads back to need not be of the target.
    """
    pairs = " FROM (" + pairs_along(ways, roots) + ") AS pair"
    if condition == ALWAYS and all(way[-1][0] != TEAM_RELATION for way in ways):
        return pairs
    return pairs + f" JOIN {target.table} AS v ON v.id = pair.related WHERE " + condition
