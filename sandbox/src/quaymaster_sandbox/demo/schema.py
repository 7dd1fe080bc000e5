"""Short ways to write the parts of a Port blueprint (Port: POST /v1/blueprints)."""

from typing import Any

Document = dict[str, Any]
DIRECT: Document = {"type": "Direct", "title": "Owning teams"}


def text_property(title: str, **more: Any) -> Document:
    """Returns a string property."""
    return {"type": "string", "title": title, **more}


def choice_property(title: str, colors: dict[str, str], **more: Any) -> Document:
    """Returns a string property with one of the given values, each in its colour."""
    return {"type": "string", "title": title, "enum": list(colors), "enumColors": colors, **more}


def instant_property(title: str) -> Document:
    """Returns a date-time property."""
    return {"type": "string", "title": title, "format": "date-time"}


def url_property(title: str) -> Document:
    """Returns a URL property."""
    return {"type": "string", "title": title, "format": "url"}


def user_property(title: str) -> Document:
    """Returns a property that holds the e-mail address of a user."""
    return {"type": "string", "title": title, "format": "user"}


def number_property(title: str, **more: Any) -> Document:
    """Returns a number property."""
    return {"type": "number", "title": title, **more}


def flag_property(title: str, **more: Any) -> Document:
    """Returns a boolean property."""
    return {"type": "boolean", "title": title, **more}


def relation(title: str, target: str, *, many: bool = False, required: bool = False) -> Document:
    """Returns a relation to another blueprint, or to the same."""
    return {"title": title, "target": target, "many": many, "required": required}


def count(title: str, target: str, path: str, query: Document | None = None) -> Document:
    """Returns an aggregation property: how many entities of `target` relate here by `path` and meet the query."""
    aggregation = {
        "title": title,
        "target": target,
        "calculationSpec": {"calculationBy": "entities", "func": "count"},
        "pathFilter": [{"path": [path], "fromBlueprint": target}],
    }
    return aggregation if query is None else {**aggregation, "query": query}


def blueprint(identifier: str, title: str, icon: str, properties: Document, **more: Any) -> Document:
    """Returns a blueprint; what `more` does not give is empty."""
    required: list[str] = more.pop("required", [])
    return {
        "identifier": identifier,
        "title": title,
        "icon": icon,
        "schema": {"properties": properties, "required": required},
        "calculationProperties": {},
        "mirrorProperties": {},
        "aggregationProperties": {},
        "relations": {},
        **more,
    }
