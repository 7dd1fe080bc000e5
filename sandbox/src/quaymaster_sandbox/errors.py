"""Refusals in Port's error shape: status, code, message and details."""

from collections.abc import Mapping
from typing import Any


class PortError(Exception):
    """A refusal that the caller of the API sees, with Port's body for it: `{ok: false, error, message, details}`."""

    def __init__(self, status: int, error: str, message: str, details: Mapping[str, Any] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.error = error
        self.message = message
        self.details = details

    def body(self) -> dict[str, Any]:
        """Returns the JSON body of the refusal."""
        body: dict[str, Any] = {"ok": False, "error": self.error, "message": self.message}
        if self.details is not None:
            body["details"] = dict(self.details)
        return body


def bad_request(message: str) -> PortError:
    """Returns the 400 for a body that is not JSON or a path that is not a URL."""
    return PortError(400, "bad_request", message)


def invalid_request(message: str, **details: Any) -> PortError:
    """Returns the 422 for a request that Port's schema of the route refuses."""
    return PortError(422, "invalid_request", message, details or None)


def not_found(resource: str, identifier: str, *, by_field: str = "identifier") -> PortError:
    """Returns the 404 for a missing resource, with the details that Port sends for it."""
    return PortError(
        404,
        "not_found",
        f'{resource} with {by_field} "{identifier}" was not found',
        {"resource": resource, "byField": by_field, "withValue": identifier},
    )


def entity_not_found(blueprint: str, identifier: str) -> PortError:
    """Returns the 404 for a relation or team that points at nothing."""
    return PortError(
        404,
        "not_found",
        f'Entity with identifier "{identifier}" does not exist in the blueprint "{blueprint}"',
        {"resource": "Entity", "byField": "identifier", "withValue": identifier, "blueprint": blueprint},
    )


def identifier_taken(resource: str, identifier: str) -> PortError:
    """Returns the 409 for an identifier in use; the text and the details are a guess."""
    return PortError(
        409,
        "identifier_taken",
        f'{resource} with identifier "{identifier}" already exists',
        {"resource": resource, "byField": "identifier", "withValue": identifier},
    )


def schema_mismatch(blueprint: str, message: str, **details: Any) -> PortError:
    """Returns the 422 for an entity that does not fit its blueprint."""
    return PortError(422, "blueprint_schema_mismatch", message, {"blueprint": blueprint, **details})
