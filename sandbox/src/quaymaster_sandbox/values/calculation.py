"""Calculation properties (Port: `setup-blueprint/properties/calculation-property`)."""

from collections.abc import Mapping
from typing import Any

from quaymaster_sandbox.catalog.blueprint import Calculation
from quaymaster_sandbox.values.programs import ProgramError, run_program
from quaymaster_sandbox.values.validation import compile_schema


def calculate(calculation: Calculation, entity: Mapping[str, Any]) -> Any:
    """Returns the value of a calculation on an entity; None if there is none.

    That a failing program, or a result of another type than the property's, leaves the property without a value is a
    guess.
    """
    try:
        value = run_program(calculation.program, entity)
    except ProgramError:
        return None
    fits = compile_schema({"type": calculation.schema["type"]})
    return None if value is None or any(fits(value)) else value
