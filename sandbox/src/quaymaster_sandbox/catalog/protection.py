"""Entities that follow from other things, which nobody writes."""

from typing import Literal

from quaymaster_sandbox.catalog.blueprint import Blueprint
from quaymaster_sandbox.errors import PortError


def refuse_protected(blueprint: Blueprint, action: Literal["create", "update", "delete"]) -> None:
    """Refuses to create, change or delete entities that are computed, as Port does for rule results.

    Raises:
        PortError: 422 `protected_resource`.
    """
    if blueprint.is_computed:
        message = f'Cannot {action} entity from blueprint "{blueprint.identifier}" as it is marked protected'
        raise PortError(422, "protected_resource", message, {"blueprint": blueprint.identifier})
