"""Checks documents against Port's schemas of requests, and refuses in Port's words."""

from typing import Any

from quaymaster.port.documents import Document, find_request_problems
from quaymaster_sandbox.errors import PortError


def checked(kind: type[Document], body: Any) -> dict[str, Any]:
    """Returns a body that Port's schema of the route accepts; Port's 422 for another, with the first problem."""
    problems = find_request_problems(kind, body)
    if problems:
        details = {"hint": problems[0].expected} if problems[0].expected else None
        raise PortError(422, problems[0].code, problems[0].port_message, details)
    document: dict[str, Any] = body
    return document
