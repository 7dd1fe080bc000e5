"""Who may see and change the entities of a blueprint (Port: `docs/build-your-software-catalog/set-catalog-rbac`).

Machines may do everything. A user is let in by the first check that passes: role, ownership by one of the user's teams,
a list of teams, a list of users and, for reading, a policy.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from quaymaster_sandbox.catalog.audit import record_document_change
from quaymaster_sandbox.catalog.blueprint import Blueprint
from quaymaster_sandbox.errors import PortError
from quaymaster_sandbox.query.sql import ALWAYS, NEVER, Sql, all_of
from quaymaster_sandbox.session import Session

Document = dict[str, Any]

_WRITES = ("register", "update", "unregister")
_METAS = frozenset({"$title", "$icon", "$identifier", "$team"})


def get_permissions(session: Session, blueprint: Blueprint) -> Document:
    """Returns the permissions of a blueprint; until somebody changes them, members read and moderators write."""
    moderators = _grant(["Admin", f"{blueprint.identifier}-moderator"])
    defaults = {
        "read": {**moderators, "roles": [*moderators["roles"], "Member"]},
        **dict.fromkeys(_WRITES, moderators),
        "updateProperties": dict.fromkeys([*blueprint.properties, *sorted(_METAS)], moderators),
        "updateRelations": dict.fromkeys(blueprint.relations, moderators),
    }
    stored = session.resources("blueprint permissions").find(str(blueprint.id)) or {}
    for name, grant in stored.items():
        defaults[name] = {**defaults[name], **grant}
    return {"entities": defaults}


def update_permissions(session: Session, blueprint: Blueprint, body: Mapping[str, Any]) -> Document:
    """Changes the permissions of a blueprint; a list that is given replaces the one that was there (a guess)."""
    change = body.get("entities") or {}
    unknown = {
        "invalidProperties": sorted(change.get("updateProperties", {}).keys() - blueprint.properties.keys() - _METAS),
        "invalidRelations": sorted(change.get("updateRelations", {}).keys() - blueprint.relations.keys()),
    }
    if any(unknown.values()):
        message = "You cannot update permissions on unknown fields"
        raise PortError(422, "invalid_permissions", message, unknown)
    stored = session.resources("blueprint permissions").find(str(blueprint.id)) or {}
    for name, grant in change.items():
        stored[name] = {**stored.get(name, {}), **grant}
    before = {"permissions": get_permissions(session, blueprint)}
    session.resources("blueprint permissions").store(str(blueprint.id), stored)
    permissions = get_permissions(session, blueprint)
    record_document_change(session, "blueprint", blueprint.identifier, before, {"permissions": permissions})
    return permissions


def readable(session: Session, blueprint: Blueprint, query: Mapping[str, Any] | None = None) -> Sql:
    """Returns the condition that an entity matches a query, if there is one, and that the caller may see it."""
    matching = ALWAYS if query is None else session.condition(blueprint, query)
    return matching if session.actor.email is None else all_of((_visible(session, blueprint), matching))


def is_readable(session: Session, blueprint: Blueprint, entity_id: int) -> bool:
    """Tells whether the caller may see an entity."""
    return session.actor.email is None or _holds(session, blueprint, entity_id, _visible(session, blueprint))


def check_register(session: Session, blueprint: Blueprint) -> None:
    """Refuses the caller who may not create entities of the blueprint."""
    if session.actor.email is not None and not _admits(session, _grants(session, blueprint)["register"]):
        raise _missing("register", blueprint)


def check_unregister(session: Session, blueprint: Blueprint, entity_id: int) -> None:
    """Refuses the caller who may not delete an entity."""
    if session.actor.email is not None:
        _check(session, blueprint, entity_id, _grants(session, blueprint)["unregister"], "unregister")


def check_update(session: Session, blueprint: Blueprint, entity_id: int, body: Mapping[str, Any]) -> None:
    """Refuses the caller who may not change an entity, or one of the properties and relations in the body."""
    if session.actor.email is None:
        return
    grants = _grants(session, blueprint)
    _check(session, blueprint, entity_id, grants["update"], "update")
    fields = [(name, grants["updateProperties"]) for name in body.get("properties") or {}]
    fields += [(f"${name}", grants["updateProperties"]) for name in ("title", "icon", "team") if name in body]
    fields += [(name, grants["updateRelations"]) for name in body.get("relations") or {}]
    for name, field_grants in fields:
        if name in field_grants:
            _check(session, blueprint, entity_id, field_grants[name], f'update "{name}" of')


def check_moderator(session: Session) -> None:
    """Refuses members what Port keeps for administrators and moderators.

    Port: members read and run actions (`docs/sso-rbac/rbac-overview`), and GET /v1/integration needs another role. That
    all writes but those of entities and runs do as well is a guess.
    """
    is_member = not any(role == "Admin" or role.lower().endswith("moderator") for role in roles_of(session))
    if session.actor.email is not None and is_member:
        raise PortError(403, "missing_permissions", "You need the role Admin or Moderator")


def roles_of(session: Session) -> Sequence[str]:
    """Returns the names of the caller's roles."""
    profile = session.resources("profile").find(session.actor.email or "") or {}
    roles: Sequence[str] = profile.get("roles", ["Member"])
    return roles


def _grants(session: Session, blueprint: Blueprint) -> Document:
    grants: Document = get_permissions(session, blueprint)["entities"]
    return grants


def _grant(roles: list[str]) -> Document:
    return {"users": [], "teams": [], "roles": roles, "ownedByTeam": False}


def _visible(session: Session, blueprint: Blueprint) -> Sql:
    grant = _grants(session, blueprint)["read"]
    if _admits(session, grant):
        return ALWAYS
    if grant.get("ownedByTeam"):
        return _owned(session, blueprint)
    policy = grant.get("policy")
    return session.condition(blueprint, policy) if policy is not None else NEVER


def _check(session: Session, blueprint: Blueprint, entity_id: int, grant: Mapping[str, Any], operation: str) -> None:
    if _admits(session, grant):
        return
    if not grant.get("ownedByTeam") or not _holds(session, blueprint, entity_id, _owned(session, blueprint)):
        raise _missing(operation, blueprint)


def _missing(operation: str, blueprint: Blueprint) -> PortError:
    message = f'You do not have permission to {operation} entities of the blueprint "{blueprint.identifier}"'
    return PortError(403, "missing_permissions", message, {"blueprint": blueprint.identifier})


def _admits(session: Session, grant: Mapping[str, Any]) -> bool:
    lists = (
        (roles_of(session), "roles"),
        (session.caller.identifiers("userTeams"), "teams"),
        (session.caller.identifiers("user"), "users"),
    )
    return any(set(names) & set(grant.get(key) or ()) for names, key in lists)


def _owned(session: Session, blueprint: Blueprint) -> Sql:
    """Returns the condition that one of the caller's teams owns an entity."""
    teams = list(session.caller.identifiers("userTeams"))
    rule = {"property": "$team", "operator": "containsAny", "value": teams}
    return session.condition(blueprint, {"combinator": "and", "rules": [rule]})


def _holds(session: Session, blueprint: Blueprint, entity_id: int, condition: Sql) -> bool:
    row = session.connection.execute(
        f"SELECT 1 FROM {blueprint.table} AS v WHERE v.id = ? AND {condition.text}", (entity_id, *condition.values)
    ).fetchone()
    return row is not None
