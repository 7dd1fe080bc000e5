"""A tool's input: the schema that a model sees and the check of what it sends, both from the function's signature."""

import inspect
import json
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, get_type_hints

from pydantic import BaseModel, ConfigDict, ValidationError, create_model
from pydantic.fields import FieldInfo

from quaymaster.errors import InputError, nearest_first
from quaymaster.tools import Tool

__all__ = ["ForwardedInput", "ToolInput", "split_parameters"]

_NULL = {"type": "null"}
_WANTED: Mapping[str, type] = {"list_type": list, "dict_type": dict}
"""What an argument has to be, by pydantic's name for the error that it is not."""


@dataclass(frozen=True)
class ToolInput:
    """What a tool takes from the model, and what the core fills in.

    Attributes:
        schema: The JSON Schema of the arguments, without noise that a model would pay for.
        injected: The type to fill in, by parameter name.
    """

    schema: Mapping[str, Any]
    injected: Mapping[str, type]
    _model: type[BaseModel]

    @classmethod
    def of(cls, tool: Tool[..., Any], injectable: Collection[type]) -> "ToolInput":
        """Returns the input of a tool.

        Args:
            tool: The tool.
            injectable: The types whose parameters the core fills in.

        Raises:
            TypeError: A parameter has no annotation, or one that has no JSON Schema.
        """
        try:
            injected, fields = split_parameters(tool.function, injectable)
        except TypeError as exc:
            raise TypeError(f"tool {tool.name!r}: {exc}") from exc
        model = create_model(tool.name, __config__=ConfigDict(extra="forbid"), **fields)
        return cls(_compact(model.model_json_schema()), injected, model)

    def check(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Returns the arguments as the function takes them; those not given are left to its defaults.

        Raises:
            InputError: An argument is unknown, missing or of the wrong type or range; all of them are named.
        """
        try:
            checked = self._validated(dict(arguments))
        except ValidationError as exc:
            problems = [self._problem(dict(error)) for error in exc.errors(include_url=False, include_input=False)]
            raise InputError("; ".join(dict.fromkeys(problems))) from exc
        return {name: getattr(checked, name) for name in checked.model_fields_set}

    def _validated(self, arguments: dict[str, Any]) -> BaseModel:
        """Returns the checked arguments; a list or an object that was sent as text is read as what it means."""
        try:
            return self._model.model_validate(arguments)
        except ValidationError as exc:
            wanted = {error["loc"][0]: error["type"] for error in exc.errors() if len(error["loc"]) == 1}
            texts = [name for name in arguments if wanted.get(name) in _WANTED and isinstance(arguments[name], str)]
            if not texts:
                raise
            read = {name: _read(arguments[name], _WANTED[wanted[name]]) for name in texts}
            return self._model.model_validate({**arguments, **read})

    def _problem(self, error: Mapping[str, Any]) -> str:
        name = str(error["loc"][0])
        fields: Mapping[str, FieldInfo] = self._model.model_fields
        if error["type"] == "extra_forbidden" and len(error["loc"]) == 1:
            choices = ", ".join(nearest_first(name, fields)) or "none"
            return f"unknown argument {name!r}; this tool takes: {choices}"
        if error["type"] == "missing" and len(error["loc"]) == 1:
            return f"missing argument {name!r}{_described(fields[name])}"
        where = "".join(f"[{part!r}]" for part in error["loc"][1:] if not _names_a_union_member(part))
        return f"argument {name + where!r}: {error['msg'][:1].lower()}{error['msg'][1:]}"


@dataclass(frozen=True)
class ForwardedInput:
    """What a tool takes that checks its arguments in another process.

    Attributes:
        schema: The JSON Schema of the arguments.
        injected: Nothing: it is filled in over there.
    """

    schema: Mapping[str, Any]
    injected: Mapping[str, type] = field(default_factory=dict)

    def check(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Returns the arguments as they are."""
        return dict(arguments)


def split_parameters(
    function: Callable[..., Any], injectable: Collection[type], *, skip: int = 0
) -> tuple[dict[str, type], dict[str, Any]]:
    """Returns a function's parameters by name: the types of those to fill in, and the others as (annotation, default).

    Args:
        function: The function; its annotations are read.
        injectable: The types whose parameters the core fills in.
        skip: How many parameters at the front are passed by place and belong to neither.

    Raises:
        TypeError: A parameter has no annotation, or cannot be passed by name.
    """
    hints = get_type_hints(function, include_extras=True)
    injected: dict[str, type] = {}
    others: dict[str, Any] = {}
    for name, parameter in list(inspect.signature(function).parameters.items())[skip:]:
        if parameter.kind in {parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD, parameter.POSITIONAL_ONLY}:
            raise TypeError(f"parameter {name!r} must be passable by name")
        if name not in hints:
            raise TypeError(f"parameter {name!r} needs a type annotation")
        if hints[name] in injectable:
            injected[name] = hints[name]
        else:
            others[name] = (hints[name], ... if parameter.default is parameter.empty else parameter.default)
    return injected, others


def _read(text: str, wanted: type) -> Any:
    """Returns what a text means where a list or an object is wanted: its JSON, or what its commas part; else itself."""
    with suppress(ValueError):
        value = json.loads(text)
        if isinstance(value, wanted):
            return value
    return [part.strip() for part in text.split(",")] if wanted is list else text


def _described(field: FieldInfo) -> str:
    return f" ({field.description})" if field.description else ""


def _names_a_union_member(part: int | str) -> bool:
    """Whether a part of an error's place is pydantic's name for one member of a union and not a key of the input."""
    return isinstance(part, str) and (part in {"str", "int", "float", "bool", "none"} or "[" in part)


def _compact(schema: Any) -> Any:
    """Drops what a model gains nothing from: generated titles, `null` as a way to leave out, defaults of null."""
    if isinstance(schema, list):
        return [_compact(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    compact = {
        key: {name: _compact(part) for name, part in value.items()}
        if key in {"properties", "$defs"}
        else _compact(value)
        for key, value in schema.items()
        if not (key == "title" and isinstance(value, str))
        and not (key == "default" and value is None)
        and not (key == "additionalProperties" and value is True)
    }
    if _NULL in (options := compact.get("anyOf", [])):
        others = [option for option in options if option != _NULL]
        compact = {**compact, "anyOf": others} if len(others) > 1 else {**_without(compact, "anyOf"), **others[0]}
    return compact


def _without(mapping: Mapping[str, Any], key: str) -> dict[str, Any]:
    return {name: value for name, value in mapping.items() if name != key}
