"""The tool that follows relations."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, Literal

from lazy_importer import lazy_importer
from pydantic import Field

from quaymaster import Answer, PortClient, gather, inline, tool

__lazy_modules__ = {
    "quaymaster.catalog.catalog",
    "quaymaster.catalog.finding",
    "quaymaster.catalog.fields",
    "quaymaster.catalog.names",
    "quaymaster.port.documents.blueprint",
    "quaymaster.port.documents.entity",
    "quaymaster_catalog.graph",
}
with lazy_importer():  # what a call needs; listing the tools must not wait for it
    from quaymaster.catalog.catalog import Catalog, with_catalog
    from quaymaster.catalog.fields import Field as Named
    from quaymaster.catalog.finding import find_one
    from quaymaster.catalog.names import choose
    from quaymaster.port.documents.blueprint import Blueprint
    from quaymaster.port.documents.entity import Entity
    from quaymaster_catalog.graph import Edge, Node, Walk, follow, way_to

__all__ = ["trace_dependencies"]

_LONGEST_WAY = 15
_MOST_LINES = 400
_SEEN = " ↑"


@tool(read_only=True)
async def trace_dependencies(
    port: PortClient,
    blueprint: str,
    identifier: str,
    relation: str | None = None,
    direction: Literal["upstream", "downstream", "both"] = "both",
    depth: Annotated[int, Field(ge=1, le=15)] = 1,
    to: str | None = None,
) -> Answer:
    """Follows relations from an entity: upstream is what it depends on, downstream what depends on it.

    relation: one by name, or "all"; by default those between entities of this blueprint. to: another entity of this
    blueprint, for the shortest way between both.
    """

    async def answer(catalog: Catalog) -> Answer:
        found = catalog.blueprint(blueprint)
        edges = _edges(catalog, found, relation)
        if to is not None:
            root, other = await gather(_root(port, found, edges, identifier), _root(port, found, edges, to))
            goal = Node(found.identifier, other.identifier)
            above, below = await follow(port, edges, root, *_depths(direction, _LONGEST_WAY), goal)
            return _way(above, below, goal)
        root = await _root(port, found, edges, identifier)
        above, below = await follow(port, edges, root, *_depths(direction, depth))
        return _answer(edges, above, below, direction, depth)

    return await with_catalog(port, answer)


def _edges(catalog: Catalog, blueprint: Blueprint, relation: str | None) -> list[Edge]:
    """Returns the relations to follow; those of system blueprints only if named.

    Raises:
        InputError: No relation is named so.
    """
    edges = [
        Edge(it.identifier, name, relation.target)
        for it in catalog.blueprints.values()
        if not it.identifier.startswith("_")
        for name, relation in it.relations.items()
    ]
    if relation is None:
        among = [edge for edge in edges if edge.blueprint == edge.target == blueprint.identifier]
        return among or edges
    if relation == "all":
        return edges
    titles = {name: known.title for it in catalog.blueprints.values() for name, known in it.relations.items()}
    named = {edge.relation: Named(edge.relation, titles[edge.relation], "relation") for edge in edges}
    chosen = choose(relation, list(named.values()), "relation")
    return [edge for edge in edges if edge.relation == chosen.identifier]


def _depths(direction: str, depth: int) -> tuple[int, int]:
    """Returns how many steps to go upstream and downstream."""
    return (0 if direction == "downstream" else depth), (0 if direction == "upstream" else depth)


async def _root(port: PortClient, blueprint: Blueprint, edges: Sequence[Edge], name: str) -> Entity:
    """Returns an entity with the relations to follow."""
    relations = [edge.relation for edge in edges if edge.blueprint == blueprint.identifier]
    return await find_one(port, blueprint, name, ["$identifier", *relations])


def _way(above: Walk, below: Walk, goal: Node) -> Answer:
    """Returns the shortest way from one entity to another, in each of the directions that were walked."""
    root = above.root
    ways = {"depends on": way_to(above, goal), "is depended on by": way_to(below, goal)}
    found = [
        f"{inline(root.identifier)} {verb} {inline(goal.identifier)} over {_steps(len(way) - 1)}: "
        + " → ".join(_name(it, root) for it in way)
        for verb, way in ways.items()
        if way
    ]
    if not found:
        cut = ", as far as could be followed" if above.is_cut or below.is_cut else ""
        return Answer(f"no way leads from {inline(root.identifier)} to {inline(goal.identifier)}{cut}")
    return Answer(found[0], notes=found[1:])


def _answer(edges: list[Edge], above: Walk, below: Walk, direction: str, depth: int) -> Answer:
    root = above.root
    relations = list(dict.fromkeys(edge.relation for edge in edges))
    followed = ", ".join(map(inline, relations)) if len(relations) <= 3 else f"{len(relations)} relations"
    parts, lines = [], list[str]()
    if direction != "downstream":
        parts.append(f"depends on {_amount(above, depth)}")
        lines += ["depends on:", *_tree(above)] if above.levels else []
    if direction != "upstream":
        parts.append(f"is depended on by {_amount(below, depth)}")
        lines += ["depended on by:", *_tree(below)] if below.levels else []
    notes = []
    if any(line.endswith(_SEEN) for line in lines):
        notes.append(f"{_SEEN.strip()} marks what is shown elsewhere in the tree")
    if above.is_cut or below.is_cut:
        notes.append("not followed to the full depth: too many entities; choose a smaller depth or one relation")
    if len(lines) > _MOST_LINES:
        notes.append(
            f"{len(lines) - _MOST_LINES:,} lines of the tree are not shown; choose a direction or a smaller depth"
        )
    return Answer(
        f"{inline(root.identifier)} {' and '.join(parts)} ({followed})",
        text="\n".join(lines[:_MOST_LINES]) or None,
        notes=notes,
    )


def _amount(walk: Walk, depth: int) -> str:
    """Says how many entities a walk has found: those next to its root, and in all."""
    if not walk.levels:
        return "nothing"
    first = f"{walk.levels[0]:,}"
    if depth == 1:
        return first
    within = f"{sum(walk.levels):,} within {_steps(len(walk.levels))}"
    return f"{first}, {'at least ' if walk.is_cut else ''}{within}"


def _steps(number: int) -> str:
    return f"{number} step{'' if number == 1 else 's'}"


def _tree(walk: Walk) -> Iterator[str]:
    """Yields the lines of a walk as a tree; what stands higher up, or came before, is marked and not followed."""
    shown = {walk.root}
    parents = {}
    queue = [walk.root]
    for node in queue:
        for end in walk.neighbours.get(node, ()):
            if end not in shown:
                shown.add(end)
                parents[end] = node
                queue.append(end)
    pending = [(end, walk.root, 1) for end in reversed(walk.neighbours.get(walk.root, []))]
    while pending:
        node, parent, level = pending.pop()
        is_first = parents.get(node) == parent
        yield f"{'  ' * level}{_name(node, walk.root)}{'' if is_first else _SEEN}"
        if is_first:
            pending += [(end, node, level + 1) for end in reversed(walk.neighbours.get(node, []))]


def _name(node: Node, root: Node) -> str:
    """Returns an entity's name, with its blueprint where that is not the root's."""
    name = inline(node.identifier)
    return name if node.blueprint == root.blueprint else f"{inline(node.blueprint)}:{name}"
