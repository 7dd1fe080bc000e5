"""Carries operations out on documents in memory: the state that a plan leads to."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from quaymaster import nearest_first
from quaymaster.port.documents.scorecard import DEFAULT_LEVELS
from quaymaster_builder.kinds import find_shape_problems
from quaymaster_builder.model.parts import (
    KEYED_LISTS,
    ORDER,
    Part,
    from_port,
    get_part,
    set_part,
    split,
    to_port,
    with_order,
)
from quaymaster_builder.model.references import SELF
from quaymaster_builder.model.refs import ABSENT, Documents, Json, Ref
from quaymaster_builder.planning.operations import Operation, address
from quaymaster_builder.planning.renaming import Renaming
from quaymaster_builder.planning.trouble import Trouble

__all__ = ["Evolution", "evolve", "merge_patch"]

_RENAMED_BY_PORT = frozenset({"schema", "relations", "mirrorProperties"})
"""Where Port has a route that renames (Port: PATCH /v1/blueprints/{id}/properties/{id}/rename and others).

The values of other parts are computed, so nothing is lost."""


@dataclass
class Evolution:
    """States of the documents, from the one that was read to the one that is wanted.

    Attributes:
        before: Every document that was read.
        renamings: What gets another name and keeps its values, in order.
        renamed: The documents when only the renamings have been done.
        after: The documents when everything has been done.
        troubles: Why operations cannot be carried out.
    """

    before: dict[Ref, Json]
    renamings: list[Renaming] = field(default_factory=list)
    renamed: dict[Ref, Json] = field(init=False)
    after: dict[Ref, Json] = field(init=False)
    troubles: list[Trouble] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.renamed, self.after = dict(self.before), dict(self.before)


def evolve(before: dict[Ref, Json], operations: Sequence[Operation]) -> Evolution:
    """Returns the state that the operations lead to; those that cannot be carried out are left out and told."""
    evolution = Evolution(before)
    for index, operation in enumerate(operations):
        carrying = _Carrying(evolution, operation)
        evolution.troubles.extend(Trouble(f"operations[{index}]{place}", *it) for place, *it in carrying.out())
    return evolution


def merge_patch(value: Any, patch: Any) -> Any:
    """Returns a value with a patch merged in, as RFC 7396 says: null takes a key out, lists are replaced."""
    if not isinstance(patch, dict):
        return patch
    merged = dict(value) if isinstance(value, dict) else {}
    for key, member in patch.items():
        if member is None:
            merged.pop(key, None)
        else:
            merged[key] = merge_patch(merged.get(key), member)
    return merged


class _Carrying:
    """One operation on its way; its methods yield what stands against it: a place in it, a problem, a remedy."""

    def __init__(self, evolution: Evolution, operation: Operation) -> None:
        self._evolution = evolution
        self._after = evolution.after
        self._operation = operation
        self._node = address(operation, operation.blueprint or _blueprint_of_scorecard(operation, evolution.after))

    def out(self) -> Iterator[tuple[str, str, str]]:
        """Carries the operation out, unless something stands against it."""
        ref, part = self._node
        stored = get_part(self._after.get(ref), part)
        exists = stored is not ABSENT or ref.kind.endswith("_permissions")
        verb = self._operation.op
        if ref.kind == "scorecard" and not ref.blueprint:
            yield "", f"there is no scorecard {ref.identifier!r}", "say with `blueprint` where it belongs"
        elif part != SELF and ref not in self._after:
            yield "", f"there is no {ref}", self._others()
        elif verb == "create" and exists:
            yield "", f"{self._name} exists already", "use upsert to change it, or choose another identifier"
        elif verb not in {"create", "upsert", "complete"} and not exists:
            yield "", f"there is no {self._name}", self._others()
        elif verb == "delete":
            self._delete()
        elif verb == "rename":
            yield from self._rename()
        else:
            yield from self._write({} if stored is ABSENT else stored, exists=exists)

    def _write(self, stored: Json, *, exists: bool) -> Iterator[tuple[str, str, str]]:
        ref, part = self._node
        given = self._given()
        if exists and self._operation.op == "complete":
            new = self._completed(stored, given)
        elif exists and self._operation.op != "replace":
            new = merge_patch(stored, given)
        else:
            new = given
        if part == SELF and ref.kind == "scorecard":
            if stored.get("levels") and not new.get("levels"):  # Port: a scorecard without levels gets the usual ones
                usual = {"levels": [it.to_json() for it in DEFAULT_LEVELS]}
                new.update(from_port("scorecard", usual))
            orders = {key: (stored.get(key) or {}).get(ORDER, ()) for key in KEYED_LISTS if key in new}
            new.update({key: with_order(new[key], first) for key, first in orders.items()})
        problems = self._shape_problems(new)
        known = {str(problem) for problem in self._shape_problems(stored)} if exists else set()
        new_problems = [problem for problem in problems if str(problem) not in known]
        for problem in new_problems:
            yield f".document.{problem.place}" if problem.path else ".document", problem.message, problem.expected
        if not new_problems:
            self._store(new)

    def _completed(self, stored: Json, given: Json) -> Json:
        """Returns what is stored, with the parts added that it lacks."""
        ref, part = self._node
        missing = split(ref.kind, given) if part == SELF else {}
        for name, value in missing.items():
            if get_part(stored, name) is ABSENT:
                stored = set_part(stored, name, value)
        return stored

    def _given(self) -> Json:
        """Returns the operation's document as it is worked with, under the name that the operation gives it."""
        ref, part = self._node
        document = self._operation.document or {}
        if part == SELF:
            named = {} if ref.kind.endswith("_permissions") else {"identifier": ref.identifier}
            return from_port(ref.kind, {**document, **named})
        return {KEYED_LISTS[part[0]]: part[-1], **document} if part[0] in KEYED_LISTS else document

    def _shape_problems(self, value: Json) -> list[Any]:
        ref, part = self._node
        kind = self._operation.kind
        assert kind != "entities"  # noqa: S101 - they can only be deleted
        return find_shape_problems(kind, to_port(ref.kind, value) if part == SELF else value)

    def _store(self, value: Any) -> None:
        """Puts a value in the place that the operation is about; `ABSENT` takes it out."""
        ref, part = self._node
        if part == SELF:
            self._after[ref] = value
            return
        document = set_part(self._after[ref], part, value)
        if part[0] in KEYED_LISTS:
            named = part[-1] if value is ABSENT else value[KEYED_LISTS[part[0]]]
            document = _moved_member(document, part, named)
            document = set_part(document, part[:1], _placed(document[part[0]], named, self._operation.position))
        self._after[ref] = document

    def _delete(self) -> None:
        ref, part = self._node
        if part != SELF:
            self._store(ABSENT)
            if part[:2] == ("schema", "properties"):
                self._require_no_longer(part[-1])
            return
        for other in list(self._after):
            if other == ref or other.owner == ref:
                del self._after[other]

    def _require_no_longer(self, name: str) -> None:
        ref, required = self._node.ref, ("schema", "required")
        names = get_part(self._after[ref], required)
        if isinstance(names, list) and name in names:
            self._after[ref] = set_part(self._after[ref], required, [other for other in names if other != name])

    def _rename(self) -> Iterator[tuple[str, str, str]]:
        ref, part = self._node
        renaming = Renaming(ref, part, self._operation.to)
        evolution = self._evolution
        if get_part(self._after[ref], renaming.new_part) is not ABSENT:
            yield ".to", f"{self._operation.kind} {self._operation.to!r} exists already", "choose another name"
            return
        if part[0] in _RENAMED_BY_PORT and get_part(evolution.renamed.get(ref), part) is not ABSENT:
            evolution.renamings.append(renaming)
            evolution.renamed = renaming.carried_out(evolution.renamed)
        evolution.after = renaming.followed(self._after)

    @property
    def _name(self) -> str:
        ref, part = self._node
        return str(ref) if part == SELF else f"{self._operation.kind} {part[-1]!r} of {ref}"

    def _others(self) -> str:
        """Returns a hint that lists what there is of the kind that the operation names, the nearest names first."""
        ref, part = self._node
        if ref not in self._after or part == SELF:
            wanted, names = ref.identifier, [it.identifier for it in self._after if it.kind == ref.kind]
        else:
            members = get_part(self._after[ref], part[:-1])
            wanted, names = part[-1], [] if members is ABSENT else [name for name in members if name != ORDER]
        return f"there are: {', '.join(nearest_first(wanted, names)[:10])}" if names else "there are none"


def _blueprint_of_scorecard(operation: Operation, documents: Documents) -> str:
    """Returns the blueprint of the scorecard that an operation names; identifiers of scorecards are unique."""
    named = operation.scorecard or operation.identifier
    return next((it.blueprint for it in documents if it.kind == "scorecard" and it.identifier == named), "")


def _moved_member(scorecard: Json, part: Part, name: str) -> Json:
    """Returns a scorecard in which a rule or a level stands under its new name; rules follow their level."""
    key, old = part
    if name == old:
        return scorecard
    moved = set_part(set_part(scorecard, part, ABSENT), (key, name), scorecard[key][old])
    moved[key][ORDER] = [name if it == old else it for it in scorecard[key].get(ORDER, ())]
    if key == "levels":
        rules = {
            it: {**rule, "level": name} for it, rule in moved["rules"].items() if it != ORDER and rule["level"] == old
        }
        moved["rules"] = {**moved["rules"], **rules}
    return moved


def _placed(members: Json, name: str, position: int | None) -> Json:
    """Returns the members of a keyed list with one of them at another place in the order."""
    ordered = with_order(members)
    if position is None or name not in ordered:
        return ordered
    others = [other for other in ordered[ORDER] if other != name]
    return {**ordered, ORDER: [*others[:position], name, *others[position:]]}
