"""Plans: made, applied, taken back and listed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from anyio import to_thread
from lazy_importer import lazy_importer

from quaymaster import Answer, Call, InputError, PortClient, Table, inline, tool
from quaymaster_builder.settings import BuilderSettings

__lazy_modules__ = {
    "quaymaster_builder.applying.applying",
    "quaymaster_builder.applying.store",
    "quaymaster_builder.applying.undoing",
    "quaymaster_builder.consent",
    "quaymaster_builder.planning.expanding",
    "quaymaster_builder.planning.plan",
    "quaymaster_builder.planning.planner",
    "quaymaster_builder.wording",
    "quaymaster_builder.workshop",
}
with lazy_importer():  # what a call needs; listing the tools must not wait for it
    from quaymaster_builder.applying.applying import apply, places_done
    from quaymaster_builder.applying.store import Store, StoredPlan
    from quaymaster_builder.applying.undoing import plan_undo
    from quaymaster_builder.consent import obtain_consent
    from quaymaster_builder.planning.expanding import expand
    from quaymaster_builder.planning.plan import Plan
    from quaymaster_builder.planning.planner import plan_operations
    from quaymaster_builder.wording import count, describe_outcome, describe_plan, outline
    from quaymaster_builder.workshop import now, open_store, policy_of, terms_of

__all__ = ["apply_plan", "carry_out", "list_plans", "plan_changes", "store_and_describe", "undo"]

_MOST_LISTED = 20


@tool(read_only=True)
async def plan_changes(
    operations: list[dict[str, Any]], port: PortClient, call: Call, settings: BuilderSettings
) -> Answer:
    """Plans changes to the model, scorecards, actions, automations, entities, permissions and pages. Writes nothing.

    Answers with the steps, a diff, warnings and what undo cannot bring back. Operations look like {"op": "upsert",
    "kind": "property", "blueprint": "service", "identifier": "tier", "document": {"type": "string"}};
    get_schema("operation") tells all.
    """
    if not operations:
        raise InputError("no operations; get_schema('operation') shows what one looks like")
    expanded = await expand(operations, policy_of(settings))
    return await store_and_describe(await plan_operations(port, expanded, terms_of(call, settings)), settings)


@tool
async def apply_plan(plan: str, port: PortClient, call: Call, settings: BuilderSettings) -> Answer:
    """Applies a plan by its id, after its person has seen and approved it; goes on where an earlier call stopped.

    Refuses if what the plan rests on has changed.
    """
    store = await to_thread.run_sync(open_store, settings)
    stored = await to_thread.run_sync(store.get, plan, call.profile.name, call.principal.name)
    if _state(stored, []) == "applied":
        return Answer(f"plan {plan} was applied before; nothing was done now", notes=[f"undo(plan={plan!r})"])
    if not stored.journal:
        if stored.plan.expires_at <= now():
            raise InputError(f"plan {plan!r} has expired; nothing was written. Make it anew with plan_changes")
        fresh = await _plan_again(port, store, stored, call, settings)
        if moved := _moved(stored.plan.facts, fresh.facts):
            return await _refuse(plan, moved, fresh, settings)
    await obtain_consent(call, stored.plan, settings, shown=True)
    return await carry_out(stored, store, port, call, settings)


@tool(read_only=True)
async def undo(plan: str, port: PortClient, call: Call, settings: BuilderSettings) -> Answer:
    """Plans the way back from an applied or half-applied plan; apply_plan takes it. Says what cannot come back."""
    store = await to_thread.run_sync(open_store, settings)
    stored = await to_thread.run_sync(store.get, plan, call.profile.name, call.principal.name)
    return await store_and_describe(await plan_undo(port, stored, terms_of(call, settings)), settings)


@tool(read_only=True)
async def list_plans(call: Call, settings: BuilderSettings) -> Answer:
    """Lists your newest plans: state, age and outcome of each."""
    store = await to_thread.run_sync(open_store, settings)
    found = await to_thread.run_sync(store.list_newest, call.profile.name, call.principal.name, _MOST_LISTED)
    undone = [it.plan.undoes for it in found if it.plan.undoes and _state(it, []) == "applied"]
    rows = [_row(it, undone) for it in found]
    columns = ("plan", "state", "age", "done", "what")
    return Answer(f"{count(len(rows), 'plan')}, newest first", Table(columns, rows))


async def carry_out(
    stored: StoredPlan,
    store: Store,
    port: PortClient,
    call: Call,
    settings: BuilderSettings,
    *,
    with_diff: bool = False,
) -> Answer:
    """Applies a stored plan that may be applied, and returns what has become of it."""
    total = len(stored.plan.steps)

    async def report(done: int) -> None:
        await call.report_progress(done, total)

    outcome = await apply(port, store, stored, clock=now, saved_entities=settings.saved_entities, report=report)
    return describe_outcome(stored.id, stored.plan, outcome, with_diff=with_diff)


async def store_and_describe(plan: Plan, settings: BuilderSettings) -> Answer:
    """Stores a plan and returns it for a person to read; one without steps is not stored."""
    if not plan.steps:
        return Answer("nothing to do: Port is so already", notes=[inline(it) for it in plan.warnings])
    store = await to_thread.run_sync(open_store, settings)
    plan_id = await to_thread.run_sync(store.add, plan)
    return describe_plan(
        plan_id, plan, applies=f"show it to the person; with their consent apply_plan(plan={plan_id!r}) applies it"
    )


async def _plan_again(
    port: PortClient, store: Store, stored: StoredPlan, call: Call, settings: BuilderSettings
) -> Plan:
    terms = terms_of(call, settings)
    if not stored.plan.undoes:
        return await plan_operations(port, stored.plan.operations, terms)
    undone = await to_thread.run_sync(store.get, stored.plan.undoes, call.profile.name, call.principal.name)
    return await plan_undo(port, undone, terms)


def _moved(then: Mapping[str, str], today: Mapping[str, str]) -> list[str]:
    """Returns the names of what has changed since a plan was made."""
    return [name for name in dict.fromkeys((*then, *today)) if then.get(name) != today.get(name)]


async def _refuse(plan_id: str, moved: list[str], fresh: Plan, settings: BuilderSettings) -> Answer:
    named = ", ".join(map(inline, moved[:5])) + (f" and {len(moved) - 5} more" if len(moved) > 5 else "")
    answer = await store_and_describe(fresh, settings)
    headline = f"NOT APPLIED: since plan {plan_id} was made, this has changed: {named}. Nothing was written"
    return Answer(headline, text=answer.text, notes=[f"anew: {answer.headline}", *answer.notes])


def _state(stored: StoredPlan, undone: list[str]) -> str:
    if stored.id in undone:
        return "undone"
    if not stored.journal:
        return "expired" if stored.plan.expires_at <= now() else "planned"
    return "applied" if stored.journal[-1].event == "ended" else "stopped"


def _row(stored: StoredPlan, undone: list[str]) -> tuple[object, ...]:
    plan, steps = stored.plan, stored.plan.steps
    minutes = int((now() - plan.created_at).total_seconds() // 60)
    age = f"{minutes} min" if minutes < 120 else f"{minutes // 60} h" if minutes < 48 * 60 else f"{minutes // 1440} d"
    what = "; ".join(outline(step) for step in steps[:3]) + ("; …" if len(steps) > 3 else "")
    named = f"undo of {plan.undoes}: {what}" if plan.undoes else what
    return stored.id, _state(stored, undone), age, f"{len(places_done(stored))}/{len(steps)}", named
