"""Automations: actions that events set off (Port: `docs/actions-and-automations/define-automations`).

The events are those of the audit log, read at the end of the transaction that wrote them: what a transaction undid has
set off nothing. What automations write are events, too.
"""

import json
import logging
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from quaymaster_sandbox.actions import runs
from quaymaster_sandbox.actions.definitions import ActionQuery, list_actions
from quaymaster_sandbox.actions.execution import Target, new_context, new_run
from quaymaster_sandbox.actions.invocation import evaluate, invoke
from quaymaster_sandbox.actions.people import acting_as
from quaymaster_sandbox.actions.timers import EXPIRED
from quaymaster_sandbox.errors import PortError
from quaymaster_sandbox.session import Session
from quaymaster_sandbox.values.programs import ProgramError, run_program

_log = logging.getLogger(__name__)

Document = dict[str, Any]

LONGEST_CHAIN = 50
"""How many automations one request can set off; Port documents no guard against loops, here they end."""

_PUBLISHED = ActionQuery(trigger_type="automation", published=True)
_EVENTS = {
    "ENTITY_CREATED": ("entity", ("CREATE",)),
    "ENTITY_UPDATED": ("entity", ("UPDATE",)),
    "ENTITY_DELETED": ("entity", ("DELETE",)),
    "ANY_ENTITY_CHANGE": ("entity", ("CREATE", "UPDATE", "DELETE")),
    "TIMER_PROPERTY_EXPIRED": ("entity", (EXPIRED,)),
    "RUN_CREATED": ("run", ("CREATE",)),
    "RUN_UPDATED": ("run", ("UPDATE",)),
    "ANY_RUN_CHANGE": ("run", ("CREATE", "UPDATE")),
}
"""The resource and the actions of the events that an automation can wait for."""


def latest_event(session: Session) -> int:
    """Returns the number of the newest event in the audit log."""
    return int(session.connection.execute("SELECT coalesce(max(id), 0) FROM audit").fetchone()[0])


def run_automations(session: Session, *, since: int) -> None:
    """Runs the published automations that the events after a number set off, and those that these set off in turn."""
    automations = list_actions(session, _PUBLISHED)
    seen = since
    while automations and (rows := _events_after(session, seen)):
        seen = rows[-1][0]
        due = [(it, event) for _, event in rows for it in automations if _is_meant(it["trigger"], event)]
        for automation, event in due:
            if session.automation_runs >= LONGEST_CHAIN:
                _log.warning("automations stopped: one request has set off %d of them", LONGEST_CHAIN)
                return
            session.automation_runs += 1
            _run(session, automation, _described(event))


def _events_after(session: Session, number: int) -> list[tuple[int, Document]]:
    rows = session.connection.execute(
        "SELECT id, document FROM audit WHERE organization = ? AND id > ? ORDER BY id",
        (session.organization_id, number),
    )
    return [(row[0], json.loads(row[1])) for row in rows.fetchall()]


def _is_meant(trigger: Mapping[str, Any], event: Mapping[str, Any]) -> bool:
    """Tells whether an automation waits for an event of the audit log, and its condition holds."""
    wanted = trigger["event"]
    resource, actions = _EVENTS[wanted["type"]]
    if event["resourceType"] != resource or event["action"] not in actions:
        return False
    context = event["context"]
    subjects = {key.removesuffix("Identifier"): value for key, value in wanted.items() if key != "type"}
    is_about = all(context.get(kind) == identifier for kind, identifier in subjects.items())
    return is_about and _holds(trigger.get("condition"), _described(event))


def _holds(condition: Mapping[str, Any] | None, event: Document) -> bool:
    """Tells whether a condition holds; a program that fails does not hold, and no programs ask nothing (guesses).

    The programs see the event itself, and under `.event` as templates do: Port's documents show both.
    """
    if condition is None or not condition["expressions"]:
        return True
    verdicts = (_is_true(program, {**event, "event": event}) for program in condition["expressions"])
    return any(verdicts) if condition.get("combinator") == "or" else all(verdicts)


def _is_true(program: str, given: Document) -> bool:
    try:
        return run_program(program, given) is True
    except ProgramError:
        return False


def _described(event: Mapping[str, Any]) -> Document:
    """Returns an event of the audit log as automations get it (Port: `define-automations/setup-trigger`)."""
    context = event["context"]
    return {
        "action": event["action"],
        "resourceType": event["resourceType"],
        "trigger": event["trigger"],
        "context": {
            "blueprintIdentifier": context.get("blueprint"),
            "entityIdentifier": context.get("entity"),
            "propertyIdentifier": context.get("property"),
        },
        "diff": event["diff"],
    }


def _run(session: Session, automation: Mapping[str, Any], event: Document) -> None:
    """Runs an automation with the rights of an administrator; one that cannot be invoked leaves a failed run."""
    with acting_as(session, replace(session.actor, email=None, origin="AUTOMATION")):
        target = Target(session.catalog.find(event["context"]["blueprintIdentifier"] or ""))
        context = {**new_context(session, automation, target), "event": event, "inputs": {}}
        run = new_run(session, automation, target, context)
        try:
            run["payload"] = evaluate(session, automation["invocationMethod"], context)
        except PortError as error:
            kept = runs.store_new(session, run)
            runs.change(session, kept, status=runs.FAILURE, summary=error.message)
        else:
            invoke(session, runs.store_new(session, run), automation["invocationMethod"], context)
