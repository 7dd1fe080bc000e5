"""What an action does when it runs (Port: `invocationMethod` of /v1/actions).

`UPSERT_ENTITY` is carried out. A `WEBHOOK` is delivered to this machine if the sandbox may do that. All other backends
are somebody else's: the evaluated payload is recorded, and the run stays in progress until somebody reports on it.
"""

from collections.abc import Mapping
from typing import Any

from quaymaster.port.documents import DocumentError, validate_request
from quaymaster.port.documents.entity import EntityWrite
from quaymaster.port.documents.invocation import InvocationMethod
from quaymaster_sandbox.actions import runs
from quaymaster_sandbox.actions.delivery import Answer, Delivery, check_destination, is_loopback
from quaymaster_sandbox.actions.forms import MASK
from quaymaster_sandbox.actions.logs import write_log
from quaymaster_sandbox.actions.templates import TemplateError, render
from quaymaster_sandbox.catalog.entities import WriteOptions, create_entity
from quaymaster_sandbox.catalog.reading import read_entity
from quaymaster_sandbox.documents import checked
from quaymaster_sandbox.errors import PortError
from quaymaster_sandbox.session import Session
from quaymaster_sandbox.storage.database import savepoint

Document = dict[str, Any]

_BOOLEANS = {"true": True, "false": False}


def evaluate(session: Session, method: Mapping[str, Any], context: Mapping[str, Any]) -> Document:
    """Returns an invocation with its templates evaluated, secrets masked.

    Raises:
        PortError: a template fails, or the result is no invocation, or it leads where Port does not call.
    """
    payload = _evaluate(method, context, dict.fromkeys(_secrets(session), MASK))
    if payload["type"] == "WEBHOOK" and not payload.get("agent"):
        check_destination(payload["url"])
    return payload


def invoke(session: Session, run: Document, method: Mapping[str, Any], context: Mapping[str, Any]) -> Document:
    """Does what a run in progress is for, and returns what became of it so far."""
    if run["payload"]["type"] == "UPSERT_ENTITY":
        return _upsert(session, run)
    if run["payload"]["type"] == "WEBHOOK":
        payload = _evaluate(method, context, _secrets(session))
        if is_loopback(payload["url"]):
            session.outbox.append(_delivery(session, run, payload))
    return run


def take_answer(session: Session, run_id: str, answer: Answer) -> None:
    """Keeps the answer of a webhook: a synchronised run takes its status from it, any other fails if it failed.

    Port documents the first; the second is a guess.
    """
    run = runs.find_run(session, run_id)
    if run is None or runs.is_over(run):
        return
    if runs.is_synchronized(run):
        status = runs.SUCCESS if answer.succeeded else runs.FAILURE
        runs.change(session, run, status=status, response=answer.content)
    elif not answer.succeeded and session.assumptions.webhook_error_fails_run:
        write_log(session, run, f"the webhook answered with an error: {answer.content}")
        runs.change(session, run, status=runs.FAILURE, response=answer.content)


def _evaluate(method: Mapping[str, Any], context: Mapping[str, Any], secrets: Mapping[str, str]) -> Document:
    """Returns the invocation that the templates make; only webhooks may read secrets."""
    readable = secrets if method["type"] == "WEBHOOK" else {}
    try:
        payload = _tidied(render(method, {**context, "secrets": readable}))
    except TemplateError as exc:
        raise PortError(422, "evaluate_invocation_method_error", str(exc)) from exc
    try:
        validate_request(InvocationMethod, payload)
    except DocumentError as exc:
        raise PortError(422, "invalid_evaluated_invocation_method", exc.problems[0].port_message) from exc
    return payload


def _tidied(payload: Document) -> Document:
    """Returns an evaluated invocation with switches as booleans, and without what a mapping has no value for."""
    switches = {key: payload[key] for key in ("agent", "synchronized") if isinstance(payload.get(key), str)}
    tidied = {**payload, **{key: _BOOLEANS.get(text, text) for key, text in switches.items()}}
    if isinstance(payload.get("mapping"), dict):
        tidied["mapping"] = {key: value for key, value in payload["mapping"].items() if value is not None}
    return tidied


def _secrets(session: Session) -> dict[str, str]:
    return {secret["secretName"]: secret["secretValue"] for secret in session.resources("secret").list()}


def _delivery(session: Session, run: Mapping[str, Any], payload: Mapping[str, Any]) -> Delivery:
    secret = session.connection.execute(
        "SELECT client_secret FROM client WHERE organization = ? ORDER BY rowid LIMIT 1", (session.organization_id,)
    ).fetchone()[0]
    return Delivery(
        run["id"],
        payload.get("method", "POST"),
        payload["url"],
        payload.get("headers", {}),
        payload.get("body"),
        secret,
        session.automation_runs,
    )


def _upsert(session: Session, run: Document) -> Document:
    """Writes the entity of a run; who may run the action need not be allowed to write it otherwise (a guess)."""
    payload = run["payload"]
    try:
        with savepoint(session.connection):
            blueprint = session.catalog.get(payload["blueprintIdentifier"])
            options = WriteOptions(upsert=True, merge=True, run_id=run["id"])
            entity_id, _ = create_entity(session, blueprint, checked(EntityWrite, payload["mapping"]), options)
            entity = read_entity(session, blueprint, entity_id)
    except PortError as error:
        write_log(session, run, f"the entity was not written: {error.message}")
        return runs.change(session, run, status=runs.FAILURE, summary=error.message)
    return runs.change(session, run, status=runs.SUCCESS, response=entity)
