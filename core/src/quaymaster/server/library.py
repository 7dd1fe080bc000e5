"""Our prompts and resources as MCP's."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import mcp.types as t
from mcp.server.context import ServerRequestContext
from mcp.shared.exceptions import MCPError

from quaymaster.application import Application
from quaymaster.errors import InputError, QuaymasterError
from quaymaster.library import Library, UnknownResourceError
from quaymaster.server.clients import CallerOf

__all__ = ["library_handlers"]

T = TypeVar("T")
_Context = ServerRequestContext[Any]


def library_handlers(application: Application, caller_of: CallerOf) -> dict[str, Any]:
    """Returns the handlers for what the packs offer, as arguments of the SDK's server.

    A kind that no pack offers gets none, so that the server does not declare what it lacks.
    """
    handlers: dict[str, Any] = {}
    if application.host.prompts:
        handlers |= {
            "on_list_prompts": _list_prompts(application, caller_of),
            "on_get_prompt": _get_prompt(application, caller_of),
        }
    if application.host.resources:
        handlers |= {
            "on_list_resources": _list_resources(application, caller_of),
            "on_list_resource_templates": _list_templates(application, caller_of),
            "on_read_resource": _read_resource(application, caller_of),
        }
    if handlers:
        handlers["on_completion"] = _complete(application, caller_of)
    return handlers


def _list_prompts(application: Application, caller_of: CallerOf) -> Callable[..., Awaitable[t.ListPromptsResult]]:
    async def list_prompts(context: _Context, params: t.PaginatedRequestParams | None) -> t.ListPromptsResult:
        return t.ListPromptsResult(
            prompts=[
                t.Prompt(
                    name=name,
                    title=it.prompt.title,
                    description=it.prompt.description,
                    arguments=[t.PromptArgument(name=key, required=needed) for key, needed in it.arguments.items()],
                )
                for name, it in application.library(caller_of(context)).prompts.items()
            ]
        )

    return list_prompts


def _get_prompt(application: Application, caller_of: CallerOf) -> Callable[..., Awaitable[t.GetPromptResult]]:
    async def get_prompt(context: _Context, params: t.GetPromptRequestParams) -> t.GetPromptResult:
        text = await _answered(
            application.library(caller_of(context)).write_prompt(params.name, params.arguments or {})
        )
        message = t.PromptMessage(role="user", content=t.TextContent(type="text", text=text))
        return t.GetPromptResult(messages=[message])

    return get_prompt


def _list_resources(application: Application, caller_of: CallerOf) -> Callable[..., Awaitable[t.ListResourcesResult]]:
    async def list_resources(context: _Context, params: t.PaginatedRequestParams | None) -> t.ListResourcesResult:
        resources = application.library(caller_of(context)).resources.values()
        single = [it.resource for it in resources if not it.resource.placeholders]
        return t.ListResourcesResult(
            resources=[
                t.Resource(uri=it.uri, name=it.name, title=it.title, description=it.description, mime_type=it.mime_type)
                for it in single
            ]
        )

    return list_resources


def _list_templates(
    application: Application, caller_of: CallerOf
) -> Callable[..., Awaitable[t.ListResourceTemplatesResult]]:
    async def list_templates(
        context: _Context, params: t.PaginatedRequestParams | None
    ) -> t.ListResourceTemplatesResult:
        resources = application.library(caller_of(context)).resources.values()
        families = [it.resource for it in resources if it.resource.placeholders]
        return t.ListResourceTemplatesResult(
            resource_templates=[
                t.ResourceTemplate(
                    uri_template=it.uri,
                    name=it.name,
                    title=it.title,
                    description=it.description,
                    mime_type=it.mime_type,
                )
                for it in families
            ]
        )

    return list_templates


def _read_resource(application: Application, caller_of: CallerOf) -> Callable[..., Awaitable[t.ReadResourceResult]]:
    async def read_resource(context: _Context, params: t.ReadResourceRequestParams) -> t.ReadResourceResult:
        uri = str(params.uri)
        try:
            document = await _answered(application.library(caller_of(context)).read_resource(uri))
        except UnknownResourceError as exc:  # MCP 2026-07-28: the address stands in the error's data
            raise MCPError(t.INVALID_PARAMS, str(exc), {"uri": uri}) from exc
        contents = t.TextResourceContents(uri=uri, text=document.text, mime_type=document.mime_type)
        return t.ReadResourceResult(contents=[contents])

    return read_resource


def _complete(application: Application, caller_of: CallerOf) -> Callable[..., Awaitable[t.CompleteResult]]:
    async def complete(context: _Context, params: t.CompleteRequestParams) -> t.CompleteResult:
        given = (params.context.arguments if params.context else None) or {}
        values = await _answered(_completions(application.library(caller_of(context)), params, given))
        return t.CompleteResult(completion=t.Completion(values=values))

    return complete


async def _completions(library: Library, params: t.CompleteRequestParams, given: dict[str, str]) -> list[str]:
    argument, value = params.argument.name, params.argument.value
    if isinstance(params.ref, t.PromptReference):
        return await library.complete_prompt(params.ref.name, argument, value, given)
    return await library.complete_resource(params.ref.uri, argument, value, given)


async def _answered(working: Awaitable[T]) -> T:
    """Returns what the library gives; its refusals as errors of the protocol."""
    try:
        return await working
    except UnknownResourceError:
        raise
    except InputError as exc:
        raise MCPError(t.INVALID_PARAMS, str(exc)) from exc
    except QuaymasterError as exc:
        raise MCPError(t.INTERNAL_ERROR, str(exc)) from exc
