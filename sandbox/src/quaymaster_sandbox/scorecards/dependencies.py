"""Which entities a scorecard must judge anew because of a change to another entity.

A rule may look at other entities: through relations, mirror properties, teams, aggregations, and calculations on these.
Each way that it looks is followed backwards from the changed entity.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from quaymaster_sandbox.catalog.blueprint import TEAM_RELATION, Blueprint
from quaymaster_sandbox.catalog.catalog import Catalog
from quaymaster_sandbox.query.compiler import DEEPEST_MIRROR
from quaymaster_sandbox.query.paths import find_relation, relations_along
from quaymaster_sandbox.query.sql import any_id
from quaymaster_sandbox.scorecards.scorecard import Scorecard
from quaymaster_sandbox.storage.database import Connection
from quaymaster_sandbox.values.ways import Way, ways_to_target

_FORWARDS = True
_ANY = "*"
"""Stands for the blueprint at the end of a way that comes back from a team: a team may own entities of all."""


@dataclass(frozen=True)
class Dependency:
    """A scorecard, and a way from the entities that it judges to entities that its rules look at."""

    scorecard: Scorecard
    way: Way


class Dependencies:
    """All dependencies of the scorecards of a catalog, by the blueprint at the end of the way."""

    def __init__(self, catalog: Catalog) -> None:
        self._scorecards = catalog.scorecards
        self._by_end: dict[str, dict[Dependency, None]] = {}
        for scorecard in catalog.scorecards:
            blueprint = catalog.by_id(scorecard.blueprint_id)
            for way in _ways_of_scorecard(scorecard, blueprint, catalog):
                for length in range(1, len(way) + 1):
                    dependency = Dependency(scorecard, way[:length])
                    self._by_end.setdefault(_end(way[:length], catalog), {})[dependency] = None

    def on(self, blueprint: Blueprint) -> Iterable[Scorecard]:
        """Returns the scorecards of a blueprint and those whose rules look at its entities."""
        looking = (dependency.scorecard for dependency in self._ending_at(blueprint))
        return dict.fromkeys([*self._scorecards.of(blueprint.id), *looking])

    def affected(
        self, connection: Connection, blueprint: Blueprint, ids: Sequence[int]
    ) -> Iterator[tuple[Scorecard, list[int]]]:
        """Yields the entities that a scorecard judges by looking at these entities of a blueprint, as things stand."""
        for dependency in self._ending_at(blueprint):
            starts = _starts(connection, dependency.way, ids)
            if starts:
                yield dependency.scorecard, starts

    def _ending_at(self, blueprint: Blueprint) -> Iterable[Dependency]:
        return (*self._by_end.get(blueprint.identifier, ()), *self._by_end.get(_ANY, ()))


def _starts(connection: Connection, way: Way, ends: Sequence[int]) -> list[int]:
    """Returns the entities from which a way leads to the entities `ends`."""
    query = any_id(ends)
    for relation, forwards in reversed(way):
        taken, given = ("source", "target") if forwards else ("target", "source")
        query = f"(SELECT {taken} FROM {relation.edges} WHERE relation = {relation.id} AND {given} IN " + query + ")"
    return [row[0] for row in connection.execute(f"SELECT DISTINCT * FROM {query.text}", query.values)]


def _end(way: Way, catalog: Catalog) -> str:
    """Returns the blueprint at the end of a way."""
    relation, forwards = way[-1]
    if forwards:
        return relation.target
    return _ANY if relation == TEAM_RELATION else catalog.relation(relation.id)[0].identifier


def _ways_of_scorecard(scorecard: Scorecard, blueprint: Blueprint, catalog: Catalog) -> Iterator[Way]:
    queries: list[Mapping[str, Any]] = [rule.query for rule in scorecard.rules]
    if scorecard.filter is not None:
        queries.append(scorecard.filter)
    for query in queries:
        for condition in query["conditions"]:
            if "relation" in condition:
                relation = find_relation(blueprint, condition["relation"])
                if relation is not None:
                    yield ((relation, _FORWARDS),)
            else:
                yield from _ways_of_property(condition["property"], blueprint, catalog, 0)


def _ways_of_property(name: str, blueprint: Blueprint, catalog: Catalog, depth: int) -> Iterator[Way]:
    """Yields the ways from an entity to the entities on which the value of one of its properties depends."""
    if depth > DEEPEST_MIRROR:
        return
    if name == "$team":
        yield from _ways_along((*(blueprint.ownership_path or ()), "$team"), "$identifier", blueprint, catalog, depth)
    elif name in blueprint.mirrors:
        mirror = blueprint.mirrors[name]
        yield from _ways_along(mirror.relations, mirror.property, blueprint, catalog, depth)
    elif name in blueprint.aggregations:
        yield from ways_to_target(catalog, blueprint, blueprint.aggregations[name].definition)
    elif name in blueprint.calculations:
        program = blueprint.calculations[name].program
        for relation in blueprint.relations.values():
            if relation.identifier in program:
                yield ((relation, _FORWARDS),)
        for used in (*blueprint.mirrors, *blueprint.aggregations):
            if used in program:
                yield from _ways_of_property(used, blueprint, catalog, depth + 1)


def _ways_along(names: Sequence[str], final: str, blueprint: Blueprint, catalog: Catalog, depth: int) -> Iterator[Way]:
    chain = relations_along(catalog, blueprint, names)
    if chain is None:
        return
    relations, end = chain
    way = tuple((relation, _FORWARDS) for relation in relations)
    yield way
    for further in _ways_of_property(final, end, catalog, depth + 1):
        yield way + further
