"""Our tools as MCP's: the one place where the two meet."""

from typing import Any

import mcp.types as t
from mcp.server.caching import CacheHint
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import Server
from mcp.shared.exceptions import MCPError

from quaymaster.application import Application, UnknownToolError
from quaymaster.host import OfferedTool

__all__ = ["build_server"]

_LIST_TTL_MS = 60_000


def build_server(application: Application, version: str) -> Server[Any]:
    """Returns the MCP server for an application; it speaks both protocol eras, whatever the transport.

    The tool list is private to its caller: policy may differ by caller (MCP 2026-07-28, "Caching").
    """

    async def list_tools(
        context: ServerRequestContext[Any], params: t.PaginatedRequestParams | None
    ) -> t.ListToolsResult:
        return t.ListToolsResult(tools=[_definition(offered) for offered in application.list_tools()])

    async def call_tool(context: ServerRequestContext[Any], params: t.CallToolRequestParams) -> t.CallToolResult:
        try:
            reply = await application.call(params.name, params.arguments or {})
        except UnknownToolError as exc:
            raise MCPError(t.INVALID_PARAMS, str(exc)) from exc
        return t.CallToolResult(content=[t.TextContent(type="text", text=reply.text)], is_error=reply.is_error)

    return Server(
        "quaymaster",
        version=version,
        title="Quaymaster",
        instructions=application.instructions() or None,
        on_list_tools=list_tools,
        on_call_tool=call_tool,
        get_tool_input_schema=lambda name: None,  # without it the SDK lists all tools again on every modern HTTP call
        cache_hints={"tools/list": CacheHint(_LIST_TTL_MS, "private")},
    )


def _definition(offered: OfferedTool) -> t.Tool:
    tool = offered.tool
    return t.Tool(
        name=offered.name,
        title=tool.title,
        description=tool.description,
        input_schema=dict(offered.input.schema),
        annotations=t.ToolAnnotations(
            read_only_hint=tool.read_only,
            destructive_hint=tool.destructive,
            idempotent_hint=tool.idempotent,
            open_world_hint=True,
        ),
    )
