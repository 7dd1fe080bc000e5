"""Renames of blueprints and their parts; whatever leads through the old name then leads through the new one.

Port: PATCH /v1/blueprints/{blueprint_identifier}/…/rename. That references of other blueprints follow is a guess; jq
programs and queries are left as they are.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from quaymaster_sandbox.catalog import blueprint_rows
from quaymaster_sandbox.catalog.blueprint import Blueprint, Layout
from quaymaster_sandbox.catalog.blueprints import Document, store_version
from quaymaster_sandbox.catalog.catalog import Catalog
from quaymaster_sandbox.catalog.migrating import rename_values
from quaymaster_sandbox.errors import PortError, identifier_taken
from quaymaster_sandbox.query.paths import find_relation
from quaymaster_sandbox.session import Session


def rename_property(session: Session, blueprint: Blueprint, old: str, new: str) -> Blueprint:
    """Renames a property and keeps its values."""
    if old not in blueprint.properties:
        raise _missing("Property", old)
    _check_free(blueprint, new)
    schema = blueprint.document["schema"]
    document = {
        **blueprint.document,
        "schema": {
            **schema,
            "properties": _renamed(schema["properties"], old, new),
            "required": [new if name == old else name for name in schema["required"]],
        },
    }
    rename_values(session, blueprint, old, new)
    layout = replace(blueprint.layout, properties=_renamed(blueprint.layout.properties, old, new))
    return _store(session, blueprint, document, layout, _last_step(blueprint.identifier, old, new))


def rename_mirror(session: Session, blueprint: Blueprint, old: str, new: str) -> Blueprint:
    """Renames a mirror property."""
    if old not in blueprint.mirrors:
        raise _missing("Property", old)
    _check_free(blueprint, new)
    document = {**blueprint.document, "mirrorProperties": _renamed(blueprint.document["mirrorProperties"], old, new)}
    return _store(session, blueprint, document, blueprint.layout, _last_step(blueprint.identifier, old, new))


def rename_relation(session: Session, blueprint: Blueprint, old: str, new: str) -> Blueprint:
    """Renames a relation and keeps its targets."""
    if old not in blueprint.relations:
        raise _missing("relation", old)
    if new.startswith("_"):
        message = 'Relation identifiers cannot start with "_"'
        raise PortError(422, "system_identifier_error", message, {"identifiers": [new]})
    if new in blueprint.relations:
        raise identifier_taken("Relation", new)
    document = {**blueprint.document, "relations": _renamed(blueprint.document["relations"], old, new)}
    layout = replace(blueprint.layout, relations=_renamed(blueprint.layout.relations, old, new))

    def rename_step(path: list[str], passed: list[str]) -> list[str]:
        return [
            new if step == old and place == blueprint.identifier else step
            for step, place in zip(path, passed, strict=False)
        ] + path[len(passed) :]

    return _store(session, blueprint, document, layout, rename_step)


def follow_blueprint_rename(session: Session, old: str, new: str) -> None:
    """Points the relations and aggregations of all blueprints at the new identifier of a renamed one."""

    def renamed(name: str) -> str:
        return new if name == old else name

    for blueprint in list(session.catalog):
        document: Document = dict(blueprint.document)
        document["relations"] = {
            name: {**relation, "target": renamed(relation["target"])}
            for name, relation in document["relations"].items()
        }
        document["aggregationProperties"] = {
            name: {**aggregation, "target": renamed(aggregation["target"]), **_renamed_origin(aggregation, renamed)}
            for name, aggregation in document["aggregationProperties"].items()
        }
        _store_quietly(session, blueprint, document)


Rewrite = Callable[[list[str], list[str]], list[str]]
"""Returns a path with its steps renamed, given the blueprint that each step starts from."""


def _store(session: Session, blueprint: Blueprint, document: Document, layout: Layout, rewrite: Rewrite) -> Blueprint:
    before = session.catalog
    own = _rewritten(before, blueprint, document, rewrite)
    for other in before:
        if other.id != blueprint.id:
            _store_quietly(session, other, _rewritten(before, other, dict(other.document), rewrite))
    return store_version(session, blueprint, own, layout)


def _store_quietly(session: Session, blueprint: Blueprint, document: Document) -> None:
    """Stores what follows from a change of another blueprint, without new stamps."""
    if document != blueprint.document:
        changed = blueprint_rows.update_blueprint(session.connection, blueprint, document, blueprint.layout)
        session.catalog = session.catalog.with_blueprint(changed, replacing=blueprint.identifier)


def _rewritten(catalog: Catalog, blueprint: Blueprint, document: Document, rewrite: Rewrite) -> Document:
    """Returns a document with the paths of its mirrors and its ownership rewritten."""

    def rewritten(path: str) -> str:
        steps = path.split(".")
        return ".".join(rewrite(steps, _passed(catalog, blueprint, steps)))

    mirrors = {
        name: {**mirror, "path": rewritten(mirror["path"])} for name, mirror in document["mirrorProperties"].items()
    }
    document = {**document, "mirrorProperties": mirrors}
    for key in ("ownership", "teamInheritance"):
        if key in document and "path" in document[key]:
            document[key] = {**document[key], "path": rewritten(document[key]["path"])}
    return document


def _passed(catalog: Catalog, start: Blueprint, steps: list[str]) -> list[str]:
    """Returns the blueprints in which the steps of a path are looked up, as far as the path leads anywhere."""
    places, place = [start.identifier], start
    for step in steps[:-1]:
        relation = find_relation(place, step)
        following = catalog.find(relation.target) if relation is not None else None
        if following is None:
            break
        place = following
        places.append(place.identifier)
    return places


def _last_step(blueprint: str, old: str, new: str) -> Rewrite:
    def rename_end(path: list[str], passed: list[str]) -> list[str]:
        ends_here = len(passed) == len(path) and passed[-1] == blueprint and path[-1] == old
        return [*path[:-1], new] if ends_here else path

    return rename_end


def _renamed(members: Mapping[str, Any], old: str, new: str) -> dict[str, Any]:
    return {new if name == old else name: member for name, member in members.items()}


def _renamed_origin(aggregation: Mapping[str, Any], renamed: Callable[[str], str]) -> Document:
    if "pathFilter" not in aggregation:
        return {}
    filters = [
        {**path, "fromBlueprint": renamed(path["fromBlueprint"])} if "fromBlueprint" in path else path
        for path in aggregation["pathFilter"]
    ]
    return {"pathFilter": filters}


def _check_free(blueprint: Blueprint, name: str) -> None:
    if blueprint.has_property(name):
        raise identifier_taken("Property", name)


def _missing(resource: str, name: str) -> PortError:
    """Returns the 404 for a part of a blueprint, with the resource names that Port uses for them."""
    field = "identifier/name" if resource == "Property" else "identifier"
    return PortError(
        404,
        "not_found",
        f'{resource.capitalize()} with {field} "{name}" was not found',
        {"resource": resource, "byField": "identifier", "withValue": name},
    )
