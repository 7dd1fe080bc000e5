"""Requests and responses of the sandbox, and the conversion of what a request carries."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import isfinite
from typing import Any

from quaymaster.port.documents import Document
from quaymaster_sandbox.documents import checked
from quaymaster_sandbox.errors import bad_request, invalid_request
from quaymaster_sandbox.sandbox import Sandbox
from quaymaster_sandbox.session import Session

BODY_LIMIT_BYTES = 1024 * 1024
"""Port: 413 for a body larger than 1 MiB."""

_LONE_SURROGATE = re.compile(r"[\ud800-\udfff]")
_ESCAPED_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")
_EXACT_INTEGER = 2**53


@dataclass(frozen=True)
class Request:
    """A request as it came in: the path is still percent-encoded, header names are in lower case."""

    method: str
    path: str
    query: Mapping[str, Sequence[str]]
    headers: Mapping[str, str]
    body: bytes
    target: str
    """Path and query as they stood in the request line."""


@dataclass(frozen=True)
class Response:
    """An answer: a JSON body, or the frames of an event stream."""

    status: int
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    events: Sequence[str] | None = None


def ok(status: int = 200, /, **parts: Any) -> Response:
    """Returns Port's answer to a request that succeeded: `{ok: true, …}`."""
    return Response(status, {"ok": True, **parts})


@dataclass(frozen=True)
class Call:
    """One request on its way through a route: the session it works in and what it carries."""

    sandbox: Sandbox
    request: Request
    params: Mapping[str, str]
    open_session: Session | None = None

    @property
    def session(self) -> Session:
        """The session of the caller; only routes that need a token have one."""
        assert self.open_session is not None  # noqa: S101 - a public route has no business here
        return self.open_session

    def flag(self, name: str, *, default: bool = False) -> bool:
        """Returns a boolean of the query string, read as AJV reads it."""
        values = self.request.query.get(name)
        if not values:
            return default
        if len(values) > 1 or values[0] not in ("true", "false"):
            raise invalid_request(f'"{name}" must be boolean')
        return values[0] == "true"

    def text(self, name: str) -> str | None:
        """Returns a text of the query string, None if it is not given."""
        values = self.request.query.get(name)
        if not values:
            return None
        if len(values) > 1:
            raise invalid_request(f'"{name}" must be string')
        return values[0]

    def texts(self, name: str) -> list[str]:
        """Returns a list of the query string, repeated or joined by commas; empty if it is not given."""
        values = [*self.request.query.get(name, ()), *self.request.query.get(f"{name}[]", ())]
        return [part for value in values for part in value.split(",") if part]

    def number(self, name: str, default: int | None, minimum: int, maximum: int) -> int | None:
        """Returns a whole number of the query string, between two others."""
        text = self.text(name)
        if text is None:
            return default
        try:
            number = float(text)
        except ValueError:
            raise invalid_request(f'"{name}" must be number') from None
        if not number >= minimum:
            raise invalid_request(f'"{name}" must be >= {minimum}')
        if not number <= maximum:
            raise invalid_request(f'"{name}" must be <= {maximum}')
        return int(number)

    def choice(self, name: str, values: Sequence[str]) -> str | None:
        """Returns a text of the query string that must be one of the values."""
        text = self.text(name)
        if text is not None and text not in values:
            raise invalid_request(f'"{name}" must be equal to one of the allowed values')
        return text

    def choices(self, name: str, values: Sequence[str]) -> list[str]:
        """Returns a list of the query string, each of which must be one of the values."""
        chosen = self.texts(name)
        if any(choice not in values for choice in chosen):
            raise invalid_request(f'"{name}" must be equal to one of the allowed values')
        return chosen

    def document(self, kind: type[Document], *, optional: bool = False) -> dict[str, Any]:
        """Returns the body, checked as a document of this kind; `optional` takes no body for an empty one."""
        body = checked(kind, self.raw(optional=optional))
        if not self.sandbox.assumptions.unicode_identifiers:
            _refuse_other_scripts(body)
        return body

    def raw(self, *, optional: bool = False) -> Any:
        """Returns the body as it is."""
        integral = self.sandbox.assumptions.integral_floats_as_integers
        return read_json(self.request.body, {} if optional else None, integral=integral)


def _refuse_other_scripts(body: Any) -> None:
    """Refuses an identifier that is not ASCII, of a document or of one in a list of entities."""
    for document in (body, *(body.get("entities") or ())) if isinstance(body, dict) else ():
        identifier = document.get("identifier") if isinstance(document, dict) else None
        if isinstance(identifier, str) and not identifier.isascii():
            raise invalid_request(f'"identifier" must match the pattern of identifiers, which "{identifier}" does not')


def read_json(body: bytes, when_empty: Any, *, integral: bool = True) -> Any:
    """Returns the JSON in a body, with numbers and texts as a JavaScript server has them.

    `1.0` is the number 1 if `integral` says so, and half of a surrogate pair is replaced.
    """
    if not body:
        return when_empty
    try:
        value = json.loads(body, parse_float=_number if integral else _float, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise bad_request("Body is not valid JSON") from None
    return _without_lone_surrogates(value) if _ESCAPED_SURROGATE.search(body) else value


def _float(text: str) -> float:
    number = float(text)
    if not isfinite(number):
        raise ValueError(text)
    return number


def _number(text: str) -> float:
    number = _float(text)
    return int(number) if number.is_integer() and abs(number) <= _EXACT_INTEGER else number


def _refuse_constant(name: str) -> float:
    raise ValueError(name)


def _without_lone_surrogates(value: Any) -> Any:
    if isinstance(value, str):
        return _LONE_SURROGATE.sub("\ufffd", value)
    if isinstance(value, list):
        return [_without_lone_surrogates(element) for element in value]
    if isinstance(value, dict):
        return {_without_lone_surrogates(key): _without_lone_surrogates(member) for key, member in value.items()}
    return value
