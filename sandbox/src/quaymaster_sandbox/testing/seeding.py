"""Puts entities into the sandbox, with the blueprint and the teams that they need."""

import contextlib
from collections.abc import Mapping
from typing import Any

from quaymaster.port.errors import ConflictError, NotFoundError
from quaymaster.port.sender import JSON, Sender

__all__ = ["seed"]

_OF_ENTITY = frozenset({"identifier", "title", "icon", "team", "relations", "properties"})
"""What stands at the top of an entity (Port: POST …/entities); all other keys are properties."""
_ONE_BLUEPRINT = "/v1/blueprints/{blueprint_identifier}"
_ENTITIES = _ONE_BLUEPRINT + "/entities"


async def seed(sender: Sender, blueprint: str, entities: list[Mapping[str, Any]]) -> list[str]:
    """Creates entities and returns their identifiers.

    Args:
        sender: Who sends.
        blueprint: The blueprint; made if there is none, and given every property that it lacks.
        entities: A mapping each: `identifier` (made up if it is left out), `title`, `icon`, `team`, `relations`; every
            other key is a property.
    """
    documents = [_document(blueprint, number, it) for number, it in enumerate(entities, start=1)]
    await _prepare_blueprint(sender, blueprint, documents)
    for team in sorted({team for it in documents for team in it.get("team", [])}):
        await _create_unless_there(sender, "/v1/teams", {"name": team})
    for document in documents:
        await sender.send("POST", _ENTITIES, {"blueprint_identifier": blueprint}, body=document)
    return [document["identifier"] for document in documents]


def _document(blueprint: str, number: int, entity: Mapping[str, Any]) -> JSON:
    properties = {name: value for name, value in entity.items() if name not in _OF_ENTITY}
    document = {name: value for name, value in entity.items() if name in _OF_ENTITY}
    document["properties"] = {**document.get("properties", {}), **properties}
    document.setdefault("identifier", f"{blueprint}-{number}")
    if isinstance(document.get("team"), str):
        document["team"] = [document["team"]]
    return document


async def _prepare_blueprint(sender: Sender, blueprint: str, documents: list[JSON]) -> None:
    needed = {name: _schema_of(value) for it in documents for name, value in it["properties"].items()}
    try:
        answer = await sender.send("GET", _ONE_BLUEPRINT, {"blueprint_identifier": blueprint})
    except NotFoundError:
        body = {"identifier": blueprint, "title": blueprint.replace("_", " ").capitalize()}
        schema = {"properties": needed, "required": []}
        await sender.send("POST", "/v1/blueprints", body={**body, "schema": schema, "ownership": {"type": "Direct"}})
        return
    schema = answer["blueprint"]["schema"]
    if not needed.keys() <= schema["properties"].keys():
        schema = {**schema, "properties": {**needed, **schema["properties"]}}
        await sender.send("PATCH", _ONE_BLUEPRINT, {"blueprint_identifier": blueprint}, body={"schema": schema})


def _schema_of(value: object) -> JSON:
    """Returns the schema of the property that can hold a value."""
    for kind, name in ((bool, "boolean"), (int | float, "number"), (str, "string"), (list, "array"), (dict, "object")):
        if isinstance(value, kind):
            return {"type": name, "title": ""}
    raise TypeError(f"no property can hold a {type(value).__name__}")


async def _create_unless_there(sender: Sender, route: str, document: JSON) -> None:
    with contextlib.suppress(ConflictError):
        await sender.send("POST", route, body=document)
