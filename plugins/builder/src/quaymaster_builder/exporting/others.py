"""Everything else as resources (Terraform provider port-labs: port_scorecard, port_entity, port_page, …)."""

from typing import Any

from quaymaster_builder.exporting.fields import Fields, snake
from quaymaster_builder.exporting.hcl import Encoded
from quaymaster_builder.model.refs import Json

__all__ = ["action_permissions", "blueprint_permissions", "entity", "page", "page_permissions", "scorecard"]

_GRANT = ("users", "roles", "teams", "ownedByTeam")


def scorecard(document: Json, left: list[str]) -> Json:
    """Returns the attributes of a scorecard."""
    fields = Fields(document, "", left)
    attributes = fields.take("identifier", "blueprint", "title", "levels")
    if condition := fields.pop("filter"):
        attributes["filter"] = _query(condition)
    rules = fields.pop("rules", [])
    attributes["rules"] = [{**rule, "query": _query(rule["query"])} for rule in rules]
    fields.close()
    return attributes


def entity(document: Json, left: list[str]) -> Json:
    """Returns the attributes of an entity; its properties are sorted by what they hold."""
    fields = Fields(document, "", left)
    attributes = {"title": document["identifier"], **fields.take("blueprint", "identifier", "title", "icon")}
    team = fields.pop("team")
    attributes |= {"teams": [team] if isinstance(team, str) else team} if team else {}
    sorts: Json = {}
    for name, value in fields.pop("properties", {}).items():
        if isinstance(value, list):
            kind, kept = _sort(value[0] if value else ""), [_written(it) for it in value]
            sorts.setdefault("array_props", {}).setdefault(f"{kind}_items", {})[name] = kept
        elif value is not None:
            sorts.setdefault(f"{_sort(value)}_props", {})[name] = _written(value)
    relations: Json = {}
    for name, end in fields.pop("relations", {}).items():
        if end:
            relations.setdefault("many_relations" if isinstance(end, list) else "single_relations", {})[name] = end
    fields.close()
    return {**attributes, **_unless_empty(properties=sorts, relations=relations)}


def page(document: Json, left: list[str]) -> Json:
    """Returns the attributes of a page."""
    fields = Fields(document, "", left)
    keys = ("identifier", "type", "title", "icon", "description", "blueprint", "parent", "after", "locked")
    attributes = {**fields.take(*keys), **fields.encode_each("widgets"), **fields.encode_each("pageFilters")}
    fields.close()
    return attributes


def page_permissions(document: Json, left: list[str]) -> Json:
    """Returns the attributes of who may read a page."""
    fields = Fields(document, "", left)
    read = fields.inner("read").take("users", "roles", "teams")
    attributes = {"page_identifier": fields.pop("identifier"), "read": read}
    fields.close()
    return attributes


def action_permissions(document: Json, left: list[str]) -> Json:
    """Returns the attributes of who may run and approve an action."""
    fields = Fields(document, "", left)
    grants = {key: _grant(fields.inner(key)) for key in ("execute", "approve")}
    attributes = {"action_identifier": fields.pop("identifier"), "permissions": grants}
    fields.close()
    return attributes


def blueprint_permissions(document: Json, left: list[str]) -> Json:
    """Returns the attributes of who may do what with the entities of a blueprint."""
    fields = Fields(document, "", left)
    entities = fields.inner("entities")
    grants: Json = {key: _grant(entities.inner(key)) for key in ("read", "register", "unregister", "update")}
    metadata: Json = {name: {} for name in ("icon", "identifier", "team", "title")}
    for key in ("updateProperties", "updateRelations"):
        members = entities.inner(key)
        for name in members.names():
            grant = _grant(members.inner(name))
            if name.startswith("$"):
                metadata[name[1:]] = grant
            else:
                grants.setdefault(snake(key), {})[name] = grant
    entities.close()
    attributes = {"blueprint_identifier": fields.pop("identifier"), "entities": grants}
    grants["update_metadata_properties"] = metadata
    fields.close()
    return attributes


def _grant(fields: Fields) -> Json:
    grant = {**fields.take(*_GRANT), **fields.encode("policy")}
    fields.close()
    return grant


def _query(query: Json) -> Json:
    return {**query, "conditions": [Encoded(it) for it in query["conditions"]]}


def _sort(value: Any) -> str:
    kinds = {bool: "boolean", int: "number", float: "number", dict: "object"}
    return kinds.get(type(value), "string")


def _written(value: Any) -> Any:
    return Encoded(value) if isinstance(value, dict | list) else value


def _unless_empty(**values: Json) -> Json:
    return {name: value for name, value in values.items() if value}
