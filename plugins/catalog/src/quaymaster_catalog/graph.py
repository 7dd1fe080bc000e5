"""Walks along relations, one request a level, in either direction and through cycles."""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from quaymaster import PortClient
from quaymaster.port.documents.entity import Entity

__all__ = ["Edge", "Node", "Walk", "walk_downstream", "walk_upstream", "way_to"]

_MOST_BYTES = 900_000
"""The most that the names of one level may take: they stand in the request for the next (Port: bodies of 1 MiB)."""


class Node(NamedTuple):
    """An entity."""

    blueprint: str
    identifier: str


class Edge(NamedTuple):
    """A relation that a walk may follow: from entities of its blueprint to those of its target."""

    blueprint: str
    relation: str
    target: str


@dataclass
class Walk:
    """What a walk has found.

    Attributes:
        root: Where it started.
        neighbours: The next entities of each one that was looked at, in Port's order.
        levels: How many entities were new on each level.
        is_cut: There are more levels within the depth, which were not followed.
    """

    root: Node
    neighbours: dict[Node, list[Node]] = field(default_factory=dict)
    levels: list[int] = field(default_factory=list)
    is_cut: bool = False


_Step = Callable[[Sequence[Node]], Awaitable[Mapping[Node, list[Node]]]]


async def walk_upstream(
    port: PortClient, edges: Sequence[Edge], root: Node, depth: int, goal: Node | None = None
) -> Walk:
    """Returns what an entity relates to, within `depth` steps, or until the goal is found."""
    relations: defaultdict[str, list[Edge]] = defaultdict(list)
    for edge in edges:
        relations[edge.blueprint].append(edge)

    async def step(frontier: Sequence[Node]) -> Mapping[Node, list[Node]]:
        wanted = {blueprint: names for blueprint, names in _by_blueprint(frontier).items() if relations[blueprint]}
        rules = [
            _all_of(blueprint, {"property": "$identifier", "operator": "in", "value": names})
            for blueprint, names in wanted.items()
        ]
        neighbours: dict[Node, list[Node]] = {}
        for entity in await _search(port, rules, (edge for name in wanted for edge in relations[name])):
            here = Node(entity.blueprint or "", entity.identifier)
            neighbours[here] = [
                Node(edge.target, end)
                for edge in relations[here.blueprint]
                for end in entity.list_related(edge.relation)
            ]
        return neighbours

    return await _walk(step, root, depth, goal)


async def walk_downstream(
    port: PortClient, edges: Sequence[Edge], root: Node, depth: int, goal: Node | None = None
) -> Walk:
    """Returns what relates to an entity, within `depth` steps, or until the goal is found."""

    async def step(frontier: Sequence[Node]) -> Mapping[Node, list[Node]]:
        given = _by_blueprint(frontier)
        followed = [edge for edge in edges if edge.target in given]
        rules = [
            _all_of(
                edge.blueprint,
                {"property": {"path": [edge.relation]}, "operator": "matchAny", "value": given[edge.target]},
            )
            for edge in followed
        ]
        wanted = set(frontier)
        neighbours: defaultdict[Node, list[Node]] = defaultdict(list)
        for entity in await _search(port, rules, followed):
            for edge in followed:
                if edge.blueprint == entity.blueprint:
                    for end in wanted.intersection(Node(edge.target, it) for it in entity.list_related(edge.relation)):
                        neighbours[end].append(Node(edge.blueprint, entity.identifier))
        return neighbours

    return await _walk(step, root, depth, goal)


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


async def _walk(step: _Step, root: Node, depth: int, goal: Node | None) -> Walk:
    walk = Walk(root)
    seen, frontier = {root}, [root]
    for _ in range(depth):
        found = await step(frontier)
        walk.neighbours |= {node: list(dict.fromkeys(ends)) for node, ends in found.items()}
        frontier = [end for end in dict.fromkeys(end for ends in found.values() for end in ends) if end not in seen]
        if not frontier:
            return walk
        seen.update(frontier)
        walk.levels.append(len(frontier))
        if goal in seen:
            return walk
        if sum(len(it.identifier.encode()) + 3 for it in frontier) > _MOST_BYTES:
            break
    walk.is_cut = len(walk.levels) < depth
    return walk


async def _search(port: PortClient, rules: list[dict[str, Any]], followed: Iterable[Edge]) -> list[Entity]:
    """Returns the entities that meet any of the rules, with their relations (Port: POST /v1/entities/search)."""
    if not rules:
        return []
    relations = dict.fromkeys(f"relations.{edge.relation}" for edge in followed)
    return await port.entities.search_everywhere(
        {"combinator": "or", "rules": rules}, include=["identifier", "blueprint", *relations]
    )


def _by_blueprint(nodes: Iterable[Node]) -> dict[str, list[str]]:
    groups: defaultdict[str, list[str]] = defaultdict(list)
    for node in nodes:
        groups[node.blueprint].append(node.identifier)
    return groups


def _all_of(blueprint: str, rule: dict[str, Any]) -> dict[str, Any]:
    return {"combinator": "and", "rules": [{"property": "$blueprint", "operator": "=", "value": blueprint}, rule]}
