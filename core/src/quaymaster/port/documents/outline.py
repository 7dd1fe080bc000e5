"""The shape of a kind of document in words: what each key takes, told from the same annotations that check it."""

import types
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from quaymaster.port.documents._base import Document, KindedDocument
from quaymaster.port.documents._constraints import NULLABLE, Count, Formatted, Length, Matches, OneOf, Range

__all__ = ["Field", "list_fields", "list_kinds"]

_NAMES: dict[Any, str] = {
    str: "string",
    int: "number",
    float: "number",
    bool: "boolean",
    dict: "object",
    list: "array",
    Any: "any",
    types.NoneType: "null",
}


@dataclass(frozen=True)
class Field:
    """One key of a kind of document.

    Attributes:
        key: Port's name of it.
        form: What it takes, such as `string`, `list of string` or `map of object`.
        required: Whether a request must have it.
        rules: What is asked of the value beyond its form.
        inner: The kind of the object, or of each object in the list or map; None if there is none of ours.
    """

    key: str
    form: str
    required: bool
    rules: tuple[str, ...] = ()
    inner: type[Document] | None = None


def list_fields(kind: type[Document]) -> list[Field]:
    """Returns the keys of a kind of document, the required ones first, otherwise in the order of the class."""
    fields = []
    for name, info in kind.model_fields.items():
        parts = list(_parts(info.annotation))
        forms = dict.fromkeys(form for form, _, _ in parts)
        rules = [rule for _, found, _ in parts for rule in found]
        rules += [rule for marker in info.metadata if (rule := _rule(marker))]
        inner = next((it for _, _, it in parts if it is not None), None)
        key = info.alias or name
        fields.append(Field(key, " or ".join(forms), info.is_required(), tuple(dict.fromkeys(rules)), inner))
    return sorted(fields, key=lambda field: not field.required)


def list_kinds(base: type[Document]) -> Mapping[str, type[Document]]:
    """Returns the kinds of a document that comes in several, by their names; none for a kind itself."""
    if not issubclass(base, KindedDocument) or not set(base.kinds.values()).isdisjoint(base.__mro__):
        return {}
    return base.kinds


Part = tuple[str, tuple[str, ...], type[Document] | None]


def _parts(annotation: Any) -> Iterator[Part]:
    """Yields each form that an annotation allows, with its rules and the kind of document in it."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        rules = tuple(rule for marker in arguments[1:] if (rule := _rule(marker)))
        yield from ((form, (*found, *rules), inner) for form, found, inner in _parts(arguments[0]))
    elif origin in (Union, types.UnionType):
        for argument in arguments:
            if argument is not types.NoneType:
                yield from _parts(argument)
    elif origin is Literal:
        yield "string", (f"one of {', '.join(arguments)}",), None
    elif origin in (list, dict):
        members = list(_parts(arguments[-1]))
        word = "list of" if origin is list else "map of"
        for form, rules, inner in members:
            yield f"{word} {form}", rules, inner
    elif isinstance(annotation, type) and issubclass(annotation, Document):
        yield "object", (), annotation
    else:
        yield _NAMES[annotation], (), None


def _rule(marker: object) -> str | None:
    """Returns a marker's meaning in words; None for one that asks for nothing."""
    match marker:
        case OneOf():
            return f"one of {', '.join(marker.values)}"
        case Matches():
            return f"pattern {marker.pattern.port_text}"
        case Length():
            return f"{_size(marker.minimum, marker.maximum)} characters"
        case Count():
            return f"{_size(marker.minimum, marker.maximum)} members"
        case Range():
            return f"{marker.minimum:g} to {marker.maximum:g}"
        case Formatted():
            return f"format {marker.format}"
    return "null allowed" if marker is NULLABLE else None


def _size(minimum: int, maximum: int | None) -> str:
    if maximum is None:
        return f"at least {minimum}"
    return f"{minimum} to {maximum}" if minimum else f"at most {maximum}"
