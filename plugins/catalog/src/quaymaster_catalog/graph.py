"""Walks along relations, one request a level for both directions together, and through cycles."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

from quaymaster import PortClient
from quaymaster.port.documents.entity import Entity

__all__ = ["Edge", "Node", "Walk", "follow", "way_to"]

_MOST_BYTES = 900_000
"""The most that a request may take: it names the entities of the level before (Port: bodies of 1 MiB)."""

Rule = dict[str, Any]


class Node(NamedTuple):
    """An entity."""

    blueprint: str
    identifier: str


class Edge(NamedTuple):
    """A relation that a walk may follow: from entities of its blueprint to those of its target."""

    blueprint: str
    relation: str
    target: str


class _Wanted(NamedTuple):
    """Entities to read: those of a blueprint that meet a rule."""

    blueprint: str
    rule: Rule


class _Direction(Protocol):
    """One direction to walk in."""

    def wanted(self, frontier: Sequence[Node]) -> list[_Wanted]:
        """Returns the entities that tell what is next to those of the frontier."""
        ...

    def read(self, frontier: Sequence[Node], entities: Sequence[Entity]) -> Mapping[Node, list[Node]]:
        """Returns what is next to each entity of the frontier, from the entities that Port has found."""
        ...


@dataclass
class Walk:
    """A walk in one direction, and what it has found.

    Attributes:
        direction: Where it leads.
        root: Where it started.
        depth: How many steps it may take.
        neighbours: The next entities of each one that was looked at, in Port's order.
        levels: How many entities were new on each level.
        is_cut: There are more levels within the depth, which were not followed.
    """

    direction: _Direction
    root: Node
    depth: int
    neighbours: dict[Node, list[Node]] = field(default_factory=dict)
    levels: list[int] = field(default_factory=list)
    is_cut: bool = False
    _seen: set[Node] = field(default_factory=set)
    _frontier: list[Node] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._seen.add(self.root)
        self._frontier = [self.root] if self.depth else []

    @property
    def is_open(self) -> bool:
        """Whether there may be more to find."""
        return bool(self._frontier)

    def wanted(self, most_bytes: int) -> list[_Wanted]:
        """Returns what to read for the next level; nothing where the walk ends, or has become too broad to go on."""
        wanted = self.direction.wanted(self._frontier)
        self.is_cut = len(json.dumps(wanted)) > most_bytes
        if self.is_cut or not wanted:
            self._frontier = []
            return []
        return wanted

    def take(self, entities: Sequence[Entity], goal: Node | None) -> None:
        """Adds a level; the last one is where the goal is, where nothing is new, or at the full depth."""
        found = self.direction.read(self._frontier, entities)
        self.neighbours |= {node: list(dict.fromkeys(ends)) for node, ends in found.items()}
        new = dict.fromkeys(end for ends in found.values() for end in ends if end not in self._seen)
        self._seen.update(new)
        if new:
            self.levels.append(len(new))
        is_over = goal in self._seen or len(self.levels) == self.depth
        self._frontier = [] if is_over else list(new)


async def follow(
    port: PortClient, edges: Sequence[Edge], root: Entity, upstream: int, downstream: int, goal: Node | None = None
) -> tuple[Walk, Walk]:
    """Returns what an entity relates to and what relates to it, each within a number of steps or until the goal.

    Args:
        port: The client.
        edges: The relations to follow.
        root: The entity, with its relations: what it relates to directly needs no request.
        upstream: How many steps to take to what it relates to.
        downstream: How many steps to take to what relates to it.
        goal: Where a walk may end.
    """
    above, below = Walk(_Upstream(edges), _node(root), upstream), Walk(_Downstream(edges), _node(root), downstream)
    above.take([root], goal)
    while walks := [it for it in (above, below) if it.is_open]:
        wanted = [it for one in walks for it in one.wanted(_MOST_BYTES // len(walks))]
        entities = await _search(port, wanted, edges)
        for one in walks:
            one.take(entities, goal)
    return above, below


def way_to(walk: Walk, goal: Node) -> list[Node]:
    """Returns a shortest way from the root of a walk to an entity, both included; empty if the walk did not find it."""
    parents: dict[Node, Node] = {}
    queue = [walk.root]
    for node in queue:
        for end in walk.neighbours.get(node, ()):
            if end != walk.root and end not in parents:
                parents[end] = node
                queue.append(end)
    way = [goal]
    while way[-1] in parents:
        way.append(parents[way[-1]])
    return way[::-1] if way[-1] == walk.root else []


@dataclass(frozen=True)
class _Upstream:
    """To what entities relate to: they are read by their names, and their relations tell."""

    edges: Sequence[Edge]

    def wanted(self, frontier: Sequence[Node]) -> list[_Wanted]:
        starts = {edge.blueprint for edge in self.edges}
        return [
            _Wanted(blueprint, {"property": "$identifier", "operator": "in", "value": names})
            for blueprint, names in _by_blueprint(frontier).items()
            if blueprint in starts
        ]

    def read(self, frontier: Sequence[Node], entities: Sequence[Entity]) -> Mapping[Node, list[Node]]:
        wanted = set(frontier)
        return {
            node: [
                Node(edge.target, end)
                for edge in self.edges
                if edge.blueprint == node.blueprint
                for end in entity.list_related(edge.relation)
            ]
            for entity in entities
            if (node := _node(entity)) in wanted
        }


@dataclass(frozen=True)
class _Downstream:
    """To what relates to entities: found by where its relations lead."""

    edges: Sequence[Edge]

    def wanted(self, frontier: Sequence[Node]) -> list[_Wanted]:
        given = _by_blueprint(frontier)
        return [
            _Wanted(
                edge.blueprint,
                {"property": {"path": [edge.relation]}, "operator": "matchAny", "value": given[edge.target]},
            )
            for edge in self.edges
            if edge.target in given
        ]

    def read(self, frontier: Sequence[Node], entities: Sequence[Entity]) -> Mapping[Node, list[Node]]:
        wanted = set(frontier)
        neighbours: defaultdict[Node, list[Node]] = defaultdict(list)
        for entity in entities:
            node = _node(entity)
            for edge in self.edges:
                if edge.blueprint == node.blueprint:
                    for end in wanted.intersection(Node(edge.target, it) for it in entity.list_related(edge.relation)):
                        neighbours[end].append(node)
        return neighbours


async def _search(port: PortClient, wanted: Sequence[_Wanted], edges: Sequence[Edge]) -> list[Entity]:
    """Returns the entities with their relations (Port: POST /v1/entities/search)."""
    if not wanted:
        return []
    blueprints = {it.blueprint for it in wanted}
    relations = dict.fromkeys(f"relations.{edge.relation}" for edge in edges if edge.blueprint in blueprints)
    rules = [
        {"combinator": "and", "rules": [{"property": "$blueprint", "operator": "=", "value": it.blueprint}, it.rule]}
        for it in wanted
    ]
    return await port.entities.search_everywhere(
        {"combinator": "or", "rules": rules}, include=["identifier", "blueprint", *relations]
    )


def _node(entity: Entity) -> Node:
    return Node(entity.blueprint or "", entity.identifier)


def _by_blueprint(nodes: Iterable[Node]) -> dict[str, list[str]]:
    groups: defaultdict[str, list[str]] = defaultdict(list)
    for node in nodes:
        groups[node.blueprint].append(node.identifier)
    return groups
