"""The documents that a plan leads to, worked out on what Port has now."""

from collections.abc import Mapping
from dataclasses import dataclass

from quaymaster import PortClient
from quaymaster_builder.model.parts import KEYED_LISTS, apply_edits, get_part, set_part, with_order
from quaymaster_builder.model.refs import ABSENT, Json, Ref
from quaymaster_builder.planning.plan import Plan
from quaymaster_builder.planning.reading import Scope, read_documents
from quaymaster_builder.planning.steps import Step

__all__ = ["PlannedState", "read_planned_state"]


@dataclass(frozen=True)
class PlannedState:
    """What a plan leads to.

    Attributes:
        documents: Every document that the plan creates or changes, whole, as it is worked with; those that others need
            come first.
        existing: Those of them that Port has now.
        gone: What the plan deletes.
    """

    documents: Mapping[Ref, Json]
    existing: tuple[Ref, ...]
    gone: tuple[Ref, ...]


async def read_planned_state(port: PortClient, plan: Plan) -> PlannedState:
    """Returns what a plan leads to, whether it has been applied or not; what others have changed stays as it is."""
    refs = list(dict.fromkeys(step.ref for step in plan.steps))
    live = await read_documents(port, _scope(refs))
    documents = {ref: live[ref] for ref in refs if ref in live}
    for step in plan.steps:
        _take(documents, step)
    kept = {ref: documents[ref] for ref in refs if ref in documents}
    return PlannedState(kept, tuple(ref for ref in kept if ref in live), tuple(ref for ref in refs if ref not in kept))


def _scope(refs: list[Ref]) -> Scope:
    kinds = {ref.kind for ref in refs}
    single = {ref for ref in refs if ref.kind == "entity" or ref.kind.endswith("_permissions")}
    owners = {ref.owner.kind for ref in single if ref.owner}
    return Scope(
        scorecards="scorecard" in kinds,
        actions="action" in kinds | owners,
        pages="page" in kinds | owners,
        single=single,
    )


def _take(documents: dict[Ref, Json], step: Step) -> None:
    """Takes a step on documents in memory; one that has been taken already changes nothing."""
    ref = step.ref
    if step.verb == "delete":
        documents.pop(ref, None)
    elif step.verb == "rename":
        old, new = step.edits
        value = get_part(documents[ref], old.part)
        if value is not ABSENT:
            documents[ref] = set_part(set_part(documents[ref], old.part, ABSENT), new.part, value)
    else:
        document = apply_edits(ref.kind, documents.get(ref), step.edits)
        lists = {key: with_order(document[key]) for key in KEYED_LISTS if ref.kind == "scorecard" and key in document}
        documents[ref] = {**document, **lists}
