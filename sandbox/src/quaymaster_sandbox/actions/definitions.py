"""Actions and automations as they are defined: one resource, told apart by the trigger (Port: /v1/actions)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from quaymaster_sandbox.catalog.audit import record_document_change
from quaymaster_sandbox.errors import PortError, identifier_taken, not_found
from quaymaster_sandbox.session import Session

Document = dict[str, Any]

_KIND = "action"


@dataclass(frozen=True)
class ActionQuery:
    """What a request for actions asks; all conditions hold together, an empty list asks nothing."""

    identifiers: Sequence[str] = ()
    blueprints: Sequence[str] = ()
    operations: Sequence[str] = ()
    trigger_type: str | None = None
    events: Sequence[str] = ()
    event_actions: Sequence[str] = ()
    published: bool | None = None

    def accepts(self, action: Mapping[str, Any]) -> bool:
        """Tells whether an action meets every condition."""
        trigger = action["trigger"]
        event = trigger.get("event", {})
        blueprint = trigger.get("blueprintIdentifier", event.get("blueprintIdentifier"))
        asked = (
            (self.identifiers, action["identifier"]),
            (self.blueprints, blueprint),
            (self.operations, trigger.get("operation")),
            (self.events, event.get("type")),
            (self.event_actions, event.get("actionIdentifier")),
            ([] if self.trigger_type is None else [self.trigger_type], trigger["type"]),
            ([] if self.published is None else [self.published], action.get("publish", False)),
        )
        return all(not wanted or value in wanted for wanted, value in asked)


def list_actions(session: Session, query: ActionQuery) -> list[Document]:
    """Returns the actions and automations that a query accepts, in order of creation."""
    return [action for action in session.resources(_KIND).list() if query.accepts(action)]


def find_action(session: Session, identifier: str) -> Document | None:
    """Returns an action or automation, or None."""
    return session.resources(_KIND).find(identifier)


def get_action(session: Session, identifier: str) -> Document:
    """Returns an action or automation; Port's 404 if there is none."""
    action = find_action(session, identifier)
    if action is None:
        raise not_found("Action", identifier)
    return action


def create_action(session: Session, body: Mapping[str, Any]) -> Document:
    """Creates an action or automation.

    Its blueprint need not exist: Port lists no 404 for POST /v1/actions, and keeps the actions of deleted blueprints.
    """
    _check_form(session, body)
    if find_action(session, body["identifier"]) is not None:
        raise identifier_taken("Action", body["identifier"])
    return _store(session, None, {**body, "id": f"action_{session.ids.text(16)}", **session.stamps()})


def replace_action(session: Session, identifier: str, body: Mapping[str, Any]) -> Document:
    """Puts a definition in the place of another one, which keeps its permissions; the body may rename it."""
    stored = get_action(session, identifier)
    _check_form(session, body)
    if body["identifier"] != identifier and find_action(session, body["identifier"]) is not None:
        raise identifier_taken("Action", body["identifier"])
    if body["identifier"] != identifier:
        session.resources(_KIND).delete(identifier)
    return _store(session, stored, {**body, "id": stored["id"], **session.stamps(stored)})


def delete_action(session: Session, identifier: str) -> None:
    """Deletes an action or automation; its runs stay."""
    action = get_action(session, identifier)
    session.resources(_KIND).delete(identifier)
    record_document_change(session, "action", identifier, action, None)


def flattened(action: Mapping[str, Any]) -> Document:
    """Returns a self-service action in the shape of `version=v1`, in which the trigger is its operation.

    Port only says that this is the shape from before automations came; how it looks is a guess.
    """
    trigger = action["trigger"]
    parts = {"userInputs": trigger["userInputs"], "blueprint": trigger.get("blueprintIdentifier")}
    return {**action, "trigger": trigger["operation"], **parts}


def _store(session: Session, before: Document | None, action: Document) -> Document:
    session.resources(_KIND).store(action["identifier"], action)
    record_document_change(session, "action", action["identifier"], before, action)
    return action


def _check_form(session: Session, body: Mapping[str, Any]) -> None:
    """Refuses a form whose order names what it does not have; that Port does so is a guess."""
    form = body["trigger"].get("userInputs")
    if form is None or not session.assumptions.form_order_checked:
        return
    known = form["properties"].keys() | form.get("titles", {}).keys()
    unknown = [name for name in _ordered(form) if name not in known]
    if unknown:
        message = f'The order of the user inputs names "{unknown[0]}", which is no input'
        raise PortError(422, "user_inputs_schema_invalid", message, {"unknown": unknown, "inputs": sorted(known)})


def _ordered(form: Mapping[str, Any]) -> Iterator[str]:
    yield from form.get("order", ())
    for step in form.get("steps", ()):
        yield from step.get("order", ())
