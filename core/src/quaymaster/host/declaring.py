"""What a pack declares, read and checked on its own, before anything of it meets the other packs."""

import dataclasses
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from typing import Any, get_args, get_origin, get_type_hints

from quaymaster.calls import Call
from quaymaster.host.naming import offered_name
from quaymaster.host.offering import offer_prompt, offer_resource
from quaymaster.host.records import OfferedMiddleware, OfferedTool, PackRecord, State
from quaymaster.inputs import ToolInput, split_parameters
from quaymaster.port import PortClient, PortClients
from quaymaster.tools import Tool

__all__ = ["DECLARING_HOOKS", "declare", "resource_type"]


def declare(record: PackRecord, hook: str, answer: Any) -> None:
    """Keeps what a pack answers to one of `DECLARING_HOOKS`, but for what cannot be used; the record says why."""
    if answer is not None and not isinstance(answer, list | tuple):
        record.ends_as(State.PARTIAL, f"{hook} returned a {type(answer).__name__}; return a list")
        return
    for part in answer or ():
        try:
            _READERS[hook](record, part)
        except Exception as exc:  # noqa: BLE001 - a stranger's annotations may raise anything when read
            record.ends_as(State.PARTIAL, str(exc))


def resource_type(lifespan: Callable[..., Any] | None) -> type | None:
    """Returns the type of what a pack's lifespan yields, from its annotation; None if it says none."""
    try:
        returned = get_type_hints(lifespan).get("return") if lifespan is not None else None
    except Exception:  # noqa: BLE001 - as above
        return None
    if get_origin(returned) not in {AsyncIterator, AsyncGenerator, AbstractAsyncContextManager}:
        return None
    kind = get_args(returned)[0]
    return kind if kind is not type(None) else None


def _read_tool(record: PackRecord, tool: Any) -> None:
    if not isinstance(tool, Tool):
        raise TypeError(f"register_tools returned a {type(tool).__name__}; decorate it with @tool")
    offered = dataclasses.replace(
        tool,
        name=offered_name(record.candidate, tool.name),
        aliases=tuple(offered_name(record.candidate, alias) for alias in tool.aliases),
    )
    record.declared.append(OfferedTool(offered, ToolInput.of(tool, _injectable(record)), record))


def _read_prompt(record: PackRecord, prompt: Any) -> None:
    record.prompts.append(offer_prompt(record, prompt, _injectable(record)))


def _read_resource(record: PackRecord, resource: Any) -> None:
    record.resources.append(offer_resource(record, resource, _injectable(record)))


def _read_middleware(record: PackRecord, function: Any) -> None:
    what = f"middleware {getattr(function, '__name__', function)!r}"
    try:
        injected, others = split_parameters(function, _injectable(record), skip=2)
    except TypeError as exc:
        raise TypeError(f"{what}: {exc}") from exc
    if others:
        raise TypeError(f"{what}: parameter {next(iter(others))!r} is of no type that can be injected")
    record.middleware.append(OfferedMiddleware(function, injected, record))


_READERS: dict[str, Callable[[PackRecord, Any], None]] = {
    "register_tools": _read_tool,
    "register_prompts": _read_prompt,
    "register_resources": _read_resource,
    "register_middleware": _read_middleware,
}
DECLARING_HOOKS = tuple(_READERS)
"""The hooks whose answers are parts of the server."""


def _injectable(record: PackRecord) -> set[type]:
    own = (type(record.settings) if record.settings is not None else None, record.resource_type)
    return {PortClient, PortClients, Call, *filter(None, own)}
