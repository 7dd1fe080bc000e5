"""Teams (Port: /v1/teams)."""

from quaymaster.port.documents.organisation import TeamPatch, TeamReplacement, TeamWrite
from quaymaster_sandbox.catalog import people
from quaymaster_sandbox.errors import invalid_request
from quaymaster_sandbox.http import Call, Response, ok
from quaymaster_sandbox.router import Route


def list_teams(call: Call) -> Response:
    """Answers all teams."""
    return ok(teams=people.list_teams(call.session, _fields(call)))


def get_team(call: Call) -> Response:
    """Answers one team."""
    return ok(team=people.get_team(call.session, call.params["name"], _fields(call)))


def create_team(call: Call) -> Response:
    """Creates a team; Port answers 200 here."""
    return ok(team=people.create_team(call.session, call.document(TeamWrite)))


def replace_team(call: Call) -> Response:
    """Replaces a team."""
    body = call.document(TeamReplacement)
    return ok(team=people.update_team(call.session, call.params["name"], body, replace=True))


def patch_team(call: Call) -> Response:
    """Changes a team."""
    body = call.document(TeamPatch, optional=True)
    return ok(team=people.update_team(call.session, call.params["name"], body, replace=False))


def delete_team(call: Call) -> Response:
    """Deletes a team."""
    people.delete_team(call.session, call.params["name"])
    return ok()


def _fields(call: Call) -> list[str]:
    fields = call.texts("fields")
    if any(field not in people.TEAM_FIELDS for field in fields):
        raise invalid_request('"fields" must be equal to one of the allowed values')
    return fields


_ONE = "/v1/teams/{name}"

ROUTES = (
    Route("GET", "/v1/teams", list_teams),
    Route("POST", "/v1/teams", create_team, writes=True, moderators=True),
    Route("GET", _ONE, get_team),
    Route("PUT", _ONE, replace_team, writes=True, moderators=True),
    Route("PATCH", _ONE, patch_team, writes=True, moderators=True),
    Route("DELETE", _ONE, delete_team, writes=True, moderators=True),
)
