"""The right-hand side of a condition: checked against what it is compared with, and put into the form Port takes."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from quaymaster.catalog.catalog import Catalog
from quaymaster.catalog.dates import as_port_writes, read_instant
from quaymaster.catalog.fields import Field
from quaymaster.catalog.names import fold
from quaymaster.errors import InputError, nearest_first

__all__ = ["operand"]


def operand(catalog: Catalog, field: Field, value: Any, now: datetime) -> Any:
    """Returns one value to compare a field with, as Port takes it.

    A team's title becomes its identifier; a value that the field lists is found without regard to case.

    Raises:
        InputError: The field can never have this value.
    """
    if field.is_team:
        return catalog.team(_text(field, value)).identifier
    if field.choices:
        return _choice(field, _text(field, value))
    if field.is_date:
        return as_port_writes(read_instant(_text(field, value), field.label, now))
    return _BY_TYPE.get(field.type, _anything)(field, value)


def _choice(field: Field, value: str) -> str:
    if value in field.choices:
        return value
    found = [choice for choice in field.choices if fold(choice) == fold(value)]
    if len(found) == 1:
        return found[0]
    choices = ", ".join(repr(choice) for choice in nearest_first(value, field.choices))
    raise InputError(f"{field.label!r} is never {value!r}; choose from: {choices}")


def _text(field: Field, value: Any) -> str:
    if isinstance(value, str):
        return value
    raise InputError(f"{field.label!r} is compared with text, not with {value!r}")


def _number(field: Field, value: Any) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    raise InputError(f"{field.label!r} is a number; compare it with a number, not with {value!r}")


def _boolean(field: Field, value: Any) -> bool:
    if isinstance(value, bool):
        return value
    raise InputError(f"{field.label!r} is true or false; compare it with true or false, not with {value!r}")


def _anything(field: Field, value: Any) -> Any:
    if isinstance(value, str | int | float | bool):
        return value
    raise InputError(f"{field.label!r} cannot be compared with {value!r}; give one value")


_BY_TYPE: Mapping[str, Callable[[Field, Any], Any]] = {"string": _text, "number": _number, "boolean": _boolean}
