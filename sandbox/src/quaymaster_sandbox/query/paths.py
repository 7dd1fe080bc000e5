"""Conditions that follow relations, among them `relatedTo` and `matchAny` (Port: `docs/search-and-query/advanced`)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from quaymaster_sandbox.catalog.blueprint import TEAM_RELATION, Blueprint, Relation
from quaymaster_sandbox.catalog.catalog import Catalog
from quaymaster_sandbox.query.scope import Scope
from quaymaster_sandbox.query.sql import NEVER, Sql, any_of, any_value


@dataclass(frozen=True)
class Step:
    """One relation to follow; more than one hop only where the relation leads back to its own blueprint."""

    relation: Relation
    max_hops: int = 1
    may_stay: bool = False
    """Whether no hop at all is a way to take this step."""


def relations_along(
    catalog: Catalog, start: Blueprint, names: Iterable[str]
) -> tuple[list[Relation], Blueprint] | None:
    """Returns the relations of a chain and the blueprint at its end; None if there is no such chain."""
    relations = []
    blueprint = start
    for name in names:
        relation = find_relation(blueprint, name)
        target = catalog.find(relation.target) if relation is not None else None
        if relation is None or target is None:
            return None
        relations.append(relation)
        blueprint = target
    return relations, blueprint


def find_relation(blueprint: Blueprint, name: str) -> Relation | None:
    """Returns a relation of the blueprint; `$team` and `_owning_teams` name the one to the owning teams."""
    if name in ("$team", "_owning_teams") and name not in blueprint.relations:
        return TEAM_RELATION
    return blueprint.relations.get(name)


def leads_to(relations: Sequence[Relation], goals: Sql) -> Sql:
    """Returns that the entity `v` is at the start of a chain of relations that ends in one of the entities `goals`."""
    return "v.id IN (" + sources(map(Step, relations), goals) + ")"


def ends(relations: Sequence[Relation]) -> str:
    """Returns a query's `FROM` for the ways along a chain: `e0.source` is the start and the last `target` the end."""
    joins = "".join(
        f" JOIN {relation.edges} AS e{index} ON e{index}.source = e{index - 1}.target"
        f" AND e{index}.relation = {relation.id}"
        for index, relation in enumerate(relations)
        if index
    )
    return f"{relations[0].edges} AS e0{joins}"


def sources(steps: Iterable[Step], goals: Sql) -> Sql:
    """Returns a query for the entities from which the steps lead to the entities `goals`, itself a query for ids."""
    return _along(list(steps)[::-1], goals, taken="source", given="target")


def targets(steps: Iterable[Step], starts: Sql) -> Sql:
    """Returns a query for the entities to which the steps lead from the entities `starts`."""
    return _along(list(steps), starts, taken="target", given="source")


def _along(steps: Sequence[Step], ids: Sql, *, taken: str, given: str) -> Sql:
    """Returns a query for the entities at the end of steps, one table a step: SQLite limits how deep queries nest."""
    if len(steps) < 2:
        return _hop(steps[0], ids, taken=taken, given=given) if steps else ids
    tables = "WITH hop0(id) AS (" + ids + ")"
    for number, step in enumerate(steps, start=1):
        hop = _hop(step, Sql(f"SELECT id FROM hop{number - 1}"), taken=taken, given=given)
        tables += f", hop{number}(id) AS (" + hop + ")"
    return tables + f" SELECT id FROM hop{len(steps)}"


def _hop(step: Step, ids: Sql, *, taken: str, given: str) -> Sql:
    edges, relation = step.relation.edges, step.relation.id
    if step.max_hops == 1 and not step.may_stay:
        return f"SELECT {taken} FROM {edges} WHERE relation = {relation} AND {given} IN (" + ids + ")"
    return (
        "WITH RECURSIVE start(id) AS ("
        + ids
        + f"), hop(id, hops) AS (SELECT id, 0 FROM start UNION SELECT edge.{taken}, hops + 1 FROM hop"
        f" JOIN {edges} AS edge ON edge.{given} = hop.id AND edge.relation = {relation} WHERE hops < {step.max_hops})"
        f" SELECT id FROM hop WHERE hops >= {0 if step.may_stay else 1}"
    )


def entities_named(blueprint: Blueprint, identifiers: Sequence[str]) -> Sql:
    """Returns a query for the ids of the entities with these identifiers."""
    return f"SELECT id FROM {blueprint.table} WHERE identifier IN " + any_value(identifiers)


def related_to(rule: Mapping[str, Any], scope: Scope) -> Sql:
    """Returns that the entity is reached from the rule's entities by relations followed in one direction.

    That the way may be of any length is a guess from how entity pages choose related entities; the teams that own an
    entity do not count as related to it (another guess).
    """
    source_blueprint = scope.catalog.find(rule["blueprint"])
    if source_blueprint is None:
        return NEVER
    identifiers = [rule["value"]] if isinstance(rule["value"], str) else rule["value"]
    wanted = rule.get("required")
    relation_ids = [
        relation.id
        for blueprint in scope.catalog
        for relation in blueprint.relations.values()
        if wanted is None or relation.required is wanted
    ]
    direction = rule.get("direction")
    columns = {"upstream": [("source", "target")], "downstream": [("target", "source")]}.get(
        direction or "", [("source", "target"), ("target", "source")]
    )
    roots = entities_named(source_blueprint, identifiers)
    transitive = scope.assumptions.related_to_is_transitive
    return any_of(_reached(roots, relation_ids, given, taken, transitive=transitive) for given, taken in columns)


def _reached(roots: Sql, relation_ids: Sequence[int], given: str, taken: str, *, transitive: bool) -> Sql:
    if not relation_ids:
        return NEVER
    allowed = "(" + ", ".join(map(str, relation_ids)) + ")"
    first = f"SELECT {taken} FROM edge WHERE relation IN {allowed} AND {given} IN (" + roots + ")"
    further = (
        f" UNION SELECT edge.{taken} FROM reached JOIN edge ON edge.{given} = reached.id AND edge.relation IN {allowed}"
    )
    reached = first + further if transitive else first
    return (
        "v.id IN (WITH RECURSIVE reached(id) AS ("
        + reached
        + ") SELECT id FROM reached WHERE id NOT IN ("
        + roots
        + "))"
    )


def match_any_path(definition: Mapping[str, Any], values: Sequence[str], scope: Scope) -> Sql:
    """Returns the condition of a `matchAny` rule whose property is a path.

    Without `fromBlueprint` the path starts at the candidate and must end at one of the values; with it, it starts at
    the values and the candidates are its ends.
    """
    origin = definition.get("fromBlueprint")
    start = scope.blueprint if origin is None else scope.catalog.find(origin)
    steps, end = _steps(definition["path"], start, scope.catalog) if start is not None else (None, None)
    if start is None or steps is None or end is None:
        return NEVER
    if origin is None:
        return "v.id IN (" + sources(steps, entities_named(end, values)) + ")"
    if end.id != scope.blueprint.id:
        return NEVER
    return "v.id IN (" + targets(steps, entities_named(start, values)) + ")"


def _steps(path: Sequence[Any], start: Blueprint, catalog: Catalog) -> tuple[list[Step] | None, Blueprint | None]:
    steps: list[Step] = []
    blueprint = start
    for item in path:
        name = item if isinstance(item, str) else item.get("relation")
        relation = find_relation(blueprint, name) if isinstance(name, str) else None
        target = catalog.find(relation.target) if relation is not None else None
        if relation is None or target is None:
            return None, None
        loops = not isinstance(item, str) and target.id == blueprint.id
        hops = int(item.get("maxHops", 1)) if loops else 1
        steps.append(Step(relation, hops, may_stay=not isinstance(item, str) and bool(steps)))
        blueprint = target
    return steps, blueprint
