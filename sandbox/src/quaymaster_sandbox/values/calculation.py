"""Calculation properties (Port: `setup-blueprint/properties/calculation-property`)."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from quaymaster_sandbox.catalog.blueprint import Calculation
from quaymaster_sandbox.values.programs import ProgramError, run_on_all


def calculate(calculation: Calculation, entities: Sequence[Mapping[str, Any]]) -> Iterator[Any]:
    """Yields the value of a calculation on each entity; None where there is none.

    That a failing program, or a result of another type than the property's, leaves the property without a value is a
    guess.
    """
    for outcome in run_on_all(calculation.program, [_part_read(calculation, entity) for entity in entities]):
        has_value = outcome is not None and not isinstance(outcome, ProgramError)
        yield outcome if has_value and not any(calculation.check(outcome)) else None


def _part_read(calculation: Calculation, entity: Mapping[str, Any]) -> Mapping[str, Any]:
    """Returns the entity as far as the program reads it: most of the time goes into handing it over."""
    if calculation.reads is None:
        return entity
    properties = entity["properties"]
    return {"properties": {name: properties[name] for name in calculation.reads if name in properties}}
