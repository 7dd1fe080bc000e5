"""Aggregation properties (Port: `setup-blueprint/properties/aggregation-property`).

A value is computed when it is read. Port recomputes it every 15 minutes, so what the sandbox answers is what Port
answers a little later.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from quaymaster_sandbox.catalog.blueprint import Aggregation, Blueprint
from quaymaster_sandbox.catalog.catalog import Catalog
from quaymaster_sandbox.query.paths import find_relation
from quaymaster_sandbox.query.sql import ALWAYS, NEVER, Sql, any_id
from quaymaster_sandbox.session import Session
from quaymaster_sandbox.values.statistics import Measured, number_subject, summarize

_LONGEST_PATH = 6

Way = tuple[tuple[int, bool], ...]
"""Relations to follow by number, each with whether it is followed forwards, from the entity that holds it."""


def aggregate_related(
    session: Session, blueprint: Blueprint, aggregation: Aggregation, ids: Sequence[int]
) -> dict[int, int | float]:
    """Returns the value of an aggregation property by entity.

    Entities with nothing to aggregate have 0 for `count` and `sum` and no value otherwise (a guess).
    """
    definition = aggregation.definition
    spec = definition["calculationSpec"]
    related = _related_values(session, blueprint, definition, ids)
    values = {}
    for entity_id in ids:
        value = summarize(spec, related.get(entity_id, ()), session.now)
        if value is not None:
            values[entity_id] = value
    return values


def _related_values(
    session: Session, blueprint: Blueprint, definition: Mapping[str, Any], ids: Sequence[int]
) -> dict[int, list[Measured]]:
    """Returns what is aggregated for each entity: the number and the instant of every related entity that matches."""
    target = session.catalog.find(definition["target"])
    ways = list(ways_to_target(session.catalog, blueprint, definition)) if target is not None else []
    if target is None or not ways:
        return {}
    query = definition.get("query")
    condition = session.condition(target, query) if query else ALWAYS
    spec = definition["calculationSpec"]
    number = number_subject(session.scope(target), spec.get("property"))
    moment = number_subject(session.scope(target), spec.get("measureTimeBy", "$createdAt"))
    if condition == NEVER or number is None or moment is None:
        return {}
    pairs = _pairs(ways, ids)
    rows = session.connection.execute(
        f"SELECT pair.root, {number.text}, {moment.text} FROM ({pairs.text}) AS pair"
        f" JOIN {target.table} AS v ON v.id = pair.related WHERE {condition.text}",
        (*number.values, *moment.values, *pairs.values, *condition.values),
    )
    related: dict[int, list[Measured]] = {}
    for root, value, instant in rows:
        related.setdefault(root, []).append((value, instant))
    return related


def _pairs(ways: Sequence[Way], ids: Sequence[int]) -> Sql:
    """Returns a query for (root, related): every entity that a way leads to from the entities `ids`, once each."""
    parts: list[str] = []
    values: list[Any] = []
    for way in ways:
        joins, previous = "", ""
        for index, (relation, forwards) in enumerate(way):
            near, far = ("source", "target") if forwards else ("target", "source")
            if index:
                joins += f" JOIN edge AS e{index} ON e{index}.{near} = {previous} AND e{index}.relation = {relation}"
            else:
                roots = any_id(ids)
                start = f"e0.relation = {relation} AND e0.{near} IN {roots.text}"
                root = f"e0.{near}"
                values += roots.values
            previous = f"e{index}.{far}"
        parts.append(f"SELECT {root} AS root, {previous} AS related FROM edge AS e0{joins} WHERE {start}")
    return Sql(" UNION ".join(parts), tuple(values))


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


def _named_way(catalog: Catalog, start: Blueprint, names: Sequence[str]) -> tuple[list[int], str] | None:
    relations, blueprint = [], start
    for name in names:
        relation = find_relation(blueprint, name)
        following = catalog.find(relation.target) if relation is not None else None
        if relation is None or following is None:
            return None
        relations.append(relation.id)
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
        if forwards:
            following = [(relation.target, relation.id) for relation in blueprint.relations.values()]
        else:
            following = [(source.identifier, relation.id) for source, relation in catalog.relations_to(place)]
        pending += [(name, (*way, (relation, forwards)), passed | {place}) for name, relation in following]
