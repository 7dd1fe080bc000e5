"""Plans and their outcome in words: what a model shows to a person before and after a change."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from quaymaster import Answer, inline
from quaymaster_builder.applying.applying import Outcome
from quaymaster_builder.model.parts import ORDER, Edit
from quaymaster_builder.model.references import Node
from quaymaster_builder.model.refs import ABSENT
from quaymaster_builder.planning.plan import Plan
from quaymaster_builder.planning.referrers import describe_part
from quaymaster_builder.planning.steps import Step

__all__ = ["count", "describe_outcome", "describe_plan", "outline", "plan_diff", "sentence"]

_MOST_WARNINGS = 20
_LONGEST_VALUE = 160
_EFFECTS = {
    "adds": "it only adds",
    "changes": "it overwrites what is there",
    "destroys": "it DESTROYS something, or lets somebody do more",
}


def describe_plan(plan_id: str, plan: Plan, *, applies: str) -> Answer:
    """Returns a plan for a person to read; `applies` says how it is applied."""
    notes = [f"warning: {sentence(warning)}" for warning in plan.warnings[:_MOST_WARNINGS]]
    if len(plan.warnings) > _MOST_WARNINGS:
        notes.append(f"and {len(plan.warnings) - _MOST_WARNINGS} warnings more; export_plan shows all")
    notes += [f"undo cannot bring back: {sentence(loss)}" for loss in plan.losses] or ["undo can take all of it back"]
    steps = count(len(plan.steps), "step")
    headline = f"plan {plan_id}: {steps}; {_EFFECTS[plan.effect]}. Nothing is written yet"
    until = plan.expires_at.strftime("%Y-%m-%d %H:%M UTC")
    return Answer(headline, text=plan_diff(plan.steps), notes=[*notes, f"{applies}; it can be until {until}"])


def describe_outcome(plan_id: str, plan: Plan, outcome: Outcome, *, with_diff: bool = False) -> Answer:
    """Returns what has become of a plan: which steps are done, failed and not started, and how to go on."""
    steps, done = plan.steps, len(outcome.done)
    if done == len(steps):
        text = plan_diff(steps) if with_diff else "\n".join(f"done: {outline(step)}" for step in steps)
        notes = [f"undo(plan={plan_id!r}) plans the way back"]
        return Answer(f"applied: {count(done, 'step')} of plan {plan_id}", text=text, notes=notes)
    touched = {*outcome.done, *outcome.failed}
    lines = [f"done: {outline(steps[place])}" for place in sorted(outcome.done)]
    lines += [f"{verdict}: {outline(steps[place])}" for place, verdict in sorted(outcome.failed.items())]
    lines += [f"not started: {outline(step)}" for place, step in enumerate(steps) if place not in touched]
    return Answer(
        f"stopped: {done} of {count(len(steps), 'step')} of plan {plan_id} done, {len(outcome.failed)} failed, "
        f"{len(steps) - len(touched)} not started",
        text="\n".join([*lines, f"reason: {outcome.reason}"]),
        notes=[f"apply_plan(plan={plan_id!r}) goes on where it stopped; undo(plan={plan_id!r}) plans the way back"],
    )


def plan_diff(steps: Sequence[Step]) -> str:
    """Returns the steps, each with a line for every part that it changes."""
    lines: list[str] = []
    for place, step in enumerate(steps, start=1):
        lines.append(f"{place}. {outline(step)}")
        if step.verb != "rename":
            lines += [f"   {line}" for edit in step.edits for line in _edit_lines(edit, alone=len(step.edits) == 1)]
    return "\n".join(lines)


def outline(step: Step) -> str:
    """Returns a step in one line: `rename property 'a' of blueprint 'x' to 'b'`."""
    if step.verb == "rename":
        old, new = step.edits
        return f"rename {describe_part(Node(step.ref, old.part))} to {new.part[-1]!r}"
    return f"{step.verb} {step.ref}"


def count(number: int, noun: str) -> str:
    """Returns a number with its noun in the right form: `1 step`, `2 steps`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _edit_lines(edit: Edit, *, alone: bool) -> Iterator[str]:
    if edit.part[-1] == ORDER and not alone:
        return  # new members come with their own line
    name = ".".join(edit.part) if edit.part[-1] != ORDER else f"order of {edit.part[0]}"
    if edit.old is ABSENT:
        yield f"+ {name}: {_json(edit.new)}"
    elif edit.new is ABSENT:
        yield f"- {name}: {_json(edit.old)}"
    else:
        yield from _differences(name, edit.old, edit.new)


def _differences(name: str, old: Any, new: Any) -> Iterator[str]:
    """Yields a line for each place within two values where they differ."""
    if not (isinstance(old, dict) and isinstance(new, dict)):
        if old != new:
            yield f"~ {name}: {_json(old)} -> {_json(new)}"
        return
    for key in dict.fromkeys((*old, *new)):
        if key not in new:
            yield f"- {name}.{key}: {_json(old[key])}"
        elif key not in old:
            yield f"+ {name}.{key}: {_json(new[key])}"
        else:
            yield from _differences(f"{name}.{key}", old[key], new[key])


def _json(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST_VALUE else f"{text[:_LONGEST_VALUE]}…(+{len(text) - _LONGEST_VALUE:,})"


def sentence(text: str) -> str:
    """Returns a sentence with names from the catalog in it, made safe part by part."""
    return " ".join(inline(word) for word in text.split(" "))
