"""The organization: its teams, users, settings and the names of its secrets."""

from collections.abc import Sequence

from quaymaster.port.bodies import Body, to_body
from quaymaster.port.documents.organisation import Organization as Settings
from quaymaster.port.documents.organisation import Secret, Team, User
from quaymaster.port.sender import JSON, Sender
from quaymaster.port.verify import changed, created, gone

__all__ = ["Organization"]

_ORGANIZATION = "/v1/organization"
_TEAMS = "/v1/teams"
_TEAM = "/v1/teams/{name}"
_TEAM_FIELDS = ("id", "name", "description", "provider", "users.email")
_USERS = "/v1/users"
_USER = "/v1/users/{user_email}"
_SECRETS = "/v1/organization/secrets"
_SECRET = "/v1/organization/secrets/{secret_name}"  # noqa: S105 - a route, not a secret


class Organization:
    """Reads and changes teams, users, the organization's settings and its secrets."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender

    async def get(self) -> Settings:
        """Returns the organization's name, settings and feature flags (Port: GET /v1/organization)."""
        answer = await self._sender.send("GET", _ORGANIZATION)
        return Settings.read(answer["organization"])

    async def update(self, changes: Body) -> None:
        """Changes the organization; Port wants its name among the changes (Port: PATCH /v1/organization).

        Raises:
            RejectedError: Port does not accept the changes.
        """
        body = to_body(changes)
        proof = changed(_ORGANIZATION, {}, "organization", body)
        await self._sender.send("PATCH", _ORGANIZATION, body=body, repeatable=True, proof=proof)

    async def list_teams(self) -> list[Team]:
        """Returns all teams with the e-mail addresses of their members (Port: GET /v1/teams)."""
        answer = await self._sender.send("GET", _TEAMS, query={"fields": _TEAM_FIELDS})
        return [Team.read(document) for document in answer["teams"]]

    async def create_team(self, document: Body) -> Team:
        """Creates a team and returns it (Port: POST /v1/teams).

        Raises:
            ConflictError: The name is taken.
            NotFoundError: A user of it does not exist (`user_not_found`).
        """
        body = to_body(document)
        proof = created(_TEAM, {"name": body["name"]}, "team", _without_users(body)) if "name" in body else None
        answer = await self._sender.send("POST", _TEAMS, body=body, proof=proof)
        return Team.read(answer["team"])

    async def update_team(self, name: str, changes: Body) -> Team:
        """Changes a team and returns it; `users` replaces the list (Port: PATCH /v1/teams/{name}).

        Raises:
            NotFoundError: There is no such team, or a user of it does not exist.
        """
        body = to_body(changes)
        final = body.get("name", name)
        answer = await self._sender.send(
            "PATCH",
            _TEAM,
            {"name": name},
            body=body,
            repeatable=final == name,  # a renamed team is not there any more
            proof=changed(_TEAM, {"name": final}, "team", _without_users(body)),
        )
        return Team.read(answer["team"])

    async def delete_team(self, name: str) -> None:
        """Deletes a team (Port: DELETE /v1/teams/{name}).

        Raises:
            NotFoundError: There is no such team.
        """
        await self._sender.send("DELETE", _TEAM, {"name": name}, proof=gone(_TEAM, {"name": name}))

    async def list_users(self) -> list[User]:
        """Returns all users (Port: GET /v1/users)."""
        answer = await self._sender.send("GET", _USERS)
        return [User.read(document) for document in answer["users"]]

    async def get_user(self, email: str) -> User:
        """Returns one user (Port: GET /v1/users/{user_email}).

        Raises:
            NotFoundError: There is no such user.
        """
        answer = await self._sender.send("GET", _USER, {"user_email": email})
        return User.read(answer["user"])

    async def invite_user(
        self, email: str, *, roles: Sequence[str] = (), teams: Sequence[str] = (), notify: bool = True
    ) -> None:
        """Invites a user (Port: POST /v1/users/invite).

        Raises:
            RejectedError: Port does not accept the address, a role or a team.
        """
        invitee: JSON = {"email": email}
        invitee |= {name: list(value) for name, value in (("roles", roles), ("teams", teams)) if value}
        await self._sender.send(
            "POST",
            "/v1/users/invite",
            query={"notify": notify},
            body={"invitee": invitee},
            proof=created(_USER, {"user_email": email}, "user", {"email": email}),
        )

    async def update_user(self, email: str, changes: Body) -> User:
        """Changes the roles and teams of a user and returns it (Port: PATCH /v1/users/{user_email}).

        Raises:
            NotFoundError: There is no such user.
        """
        body, path = to_body(changes), {"user_email": email}
        answer = await self._sender.send("PATCH", _USER, path, body=body, repeatable=True)
        return User.read({name: value for name, value in answer.items() if name != "ok"})  # Port answers it flat

    async def delete_user(self, email: str) -> None:
        """Deletes a user (Port: DELETE /v1/users/{user_email}).

        Raises:
            NotFoundError: There is no such user.
        """
        path = {"user_email": email}
        await self._sender.send("DELETE", _USER, path, proof=gone(_USER, path))

    async def list_secrets(self) -> list[Secret]:
        """Returns the names of all secrets, never their values (Port: GET /v1/organization/secrets)."""
        answer = await self._sender.send("GET", _SECRETS)
        return [Secret.read(document) for document in answer["secrets"]]

    async def create_secret(self, document: Body) -> Secret:
        """Stores a secret and returns what Port shows of it (Port: POST /v1/organization/secrets).

        Raises:
            ConflictError: The name is taken.
        """
        body = to_body(document)
        shown = {name: value for name, value in body.items() if name != "secretValue"}
        proof = created(_SECRET, {"secret_name": body["secretName"]}, "secret", shown) if "secretName" in body else None
        answer = await self._sender.send("POST", _SECRETS, body=body, proof=proof)
        return Secret.read(answer["secret"])

    async def update_secret(self, name: str, changes: Body) -> None:
        """Changes a secret's value or description (Port: PATCH /v1/organization/secrets/{secret_name}).

        Raises:
            NotFoundError: There is no such secret.
        """
        await self._sender.send("PATCH", _SECRET, {"secret_name": name}, body=to_body(changes), repeatable=True)

    async def delete_secret(self, name: str) -> None:
        """Deletes a secret (Port: DELETE /v1/organization/secrets/{secret_name}).

        Raises:
            NotFoundError: There is no such secret.
        """
        path = {"secret_name": name}
        await self._sender.send("DELETE", _SECRET, path, proof=gone(_SECRET, path))


def _without_users(body: JSON) -> JSON:
    """Returns what of a team can be found again: Port takes addresses and shows users, and those only if asked."""
    return {name: value for name, value in body.items() if name != "users"}
