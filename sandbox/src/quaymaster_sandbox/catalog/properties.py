"""Checks the properties of an entity against its blueprint."""

from collections.abc import Mapping
from typing import Any

from quaymaster_sandbox.catalog.blueprint import Blueprint
from quaymaster_sandbox.errors import PortError, schema_mismatch
from quaymaster_sandbox.session import Session


def compose_properties(
    session: Session, blueprint: Blueprint, given: Mapping[str, Any], stored: Mapping[str, Any] | None
) -> dict[str, Any]:
    """Returns the properties of an entity after a write: those given, over those stored, without nulls.

    `stored` is None when the entity is new; only then, unless assumed otherwise, defaults fill what was not given.
    """
    _check_given(session, blueprint, given)
    merged = {**(stored or {}), **given}
    if stored is None or session.assumptions.defaults_on_update:
        for name, definition in blueprint.properties.items():
            if name not in merged and definition.schema.get("default") is not None:
                merged[name] = definition.schema["default"]
    properties = {name: value for name, value in merged.items() if value is not None}
    for name in blueprint.required:
        if name not in properties:
            raise schema_mismatch(blueprint.identifier, f"must have required property '{name}'", property=name)
    return properties


def _check_given(session: Session, blueprint: Blueprint, given: Mapping[str, Any]) -> None:
    for name, value in given.items():
        definition = blueprint.properties.get(name)
        if definition is None:
            raise _unknown_property(session, blueprint, name)
        if value is None:
            continue
        problem = next(iter(definition.check(value)), None)
        if problem is not None:
            path, message = problem
            raise schema_mismatch(blueprint.identifier, f'"{name}{path}" {message}', property=name)


def _unknown_property(session: Session, blueprint: Blueprint, name: str) -> PortError:
    if blueprint.has_property(name):
        message = f'"{name}" is a calculated property of the blueprint "{blueprint.identifier}" and cannot be written'
    else:
        message = f'must NOT have additional properties, additional property: "{name}"'
    details = {"blueprint": blueprint.identifier, "property": name}
    return PortError(422, session.assumptions.unknown_property_error, message, details)
