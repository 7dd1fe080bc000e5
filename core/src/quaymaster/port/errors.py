"""What can go wrong on the way to Port: one class a family, with what to do about it."""

from collections.abc import Mapping

from quaymaster.errors import QuaymasterError

__all__ = [
    "AuthenticationError",
    "ConflictError",
    "DeadlineError",
    "ForbiddenError",
    "NotFoundError",
    "PortError",
    "RateLimitedError",
    "RejectedError",
    "ServerError",
    "UnreachableError",
    "error_of_response",
]


class PortError(QuaymasterError):
    """Port answered with a failure, or could not be asked.

    Attributes:
        status: The HTTP status; None if there was no answer.
        code: Port's own `error` code, such as `not_found`; empty if there was none.
        details: Port's `details`, as sent.
        trace_id: Port's id of the request, for its support.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int | None = None,
        code: str = "",
        details: Mapping[str, object] | None = None,
        trace_id: str | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.details = dict(details or {})
        self.trace_id = trace_id


class AuthenticationError(PortError):
    """The credential or the token was not accepted (401)."""


class ForbiddenError(PortError):
    """The credential is good but may not do this, or dependents stand against it (403)."""


class NotFoundError(PortError):
    """A thing that the request names does not exist (404)."""


class ConflictError(PortError):
    """The identifier is taken (409)."""


class RejectedError(PortError):
    """Port refused the request's content (400, 413, 422)."""


class RateLimitedError(PortError):
    """Too many requests (429)."""


class ServerError(PortError):
    """Port failed (5xx)."""


class UnreachableError(PortError):
    """No answer from Port: the connection could not be made or was lost."""


class DeadlineError(PortError):
    """The call's time was over before Port answered."""


_CLASSES: dict[int, type[PortError]] = {
    401: AuthenticationError,
    403: ForbiddenError,
    404: NotFoundError,
    409: ConflictError,
    429: RateLimitedError,
}


def error_of_response(status: int, body: object, trace_id: str | None) -> PortError:
    """Returns the error for a failed answer of Port's; its message and details are passed on.

    `error` is a string, or an object on some AI routes; a gateway's answer may be no JSON at all (port docs: errors).
    """
    answer = body if isinstance(body, dict) else {}
    error = answer.get("error")
    if isinstance(error, dict):
        answer = error
        error = error.get("name")
    code = error if isinstance(error, str) else ""
    message = answer.get("message")
    details = answer.get("details")
    text = f"Port answered {status}"
    text += f" {code}" if code else ""
    text += f": {message}" if isinstance(message, str) and message else ""
    if isinstance(details, dict) and details:
        text += f" ({', '.join(f'{name}={value!r}' for name, value in details.items() if name != 'orgId')})"
    family = _CLASSES.get(status, ServerError if status >= 500 else RejectedError)
    return family(
        text, status=status, code=code, details=details if isinstance(details, dict) else None, trace_id=trace_id
    )
