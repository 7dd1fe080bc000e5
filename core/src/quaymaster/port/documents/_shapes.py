"""Checks made from a field's annotation: which JSON types a place takes, and what is asked of each."""

import types
from collections.abc import Callable, Iterable
from functools import cache
from typing import Annotated, Any, Protocol, Union, cast, get_args, get_origin

from quaymaster.port.documents._constraints import NULLABLE, UNCHECKED, Constraint
from quaymaster.port.documents.problems import Path, Problem

__all__ = ["Check", "Shape", "Shaped", "field_shape", "json_type_of", "shape_of"]

Check = Callable[[Any, Path, list[Problem]], None]

_JSON_TYPES: dict[type, str] = {
    str: "string",
    float: "number",
    int: "number",
    bool: "boolean",
    dict: "object",
    list: "array",
    types.NoneType: "null",
}


class Shaped(Protocol):
    """A class that checks the JSON of its own documents."""

    @classmethod
    def check_shape(cls, json: dict[str, Any], path: Path, problems: list[Problem]) -> None:
        """Adds a problem for each thing in the object that Port refuses."""


class Shape:
    """What may stand in one place: the JSON types that fit, each with the check of its content."""

    def __init__(self, checks: dict[type, Check]) -> None:
        self.checks = checks

    def __call__(self, value: object, path: Path, problems: list[Problem]) -> None:
        """Adds a problem for each thing in the value that Port refuses."""
        check = self.checks.get(type(value))
        if check is None:
            problems.append(Problem(path, f"must be {self.json_types}", f"it is {json_type_of(value)}"))
        else:
            check(value, path, problems)

    @property
    def accepts_anything(self) -> bool:
        """Returns whether any JSON may stand here."""
        return self.checks == dict.fromkeys(_JSON_TYPES, _accept)

    @property
    def json_types(self) -> str:
        """Returns the names of the JSON types that fit, as Port's validator writes them: `string,null`."""
        return ",".join(dict.fromkeys(_JSON_TYPES[kind] for kind in self.checks))


def json_type_of(value: object) -> str:
    """Returns the name that JSON Schema has for the value's type."""
    return _JSON_TYPES.get(type(value), type(value).__name__)


@cache
def shape_of(annotation: Any) -> Shape:
    """Returns the shape that an annotation describes.

    It knows `str`, `int`, `float` (a JSON number either way), `bool`, `Any`, `None`, lists, dictionaries,
    classes that check themselves (`Shaped`), `Annotated` with constraints, and unions of different JSON types.
    """
    origin = get_origin(annotation)
    arguments = get_args(annotation)
    if origin is Annotated:
        return _constrained(shape_of(arguments[0]), arguments[1:])
    if origin in (Union, types.UnionType):
        return _united(map(shape_of, arguments))
    if origin is list:
        return Shape({list: _each_item(shape_of(arguments[0]))})
    if origin is dict:
        return Shape({dict: _each_entry(shape_of(arguments[0]), shape_of(arguments[1]))})
    if annotation is Any:
        return Shape(dict.fromkeys(_JSON_TYPES, _accept))
    if annotation in (int, float):
        return Shape({int: _accept, float: _accept})
    if annotation in _JSON_TYPES:
        return Shape({annotation: _accept})
    return Shape({dict: cast("type[Shaped]", annotation).check_shape})


def field_shape(annotation: Any, markers: Iterable[object]) -> Shape:
    """Returns the shape of a model's field; its `None` counts only if a marker says that Port takes `null`."""
    if UNCHECKED in markers or annotation is Any:
        return shape_of(Any)
    shape = shape_of(annotation)
    if NULLABLE not in markers:
        shape = Shape({kind: check for kind, check in shape.checks.items() if kind is not types.NoneType})
    return _constrained(shape, markers)


def _accept(value: object, path: Path, problems: list[Problem]) -> None:
    """Accepts any content."""


def _united(shapes: Iterable[Shape]) -> Shape:
    checks: dict[type, Check] = {}
    for shape in shapes:
        if any(checks.get(kind, check) is not check for kind, check in shape.checks.items()):
            raise TypeError(f"two members of a union are both {shape.json_types}; write a class that tells them apart")
        checks |= shape.checks
    return Shape(checks)


def _constrained(shape: Shape, markers: Iterable[object]) -> Shape:
    """Returns the shape with its constraints; they concern text, number, list or object, never `null` or booleans."""
    constraints = [marker.check for marker in markers if isinstance(marker, Constraint)]
    exempt = (bool, types.NoneType)
    return Shape({k: check if k in exempt else _all_of([check, *constraints]) for k, check in shape.checks.items()})


def _all_of(checks: list[Check]) -> Check:
    asked = [check for check in checks if check is not _accept]
    if len(asked) == 1:
        return asked[0]

    def check_all(value: object, path: Path, problems: list[Problem]) -> None:
        for check in asked:
            check(value, path, problems)

    return check_all


def _each_item(shape: Shape) -> Check:
    def check_items(items: list[Any], path: Path, problems: list[Problem]) -> None:
        for index, item in enumerate(items):
            shape(item, (*path, index), problems)

    return check_items


def _each_entry(key_shape: Shape, shape: Shape) -> Check:
    key_check = key_shape.checks[str]
    if key_check is _accept and shape.accepts_anything:
        return _accept

    def check_entries(entries: dict[str, Any], path: Path, problems: list[Problem]) -> None:
        for key, value in entries.items():
            place = (*path, key)
            key_check(key, place, problems)
            shape(value, place, problems)

    return check_entries
