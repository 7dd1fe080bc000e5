"""Users (Port: /v1/users)."""

from quaymaster.port.documents.organisation import Invitation, UserPatch
from quaymaster_sandbox.catalog import people
from quaymaster_sandbox.http import Call, Response, ok
from quaymaster_sandbox.router import Route


def list_users(call: Call) -> Response:
    """Answers all users."""
    call.texts("fields")
    return ok(users=people.list_users(call.session))


def get_user(call: Call) -> Response:
    """Answers one user."""
    return ok(user=people.get_user(call.session, call.params["user_email"]))


def invite_user(call: Call) -> Response:
    """Invites a user; no e-mail is sent."""
    call.flag("notify", default=True)
    people.invite_user(call.session, call.document(Invitation)["invitee"])
    return ok()


def patch_user(call: Call) -> Response:
    """Changes a user; the fields come at the top of the answer."""
    body = call.document(UserPatch, optional=True)
    return ok(**people.update_user(call.session, call.params["user_email"], body))


def delete_user(call: Call) -> Response:
    """Removes a user."""
    people.delete_user(call.session, call.params["user_email"])
    return ok()


_ONE = "/v1/users/{user_email}"

ROUTES = (
    Route("GET", "/v1/users", list_users),
    Route("POST", "/v1/users/invite", invite_user, writes=True, moderators=True),
    Route("GET", _ONE, get_user),
    Route("PATCH", _ONE, patch_user, writes=True, moderators=True),
    Route("DELETE", _ONE, delete_user, writes=True, moderators=True),
)
