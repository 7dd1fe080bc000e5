"""Values as they stand in columns: what JSON becomes so that SQL can compare it."""

import json
from typing import Any

import orjson

from quaymaster_sandbox.catalog.blueprint import Kind
from quaymaster_sandbox.clock import parse_instant, to_micros

Cell = str | int | float | bytes | None

_LARGEST_INTEGER = 2**63 - 1
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_BOOLEAN_ELEMENTS = {True: b"true", False: b"false"}


def cell_of(kind: Kind, value: Any) -> Cell:
    """Returns the cell of a property's value: what a condition on the property compares.

    Instants are microseconds since the epoch. Long texts and objects leave only a mark that they are there, arrays
    their length; a condition on their content looks at the document or the elements.
    """
    if value is None:
        return None
    match kind:
        case Kind.TEXT:
            return str(value)
        case Kind.NUMBER:
            return number_cell(value)
        case Kind.BOOLEAN:
            return int(value)
        case Kind.INSTANT:
            instant = parse_instant(value) if isinstance(value, str) else None
            return None if instant is None else to_micros(instant)
        case Kind.ARRAY | Kind.OBJECT:
            return len(value)
        case Kind.LONG_TEXT:
            return 1


def element_of(value: Any) -> Cell:
    """Returns the cell of an array's element; None for elements that no rule can name, such as objects.

    Booleans are bytes, so that `true` is not the number 1.
    """
    if isinstance(value, bool):
        return _BOOLEAN_ELEMENTS[value]
    if isinstance(value, str):
        return value
    return number_cell(value) if isinstance(value, int | float) else None


def number_cell(value: float) -> int | float:
    """Returns a number that SQLite can hold: an integer beyond 64 bits becomes a floating-point number."""
    if isinstance(value, int) and abs(value) > _LARGEST_INTEGER:
        try:
            return float(value)
        except OverflowError:
            return float("inf") if value > 0 else float("-inf")
    return value


def to_json(value: Any) -> str:
    """Returns the one JSON text that the sandbox writes for a value."""
    try:
        return orjson.dumps(value).decode()
    except TypeError:  # orjson's own limits: 64 bits for an integer, 254 levels
        return _encode(value)


def from_json(text: str) -> Any:
    """Returns the value of a JSON text that the sandbox has written."""
    return orjson.loads(text)
