"""Checks what a blueprint says of other blueprints, and what others say of it."""

from collections.abc import Iterable, Mapping, Sequence

from quaymaster_sandbox.catalog.blueprint import Blueprint, Relation
from quaymaster_sandbox.catalog.catalog import Catalog
from quaymaster_sandbox.errors import PortError, invalid_request, not_found
from quaymaster_sandbox.query.paths import find_relation

_META_PROPERTIES = frozenset(
    {
        "$identifier",
        "$title",
        "$blueprint",
        "$team",
        "$icon",
        "$createdAt",
        "$updatedAt",
        "$createdBy",
        "$updatedBy",
        "$datasource",
    }
)
_LONGEST_PATH = 50
"""SQLite joins at most 64 tables."""


def check_references(blueprint: Blueprint, catalog: Catalog, before: Blueprint | None = None) -> None:
    """Refuses a blueprint whose relations, mirrors, aggregations or ownership lead nowhere in the catalog.

    `catalog` holds the blueprint already, so that it may refer to itself. An aggregation that it had `before` may have
    lost the blueprint that it is over: Port does not count it among what keeps a blueprint from being deleted.
    """
    _check_names(blueprint)
    for relation in blueprint.relations.values():
        if relation.target not in catalog:
            raise not_found("Blueprint", relation.target)
    for name, aggregation in blueprint.aggregations.items():
        known = before.aggregations.get(name) if before is not None else None
        target = aggregation.definition["target"]
        if target not in catalog and (known is None or known.definition["target"] != target):
            raise not_found("Blueprint", target)
    _check_lengths(blueprint)
    for mirror in blueprint.mirrors.values():
        end = _follow(blueprint, mirror.relations, catalog, "invalid_mirror_property_path", mirror.property)
        if not (end.has_property(mirror.property) or mirror.property in _META_PROPERTIES):
            raise _bad_path(
                "invalid_mirror_property_path",
                mirror.property,
                ".".join((*mirror.relations, mirror.property)),
                end.identifier,
                targetPropertyName=mirror.property,
            )
    if blueprint.ownership_path is not None:
        _follow(blueprint, blueprint.ownership_path, catalog, "invalid_inherited_ownership_path", "$team")


def check_users_of_relations(before: Blueprint, after: Blueprint, catalog: Catalog) -> None:
    """Refuses a change of a relation that the path of a mirror, of an aggregation or of an ownership passes over."""

    def shape(relation: Relation) -> tuple[str, bool]:
        target = after.identifier if relation.target == before.identifier else relation.target
        return target, relation.many

    changed = {
        relation.id
        for name, relation in before.relations.items()
        if name not in after.relations or shape(after.relations[name]) != shape(relation)
    }
    if not changed:
        return
    previous = catalog.with_blueprint(before, replacing=after.identifier)
    for user in catalog:
        for name, path, code in _paths(user):
            passed = _passed(before if user.id == before.id else user, path, previous)
            if changed.intersection(passed):
                raise _bad_path(code, name, ".".join(path), user.identifier, missingRelation=path[0])


def _paths(blueprint: Blueprint) -> Iterable[tuple[str, Sequence[str], str]]:
    for mirror in blueprint.mirrors.values():
        yield mirror.property, mirror.relations, "invalid_mirror_property_path"
    if blueprint.ownership_path is not None:
        yield "$team", blueprint.ownership_path, "invalid_inherited_ownership_path"


def _passed(start: Blueprint, path: Iterable[str], catalog: Catalog) -> list[int]:
    passed, blueprint = [], start
    for name in path:
        relation = find_relation(blueprint, name)
        following = catalog.find(relation.target) if relation is not None else None
        if relation is None or following is None:
            break
        passed.append(relation.id)
        blueprint = following
    return passed


def _check_names(blueprint: Blueprint) -> None:
    """Refuses one name for two things that are read from the same place (a guess)."""
    groups: Mapping[str, Iterable[str]] = {
        "properties": blueprint.properties,
        "mirrorProperties": blueprint.mirrors,
        "calculationProperties": blueprint.calculations,
        "aggregationProperties": blueprint.aggregations,
    }
    seen: dict[str, str] = {}
    for group, names in groups.items():
        for name in names:
            if name in seen:
                raise invalid_request(f'"{name}" is in both {seen[name]} and {group}', property=name)
            seen[name] = group


def _check_lengths(blueprint: Blueprint) -> None:
    """Refuses paths longer than the sandbox can follow; Port's limit is not known."""
    for name, path, _ in _paths(blueprint):
        if len(path) > _LONGEST_PATH:
            raise invalid_request(f'the path to "{name}" is longer than {_LONGEST_PATH} relations', property=name)


def _follow(start: Blueprint, path: Sequence[str], catalog: Catalog, code: str, final: str) -> Blueprint:
    blueprint = start
    for name in path:
        relation = find_relation(blueprint, name)
        if relation is None:
            raise _bad_path(code, final, ".".join((*path, final)), blueprint.identifier, missingRelation=name)
        blueprint = catalog.get(relation.target)
    return blueprint


def _bad_path(code: str, final: str, path: str, blueprint: str, **details: str) -> PortError:
    return PortError(
        422,
        code,
        f'The path entered to "{final}" do not exists',
        {"path": path, "blueprint": blueprint, **details},
    )


def refuse_required_relations(blueprint: Blueprint, catalog: Catalog) -> None:
    """Refuses to delete all entities of a blueprint that a required relation leads to."""
    dependents = [
        source.identifier for source, relation in catalog.relations_to(blueprint.identifier) if relation.required
    ]
    if dependents:
        raise PortError(
            403,
            "has_dependents",
            f'Entities of the blueprint "{blueprint.identifier}" have dependents in {", ".join(dependents)}',
            {"blueprint": blueprint.identifier, "dependents": dependents},
        )
