"""Finds the entities that the relations and teams of a written entity point at."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from quaymaster_sandbox.catalog.blueprint import TEAM_RELATION, Blueprint, Relation
from quaymaster_sandbox.catalog.finding import find_everywhere, find_ids
from quaymaster_sandbox.errors import PortError, entity_not_found, invalid_request, not_found
from quaymaster_sandbox.session import Session

_MOST_MATCHES = 100
"""How many entities a query in the place of a relation may name (Port: `configure-mapping`, search relations)."""


@dataclass(frozen=True)
class Lookup:
    """How a write finds the entities that it names, by blueprint and identifier, and makes those that are not there."""

    find: Callable[[Blueprint, str], int | None]
    create_missing: Callable[[Blueprint, str], int] | None = None


def resolve_relations(
    session: Session, blueprint: Blueprint, given: Mapping[str, Any], lookup: Lookup
) -> dict[Relation, list[int]]:
    """Returns the numbers of the entities that each given relation points at.

    Raises:
        PortError: an unknown relation, several targets of a single one, none of a required one, or a target that does
            not exist and is not to be made.
    """
    targets = {}
    for name, value in given.items():
        relation = blueprint.relations.get(name)
        if relation is None:
            raise PortError(
                422,
                session.assumptions.unknown_relation_error,
                f'The "{blueprint.identifier}" Blueprint does not have Relation with identifier "{name}"',
                {"blueprint": blueprint.identifier, "relation": name},
            )
        targets[relation] = _resolve(session, blueprint, relation, value, lookup)
    return targets


def check_required_relations(blueprint: Blueprint, has_target: Callable[[Relation], bool]) -> None:
    """Refuses an entity without a target of a required relation."""
    for relation in blueprint.relations.values():
        if relation.required and not has_target(relation):
            raise PortError(
                422,
                "required_relation",
                f'The relation "{relation.identifier}" of the blueprint "{blueprint.identifier}" is required',
                {"blueprint": blueprint.identifier, "relation": relation.identifier},
            )


def resolve_teams(session: Session, blueprint: Blueprint, value: Any, lookup: Lookup) -> list[int]:
    """Returns the numbers of the `_team` entities that are to own an entity.

    Raises:
        PortError: the blueprint inherits its teams, or a team does not exist.
    """
    if blueprint.ownership_path is not None and value not in (None, []):
        legacy = "teamInheritance" in blueprint.document and "ownership" not in blueprint.document
        raise PortError(
            422,
            "team_inheritance_enabled" if legacy else "inherited_ownership_enabled",
            f'The teams of entities of the blueprint "{blueprint.identifier}" are inherited and cannot be set',
            {"blueprint": blueprint.identifier},
        )
    return _resolve(session, blueprint, TEAM_RELATION, value, Lookup(lookup.find))


def resolve_identifier(session: Session, query: Mapping[str, Any]) -> str:
    """Returns the identifier of the one entity that a query in the place of an identifier names.

    The query is not confined to one blueprint (Port: `configure-mapping`, search identifier). The answers to none and
    to several matches are guesses.
    """
    found = [(blueprint, entity_id) for blueprint, ids in find_everywhere(session, query) for entity_id in ids[:2]]
    if not found:
        raise not_found("Entity", "search query", by_field="query")
    if len(found) > 1:
        raise invalid_request("the identifier query matches more than one entity")
    blueprint, entity_id = found[0]
    row = session.connection.execute(f"SELECT identifier FROM {blueprint.table} WHERE id = ?", (entity_id,)).fetchone()
    return str(row[0])


def _resolve(session: Session, blueprint: Blueprint, relation: Relation, value: Any, lookup: Lookup) -> list[int]:
    target = session.catalog.get(relation.target)
    if value is None:
        return []
    if isinstance(value, Mapping):
        return _matching(session, relation, target, value)
    if isinstance(value, list) and not relation.many:
        raise PortError(
            422,
            "relation_many_violation",
            f'The relation "{relation.identifier}" of the blueprint "{blueprint.identifier}" takes a single entity',
            {"blueprint": blueprint.identifier, "relation": relation.identifier},
        )
    names: Sequence[str] = value if isinstance(value, list) else [value]
    return [_find(session, target, name, lookup) for name in dict.fromkeys(names)]


def _find(session: Session, target: Blueprint, identifier: str, lookup: Lookup) -> int:
    entity_id = lookup.find(target, identifier)
    if entity_id is not None:
        return entity_id
    if lookup.create_missing is not None:
        return lookup.create_missing(target, identifier)
    refusal = entity_not_found(target.identifier, identifier)
    refusal.status = session.assumptions.missing_related_entity_status
    raise refusal


def _matching(session: Session, relation: Relation, target: Blueprint, query: Mapping[str, Any]) -> list[int]:
    ids = find_ids(session, target, session.condition(target, query), limit=_MOST_MATCHES + 1)
    if not relation.many and len(ids) > 1:
        raise invalid_request(f'the query of the relation "{relation.identifier}" matches more than one entity')
    if len(ids) > _MOST_MATCHES:
        raise invalid_request(f'the query of the relation "{relation.identifier}" matches more than 100 entities')
    return ids
