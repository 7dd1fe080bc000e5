"""The way from a wish to run an action to a run (Port: POST /v1/actions/{action_identifier}/runs).

Port documents the codes of the refusals, not the order in which it looks; the order here is a guess.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from quaymaster_sandbox.actions import runs
from quaymaster_sandbox.actions.approvals import wait_for_approval
from quaymaster_sandbox.actions.definitions import get_action
from quaymaster_sandbox.actions.forms import check_inputs, describe_inputs, fill_defaults, mask_encrypted
from quaymaster_sandbox.actions.invocation import evaluate, invoke
from quaymaster_sandbox.actions.people import describe_caller, describe_trigger
from quaymaster_sandbox.actions.permissions import check_execute
from quaymaster_sandbox.catalog.blueprint import Blueprint
from quaymaster_sandbox.catalog.entity_rows import find_id
from quaymaster_sandbox.catalog.finding import find_ids
from quaymaster_sandbox.catalog.permissions import is_readable
from quaymaster_sandbox.catalog.reading import read_entity
from quaymaster_sandbox.errors import PortError, not_found
from quaymaster_sandbox.query.sql import Sql, all_of
from quaymaster_sandbox.session import Session

Document = dict[str, Any]


@dataclass(frozen=True)
class Target:
    """What an action is about: its blueprint, and the entity that it runs on."""

    blueprint: Blueprint | None = None
    entity: Document | None = None

    def context(self) -> Document:
        """Returns the target as templates see it."""
        blueprint = None if self.blueprint is None else _resource(self.blueprint.document)
        return {"blueprint": blueprint, "entity": self.entity}


def execute(
    session: Session, identifier: str, body: Mapping[str, Any], *, impersonated_by: str | None = None
) -> Document:
    """Runs an action for the one who acts in the session, and returns the run."""
    action = get_action(session, identifier)
    if action["trigger"]["type"] != "self-service":
        raise PortError(422, "run_non_self_service_error", f'"{identifier}" is an automation: it runs by itself')
    form = action["trigger"]["userInputs"]
    target = _find_target(session, action, body.get("entity"))
    context = {**new_context(session, action, target), "inputs": describe_inputs(session, form, body["properties"])}
    check_execute(session, action, context)
    _check_target(session, action, target, body.get("entity"))
    inputs = fill_defaults(session, form, body["properties"], context)
    check_inputs(session, form, inputs, context)
    context["inputs"] = describe_inputs(session, form, inputs)
    run = new_run(session, action, target, context)
    run["properties"] = mask_encrypted(form, inputs)
    run["payload"] = evaluate(session, action["invocationMethod"], context)
    if impersonated_by is not None:
        run["impersonatedBy"] = impersonated_by
    if action.get("requiredApproval"):
        return wait_for_approval(session, run, action, context)
    return invoke(session, runs.store_new(session, run), action["invocationMethod"], context)


def new_context(session: Session, action: Mapping[str, Any], target: Target) -> Document:
    """Returns what templates and policies see of a run that is about to begin."""
    return {
        "action": _resource(action),
        "run": {"id": f"r_{session.ids.text(16)}", "createdBy": session.actor.id},
        "trigger": describe_trigger(session, action),
        "user": describe_caller(session),
        **target.context(),
    }


def new_run(session: Session, action: Mapping[str, Any], target: Target, context: Mapping[str, Any]) -> Document:
    """Returns a run in progress, not yet kept, without inputs or payload."""
    return {
        "id": context["run"]["id"],
        "status": runs.IN_PROGRESS,
        "action": _resource(action),
        "blueprint": context["blueprint"],
        "entity": None if target.entity is None else _resource(target.entity),
        "properties": {},
        "source": "AUTOMATION" if session.actor.origin == "AUTOMATION" else "API",
        "requiredApproval": session.assumptions.run_without_approval,
        "approval": None,
        "payload": None,
        "statusLabel": None,
        **session.stamps(),
        "endedAt": None,
    }


def _resource(document: Mapping[str, Any]) -> Document:
    return {key: document.get(key) for key in ("identifier", "title", "icon")}


def _runs_on_entity(action: Mapping[str, Any]) -> bool:
    trigger = action["trigger"]
    return trigger["operation"] != "CREATE" and "blueprintIdentifier" in trigger


def _find_target(session: Session, action: Mapping[str, Any], entity: str | None) -> Target:
    """Returns what there is of an action's target; an entity is only looked at if the action runs on one."""
    blueprint = session.catalog.find(action["trigger"].get("blueprintIdentifier", ""))
    if blueprint is None or entity is None or not _runs_on_entity(action):
        return Target(blueprint)
    entity_id = find_id(session.connection, blueprint, entity)
    if entity_id is None or not is_readable(session, blueprint, entity_id):
        return Target(blueprint)
    return Target(blueprint, read_entity(session, blueprint, entity_id))


def _check_target(session: Session, action: Mapping[str, Any], target: Target, entity: str | None) -> None:
    """Refuses a run without the entity that the action needs, or on one that it is not for."""
    if not _runs_on_entity(action):
        return
    if entity is None:
        message = f'The action "{action["identifier"]}" runs on an entity: name it in "entity"'
        raise PortError(422, "missing_self_service_action_entity", message)
    blueprint = session.catalog.get(action["trigger"]["blueprintIdentifier"])
    if target.entity is None:
        raise not_found("Entity", entity)
    condition = action["trigger"].get("condition")
    if condition is not None:
        named = Sql("v.identifier = ?", (target.entity["identifier"],))
        if not find_ids(session, blueprint, all_of((named, session.condition(blueprint, condition)))):
            message = f'The entity "{entity}" does not pass the condition of the action "{action["identifier"]}"'
            raise PortError(422, "entity_does_not_pass_condition", message)
