"""Blueprints as resources (Terraform provider port-labs: port_blueprint, port_aggregation_properties)."""

from typing import Any

from quaymaster_builder.exporting.fields import Fields, snake
from quaymaster_builder.model.refs import Json

__all__ = ["aggregation_properties", "blueprint"]

_ALWAYS = ("title", "description", "icon")
_KEYWORDS = {
    "string": (
        *("default", "enum", "enumColors", "format", "spec", "specAuthentication"),
        *("minLength", "maxLength", "pattern", "dateFormat"),
    ),
    "number": ("default", "enum", "enumColors", "minimum", "maximum"),
    "boolean": ("default",),
    "object": ("format", "spec"),
    "array": ("minItems", "maxItems"),
}
_ITEMS = ("enum", "enumColors", "format", "pattern")


def blueprint(document: Json, left: list[str]) -> Json:
    """Returns the attributes of a blueprint, but for its aggregation properties, which are a resource of their own."""
    fields = Fields(document, "", left)
    fields.pop("aggregationProperties")
    attributes = fields.take("identifier", "title", "icon", "description", "includeInGlobalSearch")
    schema = fields.inner("schema")
    required, properties = schema.pop("required", ()), schema.pop("properties", {})
    schema.close()
    attributes["properties"] = _properties(properties, required, left)
    attributes |= _map(fields, "relations", "title", "description", "target", "required", "many")
    attributes |= _map(fields, "mirrorProperties", "title", "path")
    calculation = ("calculation", "type", *_ALWAYS, "format", "spec", "specAuthentication", "colorized", "colors")
    attributes |= _map(fields, "calculationProperties", *calculation, "dateFormat")
    attributes |= _object(fields, "ownership", "type", "path", "title")
    attributes |= _object(fields, "teamInheritance", "path")
    if destination := fields.pop("changelogDestination"):
        inner = fields.inner("changelogDestination", destination)
        attributes[f"{inner.pop('type').lower()}_changelog_destination"] = inner.take("url", "agent")
        inner.close()
    fields.close()
    return {key: value for key, value in attributes.items() if value != {}}


def aggregation_properties(document: Json, left: list[str]) -> Json:
    """Returns the attributes of the resource that holds the aggregation properties of a blueprint."""
    made = {}
    for name, definition in document["aggregationProperties"].items():
        fields = Fields(definition, f"aggregationProperties.{name}", left)
        fields.pop("type")  # always a number
        attributes = fields.take("title", "description", "icon")
        attributes["target_blueprint_identifier"] = fields.pop("target")
        attributes["method"] = _method(fields.inner("calculationSpec"))
        attributes |= fields.encode("query")
        if paths := fields.pop("pathFilter"):
            attributes["path_filter"] = [Fields(it, "", left).take("path", "fromBlueprint") for it in paths]
        fields.close()
        made[name] = attributes
    return {"blueprint_identifier": document["identifier"], "properties": made}


def _properties(properties: Json, required: Any, left: list[str]) -> Json:
    sorts: Json = {}
    for name, definition in properties.items():
        fields = Fields(definition, f"schema.properties.{name}", left)
        kind = fields.pop("type")
        attributes = fields.take(*_ALWAYS, *_KEYWORDS[kind])
        if kind == "object":
            attributes |= fields.encode("default")
        elif kind == "array":
            items = fields.inner("items")
            default = fields.take("default")
            attributes |= {f"{items.pop('type', 'string')}_items": {**default, **items.take(*_ITEMS)}}
            items.close()
        if name in required:
            attributes["required"] = True
        fields.close()
        sorts.setdefault(f"{kind}_props", {})[name] = attributes
    return sorts


def _map(fields: Fields, key: str, *keys: str) -> Json:
    inner, taken = fields.inner(key), {}
    for name in inner.names():
        member = inner.inner(name)
        taken[name] = _without_false(member.take(*keys))
        member.close()
    return {snake(key): taken} if taken else {}


def _object(fields: Fields, key: str, *keys: str) -> Json:
    inner = fields.inner(key)
    taken = inner.take(*keys)
    inner.close()
    return {snake(key): taken} if taken else {}


def _method(spec: Fields) -> Json:
    by, function = spec.pop("calculationBy"), spec.pop("func")
    about = spec.take("property", "averageOf", "measureTimeBy")
    spec.close()
    if by == "entities":
        return {"count_entities": True} if function == "count" else {"average_entities": about}
    if function == "average":
        return {"average_by_property": {"measure_time_by": "$createdAt", **about}}
    return {"aggregate_by_property": {"func": function, **about}}


def _without_false(attributes: Json) -> Json:
    return {name: value for name, value in attributes.items() if value is not False}
