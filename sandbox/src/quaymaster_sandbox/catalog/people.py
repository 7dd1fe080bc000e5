"""Teams and users, which are the entities of `_team` and `_user` (Port: `docs/sso-rbac/users-and-teams`)."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from quaymaster_sandbox.catalog.blueprint import TEAM_RELATION
from quaymaster_sandbox.catalog.deletion import delete_entities
from quaymaster_sandbox.catalog.entities import WriteOptions, create_entity, patch_entity
from quaymaster_sandbox.catalog.entity_rows import find_id
from quaymaster_sandbox.catalog.reading import read_entities, read_entity
from quaymaster_sandbox.clock import format_millis
from quaymaster_sandbox.errors import PortError, identifier_taken, not_found
from quaymaster_sandbox.session import Session

Document = dict[str, Any]

TEAM_FIELDS = (
    "id",
    "name",
    "createdAt",
    "updatedAt",
    "provider",
    "description",
    "users.firstName",
    "users.lastName",
    "users.email",
    "users.picture",
    "users.status",
)
_MEMBER_FIELDS = ("email", "firstName", "lastName", "picture", "status")
_PLAIN = WriteOptions()


def list_teams(session: Session, fields: Sequence[str]) -> list[Document]:
    """Returns all teams with the fields asked for; without any, all but the members (a guess)."""
    blueprint = session.catalog.get("_team")
    ids = [row[0] for row in session.connection.execute(f"SELECT id FROM {blueprint.table} ORDER BY id")]
    entities = read_entities(session, blueprint, ids)
    return [_team(session, entity_id, entity, fields) for entity_id, entity in zip(ids, entities, strict=True)]


def get_team(session: Session, name: str, fields: Sequence[str] = ()) -> Document:
    """Returns one team."""
    entity_id, _ = _find_team(session, name)
    return _team(session, entity_id, read_entity(session, session.catalog.get("_team"), entity_id), fields)


def create_team(session: Session, body: Mapping[str, Any]) -> Document:
    """Creates a team with its members; the identifier of its `_team` entity is the name, unless the body has one."""
    name = body["name"]
    identifier = body.get("identifier", name)
    if _teams_named(session, name) or find_id(session.connection, session.catalog.get("_team"), identifier):
        raise identifier_taken("Team", name)
    properties = {"description": body["description"]} if body.get("description") else {}
    document = {"identifier": identifier, "title": name, "properties": properties}
    create_entity(session, session.catalog.get("_team"), document, _PLAIN)
    set_members(session, identifier, body.get("users") or ())
    return get_team(session, identifier)


def update_team(session: Session, name: str, body: Mapping[str, Any], *, replace: bool) -> Document:
    """Changes a team: `users` replaces its members, `name` renames it; `replace` also clears what is not given."""
    entity_id, identifier = _find_team(session, name)
    change: Document = {}
    if "name" in body and body["name"] != name:
        if [other for other in _teams_named(session, body["name"]) if other[0] != entity_id]:
            raise identifier_taken("Team", body["name"])
        change["title"] = body["name"]
    if replace or "description" in body:
        change["properties"] = {"description": body.get("description")}
    patch_entity(session, session.catalog.get("_team"), identifier, change, _PLAIN)
    if "users" in body:
        set_members(session, identifier, body["users"])
    return get_team(session, identifier)


def delete_team(session: Session, name: str) -> None:
    """Deletes a team; what it owned loses it as an owner."""
    entity_id, _ = _find_team(session, name)
    delete_entities(session, session.catalog.get("_team"), [entity_id], delete_dependents=True)


def set_members(session: Session, team: str, emails: Iterable[str]) -> None:
    """Makes these users, and no others, the members of the team with this identifier."""
    users = session.catalog.get("_user")
    wanted = set(emails)
    for email in sorted(wanted):
        if find_id(session.connection, users, email) is None:
            message = f'User with email "{email}" was not found'
            raise PortError(404, "user_not_found", message, {"field": "email", "value": email})
    current = {member["email"] for member in _members(session, team)}
    for email in sorted(wanted ^ current):
        others = [name for name in _teams_of(session, email) if name != team]
        change = {"team": [*others, team] if email in wanted else others}
        patch_entity(session, users, email, change, _PLAIN)


def list_users(session: Session) -> list[Document]:
    """Returns all users."""
    blueprint = session.catalog.get("_user")
    ids = [row[0] for row in session.connection.execute(f"SELECT id FROM {blueprint.table} ORDER BY id")]
    profiles = {profile["email"]: profile for profile in session.resources("profile").list()}
    entities = read_entities(session, blueprint, ids)
    return [
        _user(session, entity_id, entity, profiles.get(entity["identifier"], {}))
        for entity_id, entity in zip(ids, entities, strict=True)
    ]


def get_user(session: Session, email: str) -> Document:
    """Returns one user."""
    entity_id = _user_id(session, email)
    entity = read_entity(session, session.catalog.get("_user"), entity_id)
    return _user(session, entity_id, entity, session.resources("profile").find(email) or {})


def invite_user(session: Session, invitee: Mapping[str, Any], *, status: str = "Invited") -> Document:
    """Adds a user with roles and teams."""
    email = invitee["email"]
    blueprint = session.catalog.get("_user")
    if find_id(session.connection, blueprint, email) is not None:
        raise identifier_taken("User", email)
    names = [invitee[key] for key in ("firstName", "lastName") if invitee.get(key)]
    roles = invitee.get("roles") or ["Member"]
    body = {
        "identifier": email,
        "title": " ".join(names) or email,
        "team": _team_identifiers(session, invitee.get("teams") or ()),
        "properties": {"status": status, "port_role": _role_property(roles), "port_type": "Standard"},
    }
    create_entity(session, blueprint, body, _PLAIN)
    profile = {key: invitee[key] for key in ("firstName", "lastName", "picture", "providers") if invitee.get(key)}
    session.resources("profile").store(email, {"email": email, "roles": roles, **profile})
    return get_user(session, email)


def update_user(session: Session, email: str, body: Mapping[str, Any]) -> Document:
    """Changes the roles or teams of a user."""
    get_user(session, email)
    change: Document = {}
    if "teams" in body:
        change["team"] = _team_identifiers(session, body["teams"])
    if "roles" in body:
        change["properties"] = {"port_role": _role_property(body["roles"])}
        profile = session.resources("profile").find(email) or {"email": email}
        session.resources("profile").store(email, {**profile, "roles": body["roles"]})
    patch_entity(session, session.catalog.get("_user"), email, change, _PLAIN)
    return get_user(session, email)


def delete_user(session: Session, email: str) -> None:
    """Removes a user from the organisation."""
    delete_entities(session, session.catalog.get("_user"), [_user_id(session, email)], delete_dependents=True)
    session.resources("profile").delete(email)


def _role_property(roles: Sequence[str]) -> str:
    """Returns the `port_role` of a user with these roles: the highest of Port's own, a moderator's if there is one."""
    if "Admin" in roles:
        return "Admin"
    return "Moderator" if any(role.endswith("-moderator") or role == "Moderator" for role in roles) else "Member"


def _teams_named(session: Session, name: str) -> list[tuple[int, str]]:
    """Returns the numbers and identifiers of the teams with a name; a team goes by its identifier, too."""
    table = session.catalog.get("_team").table
    return session.connection.execute(
        f"SELECT id, identifier FROM {table} WHERE title = ?1 OR identifier = ?1 ORDER BY title = ?1 DESC", (name,)
    ).fetchall()


def _find_team(session: Session, name: str) -> tuple[int, str]:
    teams = _teams_named(session, name)
    if not teams:
        raise not_found("Team", name, by_field="name")
    return teams[0]


def _team_identifiers(session: Session, names: Iterable[str]) -> list[str]:
    return [_find_team(session, name)[1] for name in names]


def _teams_of(session: Session, email: str) -> list[str]:
    identifiers: list[str] = read_entity(session, session.catalog.get("_user"), _user_id(session, email))["team"]
    return identifiers


def _user_id(session: Session, email: str) -> int:
    entity_id = find_id(session.connection, session.catalog.get("_user"), email)
    if entity_id is None:
        raise not_found("User", email, by_field="email")
    return entity_id


def _members(session: Session, team: str) -> list[Document]:
    teams, users = session.catalog.get("_team"), session.catalog.get("_user")
    rows = session.connection.execute(
        f"SELECT member.id FROM {teams.table} AS team JOIN edge ON edge.target = team.id AND edge.relation = ?"
        f" JOIN {users.table} AS member ON member.id = edge.source WHERE team.identifier = ? ORDER BY member.id",
        (TEAM_RELATION.id, team),
    ).fetchall()
    return [_member(session, entity) for entity in read_entities(session, users, [row[0] for row in rows])]


def _member(session: Session, entity: Mapping[str, Any]) -> Document:
    profile = session.resources("profile").find(entity["identifier"]) or {}
    return {
        "email": entity["identifier"],
        "firstName": profile.get("firstName", ""),
        "lastName": profile.get("lastName", ""),
        "picture": profile.get("picture", ""),
        "status": entity["properties"].get("status", "Active"),
    }


def _team(session: Session, entity_id: int, entity: Mapping[str, Any], fields: Sequence[str]) -> Document:
    team: Document = {
        "id": _object_id(entity_id),
        "name": entity["title"],
        "description": entity["properties"].get("description", ""),
        "provider": "port",
        "createdAt": entity["createdAt"],
        "updatedAt": entity["updatedAt"],
    }
    member_fields = [field.removeprefix("users.") for field in fields if field.startswith("users.")]
    if fields:
        team = {name: value for name, value in team.items() if name in fields}
    if member_fields:
        members = _members(session, entity["identifier"])
        team["users"] = [{name: member[name] for name in _MEMBER_FIELDS if name in member_fields} for member in members]
    return team


def _user(session: Session, entity_id: int, entity: Mapping[str, Any], profile: Mapping[str, Any]) -> Document:
    status = entity["properties"].get("status", "Active")
    team_titles = dict(
        session.connection.execute(f"SELECT identifier, title FROM {session.catalog.get('_team').table}").fetchall()
    )
    roles = profile.get("roles") or [entity["properties"].get("port_role", "Member")]
    return {
        "id": _object_id(entity_id),
        "email": entity["identifier"],
        "firstName": profile.get("firstName", ""),
        "lastName": profile.get("lastName", ""),
        "picture": profile.get("picture", ""),
        "status": status,
        "type": entity["properties"].get("port_type", "Standard"),
        "providers": profile.get("providers", ["port"]),
        "roles": [{"name": role} for role in roles],
        "teams": [team_titles[identifier] for identifier in entity["team"]],
        "teamsIdentifiers": entity["team"],
        "orgs": [{"id": session.organization}],
        "orgMembers": [
            {
                "orgId": session.organization,
                "status": status,
                "lastLoginAt": format_millis(session.now_micros // 1000),
            }
        ],
        "termsAccepted": status == "Active",
        "createdAt": entity["createdAt"],
        "updatedAt": entity["updatedAt"],
    }


def _object_id(entity_id: int) -> str:
    return f"{entity_id:024x}"
