"""Whoever runs or approves an action, as templates, forms and permissions see them."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from quaymaster_sandbox.catalog.people import get_user
from quaymaster_sandbox.clock import format_millis
from quaymaster_sandbox.errors import PortError
from quaymaster_sandbox.session import Actor, Session

Document = dict[str, Any]

_SHOWN = ("id", "email", "firstName", "lastName", "picture", "status", "roles")


@contextmanager
def acting_as(session: Session, actor: Actor) -> Iterator[None]:
    """Lets somebody else be the one who acts in the session, until the block ends."""
    present = session.actor
    session.actor = actor
    try:
        yield
    finally:
        session.actor = present


def impersonated(session: Session, email: str) -> Actor:
    """Returns the user with an e-mail as the one who acts (Port: `run_as`); Port's 404 if there is no such user."""
    try:
        get_user(session, email)
    except PortError as error:
        message = f'User with email "{email}" was not found'
        raise PortError(404, "user_not_found", message, {"field": "email", "value": email}) from error
    return replace(session.actor, email=email)


def describe_caller(session: Session) -> Document | None:
    """Returns the user who acts, None for a machine.

    Port: `.user` in forms (`docs/…/setup-ui-for-action/advanced-form-configurations.md`).
    """
    email = session.actor.email
    if email is None:
        return None
    try:
        user = get_user(session, email)
    except PortError:  # a personal credential of the sandbox may be for somebody who is no user
        return {"email": email, "roles": [], "team": [], "teams": []}
    shown = {key: user[key] for key in _SHOWN}
    return {**shown, "team": user["teams"], "teams": [{"name": name} for name in user["teams"]]}


def describe_trigger(session: Session, action: Mapping[str, Any]) -> Document:
    """Returns who set off a run, how and when (Port: `.trigger` in templates)."""
    return {
        "by": {
            "orgId": session.organization,
            "userId": session.actor.id,
            "user": describe_caller(session),
        },
        "origin": session.actor.origin,
        "at": format_millis(session.now_micros // 1000),
        "operation": action["trigger"].get("operation"),
    }
