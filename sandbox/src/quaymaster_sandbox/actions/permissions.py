"""Who may run an action and approve its runs (Port: /v1/actions/{action_identifier}/permissions).

Machines may do everything, as with entities.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, islice
from typing import Any

from quaymaster.port.documents import DocumentError, validate_request
from quaymaster.port.documents.query import Query
from quaymaster_sandbox.actions.definitions import ActionQuery, list_actions
from quaymaster_sandbox.actions.templates import TemplateError, render
from quaymaster_sandbox.catalog.audit import record_document_change
from quaymaster_sandbox.catalog.finding import find_ids
from quaymaster_sandbox.catalog.people import list_users
from quaymaster_sandbox.catalog.permissions import roles_of
from quaymaster_sandbox.catalog.reading import read_entities
from quaymaster_sandbox.errors import PortError
from quaymaster_sandbox.session import Session
from quaymaster_sandbox.values.programs import ProgramError, run_program

Document = dict[str, Any]

_KIND = "action permissions"
_POLICY_LIMIT = 1000
"""Port: the most entities that one query of a policy sees (`dynamic-permissions.md`)."""


def get_permissions(session: Session, action: Mapping[str, Any]) -> Document:
    """Returns the permissions of an action; until somebody changes them, members run it and administrators approve."""
    nobody: Document = {"users": [], "roles": [], "teams": []}
    execute = {**nobody, "roles": list(session.assumptions.action_execute_roles), "ownedByTeam": False}
    approve = {**nobody, "roles": list(session.assumptions.action_approve_roles)}
    defaults = {"execute": execute, "approve": approve}
    stored = session.resources(_KIND).find(action["id"]) or {}
    return {name: {**grant, **stored.get(name, {})} for name, grant in defaults.items()}


def update_permissions(session: Session, action: Mapping[str, Any], body: Mapping[str, Any]) -> Document:
    """Changes what the body names; a list that is given replaces the one that was there, and `null` ends a policy."""
    before = get_permissions(session, action)
    stored = session.resources(_KIND).find(action["id"]) or {}
    for name, grant in body.items():
        changed = {**stored.get(name, {}), **grant}
        stored[name] = {key: value for key, value in changed.items() if value is not None}
    session.resources(_KIND).store(action["id"], stored)
    after = get_permissions(session, action)
    record_document_change(session, "action", action["identifier"], {"permissions": before}, {"permissions": after})
    return after


def delete_permissions(session: Session, action: Mapping[str, Any]) -> None:
    """Forgets the permissions of an action."""
    session.resources(_KIND).delete(action["id"])


def check_execute(session: Session, action: Mapping[str, Any], context: Mapping[str, Any]) -> None:
    """Refuses the caller who may not run an action in a context: `inputs`, `entity`, `user` and so on.

    A policy decides alone if there is one: the lists are then about who sees the action.
    """
    grant = get_permissions(session, action)["execute"]
    if session.actor.email is None:
        return
    if "policy" in grant:
        allowed = any(answer is True for answer in _answers(session, grant["policy"], context))
    else:
        allowed = _admits(session, grant) or (grant["ownedByTeam"] and _owns(session, context.get("entity")))
    if not allowed:
        message = f'You do not have permission to execute the action "{action["identifier"]}"'
        raise PortError(403, "missing_permissions", message, {"action": action["identifier"]})


def list_approvers(session: Session, action: Mapping[str, Any], context: Mapping[str, Any]) -> list[str]:
    """Returns the e-mails of the users who may approve a run: those that the policy names, or those of the lists."""
    grant = get_permissions(session, action)["approve"]
    if "policy" in grant:
        answers = _answers(session, grant["policy"], context)
        named = chain.from_iterable(answer for answer in answers if isinstance(answer, list))
        return list(dict.fromkeys(email for email in named if isinstance(email, str)))
    return [user["email"] for user in list_users(session) if _names(grant, user)]


def execute_scopes(session: Session) -> Iterator[str]:
    """Yields the names of what the caller may run (Port: GET /v1/auth/permissions).

    An action for the owners of entities alone is `execute:team_entities:actions:<id>`.
    """
    for action in list_actions(session, ActionQuery(trigger_type="self-service")):
        grant = get_permissions(session, action)["execute"]
        if session.actor.email is None or _admits(session, grant):
            yield f"execute:actions:{action['identifier']}"
        elif grant["ownedByTeam"]:
            yield f"execute:team_entities:actions:{action['identifier']}"


def _admits(session: Session, grant: Mapping[str, Any]) -> bool:
    email = session.actor.email
    teams = session.caller.identifiers("userTeams")
    return email in grant["users"] or bool({*roles_of(session)} & {*grant["roles"]} or {*teams} & {*grant["teams"]})


def _names(grant: Mapping[str, Any], user: Mapping[str, Any]) -> bool:
    roles = {role["name"] for role in user["roles"]}
    teams = {*user["teams"], *user["teamsIdentifiers"]}
    return user["email"] in grant["users"] or bool(roles & {*grant["roles"]} or teams & {*grant["teams"]})


def _owns(session: Session, entity: Mapping[str, Any] | None) -> bool:
    return entity is not None and bool({*session.caller.identifiers("userTeams")} & {*entity["team"]})


def _answers(session: Session, policy: Mapping[str, Any], context: Mapping[str, Any]) -> Iterator[Any]:
    """Yields what the conditions of a policy say; one that fails says nothing (a guess)."""
    results = {name: _run_query(session, query, context) for name, query in policy["queries"].items()}
    given = {**context, "results": {name: found for name, found in results.items() if found is not None}}
    for condition in policy["conditions"]:
        try:
            yield run_program(condition, given)
        except ProgramError:
            continue


def _run_query(session: Session, query: Mapping[str, Any], context: Mapping[str, Any]) -> Document | None:
    """Returns the entities that a query of a policy finds; None if it fails, which Port ignores."""
    try:
        rendered = render(query, context)
        validate_request(Query, rendered)
        return {"entities": list(islice(_search(session, rendered), _POLICY_LIMIT))}
    except (TemplateError, DocumentError, PortError):
        return None


def _search(session: Session, query: Mapping[str, Any]) -> Iterator[Document]:
    """Yields the entities that match, whoever asks: policies see the whole catalog (a guess)."""
    for blueprint in session.catalog:
        ids: Sequence[int] = find_ids(session, blueprint, session.condition(blueprint, query), limit=_POLICY_LIMIT)
        yield from read_entities(session, blueprint, ids)
