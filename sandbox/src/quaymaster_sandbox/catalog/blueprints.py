"""Writes of blueprints (Port: POST, PUT, PATCH and DELETE of /v1/blueprints)."""

from collections.abc import Mapping
from typing import Any

from quaymaster_sandbox.catalog import blueprint_rows
from quaymaster_sandbox.catalog.blueprint import Blueprint, Kind, Layout
from quaymaster_sandbox.catalog.references import check_references, check_users_of_relations
from quaymaster_sandbox.catalog.system import SYSTEM_BLUEPRINTS
from quaymaster_sandbox.clock import format_millis
from quaymaster_sandbox.errors import PortError, identifier_taken, invalid_request
from quaymaster_sandbox.session import Session

Document = dict[str, Any]

_MAPS = ("calculationProperties", "mirrorProperties", "aggregationProperties", "relations")


def create_blueprint(session: Session, body: Mapping[str, Any]) -> Blueprint:
    """Creates a blueprint."""
    identifier = body["identifier"]
    if identifier in session.catalog:
        raise identifier_taken("Blueprint", identifier)
    document = _with_stamps(session, complete(body), None)
    blueprint = blueprint_rows.insert_blueprint(session.connection, session.organization_id, document)
    session.catalog = session.catalog.with_blueprint(blueprint)
    check_references(blueprint, session.catalog)
    return blueprint


def replace_blueprint(session: Session, identifier: str, body: Mapping[str, Any]) -> Blueprint:
    """Puts a document in the place of a blueprint's; the values of properties and relations left out are lost."""
    stored = session.catalog.get(identifier)
    return _store(session, stored, complete({"identifier": identifier, **body}))


def patch_blueprint(session: Session, identifier: str, body: Mapping[str, Any]) -> Blueprint:
    """Changes what the body names of a blueprint; its maps are merged by key, `schema.required` is replaced."""
    stored = session.catalog.get(identifier)
    document: Document = {**stored.document, **body}
    if session.assumptions.patch_merges_maps:
        for name in _MAPS:
            document[name] = {**stored.document[name], **body.get(name, {})}
        if "schema" in body:
            document["schema"] = _merged_schema(stored.document["schema"], body["schema"])
    return _store(session, stored, complete(document))


def delete_blueprint(session: Session, identifier: str) -> None:
    """Deletes a blueprint that has no entities and that no relation of another blueprint leads to."""
    blueprint = session.catalog.get(identifier)
    refuse_system(blueprint)
    referring = [source for source, _ in session.catalog.relations_to(identifier) if source.id != blueprint.id]
    has_entities = session.connection.execute(f"SELECT 1 FROM {blueprint.table} LIMIT 1").fetchone() is not None
    if has_entities or referring:
        raise PortError(
            403,
            "has_dependents",
            f'Blueprint with identifier "{identifier}" has dependents',
            {"blueprint": identifier, "dependents": [source.identifier for source in referring]},
        )
    blueprint_rows.delete_blueprint(session.connection, blueprint)
    session.catalog = session.catalog.without_blueprint(identifier)


def refuse_system(blueprint: Blueprint) -> None:
    """Refuses to delete a blueprint of Port's own."""
    if blueprint.identifier in SYSTEM_BLUEPRINTS:
        raise PortError(
            422,
            "protected_blueprint_violation",
            f'Cannot delete the system blueprint "{blueprint.document["title"]}"',
            {"blueprint": blueprint.identifier},
        )


def complete(body: Mapping[str, Any]) -> Document:
    """Returns a blueprint's document with Port's defaults filled in; absent maps become empty ones."""
    document: Document = dict(body)
    document["schema"] = {"required": [], **document["schema"]}
    for name in _MAPS:
        document[name] = dict(document.get(name) or {})
    document["relations"] = {
        name: {"required": False, "many": False, **relation} for name, relation in document["relations"].items()
    }
    document["aggregationProperties"] = {
        name: {"type": "number", **aggregation} for name, aggregation in document["aggregationProperties"].items()
    }
    return document


def _merged_schema(stored: Mapping[str, Any], patch: Mapping[str, Any]) -> Document:
    properties = dict(stored["properties"])
    for name, definition in patch["properties"].items():
        known_type = {"type": properties[name]["type"]} if name in properties else {}
        if "type" not in definition and not known_type:
            raise invalid_request(f"\"schema.properties.{name}\" must have required property 'type'")
        properties[name] = {**known_type, **definition}
    return {"properties": properties, "required": patch.get("required", stored["required"])}


def _with_stamps(session: Session, document: Document, stored: Blueprint | None) -> Document:
    now = format_millis(session.now_micros // 1000)
    created = {"createdAt": now, "createdBy": session.actor.id}
    if stored is not None:
        created = {key: stored.document[key] for key in created}
    return {**document, **created, "updatedAt": now, "updatedBy": session.actor.id}


def _store(session: Session, stored: Blueprint, document: Document) -> Blueprint:
    _check_identity(session, stored, document)
    _check_types(stored, document)
    kept = Layout(
        {name: slot for name, slot in stored.layout.properties.items() if name in document["schema"]["properties"]},
        {name: number for name, number in stored.layout.relations.items() if name in document["relations"]},
        stored.layout.slots,
    )
    _forget_values(session, stored, kept)
    stamped = _with_stamps(session, document, stored)
    blueprint = blueprint_rows.update_blueprint(session.connection, stored, stamped, kept)
    session.catalog = session.catalog.with_blueprint(blueprint, replacing=stored.identifier)
    check_references(blueprint, session.catalog)
    check_users_of_relations(stored, blueprint, session.catalog)
    return blueprint


def _check_identity(session: Session, stored: Blueprint, document: Mapping[str, Any]) -> None:
    identifier = document["identifier"]
    if identifier == stored.identifier:
        return
    if identifier in session.catalog:
        raise identifier_taken("Blueprint", identifier)
    if stored.identifier in SYSTEM_BLUEPRINTS or not session.assumptions.put_renames_blueprint:
        raise PortError(
            422,
            "protected_blueprint_violation",
            f'Cannot edit the identifier of "{stored.document["title"]}" blueprint',
            {"blueprint": stored.identifier},
        )


def _check_types(stored: Blueprint, document: Mapping[str, Any]) -> None:
    """Refuses another type for a property that exists (Port: `setup-blueprint/properties`, the type is fixed)."""
    for name, definition in document["schema"]["properties"].items():
        known = stored.properties.get(name)
        if known is not None and known.schema["type"] != definition["type"]:
            raise invalid_request(
                f'the type of the property "{name}" cannot be changed from "{known.schema["type"]}" to'
                f' "{definition["type"]}"',
                blueprint=stored.identifier,
                property=name,
            )


def _forget_values(session: Session, stored: Blueprint, kept: Layout) -> None:
    """Deletes the values of the properties and relations that a new document leaves out."""
    for name, definition in stored.properties.items():
        if name not in kept.properties:
            forget_property(session, stored, name)
            if definition.kind is Kind.ARRAY:
                session.connection.execute(
                    "DELETE FROM element WHERE blueprint = ? AND slot = ?", (stored.id, definition.slot)
                )
    for name, relation in stored.relations.items():
        if name not in kept.relations:
            session.connection.execute("DELETE FROM edge WHERE relation = ?", (relation.id,))


def forget_property(session: Session, blueprint: Blueprint, name: str) -> None:
    """Deletes the values of a property from every entity of a blueprint."""
    column = blueprint.properties[name].column
    path = f'$."{name}"'
    session.connection.execute(
        f"UPDATE document SET properties = json_remove(properties, ?) WHERE id IN"
        f" (SELECT id FROM {blueprint.table} WHERE {column} IS NOT NULL)",
        (path,),
    )
    session.connection.execute(f"UPDATE {blueprint.table} SET {column} = NULL WHERE {column} IS NOT NULL")
