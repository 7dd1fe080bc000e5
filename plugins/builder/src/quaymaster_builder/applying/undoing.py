"""Plans the way back from what a plan has done."""

from collections.abc import Sequence
from typing import Any

from quaymaster import InputError, PortClient
from quaymaster.port.redaction import REDACTED
from quaymaster_builder.applying.saving import Saved
from quaymaster_builder.applying.store import StoredPlan
from quaymaster_builder.model.parts import apply_edits, get_part, is_same, set_part, split
from quaymaster_builder.model.refs import ABSENT, Json, Ref
from quaymaster_builder.model.secrets import find_removed_secrets
from quaymaster_builder.planning.checking import find_troubles
from quaymaster_builder.planning.evolving import Evolution
from quaymaster_builder.planning.plan import Plan
from quaymaster_builder.planning.planner import Terms, conclude
from quaymaster_builder.planning.reading import Scope, read_documents
from quaymaster_builder.planning.renaming import Renaming
from quaymaster_builder.planning.steps import Step
from quaymaster_builder.planning.trouble import PlanError

__all__ = ["plan_undo"]

_SECRET_NAME = "REPLACE_ME"  # noqa: S105 - the name of a secret, not one


async def plan_undo(port: PortClient, stored: StoredPlan, terms: Terms) -> Plan:
    """Returns the plan that takes back every step that was begun.

    What somebody else has changed since is left as it is, and told.

    Raises:
        InputError: The plan was never begun: there is nothing to take back.
        PlanError: Something that was built on the plan since stands against it.
    """
    begun = {place for it in stored.journal if it.event in {"sending", "done"} for place in it.detail["steps"]}
    if not begun:
        raise InputError(f"plan {stored.id!r} has changed nothing, so there is nothing to undo")
    steps = [stored.plan.steps[place] for place in sorted(begun)]
    saved: Saved = stored.journal[0].detail["saved"]
    reverting = _Reverting(await read_documents(port, _scope(steps, saved)))
    for step in reversed(steps):
        reverting.take_back(step)
    for ref, document in stored.plan.going_along.items():
        reverting.bring_back_permissions(ref, document)
    for entity in saved:
        reverting.bring_back(entity)
    evolution = reverting.evolution
    if troubles := find_troubles(evolution.renamed, evolution.after):
        raise PlanError(troubles)
    return await conclude(port, evolution, terms, undoes=stored.id, notes=reverting.notes)


def _scope(steps: Sequence[Step], saved: Saved) -> Scope:
    kinds = {step.ref.kind for step in steps}
    single = {step.ref for step in steps if step.ref.kind == "entity" or step.ref.kind.endswith("_permissions")}
    single |= {Ref("entity", it["identifier"], it["blueprint"]) for it in saved}
    made = {step.ref.identifier for step in steps if step.ref.kind == "blueprint" and step.verb == "create"}
    return Scope(
        scorecards=bool(kinds & {"blueprint", "scorecard"}),
        actions=bool(kinds & {"action", "action_permissions"}),
        pages=bool(made or kinds & {"page", "page_permissions"}),
        single=single,
        emptied=made,
    )


class _Reverting:
    """The way back, as an evolution of what is there now.

    Attributes:
        evolution: The states.
        notes: What is not as one might expect.
    """

    def __init__(self, documents: dict[Ref, Json]) -> None:
        self.evolution = Evolution(documents)
        self.notes: list[str] = []

    def take_back(self, step: Step) -> None:
        """Takes one step back, as far as nobody has changed what it did."""
        after = self.evolution.after
        match step.verb:
            case "create" if step.ref in after:
                for ref in list(after):
                    if step.ref in (ref, ref.owner) or _is_catalog_page(step.ref, ref, after[ref]):
                        del after[ref]
            case "delete" if step.ref in after:
                self.notes.append(f"{step.ref} is there again, and is left as it is")
            case "delete" if step.ref.kind != "entities":
                edits = [edit.inverted() for edit in step.edits]
                after[step.ref] = self._without_marks(step.ref, apply_edits(step.ref.kind, None, edits))
            case "update" if step.ref in after:
                self._take_back_edits(step)
            case "update":
                self.notes.append(f"{step.ref} is gone, so nothing of it is taken back")
            case "rename":
                self._take_back_name(step)

    def bring_back_permissions(self, ref: Ref, document: Json) -> None:
        """Gives a document that comes back the permissions that it had."""
        after = self.evolution.after
        if ref.owner in after and ref.owner not in self.evolution.before:
            after[ref] = document

    def bring_back(self, entity: Json) -> None:
        """Brings a saved entity back, or the values that it has lost, where there is nothing in their place."""
        after = self.evolution.after
        ref = Ref("entity", entity["identifier"], entity["blueprint"])
        document = {key: it for key, it in entity.items() if key not in {"blueprint", "whole"}}
        if ref.owner not in after:
            return
        if entity["whole"]:
            after.setdefault(ref, document)
        elif ref in after:
            for part, value in split("entity", document).items():
                if part != ("identifier",) and get_part(after[ref], part) in (ABSENT, None, []):
                    after[ref] = set_part(after[ref], part, value)

    def _take_back_edits(self, step: Step) -> None:
        after, ref = self.evolution.after, step.ref
        for edit in reversed(step.edits):
            live = get_part(after[ref], edit.part)
            if is_same(ref.kind, edit.part, live, edit.new):
                after[ref] = set_part(after[ref], edit.part, edit.old)
            elif not is_same(ref.kind, edit.part, live, edit.old):
                self.notes.append(f"{'.'.join(edit.part)} of {ref} was changed since, and is left as it is")

    def _take_back_name(self, step: Step) -> None:
        old, new = step.edits
        renaming, evolution = Renaming(step.ref, new.part, old.part[-1]), self.evolution
        there = [
            get_part(state.get(step.ref), new.part) is not ABSENT for state in (evolution.renamed, evolution.after)
        ]
        if all(there) and get_part(evolution.after[step.ref], old.part) is ABSENT:
            evolution.renamings.append(renaming)
            evolution.renamed = renaming.carried_out(evolution.renamed)
            evolution.after = renaming.carried_out(evolution.after)

    def _without_marks(self, ref: Ref, document: Json) -> Json:
        """Returns a document with a reference to a secret where Port's own cannot come back."""
        for place in find_removed_secrets(document):
            self.notes.append(
                f"the secret in {'.'.join(place)} of {ref} cannot come back: set secret {_SECRET_NAME} in Port for it"
            )
        restored: Json = _replaced(document, REDACTED, f"{{{{ .secrets.{_SECRET_NAME} }}}}")
        return restored


def _is_catalog_page(blueprint: Ref, ref: Ref, document: Json) -> bool:
    """Tells whether a document is the page that Port makes along with a blueprint (Port: POST /v1/blueprints)."""
    lists_it = document.get("type") == "blueprint-entities" and document.get("blueprint") == blueprint.identifier
    return blueprint.kind == "blueprint" and ref.kind == "page" and lists_it


def _replaced(value: Any, mark: str, by: str) -> Any:
    if isinstance(value, dict):
        return {key: _replaced(member, mark, by) for key, member in value.items()}
    if isinstance(value, list):
        return [_replaced(member, mark, by) for member in value]
    return by if value == mark else value
