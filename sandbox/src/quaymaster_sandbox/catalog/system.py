"""Port's own blueprints, with the parts that Port manages (Port: `docs/sso-rbac/users-and-teams`)."""

from collections.abc import Mapping
from typing import Any

from quaymaster_sandbox.catalog.blueprint import Blueprint
from quaymaster_sandbox.errors import PortError
from quaymaster_sandbox.scorecards.system import RESULTS, RULE, RULE_RESULT, SCORECARD

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

SYSTEM_BLUEPRINTS: Mapping[str, Document] = {
    "_user": _USER,
    "_team": _TEAM,
    "_scorecard": SCORECARD,
    "_rule": RULE,
    RESULTS: RULE_RESULT,
}
"""The blueprints that every organisation has from the start, by identifier."""


def is_managed(blueprint: Blueprint) -> bool:
    """Tells whether a blueprint is Port's own."""
    return blueprint.identifier in SYSTEM_BLUEPRINTS


def check_managed_parts(stored: Blueprint, document: Mapping[str, Any]) -> None:
    """Refuses a change of what Port manages in a blueprint of its own; it may be extended otherwise.

    Port: `docs/scorecards/concepts-and-structure.md`, system blueprints take own properties and relations that are not
    required.
    """
    managed = SYSTEM_BLUEPRINTS.get(stored.identifier)
    if managed is None:
        return
    title = stored.document["title"]
    if stored.is_computed and stored.document["schema"] != document["schema"]:
        raise protected(stored, f'Cannot edit the system properties of "{title}" blueprint')
    if stored.is_computed and stored.document["relations"] != document["relations"]:
        raise protected(stored, f'Cannot edit the system relations of "{title}" blueprint')
    if not managed["schema"]["properties"].keys() <= document["schema"]["properties"].keys():
        raise protected(stored, f'Cannot edit the system properties of "{title}" blueprint')
    for part, name in _MANAGED_PARTS.items():
        kept = {key: document[part].get(key) for key in managed.get(part, {})}
        if kept != {key: stored.document[part][key] for key in kept}:
            raise protected(stored, f'Cannot edit the system {name} of "{title}" blueprint')
    if any(document["relations"][key].get("required") for key in document["relations"].keys() - stored.relations):
        raise protected(stored, f'Cannot add required relations to "{title}" blueprint')


def protected(blueprint: Blueprint, message: str) -> PortError:
    """Returns the 422 for a change of what Port manages."""
    return PortError(422, "protected_blueprint_violation", message, {"blueprint": blueprint.identifier})


_MANAGED_PARTS = {
    "relations": "relations",
    "mirrorProperties": "mirror properties",
    "calculationProperties": "calculation properties",
    "aggregationProperties": "aggregation properties",
}
