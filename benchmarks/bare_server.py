"""The other side of the start-up benchmark: the SDK's own low-level server, with N tools and nothing else."""

import sys
from typing import Any

import anyio
import mcp.types as t
from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server

_SCHEMA = {"type": "object", "properties": {"blueprint": {"type": "string"}}, "required": ["blueprint"]}


async def serve(count: int) -> None:
    """Serves N tools over stdio until standard input closes."""
    tools = [
        t.Tool(name=f"tool_{number}", description="Does something.", input_schema=_SCHEMA) for number in range(count)
    ]

    async def list_tools(context: Any, params: Any) -> t.ListToolsResult:
        return t.ListToolsResult(tools=tools)

    server: Server[Any] = Server("bare", on_list_tools=list_tools)
    async with stdio_server() as (read_stream, write_stream):
        await server.run(read_stream, write_stream, server.create_initialization_options())


if __name__ == "__main__":
    anyio.run(serve, int(sys.argv[1]))
