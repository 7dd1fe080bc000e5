"""Checks the values of an entity against its blueprint, as far as the definitions alone decide."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from quaymaster_builder.model.parts import get_part
from quaymaster_builder.model.refs import ABSENT, Documents, Json, Ref

__all__ = ["find_missing_values", "find_value_problems"]

_TYPES: Mapping[str, type | tuple[type, ...]] = {
    "string": str,
    "number": (int, float),
    "boolean": bool,
    "object": dict,
    "array": list,
}


def find_value_problems(definition: Json, value: Any) -> Iterator[tuple[str, str]]:
    """Yields what is refused in a property's value, with a remedy (Port: Setup blueprint, Properties)."""
    if value is None:
        return
    wanted = definition.get("type", "string")
    if not isinstance(value, _TYPES.get(wanted, object)) or (wanted == "number" and isinstance(value, bool)):
        yield f"must be {wanted}", ""
        return
    if definition.get("enum") and value not in definition["enum"]:
        yield "must be equal to one of the allowed values", f"one of: {', '.join(map(str, definition['enum']))}"
    if isinstance(value, str):
        yield from _text_problems(definition, value)
    elif isinstance(value, int | float):
        yield from _range_problems(definition, value)
    elif isinstance(value, list):
        for index, member in enumerate(value):
            for problem, remedy in find_value_problems(definition.get("items") or {"type": "any"}, member):
                yield f"item {index} {problem}", remedy


def find_missing_values(ref: Ref, entity: Json, documents: Documents) -> Iterator[tuple[str, str]]:
    """Yields each property and relation that a new entity lacks (Port: POST /v1/blueprints/{id}/entities)."""
    blueprint = documents.get(Ref("blueprint", ref.blueprint), {})
    required = get_part(blueprint, ("schema", "required"))
    definitions = get_part(blueprint, ("schema", "properties"))
    for name in required if isinstance(required, list) else ():
        default = (definitions.get(name) or {}).get("default") if definitions is not ABSENT else None
        if (entity.get("properties") or {}).get(name) is None and default is None:
            yield f"properties.{name} is required", f"blueprint {ref.blueprint!r} requires it of every entity"
    for name, relation in (blueprint.get("relations") or {}).items():
        if relation.get("required") and not (entity.get("relations") or {}).get(name):
            yield f"relations.{name} is required", f"name an entity of {relation['target']!r}"


def _text_problems(definition: Json, value: str) -> Iterator[tuple[str, str]]:
    if len(value) < definition.get("minLength", 0):
        yield f"must NOT have fewer than {definition['minLength']} characters", ""
    if len(value) > definition.get("maxLength", len(value)):
        yield f"must NOT have more than {definition['maxLength']} characters", f"it has {len(value)}"
    try:
        matches = "pattern" not in definition or re.search(definition["pattern"], value)
    except re.error:  # a pattern in JavaScript's dialect: Port decides
        matches = True
    if not matches:
        yield f'must match pattern "{definition["pattern"]}"', ""


def _range_problems(definition: Json, value: float) -> Iterator[tuple[str, str]]:
    if value < definition.get("minimum", value):
        yield f"must be >= {definition['minimum']}", ""
    if value > definition.get("maximum", value):
        yield f"must be <= {definition['maximum']}", ""
