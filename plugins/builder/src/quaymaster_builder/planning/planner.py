"""Makes plans: reads what is there, works out what is wanted, and tells the difference with all it costs."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from quaymaster import PortClient, gather
from quaymaster_builder.model.canonical import digest
from quaymaster_builder.model.parts import ORDER, Edit, get_part, split
from quaymaster_builder.model.references import needs
from quaymaster_builder.model.refs import ABSENT, Documents, Json, Ref
from quaymaster_builder.model.secrets import find_removed_secrets
from quaymaster_builder.planning.checking import find_troubles
from quaymaster_builder.planning.evolving import Evolution, evolve
from quaymaster_builder.planning.hazards import Hazard, Question, find_hazards
from quaymaster_builder.planning.operations import PART_MAPS, Operation, read_operations
from quaymaster_builder.planning.ordering import order_steps
from quaymaster_builder.planning.plan import Effect, Plan
from quaymaster_builder.planning.reading import Scope, answer, read_documents
from quaymaster_builder.planning.referrers import describe_part, find_referrers
from quaymaster_builder.planning.steps import Step
from quaymaster_builder.planning.trouble import PlanError

__all__ = ["Terms", "conclude", "plan_operations"]

_MOST_REFERRERS = 8


@dataclass(frozen=True)
class Terms:
    """What a plan is made under.

    Attributes:
        profile: The organisation.
        caller: Who asks.
        now: The present.
        valid: For how long the plan can be applied.
        saved_entities: How many entities, or values of a property, are saved before they go.
    """

    profile: str
    caller: str
    now: datetime
    valid: timedelta
    saved_entities: int


async def plan_operations(port: PortClient, operations: Sequence[Mapping[str, Any]], terms: Terms) -> Plan:
    """Returns the plan of what is asked for.

    Raises:
        PlanError: It cannot be carried out; all reasons are told.
    """
    read = read_operations(operations)
    evolution = evolve(await read_documents(port, _scope(read)), read)
    if troubles := [*evolution.troubles, *find_troubles(evolution.renamed, evolution.after)]:
        raise PlanError(troubles)
    return await conclude(port, evolution, terms, operations=[it.given() for it in read])


async def conclude(
    port: PortClient,
    evolution: Evolution,
    terms: Terms,
    *,
    operations: Sequence[Json] = (),
    undoes: str = "",
    notes: Sequence[str] = (),
) -> Plan:
    """Returns the plan that leads from the first state of an evolution to the last.

    Args:
        port: The client; what may be lost is counted with it.
        evolution: The states.
        terms: What the plan is made under.
        operations: What was asked for.
        undoes: The id of the plan that is taken back.
        notes: Warnings from making the evolution.
    """
    _count_once(evolution)
    hazards = list(find_hazards(evolution.renamed, evolution.after))
    questions = list(dict.fromkeys(it.question for it in hazards if it.question))
    answers = dict(zip(questions, await gather(*(answer(port, it) for it in questions)), strict=True))
    warned = [(it, text) for it in hazards if (text := it.describe(it.question and answers[it.question]))]
    steps = [*_renaming_steps(evolution), *_with_followed(evolution)]
    referrers = list(_describe_referrers(evolution.renamed, evolution.after))
    return Plan(
        profile=terms.profile,
        caller=terms.caller,
        created_at=terms.now,
        expires_at=terms.now + terms.valid,
        operations=operations,
        undoes=undoes,
        steps=steps,
        facts=_facts(evolution, answers),
        warnings=[*notes, *(text for _, text in warned), *referrers],
        losses=list(_losses(evolution, warned, answers, terms.saved_entities)),
        going_along={ref: it for ref, it in evolution.before.items() if _goes_along(ref, evolution.after)},
        effect=_effect(steps, [hazard for hazard, _ in warned]),
    )


def _scope(operations: Iterable[Operation]) -> Scope:
    scope = Scope()
    for operation in operations:
        kind = operation.kind
        changes_model = (kind == "blueprint" or kind in PART_MAPS) and operation.op not in {"create", "complete"}
        scope.scorecards |= kind in {"scorecard", "rule", "level"} or changes_model
        scope.actions |= kind in {"action", "automation", "action_permissions"} or changes_model
        scope.pages |= kind in {"page", "page_permissions"} or changes_model
        if kind == "entity":
            scope.single.add(Ref("entity", operation.identifier, operation.blueprint))
        elif kind in {"blueprint_permissions", "action_permissions", "page_permissions"}:
            scope.single.add(Ref(kind, operation.identifier))
        elif kind == "entities":
            scope.emptied.add(operation.blueprint)
        elif operation.op == "delete" and kind in {"blueprint", "action", "automation", "page"}:
            owner = "action" if kind == "automation" else kind
            scope.single.add(Ref(f"{owner}_permissions", operation.identifier))  # type: ignore[arg-type]  # it is one
            scope.emptied |= {operation.identifier} if kind == "blueprint" else set()
    return scope


def _renaming_steps(evolution: Evolution) -> list[Step]:
    state, steps = dict(evolution.before), []
    for renaming in evolution.renamings:
        steps.append(renaming.as_step(state))
        state = renaming.carried_out(state)
    return steps


def _with_followed(evolution: Evolution) -> list[Step]:
    """Returns the steps after the renamings, each edit with what Port may have made of its old value by then."""
    steps = order_steps(evolution.renamed, evolution.after)
    if not evolution.renamings:
        return steps
    state: Documents = evolution.before
    written = dict.fromkeys(step.ref for step in steps)
    for renaming in evolution.renamings:
        state = renaming.followed(state, written)
    return [replace(step, edits=tuple(_followed(step.ref, it, state) for it in step.edits)) for step in steps]


def _followed(ref: Ref, edit: Edit, state: Documents) -> Edit:
    value = get_part(state.get(ref), edit.part)
    return edit if edit.old is ABSENT or value in (edit.old, ABSENT) else replace(edit, followed=value)


def _facts(evolution: Evolution, answers: Mapping[Question, Any]) -> dict[str, str]:
    """Returns a digest of every document that changes, that is needed or that refers, and of every count."""
    before, after = evolution.before, evolution.after
    changed = [ref for ref in dict.fromkeys((*before, *after)) if before.get(ref) is not after.get(ref)]
    relevant = dict.fromkeys(changed)
    for ref in changed:
        for state in (before, after):
            for part, value in split(ref.kind, state.get(ref, {})).items():
                relevant |= dict.fromkeys(node.ref for node in needs(ref, part, value, state))
    for _, referrers in find_referrers(evolution.renamed, after):
        relevant |= dict.fromkeys(node.ref for node in referrers)
    documents = {str(ref): digest(before.get(ref)) for ref in relevant}
    counts = {f"{it.about} {it.name!r} in {it.blueprint!r}": digest(count) for it, count in answers.items()}
    return {**documents, **counts}


def _count_once(evolution: Evolution) -> None:
    """Takes the entities that are deleted one by one out of the number of those that go with their blueprint."""
    for ref in [it for it in evolution.renamed if it.kind == "entities" and it not in evolution.after]:
        alone = [it for it in evolution.before if it.kind == "entity" and it.blueprint == ref.blueprint]
        left = evolution.before[ref]["count"] - len([it for it in alone if it not in evolution.after])
        for state in (evolution.before, evolution.renamed):
            if left > 0:
                state[ref] = {"count": left}
            else:
                del state[ref]


def _goes_along(ref: Ref, after: Documents) -> bool:
    return ref.kind.endswith("_permissions") and ref not in after


def _describe_referrers(before: Documents, after: Documents) -> Iterable[str]:
    for node, referrers in find_referrers(before, after):
        named = [describe_part(it) for it in referrers[:_MOST_REFERRERS]]
        more = f" and {len(referrers) - _MOST_REFERRERS} more" if len(referrers) > _MOST_REFERRERS else ""
        yield f"{describe_part(node)} is still referred to by {', '.join(named)}{more}"


def _losses(
    evolution: Evolution, warned: Sequence[tuple[Hazard, str]], answers: Mapping[Question, Any], limit: int
) -> Iterable[str]:
    for hazard, text in warned:
        count = answers[hazard.question] if hazard.question else 0
        if hazard.destroys and isinstance(count, int) and count > limit:
            yield f"{text}; {limit:,} of them are saved, the others are lost for good"
    for ref, document in evolution.before.items():
        if ref in evolution.after:
            continue
        if ref.kind == "entities" and document["count"] > limit:
            yield f"{document['count'] - limit:,} of {ref}: {limit:,} are saved, the others are lost for good"
        if ref.kind in _HISTORIES:
            yield f"{_HISTORIES[ref.kind]} of {ref}"
        for place in find_removed_secrets(document):
            yield f"the secret in {'.'.join(place)} of {ref}, which this server does not read"


_HISTORIES: Mapping[str, str] = {
    "scorecard": "the history of results",
    "action": "the runs",
    "entity": "the creation date and the history",
    "entities": "the creation dates and the history",
}
"""What Port keeps of a document besides the document, by kind."""


def _effect(steps: Iterable[Step], hazards: Iterable[Hazard]) -> Effect:
    if any(hazard.destroys for hazard in hazards):
        return "destroys"
    edits = [edit for step in steps for edit in step.edits if edit.part[-1] != ORDER]
    return "changes" if any(edit.old is not ABSENT for edit in edits) else "adds"
