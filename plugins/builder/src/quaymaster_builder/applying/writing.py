"""Takes the steps of a plan: the one module of the pack that writes to Port."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any

import anyio

from quaymaster import PortClient
from quaymaster.port.blueprints import Renamable
from quaymaster.port.errors import ForbiddenError, RejectedError
from quaymaster_builder.model.parts import Edit, apply_edits, get_part, set_part, to_port
from quaymaster_builder.model.refs import Json
from quaymaster_builder.planning.steps import Step

__all__ = ["batches", "take"]

_SIZES = {"create": 20, "update": 20, "delete": 100}
"""How many entities of a blueprint Port takes at once (Port: POST …/entities/bulk, POST …/bulk/entities/delete)."""

_PAUSES_S = (0.5, 1.0, 2.0, 4.0)
"""How long the deletion of a blueprint waits for its entities: these may lag (Port: DELETE …/all-entities)."""

_RENAMABLE: dict[str, Renamable] = {"schema": "property", "mirrorProperties": "mirror", "relations": "relation"}
_NO_GRANT = {"users": [], "roles": [], "teams": [], "ownedByTeam": False}
"""What takes a grant away; a policy is taken away by null (Port: PATCH /v1/actions/{id}/permissions)."""


def batches(steps: Sequence[Step], left: Iterable[int]) -> Iterator[list[int]]:
    """Yields the steps that are left by their places, in order; those that one request can take stand together."""

    def sort(place: int) -> object:
        step = steps[place]
        return (step.verb, step.ref.blueprint) if step.ref.kind == "entity" and not _clears(step) else place

    for _, group in groupby(left, key=sort):
        batch: list[int] = []
        for place in group:
            if len(batch) >= _SIZES.get(steps[place].verb, 1) or _relates(steps[place], steps, batch):
                yield batch
                batch = []
            batch.append(place)
        yield batch


async def take(port: PortClient, steps: Sequence[Step], live: Json | None) -> None:
    """Sends the request of one step, or of several on entities that `batches` has put together.

    Args:
        port: The client.
        steps: The steps.
        live: What Port has now of the document, where a single step changes one.

    Raises:
        PortError: Port refused, or nobody knows what became of it.
    """
    step = steps[0]
    if len(steps) > 1:
        await _take_entities(port, steps)
    elif step.verb == "delete":
        await _delete(port, step)
    elif step.verb == "create":
        await _create(port, step, live)
    elif step.verb == "rename":
        old, new = step.edits
        await port.blueprints.rename(step.ref.identifier, _RENAMABLE[old.part[0]], old.part[-1], new.part[-1])
    else:
        await _update(port, step, live or {})


def _clears(step: Step) -> bool:
    """Tells whether a title, icon or team goes: only PATCH …/entities/{id} takes null for them."""
    return step.verb == "update" and any(edit.is_removal and len(edit.part) == 1 for edit in step.edits)


def _relates(step: Step, steps: Sequence[Step], batch: Iterable[int]) -> bool:
    """Tells whether a new entity relates to one that the same request would create: Port would not find it."""
    ends = {str(end) for edit in step.edits if edit.part[0] == "relations" for end in _ends(edit.new)}
    return step.verb == "create" and any(steps[place].ref.identifier in ends for place in batch)


def _ends(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]


async def _take_entities(port: PortClient, steps: Sequence[Step]) -> None:
    verb, blueprint = steps[0].verb, steps[0].ref.blueprint
    if verb == "delete":
        await port.entities.delete_many(blueprint, [step.ref.identifier for step in steps])
        return
    if verb == "create":
        result = await port.entities.create_many(blueprint, [apply_edits("entity", None, it.edits) for it in steps])
    else:
        named = [{"identifier": step.ref.identifier, **_changes(step)} for step in steps]
        result = await port.entities.upsert_many(blueprint, named)
    if result.failures:
        raise RejectedError("; ".join(f"{it.identifier}: {it.message}" for it in result.failures))


async def _create(port: PortClient, step: Step, live: Json | None) -> None:
    ref, document = step.ref, to_port(step.ref.kind, apply_edits(step.ref.kind, None, step.edits))
    match ref.kind:
        case "blueprint":
            await port.blueprints.create(document)
        case "scorecard":
            await port.scorecards.create(ref.blueprint, document)
        case "action":
            await port.actions.create(document)
        case "entity":
            await port.entities.create(ref.blueprint, document)
        case "page" if live is None:
            await port.pages.create(document)
        case _:  # permissions and pages that have come with what they are about
            await _update(port, step, live or {})


async def _update(port: PortClient, step: Step, live: Json) -> None:
    ref, edited = step.ref, apply_edits(step.ref.kind, live, step.edits)
    match ref.kind:
        case "blueprint" if any(map(_takes_away, step.edits)):
            await port.blueprints.replace(ref.identifier, _without_system_relations(edited))
        case "blueprint":
            await port.blueprints.update(ref.identifier, _patch_of_blueprint(step.edits))
        case "scorecard":
            await port.scorecards.replace(ref.blueprint, ref.identifier, to_port("scorecard", edited))
        case "action":
            await port.actions.replace(ref.identifier, edited)
        case "entity":
            await port.entities.update(ref.blueprint, ref.identifier, _changes(step))
        case "page":
            await port.pages.update(ref.identifier, _changes(step))
        case "blueprint_permissions":
            await port.permissions.update_of_blueprint(ref.identifier, _grants(step, live))
        case "action_permissions":
            await port.permissions.update_of_action(ref.identifier, _grants(step, live))
        case "page_permissions":
            await port.permissions.update_of_page(ref.identifier, _grants(step, live))


async def _delete(port: PortClient, step: Step) -> None:
    ref = step.ref
    match ref.kind:
        case "blueprint":
            await _delete_blueprint(port, ref.identifier)
        case "scorecard":
            await port.scorecards.delete(ref.blueprint, ref.identifier)
        case "action":
            await port.actions.delete(ref.identifier)
        case "entity":
            await port.entities.delete(ref.blueprint, ref.identifier)
        case "entities":
            await port.blueprints.delete_entities(ref.blueprint)
        case "page":
            await port.pages.delete(ref.identifier)


async def _delete_blueprint(port: PortClient, identifier: str) -> None:
    for pause_s in _PAUSES_S:
        try:
            return await port.blueprints.delete(identifier)
        except ForbiddenError as exc:
            if exc.code != "has_dependents" or await port.entities.count(identifier):
                raise
        await anyio.sleep(pause_s)
    return await port.blueprints.delete(identifier)


def _takes_away(edit: Edit) -> bool:
    """Tells whether a part goes, or a key in it: PATCH only adds and replaces (Port: PATCH /v1/blueprints/{id})."""
    shrinks = isinstance(edit.old, dict) and isinstance(edit.new, dict) and not edit.old.keys() <= edit.new.keys()
    return edit.is_removal or shrinks


def _patch_of_blueprint(edits: Iterable[Edit]) -> Json:
    """Returns the body that changes these parts and touches no other."""
    patch: Json = {}
    for edit in edits:
        patch = set_part(patch, edit.part, edit.new)
    if "schema" in patch:
        patch["schema"].setdefault("properties", {})
    return patch


def _changes(step: Step) -> Json:
    """Returns the body that changes the step's parts; null takes away those that go."""
    body: Json = {}
    for edit in step.edits:
        body = set_part(body, edit.part, None if edit.is_removal else edit.new)
    return body


def _grants(step: Step, live: Json) -> Json:
    """Returns the body that changes permissions: each grant that changes as a whole.

    Port merges what it is sent into what there is; how deep, its documentation does not say.
    """
    edited, body = live, dict[str, Any]()
    for edit in step.edits:
        edited = set_part(edited, edit.part, _NO_GRANT.get(edit.part[-1]) if edit.is_removal else edit.new)
    for edit in step.edits:
        body = set_part(body, edit.part[:-1], get_part(edited, edit.part[:-1]))
    return body


def _without_system_relations(document: Json) -> Json:
    """Returns a blueprint without the relations that Port manages, and refuses (Port: PUT /v1/blueprints/{id})."""
    relations = {name: it for name, it in (document.get("relations") or {}).items() if not name.startswith("_")}
    return {**document, "relations": relations} if "relations" in document else document
