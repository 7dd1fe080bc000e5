"""Checks documents against Port's schemas of requests, and refuses in Port's words."""

from typing import Any

from quaymaster.port.documents import Document, DocumentError, validate_request
from quaymaster_sandbox.errors import PortError


def checked(kind: type[Document], body: Any) -> dict[str, Any]:
    """Returns a body that Port's schema of the route accepts; Port's 422 for another, with the first problem."""
    try:
        validate_request(kind, body)
    except DocumentError as error:
        problem = error.problems[0]
        details = {"hint": problem.expected} if problem.expected else None
        raise PortError(422, problem.code, problem.port_message, details) from error
    document: dict[str, Any] = body
    return document
