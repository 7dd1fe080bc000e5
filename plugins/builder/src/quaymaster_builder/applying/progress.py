"""How far a step is, told by what Port has now."""

from enum import Enum

from quaymaster_builder.model.parts import Edit, get_part, is_same, split
from quaymaster_builder.model.refs import ABSENT, Json, Ref
from quaymaster_builder.planning.steps import Step

__all__ = ["Progress", "progress_of"]


class Progress(Enum):
    """Whether a step has been taken."""

    DONE = "everything is as the step leaves it"
    READY = "everything is as the step expects to find it, or as it leaves it"
    MOVED = "somebody has changed what the step is about"


def progress_of(step: Step, live: Json | None) -> Progress:
    """Returns how far a step is.

    Args:
        step: The step.
        live: The document as Port has it now; None if there is none.
    """
    match step.verb:
        case "create":
            if live is not None and _has_all(step, live):
                return Progress.DONE
            return _if(live is None or _comes_by_itself(step), Progress.READY)
        case "delete":
            return Progress.DONE if _is_gone(step.ref, live) else _if(_is_untouched(step, live or {}), Progress.READY)
        case "rename":
            old, new = (get_part(live, edit.part) is not ABSENT for edit in step.edits)
            return Progress.DONE if new and not old else _if(old and not new, Progress.READY)
    if live is None:
        return Progress.MOVED
    if _has_all(step, live):
        return Progress.DONE
    return _if(
        all(_is_old(step.ref, edit, live) or _is_new(step.ref, edit, live) for edit in step.edits), Progress.READY
    )


def _comes_by_itself(step: Step) -> bool:
    """Tells whether Port makes the document along with another one: permissions, and the page of a blueprint."""
    lists_entities = Edit(("type",), new="blueprint-entities") in step.edits
    return step.ref.kind.endswith("_permissions") or (step.ref.kind == "page" and lists_entities)


def _if(condition: bool, progress: Progress) -> Progress:
    return progress if condition else Progress.MOVED


def _has_all(step: Step, live: Json) -> bool:
    return all(_is_new(step.ref, edit, live) for edit in step.edits)


def _is_gone(ref: Ref, live: Json | None) -> bool:
    return live is None or (ref.kind == "entities" and live["count"] == 0)


def _is_untouched(step: Step, live: Json) -> bool:
    """Tells whether what is about to be deleted is what was shown; of all entities, some may be gone already."""
    if step.ref.kind == "entities":
        return all(live["count"] <= edit.old for edit in step.edits)
    known = {edit.part for edit in step.edits}
    added = {part for part in split(step.ref.kind, live) if part not in known and step.ref.kind != "entity"}
    return not added and all(_is_old(step.ref, edit, live) for edit in step.edits)


def _is_new(ref: Ref, edit: Edit, live: Json) -> bool:
    return is_same(ref.kind, edit.part, get_part(live, edit.part), edit.new)


def _is_old(ref: Ref, edit: Edit, live: Json) -> bool:
    """Tells whether a part is still as it was; the value of an entity may be gone with the property that held it."""
    value = get_part(live, edit.part)
    if ref.kind == "entity" and value is ABSENT:
        return True
    expected = [edit.old] if edit.followed is ABSENT else [edit.old, edit.followed]
    return any(is_same(ref.kind, edit.part, value, it) for it in expected)
