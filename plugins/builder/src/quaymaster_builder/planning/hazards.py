"""What a plan can harm: found in two states of the documents, and counted in the catalog."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from quaymaster_builder.model.changes import is_redirected, is_retyped
from quaymaster_builder.model.parts import Edit, diff, get_part
from quaymaster_builder.model.references import PROPERTY_MAPS, Node
from quaymaster_builder.model.refs import ABSENT, Documents, Json, Ref, RefKind
from quaymaster_builder.planning.granting import find_grants
from quaymaster_builder.planning.referrers import describe_part

__all__ = ["Hazard", "Question", "find_hazards"]

_MOST_VALUES = 5
"""How many values in use outside of an enum are named."""


@dataclass(frozen=True)
class Question:
    """Something to count in the catalog, in one request.

    Attributes:
        blueprint: Whose entities.
        about: Those with or without a value, how many have each value, or the links of a relation.
        name: The property or relation.
    """

    blueprint: str
    about: Literal["with", "without", "values", "links"]
    name: str = ""


@dataclass(frozen=True)
class Hazard:
    """Something that may be lost, or opened to more people.

    Attributes:
        describe: Returns the warning for what was counted, None if there is no reason for one.
        question: What to count first; None if nothing.
        destroys: A warning means that something goes which undo may not bring back, or that somebody may do more.
    """

    describe: Callable[[Any], str | None]
    question: Question | None = None
    destroys: bool = True


def find_hazards(before: Documents, after: Documents) -> Iterator[Hazard]:
    """Yields what the way from one state to the other can harm, document by document."""
    for ref in dict.fromkeys((*before, *after)):
        old, new = before.get(ref), after.get(ref)
        if new is None and old is not None:
            yield from _of_deletion(ref, old)
        elif new is not old and ref.kind in _OF_EDIT:
            for edit in diff(ref.kind, old, new):
                yield from _OF_EDIT[ref.kind](ref, edit, old or {})


def _of_deletion(ref: Ref, document: Json) -> Iterator[Hazard]:
    if ref.kind == "entities":
        yield _certain(f"{document['count']:,} entities of {ref.blueprint!r} are deleted")
    elif not ref.kind.endswith("_permissions"):
        yield _certain(f"{ref} is deleted")


def _of_blueprint(ref: Ref, edit: Edit, before: Json) -> Iterator[Hazard]:
    name, sort = edit.part[-1], edit.part[:-1]
    what = describe_part(Node(ref, edit.part))
    if edit.part == ("schema", "required"):
        old, new = _list(edit.old), _list(edit.new)
        yield from (_of_requirement(ref, it) for it in new if it not in old)
    elif sort == PROPERTY_MAPS[0] and edit.old is not ABSENT:
        if edit.is_removal:
            is_required = name in _list(get_part(before, ("schema", "required")))
            named = f"{what}, which is required," if is_required else what
            yield _loss(f"{named} is removed", Question(ref.identifier, "with", name), "value")
        elif is_retyped(edit):
            change = f"from {edit.old.get('type')} to {edit.new.get('type')}"
            yield _loss(f"{what} changes its type {change}", Question(ref.identifier, "with", name), "value")
        else:
            yield from _of_enum(ref, edit)
    elif sort == ("relations",) and edit.old is not ABSENT:
        question = Question(ref.identifier, "links", name)
        if edit.is_removal:
            yield _loss(f"{what} is removed", question, "link")
        elif is_redirected(edit):
            yield _loss(f"{what} leads elsewhere", question, "link")
    elif edit.part == ("ownership",) and edit.old is not ABSENT:
        yield _loss("the way in which teams own entities changes", Question(ref.identifier, "with", "$team"), "team")


def _of_enum(ref: Ref, edit: Edit) -> Iterator[Hazard]:
    allowed = edit.new.get("enum")
    narrows = allowed is not None and any(value not in allowed for value in edit.old.get("enum") or [ABSENT])
    if not narrows:
        return

    def describe(counts: Mapping[str, int]) -> str | None:
        outside = {value: count for value, count in counts.items() if value not in map(str, allowed)}
        if not outside:
            return None
        named = ", ".join(f"{value} ({count:,})" for value, count in list(outside.items())[:_MOST_VALUES])
        more = f" and {len(outside) - _MOST_VALUES} more values" if len(outside) > _MOST_VALUES else ""
        what = describe_part(Node(ref, edit.part))
        return f"the enum of {what} narrows: {sum(outside.values()):,} entities hold values outside it: {named}{more}"

    yield Hazard(describe, Question(ref.identifier, "values", edit.part[-1]))


def _of_requirement(ref: Ref, name: str) -> Hazard:
    def describe(count: int) -> str | None:
        what = describe_part(Node(ref, (*PROPERTY_MAPS[0], name)))
        return f"{what} becomes required: {count:,} entities lack it, and Port will refuse their next write"

    return Hazard(lambda count: describe(count) if count else None, Question(ref.identifier, "without", name), False)


def _of_scorecard(ref: Ref, edit: Edit, before: Json) -> Iterator[Hazard]:
    if edit.is_removal and edit.part[0] in {"rules", "levels"}:
        yield _certain(f"{describe_part(Node(ref, edit.part))} is removed, with its results")


def _of_action(ref: Ref, edit: Edit, before: Json) -> Iterator[Hazard]:
    if edit.part == ("publish",) and edit.new is True:
        yield Hazard(lambda _: f"{ref} becomes active; an automation runs with an administrator's rights", None, False)


def _of_permissions(ref: Ref, edit: Edit, before: Json) -> Iterator[Hazard]:
    yield from map(_certain, find_grants(ref, edit))


_OF_EDIT: Mapping[RefKind, Callable[[Ref, Edit, Json], Iterator[Hazard]]] = {
    "blueprint": _of_blueprint,
    "scorecard": _of_scorecard,
    "action": _of_action,
    "blueprint_permissions": _of_permissions,
    "action_permissions": _of_permissions,
    "page_permissions": _of_permissions,
}


def _certain(warning: str) -> Hazard:
    return Hazard(lambda _: warning)


def _loss(event: str, question: Question, lost: str) -> Hazard:
    """Returns the hazard that entities lose what they hold."""
    return Hazard(lambda count: f"{event}: {count:,} entities lose their {lost}" if count else None, question)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
