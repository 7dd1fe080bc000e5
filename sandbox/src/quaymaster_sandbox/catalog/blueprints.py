"""Writes of blueprints (Port: POST, PUT, PATCH and DELETE of /v1/blueprints)."""

from collections.abc import Mapping, Sequence
from typing import Any

from quaymaster.port.documents.blueprint import BlueprintReplacement
from quaymaster_sandbox.catalog import blueprint_rows
from quaymaster_sandbox.catalog.blueprint import Blueprint, Layout
from quaymaster_sandbox.catalog.migrating import adapt_values, forget_values, kept_layout
from quaymaster_sandbox.catalog.references import check_references, check_users_of_relations
from quaymaster_sandbox.catalog.retargeting import retargeted
from quaymaster_sandbox.catalog.system import check_managed_parts, is_managed, protected
from quaymaster_sandbox.documents import checked
from quaymaster_sandbox.errors import PortError, identifier_taken, invalid_request
from quaymaster_sandbox.scorecards.following import follow_blueprint
from quaymaster_sandbox.scorecards.writing import replace_scorecards
from quaymaster_sandbox.session import Session

Document = dict[str, Any]

_MAPS = ("calculationProperties", "mirrorProperties", "aggregationProperties", "relations")


def create_blueprint(session: Session, body: Mapping[str, Any]) -> Blueprint:
    """Creates a blueprint."""
    identifier = body["identifier"]
    if identifier in session.catalog:
        raise identifier_taken("Blueprint", identifier)
    document = {**complete(body), **session.stamps()}
    blueprint = blueprint_rows.insert_blueprint(session.connection, session.organization_id, document)
    session.catalog = session.catalog.with_blueprint(blueprint)
    check_references(blueprint, session.catalog)
    return blueprint


def create_blueprints(session: Session, documents: Sequence[Mapping[str, Any]]) -> None:
    """Creates blueprints in the order of their relations; their aggregations may be over any of them."""
    for document in documents:
        create_blueprint(session, {**document, "aggregationProperties": {}})
    for document in documents:
        if document.get("aggregationProperties"):
            stored = session.catalog.get(document["identifier"])
            store_version(session, stored, complete({**stored.document, **document}), stored.layout)


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
    return _store(session, stored, complete(checked(BlueprintReplacement, document)))


def delete_blueprint(session: Session, identifier: str) -> None:
    """Deletes a blueprint that has no entities and that no relation of another blueprint leads to."""
    blueprint = session.catalog.get(identifier)
    if is_managed(blueprint):
        raise protected(blueprint, f'Cannot delete the system blueprint "{blueprint.document["title"]}"')
    replace_scorecards(session, blueprint, [])
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


def store_version(session: Session, stored: Blueprint, document: Document, kept: Layout) -> Blueprint:
    """Stores the next version of a blueprint, whose kept values stand where `kept` says, and returns it.

    Raises:
        PortError: the document leads nowhere, or others lead through what it changes.
    """
    stamped = {**document, **session.stamps(stored.document)}
    blueprint = blueprint_rows.update_blueprint(session.connection, stored, stamped, kept)
    session.catalog = session.catalog.with_blueprint(blueprint, replacing=stored.identifier)
    check_references(blueprint, session.catalog, stored)
    check_users_of_relations(stored, blueprint, session.catalog)
    adapt_values(session, stored, blueprint)
    follow_blueprint(session, blueprint)
    return blueprint


def _store(session: Session, stored: Blueprint, document: Document) -> Blueprint:
    _check_identity(session, stored, document)
    document = retargeted(document, stored.identifier, document["identifier"])
    _check_types(stored, document)
    check_managed_parts(stored, document)
    kept = kept_layout(stored, document)
    forget_values(session, stored, kept)
    return store_version(session, stored, document, kept)


def _check_identity(session: Session, stored: Blueprint, document: Mapping[str, Any]) -> None:
    identifier = document["identifier"]
    if identifier == stored.identifier:
        return
    if identifier in session.catalog:
        raise identifier_taken("Blueprint", identifier)
    if is_managed(stored) or not session.assumptions.put_renames_blueprint:
        raise protected(stored, f'Cannot edit the identifier of "{stored.document["title"]}" blueprint')


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
