"""Finds Port's documents in a guide: the JSON in its code."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from quaymaster_builder.kind import Kind
from quaymaster_builder.model.refs import Json

__all__ = ["FoundDocument", "find_documents"]

_FENCE = re.compile(r"^```[\w-]*\n(.*?)^```", re.DOTALL | re.MULTILINE)
_COMMENT = re.compile(r"^\s*//.*$", re.MULTILINE)


@dataclass(frozen=True)
class FoundDocument:
    """A document in a guide.

    Attributes:
        number: Its place among those found, from 1 on.
        kind: What it is, told by its keys.
        document: The document.
    """

    number: int
    kind: Kind
    document: Json

    @property
    def identifier(self) -> str:
        """Returns its identifier; empty if it has none."""
        return str(self.document.get("identifier", ""))


def find_documents(markdown: str) -> list[FoundDocument]:
    """Returns the documents in a guide's code blocks, in order; code that is something else is passed over."""
    candidates = (it for block in _FENCE.findall(markdown) for it in _objects(block))
    known = [(kind, it) for it in candidates if (kind := _kind_of(it)) is not None]
    return [FoundDocument(number, kind, it) for number, (kind, it) in enumerate(known, start=1)]


def _objects(block: str) -> Iterator[Json]:
    try:
        value = json.loads(_COMMENT.sub("", block))
    except ValueError:
        return
    yield from (it for it in (value if isinstance(value, list) else [value]) if isinstance(it, dict))


def _kind_of(value: dict[str, Any]) -> Kind | None:
    """Returns what a document is; None if it is nothing that can be planned."""
    if isinstance(value.get("schema"), dict) and "identifier" in value:
        return "blueprint"
    if isinstance(value.get("rules"), list) and "identifier" in value:
        return "scorecard"
    if "trigger" in value and "invocationMethod" in value:
        return "action"
    if "identifier" in value and isinstance(value.get("properties"), dict) and isinstance(value.get("blueprint"), str):
        return "entity"
    return None
