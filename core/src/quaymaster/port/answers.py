"""What an attempt has come to: Port's JSON without its secrets, or a failure."""

from collections.abc import Iterable
from dataclasses import dataclass

from pydantic_core import from_json

from quaymaster.port.attempts import Ending
from quaymaster.port.bounds import Bounds
from quaymaster.port.errors import OversizedAnswerError, PortError, ServerError, UnreachableError, error_of_response
from quaymaster.port.limits import GarbledError, OversizedError, parse_json
from quaymaster.port.ratelimit import asked_wait_s
from quaymaster.port.redaction import list_secrets, may_hold_secrets, redact, scrub
from quaymaster.port.wire import JSON, Answer, Attempt, BrokenError, Request

__all__ = ["Failure", "failure_of_body", "failure_of_break", "read_answer", "read_refusal"]


@dataclass(frozen=True)
class Failure:
    """An attempt without a usable answer.

    Attributes:
        ending: How it ended.
        error: What to raise if it was the last one.
        asked_wait_s: How long Port asks to wait before the next one, in seconds.
    """

    ending: Ending
    error: PortError
    asked_wait_s: float | None = None


def read_answer(answer: Answer, bounds: Bounds, *, keep_secrets: bool = False) -> JSON | Failure:
    """Returns the JSON object in a successful answer.

    Args:
        answer: An answer with a status of 2xx.
        bounds: How much it may hold.
        keep_secrets: Does not redact: for the exchange of credentials, whose answer is one.
    """
    if answer.status == 204 and not answer.body:
        return {"ok": True}
    try:
        value = parse_json(answer.body, bounds)
    except (OversizedError, GarbledError) as exc:
        return failure_of_body(exc, answer)
    return value if keep_secrets or not may_hold_secrets(answer.body) else redact(value)


def read_refusal(
    ending: Ending, answer: Answer, bounds: Bounds, request: Request, secrets: Iterable[str], wall_time: float
) -> Failure:
    """Returns the failure in an answer that is not successful; Port's own words are kept, secrets are not.

    Args:
        ending: What its status means.
        answer: The answer; its body may be anything, and is left aside if it is not JSON or goes over the bounds.
        bounds: How much its body may hold.
        request: What it answers: Port may quote a secret that it was sent.
        secrets: Others that must not show.
        wall_time: The present, in seconds since the epoch.
    """
    try:
        body = parse_json(answer.body, bounds)
    except (OversizedError, GarbledError):
        body = {}
    known = [*secrets, *list_secrets(from_json(request.body) if request.body else None)]
    waits = ending.is_passing or None
    wait_s = waits and asked_wait_s(answer.headers, wall_time)
    error = error_of_response(answer.status, scrub(redact(body), known), answer.headers.get("x-trace-id"), wait_s)
    return Failure(ending, error, wait_s)


def failure_of_break(broken: BrokenError, attempt: Attempt) -> Failure:
    """Returns the failure of an exchange that broke off."""
    error = UnreachableError(str(broken))
    error.__cause__ = broken
    if not attempt.is_sent:
        return Failure(Ending.NOT_SENT, error)
    is_stale = not (attempt.is_connected_anew or attempt.is_answered or broken.is_silence)
    return Failure(Ending.STALE if is_stale else Ending.LOST, error)


def failure_of_body(exc: OversizedError | GarbledError, answer: Answer | None = None) -> Failure:
    """Returns the failure of an answer that is too large, or that says it is successful and is no JSON object."""
    if isinstance(exc, OversizedError):
        failure = Failure(Ending.OVERSIZED, OversizedAnswerError(f"Port's answer is too large: {exc}"))
    else:
        trace_id = None if answer is None else answer.headers.get("x-trace-id")
        text = f"Port answered with something that is not a JSON object: {exc}"
        failure = Failure(Ending.GARBLED, ServerError(text, trace_id=trace_id))
    failure.error.__cause__ = exc
    return failure
