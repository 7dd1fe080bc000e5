"""A plan: what would be done, what that is based on, and what it costs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Self

from quaymaster_builder.model.parts import Edit
from quaymaster_builder.model.refs import ABSENT, Json, Ref
from quaymaster_builder.planning.steps import Step

__all__ = ["Effect", "Plan", "edit_from_json", "edit_to_json"]

Effect = Literal["adds", "changes", "destroys"]
"""The worst that a plan does: only adds, overwrites something, or loses something or opens it to more people."""


@dataclass(frozen=True)
class Plan:
    """What would be done.

    Attributes:
        profile: The organisation that it was made for.
        caller: Who asked for it; nobody else can apply it.
        created_at: When it was made.
        expires_at: Until when it can be applied.
        operations: What was asked for.
        undoes: The id of the plan that this one takes back; empty if it does not.
        steps: The writes, in order.
        facts: A digest of each thing that was read and that the plan rests on, by a name for people.
        warnings: What could be regretted.
        losses: What undo cannot bring back.
        going_along: Permissions that Port deletes with what they are about.
        effect: The worst that it does.
    """

    profile: str
    caller: str
    created_at: datetime
    expires_at: datetime
    operations: Sequence[Json]
    steps: Sequence[Step]
    facts: Mapping[str, str]
    warnings: Sequence[str] = ()
    losses: Sequence[str] = ()
    going_along: Mapping[Ref, Json] = field(default_factory=dict)
    effect: Effect = "adds"
    undoes: str = ""

    def to_json(self) -> Json:
        """Returns the plan as JSON."""
        return {
            **vars(self),
            "created_at": self.created_at.isoformat(),
            "expires_at": self.expires_at.isoformat(),
            "steps": [_step_to_json(step) for step in self.steps],
            "going_along": [[list(ref), document] for ref, document in self.going_along.items()],
        }

    @classmethod
    def from_json(cls, json: Mapping[str, Any]) -> Self:
        """Returns the plan that `to_json` has written."""
        times = {name: datetime.fromisoformat(json[name]) for name in ("created_at", "expires_at")}
        steps = [_step_from_json(step) for step in json["steps"]]
        going_along = {Ref(*ref): document for ref, document in json["going_along"]}
        return cls(**{**json, **times, "steps": steps, "going_along": going_along})


def edit_to_json(edit: Edit) -> Json:
    """Returns an edit as JSON; a value that is absent has no key."""
    values = {"old": edit.old, "new": edit.new, "followed": edit.followed}
    return {"part": list(edit.part), **{name: value for name, value in values.items() if value is not ABSENT}}


def edit_from_json(json: Mapping[str, Any]) -> Edit:
    """Returns the edit that `edit_to_json` has written."""
    values = [json.get(name, ABSENT) for name in ("old", "new", "followed")]
    return Edit(tuple(json["part"]), *values)


def _step_to_json(step: Step) -> Json:
    return {"verb": step.verb, "ref": list(step.ref), "edits": [edit_to_json(edit) for edit in step.edits]}


def _step_from_json(json: Mapping[str, Any]) -> Step:
    return Step(json["verb"], Ref(*json["ref"]), tuple(edit_from_json(edit) for edit in json["edits"]))
