"""Port's own blueprints, with the parts that Port manages (Port: `docs/sso-rbac/users-and-teams`)."""

from collections.abc import Mapping
from typing import Any

Document = dict[str, Any]

_TEXT: Document = {"type": "string"}


def _titled(schema: Document, title: str) -> Document:
    return {"title": title, **schema}


def _choice(title: str, *values: str) -> Document:
    return {"title": title, "type": "string", "enum": list(values)}


_USER: Document = {
    "identifier": "_user",
    "title": "User",
    "icon": "User",
    "schema": {
        "properties": {
            "port_role": _choice("Port role", "Admin", "Moderator", "Member"),
            "port_type": _choice("Port type", "Standard", "Service Account"),
            "status": _choice("Status", "Active", "Disabled", "Invited", "Staged"),
            "moderated_blueprints": {
                "title": "Moderated blueprints",
                "type": "array",
                "items": {"type": "string", "format": "blueprints"},
            },
        },
        "required": [],
    },
    "ownership": {"type": "Direct"},
}
_TEAM: Document = {
    "identifier": "_team",
    "title": "Team",
    "icon": "Team",
    "schema": {"properties": {"description": _titled(_TEXT, "Description")}, "required": []},
    "aggregationProperties": {
        "size": {
            "title": "Size",
            "type": "number",
            "target": "_user",
            "calculationSpec": {"calculationBy": "entities", "func": "count"},
            "pathFilter": [{"fromBlueprint": "_user", "path": ["$team"]}],
        }
    },
}

SYSTEM_BLUEPRINTS: Mapping[str, Document] = {"_user": _USER, "_team": _TEAM}
"""The blueprints that every organisation has from the start, by identifier."""
