"""Our tools as MCP's: the one place where the two meet."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import mcp.types as t
from mcp.server.caching import CacheableMethod, CacheHint
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import Server
from mcp.server.request_state import RequestStateBoundary
from mcp.shared.exceptions import MCPError

from quaymaster.application import Application, Caller, UnknownToolError
from quaymaster.host import tool_definition
from quaymaster.server.clients import AskFirst, CallerOf, build_boundary, client_of
from quaymaster.server.library import library_handlers

__all__ = ["build_server"]

_LIST_TTL_MS = 60_000
_APPS = "io.modelcontextprotocol/ui"
"""The extension for tools with a view (MCP Apps)."""
_LISTS: tuple[CacheableMethod, ...] = ("tools/list", "prompts/list", "resources/list", "resources/templates/list")


Listen = Callable[
    [ServerRequestContext[Any], t.SubscriptionsListenRequestParams], Awaitable[t.SubscriptionsListenResult]
]
"""Serves one client that listens."""


def _launcher(context: ServerRequestContext[Any]) -> Caller:
    """Returns whoever launched the server."""
    return Caller()


def build_server(
    application: Application,
    version: str,
    caller_of: CallerOf = _launcher,
    boundary: RequestStateBoundary | None = None,
    listen: Listen | None = None,
) -> Server[Any]:
    """Returns the MCP server for an application; it speaks both protocol eras, whatever the transport.

    The lists are private to their caller: policy may differ by caller (MCP 2026-07-28, "Caching").

    Args:
        application: What is served.
        version: The version that clients are told.
        caller_of: Says whom a request comes from.
        boundary: What seals the state that clients carry; None for a key of this process's own.
        listen: Serves clients that listen for changes; None if there is nothing to hear.
    """

    async def list_tools(
        context: ServerRequestContext[Any], params: t.PaginatedRequestParams | None
    ) -> t.ListToolsResult:
        listed = application.list_tools(caller_of(context))
        return t.ListToolsResult(tools=[t.Tool.model_validate(tool_definition(offered)) for offered in listed])

    async def call_tool(
        context: ServerRequestContext[Any], params: t.CallToolRequestParams
    ) -> t.CallToolResult | t.InputRequiredResult:
        caller = replace(caller_of(context), client=client_of(context, params))
        try:
            reply = await application.call(params.name, params.arguments or {}, caller)
        except AskFirst as question:
            return question.result
        except UnknownToolError as exc:
            raise MCPError(t.INVALID_PARAMS, str(exc)) from exc
        content: list[t.ContentBlock] = [t.TextContent(type="text", text=reply.text)]
        if reply.document is not None:
            content.append(t.ResourceLink(type="resource_link", uri=reply.document, name="full document"))
        return t.CallToolResult(content=content, is_error=reply.is_error)

    @asynccontextmanager
    async def lifespan(server: Server[Any]) -> AsyncIterator[None]:
        async with application.running():
            yield

    server: Server[Any] = Server(
        "quaymaster",
        version=version,
        title="Quaymaster",
        instructions=application.instructions() or None,
        lifespan=lifespan,
        on_list_tools=list_tools,
        on_call_tool=call_tool,
        **library_handlers(application, caller_of),
        on_subscriptions_listen=listen,
        get_tool_input_schema=lambda name: None,  # without it the SDK lists all tools again on every modern HTTP call
        cache_hints=dict.fromkeys(_LISTS, CacheHint(_LIST_TTL_MS, "private")),
    )
    if any(offered.tool.view is not None for offered in application.host.tools.values()):
        server.extensions[_APPS] = {}
    server.middleware.append(boundary or build_boundary())
    return server
