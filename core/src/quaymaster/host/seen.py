"""What a model sees of a pack: the definitions as the server sends them, their cost and their digest."""

import hashlib
import json
from collections.abc import Iterator
from typing import Any

from quaymaster.host.records import OfferedTool, PackRecord
from quaymaster.results import estimate_tokens

__all__ = ["digest_of", "lines_of", "seen_of", "token_cost", "tool_definition"]

Seen = dict[str, Any]
"""A JSON object."""


def tool_definition(offered: OfferedTool) -> Seen:
    """Returns a tool as MCP's tools/list has it; all four hints are set, since clients take silence for permission."""
    tool = offered.tool
    return {
        "name": tool.name,
        "title": tool.title,
        "description": tool.description,
        "inputSchema": dict(offered.input.schema),
        "annotations": {
            "readOnlyHint": tool.read_only,
            "destructiveHint": tool.destructive,
            "idempotentHint": tool.idempotent,
            "openWorldHint": True,
        },
    }


def token_cost(definition: Seen) -> int:
    """Returns about how many tokens a model pays for a definition in each of its requests."""
    return estimate_tokens(json.dumps(definition, ensure_ascii=False, separators=(",", ":")))


def seen_of(record: PackRecord) -> Seen:
    """Returns everything of a pack that reaches a model: its instructions, its definitions, its tools' aliases."""
    return {
        "instructions": record.info.instructions if record.info else "",
        "tools": {
            offered.name: {**tool_definition(offered), "aliases": list(offered.tool.aliases)}
            for offered in sorted(record.declared, key=lambda it: it.name)
        },
    }


def digest_of(seen: Seen) -> str:
    """Returns a digest that changes with any character of it."""
    canonical = json.dumps(seen, sort_keys=True, separators=(",", ":"))
    return f"sha256:{hashlib.sha256(canonical.encode()).hexdigest()}"


def lines_of(seen: Any, path: str = "") -> Iterator[str]:
    """Yields what a model sees as lines, each with its place; what is not ASCII is escaped, so nothing can hide."""
    if isinstance(seen, dict) and seen:
        for name in sorted(seen):
            yield from lines_of(seen[name], f"{path}.{name}" if path else str(name))
    elif isinstance(seen, list) and seen:
        for index, part in enumerate(seen):
            yield from lines_of(part, f"{path}[{index}]")
    else:
        for line in seen.split("\n") if isinstance(seen, str) else [seen]:
            yield f"{path}: {json.dumps(line)}"
