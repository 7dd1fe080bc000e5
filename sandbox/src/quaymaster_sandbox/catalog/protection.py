"""Entities that follow from other things, and what the entity routes may do with them.

Rule results are computed, and Port protects them. Scorecards and rules are written through the scorecard routes alone:
Port also takes them as entities (`docs/scorecards`, scorecards as blueprints), which the sandbox does not implement.
"""

from collections.abc import Mapping
from typing import Any, Literal

from quaymaster_sandbox.catalog.blueprint import Blueprint
from quaymaster_sandbox.errors import PortError
from quaymaster_sandbox.scorecards.system import RULE, SCORECARD

_OF_SCORECARDS: Mapping[str, Mapping[str, Any]] = {
    definition["identifier"]: definition for definition in (SCORECARD, RULE)
}


def refuse_protected(blueprint: Blueprint, action: Literal["create", "update", "delete"]) -> None:
    """Refuses to create, change or delete entities that are computed, or that are scorecards or rules.

    Raises:
        PortError: 422 for rule results, as Port has it, and 501 for scorecards and rules.
    """
    if blueprint.is_computed:
        message = f'Cannot {action} entity from blueprint "{blueprint.identifier}" as it is marked protected'
        raise PortError(422, "protected_resource", message, {"blueprint": blueprint.identifier})
    if blueprint.identifier in _OF_SCORECARDS:
        message = (
            f'The sandbox does not implement to {action} entities of "{blueprint.identifier}" like this;'
            " use /v1/blueprints/{blueprint_identifier}/scorecards"
        )
        raise PortError(501, "not_implemented", message, {"blueprint": blueprint.identifier})


def refuse_protected_update(blueprint: Blueprint, body: Mapping[str, Any], *, adds_only: bool) -> None:
    """Refuses to change such entities, but for what somebody has added to the blueprints of scorecards and rules.

    `adds_only` says that the write leaves the identifier and whatever the body does not name as they are.
    """
    managed = _OF_SCORECARDS.get(blueprint.identifier)
    if managed is not None and adds_only and not _touches(managed, body):
        return
    refuse_protected(blueprint, "update")


def _touches(managed: Mapping[str, Any], body: Mapping[str, Any]) -> bool:
    """Tells whether a body changes what follows from the scorecard."""
    properties, relations = managed["schema"]["properties"], managed.get("relations", {})
    return (
        "title" in body
        or not properties.keys().isdisjoint(body.get("properties") or {})
        or not relations.keys().isdisjoint(body.get("relations") or {})
    )
