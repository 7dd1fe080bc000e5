"""What a model sees of a pack: the definitions as the server sends them, their cost and their digest."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from quaymaster.host.records import OfferedTool, PackRecord

__all__ = ["Cost", "cost_of", "digest_of", "lines_of", "seen_of", "token_cost", "tool_definition"]

Seen = dict[str, Any]
"""A JSON object."""


def tool_definition(offered: OfferedTool) -> Seen:
    """Returns a tool as MCP's tools/list has it; all four hints are set, since clients take silence for permission."""
    tool = offered.tool
    shown = {} if tool.view is None else {"_meta": {"ui": {"resourceUri": tool.view}}}
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
        **shown,
    }


@dataclass(frozen=True)
class Cost:
    """What a pack costs a model in each of its requests, in estimated tokens.

    Attributes:
        tools: Of each tool, by its name.
        instructions: Of the pack's part of the server's instructions.
    """

    tools: Mapping[str, int]
    instructions: int

    @property
    def total(self) -> int:
        """All of it."""
        return sum(self.tools.values()) + self.instructions


def cost_of(record: PackRecord) -> Cost:
    """Returns what a pack costs."""
    told = record.info.instructions if record.info else ""
    return Cost({offered.name: token_cost(offered) for offered in record.declared}, _estimate(told))


def token_cost(offered: OfferedTool) -> int:
    """Returns about how many tokens a model pays for a tool's definition: its name, description and input schema."""
    tool = offered.tool
    shown = {"name": tool.name, "description": tool.description, "input_schema": offered.input.schema}
    return _estimate(json.dumps(shown, ensure_ascii=False, separators=(",", ":")))


def _estimate(text: str) -> int:
    """Four characters a token: within a quarter of o200k_base for definitions, which are English and JSON."""
    return -(-len(text) // 4)


def seen_of(record: PackRecord) -> Seen:
    """Returns everything of a pack that reaches a model: its instructions, its definitions, its tools' aliases.

    Of two that share a name, the first counts: it is the one that is offered.
    """
    return {
        "instructions": record.info.instructions if record.info else "",
        "tools": {
            offered.name: {**tool_definition(offered), "aliases": list(offered.tool.aliases)}
            for offered in reversed(record.declared)
        },
        "prompts": {
            it.prompt.name: {
                "title": it.prompt.title,
                "description": it.prompt.description,
                "arguments": dict(it.arguments),
            }
            for it in reversed(record.prompts)
        },
        "resources": {
            it.resource.uri: {
                "name": it.resource.name,
                "title": it.resource.title,
                "description": it.resource.description,
                "mimeType": it.resource.mime_type,
            }
            for it in reversed(record.resources)
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
