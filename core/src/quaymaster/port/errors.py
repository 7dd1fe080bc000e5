"""What can go wrong on the way to Port: one class a family, each with what happened and what to do about it."""

import copy
from collections.abc import Mapping
from enum import StrEnum
from typing import ClassVar, Self

from quaymaster.errors import QuaymasterError

__all__ = [
    "AuthenticationError",
    "ConflictError",
    "DeadlineError",
    "ForbiddenError",
    "NotFoundError",
    "Outcome",
    "OversizedAnswerError",
    "PortError",
    "RateLimitedError",
    "RejectedError",
    "ServerError",
    "UnreachableError",
    "WrongOrganizationError",
    "error_of_response",
]

_LONGEST_MESSAGE = 2000
_LONGEST_DETAIL = 200


class Outcome(StrEnum):
    """What became of a write."""

    DONE = "DONE"
    NOT_DONE = "NOT DONE"
    UNKNOWN = "UNKNOWN"


_CONCLUSIONS = {
    Outcome.NOT_DONE: "the write was NOT DONE; it can be sent again",
    Outcome.UNKNOWN: "whether the write was done is UNKNOWN; look before you send it again",
}


class PortError(QuaymasterError):
    """Port answered with a failure, or could not be asked.

    Attributes:
        status: The HTTP status; None if there was no answer.
        code: Port's own `error` code, such as `not_found`; empty if there was none.
        details: Port's `details`, as sent.
        trace_id: Port's id of the request, for its support.
        retry_after_s: In how many seconds it makes sense to try again; None if there is no telling.
        outcome: What became of a write; None for a read.
        advice: What to do about it, where Port's own text does not say.
    """

    _ADVICE: ClassVar[str] = ""

    def __init__(
        self,
        message: str,
        *,
        status: int | None = None,
        code: str = "",
        details: Mapping[str, object] | None = None,
        trace_id: str | None = None,
        retry_after_s: float | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.details = dict(details or {})
        self.trace_id = trace_id
        self.retry_after_s = retry_after_s
        self.outcome: Outcome | None = None
        self.advice = self._ADVICE

    def concluded(self, outcome: Outcome, *, say: bool) -> Self:
        """Returns the same error with what became of the write; `say` makes that the advice."""
        concluded = copy.copy(self)
        concluded.outcome = outcome
        if say:
            concluded.advice = _CONCLUSIONS[outcome]
        return concluded

    def __str__(self) -> str:
        return "; ".join(filter(None, [str(self.args[0]), self._when(), self.advice]))

    def _when(self) -> str:
        return "" if self.retry_after_s is None else f"try again in {max(1, round(self.retry_after_s))} s"


class AuthenticationError(PortError):
    """The credential or the token was not accepted (401)."""

    _ADVICE = "check this profile's credentials, and that they are of this region"


class WrongOrganizationError(AuthenticationError):
    """The credential is good, and opens another organisation than the one that the profile is pinned to."""

    _ADVICE = "give this profile a credential of its own organization, or log in under another name"


class ForbiddenError(PortError):
    """The credential is good but may not do this, or dependents stand against it (403)."""


class NotFoundError(PortError):
    """A thing that the request names does not exist (404)."""


class ConflictError(PortError):
    """The identifier is taken (409)."""


class RejectedError(PortError):
    """Port refused the request's content (400, 413, 422), or sent it elsewhere (3xx)."""


class RateLimitedError(PortError):
    """Too many requests (429)."""


class ServerError(PortError):
    """Port failed (5xx), or answered with what is no answer of Port's."""

    _ADVICE = "try again later; if it goes on, look at status.port.io"


class UnreachableError(PortError):
    """No answer from Port: the connection could not be made or was lost."""

    _ADVICE = "check the network and this profile's base_url"


class OversizedAnswerError(PortError):
    """Port's answer is larger than this client takes."""

    _ADVICE = "ask for less: fewer columns, a filter, smaller pages"


class DeadlineError(PortError):
    """The call's time was over before Port answered."""

    _ADVICE = "ask for less, or raise timeout_s"


_CLASSES: dict[int, type[PortError]] = {
    401: AuthenticationError,
    403: ForbiddenError,
    404: NotFoundError,
    409: ConflictError,
    429: RateLimitedError,
}


def error_of_response(status: int, body: object, trace_id: str | None, retry_after_s: float | None = None) -> PortError:
    """Returns the error for a failed answer of Port's; its message and details are passed on.

    `error` is a string, or an object on some AI routes; a gateway's answer may be no JSON at all (port docs: errors).
    """
    answer = body if isinstance(body, dict) else {}
    error = answer.get("error")
    if isinstance(error, dict):
        answer = error
        error = error.get("name")
    code = error if isinstance(error, str) else ""
    details = answer.get("details")
    details = details if isinstance(details, dict) else {}
    family = _CLASSES.get(status, ServerError if status >= 500 else RejectedError)
    return family(
        _text(status, code, answer.get("message"), details),
        status=status,
        code=code,
        details=details,
        trace_id=trace_id,
        retry_after_s=retry_after_s,
    )


def _text(status: int, code: str, message: object, details: Mapping[str, object]) -> str:
    text = f"Port answered {status}"
    text += f" {_cut(code, _LONGEST_DETAIL)}" if code else ""
    text += f": {_cut(message, _LONGEST_MESSAGE)}" if isinstance(message, str) and message else ""
    if 300 <= status < 400:
        text += " and pointed elsewhere, where this profile's token is not sent"
    named = [f"{name}={_cut(repr(value), _LONGEST_DETAIL)}" for name, value in details.items() if name != "orgId"]
    return f"{text} ({', '.join(named)})" if named else text


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[:most]}…"
