"""A plan as code, in parts that each fit into an answer."""

import json
from collections.abc import Sequence
from typing import Literal

from quaymaster_builder.exporting.outcome import PlannedState
from quaymaster_builder.exporting.terraform import to_terraform
from quaymaster_builder.model.parts import to_port

__all__ = ["Format", "write_parts"]

Format = Literal["terraform", "json"]

_PART_CHARACTERS = 12_000
"""About half of what an answer may hold; a single document can be longer."""


def write_parts(state: PlannedState, form: Format) -> list[str]:
    """Returns the parts of the text, at least one; those of JSON are lists of documents, each with its kind."""
    if form == "terraform":
        blocks = to_terraform(state.documents, state.existing, state.gone)
        return ["\n\n".join(part) + "\n" for part in _grouped(blocks)]
    documents = [
        {"kind": ref.kind, **({"blueprint": ref.blueprint} if ref.blueprint else {}), "document": to_port(ref.kind, it)}
        for ref, it in state.documents.items()
    ]
    written = [json.dumps(it, ensure_ascii=False, indent=2) for it in documents]
    return ["[\n" + ",\n".join(part) + "\n]\n" for part in _grouped(written)]


def _grouped(blocks: Sequence[str]) -> list[list[str]]:
    parts: list[list[str]] = [[]]
    for text in blocks:
        if parts[-1] and sum(map(len, parts[-1])) + len(text) > _PART_CHARACTERS:
            parts.append([])
        parts[-1].append(text)
    return parts
