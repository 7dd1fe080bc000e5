"""Renames of blueprints and their parts; whatever leads through the old name then leads through the new one.

Port: PATCH /v1/blueprints/{blueprint_identifier}/…/rename. That the paths of mirrors, aggregations and ownership follow
is a guess (`Assumptions.renames_lead_paths_along`); jq programs and queries are left as they are.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from quaymaster_sandbox.catalog import blueprint_rows
from quaymaster_sandbox.catalog.blueprint import Blueprint, Layout
from quaymaster_sandbox.catalog.blueprints import Document, store_version
from quaymaster_sandbox.catalog.catalog import Catalog
from quaymaster_sandbox.catalog.migrating import rename_values
from quaymaster_sandbox.catalog.retargeting import retargeted
from quaymaster_sandbox.errors import PortError, identifier_taken
from quaymaster_sandbox.query.paths import find_relation
from quaymaster_sandbox.scorecards.entities import store_entities
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
    return _store(session, blueprint, document, layout, _Rename(blueprint.identifier, old, new))


def rename_mirror(session: Session, blueprint: Blueprint, old: str, new: str) -> Blueprint:
    """Renames a mirror property."""
    if old not in blueprint.mirrors:
        raise _missing("Property", old)
    _check_free(blueprint, new)
    document = {**blueprint.document, "mirrorProperties": _renamed(blueprint.document["mirrorProperties"], old, new)}
    return _store(session, blueprint, document, blueprint.layout, _Rename(blueprint.identifier, old, new))


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
    return _store(session, blueprint, document, layout, _Rename(blueprint.identifier, old, new, of_relation=True))


def follow_blueprint_rename(session: Session, old: str, new: str) -> None:
    """Points the relations, aggregations and scorecards at the new identifier of a renamed blueprint."""
    for blueprint in list(session.catalog):
        _store_quietly(session, blueprint, retargeted(blueprint.document, old, new))
    renamed_blueprint = session.catalog.get(new)
    for scorecard in session.catalog.scorecards.of(renamed_blueprint.id) if new != old else ():
        store_entities(session, renamed_blueprint, scorecard.document, scorecard)


@dataclass(frozen=True)
class _Rename:
    """A new name for a property or a relation of a blueprint."""

    blueprint: str
    old: str
    new: str
    of_relation: bool = False

    def along(self, catalog: Catalog, start: Blueprint, path: Sequence[str], *, to_property: bool) -> list[str]:
        """Returns a path with the name in it changed; its last step is a property or, like all others, a relation."""
        places = _places(catalog, start, path[:-1] if to_property else path)
        is_property = [*[False] * (len(path) - 1), to_property]
        return [
            self.new if (place, step, not final) == (self.blueprint, self.old, self.of_relation) else step
            for step, place, final in zip(path, places, is_property, strict=False)
        ] + [*path[len(places) :]]


def _store(session: Session, blueprint: Blueprint, document: Document, layout: Layout, rename: _Rename) -> Blueprint:
    before = session.catalog
    if not session.assumptions.renames_lead_paths_along:
        return store_version(session, blueprint, document, layout)
    own = _rewritten(before, blueprint, document, rename)
    for other in before:
        if other.id != blueprint.id:
            _store_quietly(session, other, _rewritten(before, other, dict(other.document), rename))
    return store_version(session, blueprint, own, layout)


def _store_quietly(session: Session, blueprint: Blueprint, document: Document) -> None:
    """Stores what follows from a change of another blueprint, without new stamps."""
    if document != blueprint.document:
        changed = blueprint_rows.update_blueprint(session.connection, blueprint, document, blueprint.layout)
        session.catalog = session.catalog.with_blueprint(changed, replacing=blueprint.identifier)


def _rewritten(catalog: Catalog, blueprint: Blueprint, document: Document, rename: _Rename) -> Document:
    """Returns a document with the paths of its mirrors, its aggregations and its ownership rewritten."""

    def rewritten(path: str, *, to_property: bool) -> str:
        return ".".join(rename.along(catalog, blueprint, path.split("."), to_property=to_property))

    mirrors = {
        name: {**mirror, "path": rewritten(mirror["path"], to_property=True)}
        for name, mirror in document["mirrorProperties"].items()
    }
    aggregations = {
        name: {**aggregation, **_rewritten_filter(catalog, blueprint, aggregation, rename)}
        for name, aggregation in document["aggregationProperties"].items()
    }
    document = {**document, "mirrorProperties": mirrors, "aggregationProperties": aggregations}
    for key in ("ownership", "teamInheritance"):
        if key in document and "path" in document[key]:
            document[key] = {**document[key], "path": rewritten(document[key]["path"], to_property=False)}
    return document


def _rewritten_filter(
    catalog: Catalog, blueprint: Blueprint, aggregation: Mapping[str, Any], rename: _Rename
) -> Document:
    filters = []
    for path_filter in aggregation.get("pathFilter", ()):
        start = catalog.find(path_filter.get("fromBlueprint", blueprint.identifier))
        path = path_filter["path"]
        renamed = path if start is None else rename.along(catalog, start, path, to_property=False)
        filters.append({**path_filter, "path": renamed})
    return {"pathFilter": filters} if filters else {}


def _places(catalog: Catalog, start: Blueprint, relations: Sequence[str]) -> list[str]:
    """Returns the blueprints that relations pass, the first one before any, as far as they lead anywhere."""
    places, place = [start.identifier], start
    for step in relations:
        relation = find_relation(place, step)
        following = catalog.find(relation.target) if relation is not None else None
        if following is None:
            break
        place = following
        places.append(place.identifier)
    return places


def _renamed(members: Mapping[str, Any], old: str, new: str) -> dict[str, Any]:
    return {new if name == old else name: member for name, member in members.items()}


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
