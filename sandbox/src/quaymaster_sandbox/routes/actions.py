"""Definitions of actions and automations, and who may run them (Port: /v1/actions)."""

from typing import Any

from quaymaster.port.documents.action import ActionWrite
from quaymaster.port.documents.permissions import ActionPermissions
from quaymaster.port.documents.trigger import OPERATIONS, Event
from quaymaster_sandbox.actions import definitions, permissions
from quaymaster_sandbox.http import Call, Response, ok
from quaymaster_sandbox.router import Route

VERSIONS = ("v1", "v2")


def list_actions(call: Call) -> Response:
    """Answers the actions and automations that meet every condition of the query string."""
    version = call.choice("version", VERSIONS)
    query = definitions.ActionQuery(
        identifiers=call.texts("action_identifier"),
        blueprints=call.texts("blueprint_identifier"),
        operations=call.choices("operation", OPERATIONS),
        trigger_type="self-service" if version == "v1" else call.choice("trigger_type", ("self-service", "automation")),
        events=call.choices("trigger_event", tuple(Event.kinds)),
        event_actions=call.texts("trigger_event_action_identifier"),
        published=call.flag("published") if call.text("published") is not None else None,
    )
    found = definitions.list_actions(call.session, query)
    return ok(actions=[definitions.flattened(action) for action in found] if version == "v1" else found)


def get_action(call: Call) -> Response:
    """Answers one action or automation."""
    return ok(action=_action(call))


def create_action(call: Call) -> Response:
    """Creates an action or automation."""
    action = definitions.create_action(call.session, call.document(ActionWrite))
    return ok(call.session.assumptions.create_status, action=action)


def replace_action(call: Call) -> Response:
    """Replaces an action or automation."""
    identifier = call.params["action_identifier"]
    return ok(action=definitions.replace_action(call.session, identifier, call.document(ActionWrite)))


def delete_action(call: Call) -> Response:
    """Deletes an action or automation."""
    permissions.delete_permissions(call.session, _action(call))
    definitions.delete_action(call.session, call.params["action_identifier"])
    return ok()


def get_permissions(call: Call) -> Response:
    """Answers who may run an action and approve its runs."""
    return ok(permissions=permissions.get_permissions(call.session, _action(call)))


def patch_permissions(call: Call) -> Response:
    """Changes who may run an action and approve its runs."""
    action = _action(call)
    body = call.document(ActionPermissions, optional=True)
    return ok(permissions=permissions.update_permissions(call.session, action, body))


def _action(call: Call) -> dict[str, Any]:
    return definitions.get_action(call.session, call.params["action_identifier"])


_ALL = "/v1/actions"
_ONE = f"{_ALL}/{{action_identifier}}"

ROUTES = (
    Route("GET", _ALL, list_actions),
    Route("POST", _ALL, create_action, writes=True, moderators=True),
    Route("GET", _ONE, get_action),
    Route("PUT", _ONE, replace_action, writes=True, moderators=True),
    Route("DELETE", _ONE, delete_action, writes=True, moderators=True),
    Route("GET", f"{_ONE}/permissions", get_permissions),
    Route("PATCH", f"{_ONE}/permissions", patch_permissions, writes=True, moderators=True),
)
