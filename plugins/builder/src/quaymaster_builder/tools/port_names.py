"""Port's own names for single changes, on top of plans, so that published guides and prompts work."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Literal

from anyio import to_thread
from lazy_importer import lazy_importer

from quaymaster import Answer, Call, PortClient, Tool, tool
from quaymaster_builder.model.refs import Json
from quaymaster_builder.settings import BuilderSettings
from quaymaster_builder.tools.plans import carry_out, store_and_describe

__lazy_modules__ = {
    "quaymaster_builder.consent",
    "quaymaster_builder.planning.planner",
    "quaymaster_builder.workshop",
}
with lazy_importer():  # what a call needs; listing the tools must not wait for it
    from quaymaster_builder.consent import obtain_consent
    from quaymaster_builder.planning.planner import plan_operations
    from quaymaster_builder.workshop import open_store, terms_of

__all__ = ["PORT_TOOLS"]

Verb = Literal["upsert", "create", "update", "delete"]

_WRITES: Mapping[Verb, str] = {
    "upsert": "Creates {a} {kind}, or merges the document into the one that has its identifier.",
    "create": "Creates {a} {kind}.",
    "update": "Merges a document into {a} {kind}; null takes a key out.",
    "delete": "Deletes {a} {kind}, after its plan has been shown and approved.",
}
_ARTICLES = {"blueprint": "a", "scorecard": "a", "action": "an", "entity": "an"}


async def propose(operation: Json, port: PortClient, call: Call, settings: BuilderSettings) -> Answer:
    """Plans one operation, and applies it at once if it may be; otherwise shows the plan."""
    plan = await plan_operations(port, [operation], terms_of(call, settings))
    if not plan.steps or not await obtain_consent(call, plan, settings, shown=False):
        return await store_and_describe(plan, settings)
    store = await to_thread.run_sync(open_store, settings)
    plan_id = await to_thread.run_sync(store.add, plan)
    stored = await to_thread.run_sync(store.get, plan_id, plan.profile, plan.caller)
    return await carry_out(stored, store, port, call, settings, with_diff=True)


def _write_tool(verb: Verb, kind: str) -> Tool[..., Any]:
    async def of_model(document: Json, port: PortClient, call: Call, settings: BuilderSettings) -> Answer:
        return await propose({"op": verb, "kind": kind, "document": document}, port, call, settings)

    async def of_blueprint(
        blueprint: str, document: Json, port: PortClient, call: Call, settings: BuilderSettings
    ) -> Answer:
        operation = {"op": verb, "kind": kind, "blueprint": blueprint, "document": document}
        return await propose(operation, port, call, settings)

    return _named(
        of_model if kind in {"blueprint", "action"} else of_blueprint, verb, kind, destructive=verb != "create"
    )


def _delete_tool(kind: str) -> Tool[..., Any]:
    async def of_model(identifier: str, port: PortClient, call: Call, settings: BuilderSettings) -> Answer:
        return await propose({"op": "delete", "kind": kind, "identifier": identifier}, port, call, settings)

    async def of_blueprint(
        blueprint: str, identifier: str, port: PortClient, call: Call, settings: BuilderSettings
    ) -> Answer:
        operation = {"op": "delete", "kind": kind, "blueprint": blueprint, "identifier": identifier}
        return await propose(operation, port, call, settings)

    return _named(of_model if kind in {"blueprint", "action"} else of_blueprint, "delete", kind, destructive=True)


def _named(function: Callable[..., Awaitable[Answer]], verb: Verb, kind: str, *, destructive: bool) -> Tool[..., Any]:
    function.__doc__ = _WRITES[verb].format(a=_ARTICLES[kind], kind=kind)
    made: Tool[..., Any] = tool(
        name=f"{verb}_{kind}",
        destructive=destructive,
        idempotent=verb == "upsert",
        scope="delete" if verb == "delete" else "write",
    )(function)  # type: ignore[arg-type]  # an async function
    return made


@tool(read_only=True)
async def get_action_permissions(identifier: str, port: PortClient) -> Json:
    """Shows who may run and approve an action."""
    return (await port.permissions.get_of_action(identifier)).to_json()


@tool
async def update_action_permissions(
    identifier: str, permissions: Json, port: PortClient, call: Call, settings: BuilderSettings
) -> Answer:
    """Changes who may run and approve an action; the lists given replace those there are."""
    operation = {"op": "update", "kind": "action_permissions", "identifier": identifier, "document": permissions}
    return await propose(operation, port, call, settings)


_KINDS = ("blueprint", "scorecard", "action", "entity")
_VERBS: tuple[Verb, ...] = ("upsert", "create", "update")

PORT_TOOLS: Mapping[str, Tool[..., Any]] = {
    made.name: made
    for made in (
        *(_write_tool(verb, kind) for kind in _KINDS for verb in _VERBS),
        *(_delete_tool(kind) for kind in _KINDS),
        get_action_permissions,
        update_action_permissions,
    )
}
"""Every tool that has Port's own name, by name; the settings say which are offered."""
