"""One exchange with Port as values: what is sent, what comes back, and how far it came if it broke off."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from quaymaster.errors import InputError
from quaymaster.port.redaction import refuse_redacted
from quaymaster.port.routes import Query, build_path, build_query_string

__all__ = ["JSON", "Answer", "Attempt", "BrokenError", "Request", "Wire", "build_request"]

JSON = dict[str, Any]
"""A JSON object, as Port sends and takes it."""


@dataclass(frozen=True)
class Request:
    """What is sent.

    Attributes:
        method: The HTTP method, upper case.
        path: The path from `/v1` on, percent-encoded.
        query: The query string, without the question mark.
        body: The body in JSON; None for none.
    """

    method: str
    path: str
    query: str = ""
    body: bytes | None = field(default=None, repr=False)

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


def build_request(
    method: str,
    route: str,
    identifiers: Mapping[str, str] | None = None,
    query: Query | None = None,
    body: object = None,
) -> Request:
    """Returns what is to be sent, ready for the wire.

    Args:
        method: The HTTP method.
        route: The route's template.
        identifiers: A value for each placeholder of the template; each becomes one path segment.
        query: The query parameters.
        body: What to send as JSON; None sends no body.

    Raises:
        InputError: Something in it cannot be sent, or is the mark of a secret that was removed when it was read.
    """
    path = build_path(route, identifiers or {})
    try:
        text = None if body is None else json.dumps(body, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
        encoded = None if text is None else text.encode()
        request = Request(method.upper(), path, build_query_string(query or {}), encoded)
    except (TypeError, ValueError) as exc:
        raise InputError(f"{method} {path} cannot be sent: {exc}. Nothing was sent") from exc
    refuse_redacted(request.body or b"")
    return request


@dataclass(frozen=True)
class Answer:
    """What came back; names of headers are in lower case."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytearray = field(repr=False)


@dataclass
class Attempt:
    """An exchange as it goes on.

    Attributes:
        is_connected_anew: A connection was opened for it, not kept from an earlier one.
        is_sent: At least a part of the request has left.
        is_answered: The head of an answer has come.
    """

    is_connected_anew: bool = False
    is_sent: bool = False
    is_answered: bool = False


class BrokenError(Exception):
    """The exchange broke off: no connection, a connection lost, or too long a silence; the text says which.

    Attributes:
        is_silence: Nothing came for too long.
    """

    def __init__(self, message: str, *, is_silence: bool = False) -> None:
        super().__init__(message)
        self.is_silence = is_silence


class Wire(Protocol):
    """Carries out exchanges."""

    async def exchange(self, request: Request, token: str | None, attempt: Attempt) -> Answer:
        """Returns the answer to a request, whatever its status.

        Args:
            request: What to send.
            token: The bearer token to send with it.
            attempt: Kept up to date while the exchange goes on.

        Raises:
            BrokenError: There is no whole answer.
            OversizedError: The answer goes over the bounds.
            GarbledError: The answer's encoding is broken.
        """
        ...

    async def aclose(self) -> None:
        """Closes the connections; a later exchange opens new ones."""
        ...
