"""A pack's own settings: QUAYMASTER_PACK__FIELD variables over the pack's table in the settings file."""

import json
import os
from collections.abc import Mapping
from typing import TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError

from quaymaster.errors import SettingsError, nearest_first
from quaymaster.settings import Settings, explain

__all__ = ["ISOLATED", "is_isolated", "load_pack_settings", "variable_prefix"]

ISOLATED = "isolated"
"""The one field of a pack's table that is the core's: whether the pack runs in a process of its own."""

_COMPOUND = {"list_type", "tuple_type", "set_type", "frozen_set_type", "dict_type", "model_type", "dataclass_type"}
"""Pydantic's names for the errors that a text gets where something of several parts is wanted."""

ModelT = TypeVar("ModelT", bound=BaseModel)


def variable_prefix(pack: str) -> str:
    """Returns what the names of a pack's variables start with."""
    return f"QUAYMASTER_{pack.upper().replace('-', '_')}__"


def is_isolated(settings: Settings, pack: str) -> bool:
    """Returns whether a pack is set to run in a process of its own.

    Raises:
        SettingsError: `isolated` is set to something else than true or false.
    """
    variable = f"{variable_prefix(pack)}{ISOLATED.upper()}"
    given = os.environ.get(variable, settings.table_of(pack).get(ISOLATED, False))
    try:
        return TypeAdapter(bool).validate_python(given)
    except ValidationError as exc:
        raise SettingsError(f"setting {ISOLATED!r} of pack {pack!r} ({variable}) must be true or false") from exc


def load_pack_settings(model: type[ModelT], pack: str, table: Mapping[str, object]) -> ModelT:
    """Returns a pack's settings from its variables and, below them, its table.

    A variable for something of several parts holds JSON, or for a list, its parts with commas between them.

    Raises:
        SettingsError: A value cannot be used, a required one is missing, or there is no such setting; the text names
            each with its variable.
    """
    prefix = variable_prefix(pack)
    own = {f"{prefix}{ISOLATED.upper()}"}
    texts = {
        name.removeprefix(prefix).lower(): text
        for name, text in os.environ.items()
        if name.startswith(prefix) and name not in own
    }
    given = {name: value for name, value in table.items() if name != ISOLATED}
    _refuse_unknown(model, prefix, [*given, *texts])
    try:
        return model.model_validate({**given, **_read(model, texts)}, by_name=True, by_alias=True)
    except ValidationError as exc:
        raise SettingsError(explain(exc, prefix)) from exc


def _refuse_unknown(model: type[BaseModel], prefix: str, names: list[str]) -> None:
    known = set(model.model_fields) | {field.alias for field in model.model_fields.values() if field.alias}
    unknown = [name for name in names if name not in known]
    if unknown and model.model_config.get("extra") != "allow":
        name = unknown[0]
        choices = ", ".join(nearest_first(name, model.model_fields)) or "none"
        raise SettingsError(f"unknown setting {name!r} ({prefix}{name.upper()}); there are: {choices}")


def _read(model: type[BaseModel], texts: Mapping[str, str]) -> dict[str, object]:
    """Returns what the variables say; a text that stands for something of several parts is taken apart."""
    try:
        model.model_validate(texts, by_name=True)
    except ValidationError as exc:
        compound = {error["loc"][0]: error["type"] for error in exc.errors() if error["type"] in _COMPOUND}
        return {name: _parts(text, compound[name]) if name in compound else text for name, text in texts.items()}
    return dict(texts)


def _parts(text: str, kind: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        return text if kind == "dict_type" else [part.strip() for part in text.split(",") if part.strip()]
