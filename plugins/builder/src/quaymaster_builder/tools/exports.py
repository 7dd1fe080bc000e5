"""Plans for those who keep Port as code."""

from __future__ import annotations

from typing import Literal

from anyio import to_thread
from lazy_importer import lazy_importer

from quaymaster import Answer, Call, InputError, PortClient, tool
from quaymaster_builder.settings import BuilderSettings

__lazy_modules__ = {
    "quaymaster_builder.exporting.outcome",
    "quaymaster_builder.exporting.paging",
    "quaymaster_builder.wording",
    "quaymaster_builder.workshop",
}
with lazy_importer():  # what a call needs; listing the tools must not wait for it
    from quaymaster_builder.exporting.outcome import read_planned_state
    from quaymaster_builder.exporting.paging import write_parts
    from quaymaster_builder.wording import sentence
    from quaymaster_builder.workshop import open_store

__all__ = ["export_plan"]


@tool(read_only=True)
async def export_plan(
    plan: str,
    port: PortClient,
    call: Call,
    settings: BuilderSettings,
    format: Literal["terraform", "json"] = "terraform",  # noqa: A002 - what it is called everywhere
    part: int = 1,
) -> Answer:
    """Shows what a plan leads to as Terraform or JSON."""
    store = await to_thread.run_sync(open_store, settings)
    stored = await to_thread.run_sync(store.get, plan, call.profile.name, call.principal.name)
    state = await read_planned_state(port, stored.plan)
    parts = write_parts(state, format)
    if not 1 <= part <= len(parts):
        raise InputError(f"there is no part {part}; plan {plan!r} has {len(parts)}")
    notes = [f"warning: {sentence(warning)}" for warning in stored.plan.warnings] if part == 1 else []
    notes += [f"export_plan(plan={plan!r}, format={format!r}, part={part + 1}) goes on"] if part < len(parts) else []
    deleted = f"; {len(state.gone)} deleted" if state.gone else ""
    headline = f"plan {plan} as {format}: {len(state.documents)} documents{deleted}; part {part} of {len(parts)}"
    return Answer(headline, text=parts[part - 1], notes=notes)
