"""Writes values in the language of Terraform (HCL native syntax specification)."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

__all__ = ["Encoded", "Reference", "block", "quote"]

_BARE = re.compile(r"(?!(for|null|true|false)$)[A-Za-z][A-Za-z0-9_]*")
_INDENT = "  "
_ESCAPES = str.maketrans(
    {chr(code): f"\\u{code:04x}" for code in range(0x20)}
    | {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
)


@dataclass(frozen=True)
class Encoded:
    """A value that Terraform is to pass on as a text of JSON."""

    value: Any


@dataclass(frozen=True)
class Reference:
    """The address of another resource."""

    address: str


def quote(text: str) -> str:
    """Returns a text as a literal in which nothing is a template."""
    return f'"{text.translate(_ESCAPES).replace("${", "$${").replace("%{", "%%{")}"'


def block(header: str, attributes: Mapping[str, Any]) -> str:
    """Returns a block; the names of its attributes are the provider's own."""
    return "\n".join([f"{header} {{", *_members(attributes, _INDENT), "}"])


def _members(value: Mapping[str, Any], indent: str) -> Iterator[str]:
    for key, member in value.items():
        yield f"{indent}{key if _BARE.fullmatch(key) else quote(key)} = {_value(member, indent)}"


def _value(value: Any, indent: str) -> str:
    match value:
        case Encoded():
            return f"jsonencode({_value(value.value, indent)})"
        case Reference():
            return value.address
        case str():
            return quote(value)
        case dict() if value:
            return "\n".join(["{", *_members(value, indent + _INDENT), f"{indent}}}"])
        case list() if any(isinstance(it, dict | list | Encoded) for it in value):
            inner = indent + _INDENT
            return "\n".join(["[", *(f"{inner}{_value(it, inner)}," for it in value), f"{indent}]"])
        case list():
            return f"[{', '.join(_value(it, indent) for it in value)}]"
    return json.dumps(value)
