"""Finds the piece of a schema that a path names, and writes it down in few words."""

import inspect
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any, get_args

from quaymaster import InputError, nearest_first
from quaymaster.port.documents import Document, Problem
from quaymaster.port.documents.blueprint import PROPERTY_TYPES, PropertyPatch
from quaymaster.port.documents.outline import Field, list_fields, list_kinds
from quaymaster.port.documents.query import Query, ScorecardQuery
from quaymaster.port.documents.user_inputs import InputProperty
from quaymaster_builder.kinds import MODELS
from quaymaster_builder.model.parts import STAMPS
from quaymaster_builder.model.refs import Json
from quaymaster_builder.planning.operations import Operation

__all__ = ["Piece", "describe_piece", "examples", "find_piece", "list_roots"]

_OPERATION = "operation"
_ALWAYS = ("type", "title", "description", "icon", "default")
_KEYWORDS: Mapping[str, tuple[str, ...]] = {
    "string": ("format", "spec", "specAuthentication", "enum", "enumColors", "pattern", "minLength", "maxLength"),
    "number": ("enum", "enumColors", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"),
    "boolean": (),
    "object": ("format", "spec"),
    "array": ("items", "minItems", "maxItems", "uniqueItems"),
}
"""What a property of each type can have beside what every property has (Port: Setup blueprint, Properties)."""


@dataclass(frozen=True)
class Piece:
    """A place in a schema.

    Attributes:
        path: How it was asked for.
        model: The kind of object that stands there.
        type: The type of property that is meant; empty for all.
    """

    path: str
    model: type[Document]
    type: str = ""


def list_roots() -> list[str]:
    """Returns where a path can start."""
    return [_OPERATION, *MODELS]


@cache
def examples() -> Mapping[str, Json]:
    """Returns an example by path."""
    text = files("quaymaster_builder.schemas").joinpath("examples.json").read_text(encoding="utf-8")
    found: dict[str, Json] = json.loads(text)
    return found


def find_piece(path: str) -> Piece:
    """Returns the piece that a path names, such as `action.invocationMethod.GITHUB`.

    Raises:
        InputError: There is no such place; the text lists what there is at the nearest one.
    """
    root, *keys = path.split(".")
    if root not in MODELS:
        raise InputError(f"unknown kind {root!r}; there are: {', '.join(nearest_first(root, list_roots()))}")
    piece = Piece(root, MODELS[root])  # type: ignore[index]  # it is one of the kinds
    for key in keys:
        piece = _step(piece, key)
    return piece


def describe_piece(path: str) -> str:
    """Returns what Port takes in a place: keys, rules, where to look further, and an example."""
    if path == _OPERATION:
        return _describe_operation()
    piece = find_piece(path)
    lines = [f"{piece.path}: {_first_paragraph(piece.model)}", *_rules(piece)]
    if kinds := list_kinds(piece.model):
        lines.append(f"comes in kinds: {', '.join(kinds)}; ask for {path}.{next(iter(kinds))}")
    else:
        lines += [_line(field, path) for field in _fields(piece)]
        lines += [] if piece.model.closed else ["other keys are kept"]
    if (example := _example(piece)) is not None:
        lines.append(f"example: {json.dumps(example, ensure_ascii=False)}")
    return "\n".join(lines)


def _step(piece: Piece, key: str) -> Piece:
    path = f"{piece.path}.{key}"
    kinds = list_kinds(piece.model)
    if key in kinds:
        return Piece(path, kinds[key])
    if _is_property(piece.model) and key in PROPERTY_TYPES:
        return replace(piece, path=path, type=key)
    fields = {field.key: field for field in list_fields(piece.model)}
    found = fields.get(key)
    if found is not None and found.inner is not None:
        return Piece(path, found.inner)
    there = f"{piece.path}.{key} is a {found.form}" if found else f"there is no {path!r}"
    inner = [name for name, field in fields.items() if field.inner]
    types = PROPERTY_TYPES if _is_property(piece.model) else ()
    choices = ", ".join(nearest_first(key, [*kinds, *inner, *types])) or "nothing"
    raise InputError(f"{there}; below {piece.path!r} there are: {choices}")


def _fields(piece: Piece) -> list[Field]:
    fields = [field for field in list_fields(piece.model) if field.key not in STAMPS]
    if not piece.type:
        return fields
    known = {*_ALWAYS, *_KEYWORDS[piece.type]}
    form_only = {"blueprint", "dependsOn", "visible", "disabled", "dataset", "sort", "encryption", "jqQuery"}
    return [it for it in fields if it.key in known or (it.key in form_only and piece.model is InputProperty)]


def _line(field: Field, path: str) -> str:
    mark = "*" if field.required else ""
    rules = f"; {'; '.join(field.rules)}" if field.rules else ""
    further = f"; see {path}.{field.key}" if field.inner else ""
    return f"{field.key}{mark}: {field.form}{rules}{further}"


def _rules(piece: Piece) -> list[str]:
    """Returns what holds beyond the single keys: operators of a query, and what Port checks of the whole."""
    rules = []
    if issubclass(piece.model, Query | ScorecardQuery):
        named = {it: _operators(piece.model, it) for it in ("property", "relation")}
        rules += [f"operators on a {subject}: {operators}" for subject, operators in named.items() if operators]
    if piece.model.find_problems is not Document.find_problems:
        rules.append(_first_paragraph(piece.model.find_problems))
    return rules


def _operators(model: type[Document], subject: str) -> str:
    """Returns the operators that a query takes, as its own check names them."""
    key = "conditions" if model is ScorecardQuery else "rules"
    problems: list[Problem] = []
    model.check_shape({"combinator": "and", key: [{subject: "x", "operator": ""}]}, (), problems)
    found = [it.expected for it in problems if it.path and it.path[-1] == "operator"]
    return found[0].rpartition(": ")[2] if found else ""


def _is_property(model: type[Document]) -> bool:
    return issubclass(model, PropertyPatch | InputProperty)


def _first_paragraph(documented: object) -> str:
    return " ".join((inspect.getdoc(documented) or "").split("\n\n")[0].split())


def _example(piece: Piece) -> Any:
    """Returns the example of a piece: its own, that of the same kind of object elsewhere, or a part of a larger one."""
    known = examples()
    alike = [name for name, model in MODELS.items() if model is piece.model]
    for path in (piece.path, *(f"{name}.{piece.type}" if piece.type else name for name in alike)):
        if path in known:
            return known[path]
    root, *keys = piece.path.split(".")
    value: Any = known.get(root)
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _describe_operation() -> str:
    fields = Operation.model_fields
    kinds = [*MODELS, "entities"]
    lines = [
        "operation: one thing to do, in plan_changes; steps are written in the order that they need",
        f"op*: one of {', '.join(get_args(fields['op'].annotation))}",
        f"kind*: one of {', '.join(kinds)}",
        *(f"{name}: {info.description}" for name, info in fields.items() if info.description),
        "update and upsert merge: keys and rules not named stay. complete only adds what is missing. replace takes the "
        "document as the whole. rename keeps values and changes what refers to the name. A blueprint that is deleted "
        "takes its scorecards and entities along.",
        'in its place: {"template": name, "names": {"service": your name of it}} of list_templates, or '
        '{"guide": url, "documents": [1]} of read_guide',
        f"example: {json.dumps(examples()[_OPERATION], ensure_ascii=False)}",
    ]
    return "\n".join(lines)
