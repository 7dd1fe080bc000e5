"""Calculation properties (Port: `setup-blueprint/properties/calculation-property`)."""

from collections.abc import Mapping
from typing import Any

from quaymaster_sandbox.catalog.blueprint import Calculation
from quaymaster_sandbox.values.programs import ProgramError, run_program


def calculate(calculation: Calculation, entity: Mapping[str, Any]) -> Any:
    """Returns the value of a calculation on an entity; None if there is none.

    That a failing program, or a result of another type than the property's, leaves the property without a value is a
    guess.
    """
    try:
        value = run_program(calculation.program, _part_read(calculation, entity))
    except ProgramError:
        return None
    return None if value is None or any(calculation.check(value)) else value


def _part_read(calculation: Calculation, entity: Mapping[str, Any]) -> Mapping[str, Any]:
    """Returns the entity as far as the program reads it: most of the time goes into handing it over."""
    if calculation.reads is None:
        return entity
    properties = entity["properties"]
    return {"properties": {name: properties[name] for name in calculation.reads if name in properties}}
