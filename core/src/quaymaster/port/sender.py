"""What the areas of the client need of a transport."""

from collections.abc import Mapping
from typing import Any, Protocol

__all__ = ["JSON", "Sender"]

JSON = dict[str, Any]
"""A JSON object, as Port sends and takes it."""


class Sender(Protocol):
    """Sends one request to Port; `PortTransport` says what each argument means and what may be raised."""

    async def send(
        self,
        method: str,
        route: str,
        identifiers: Mapping[str, str] | None = None,
        *,
        query: Mapping[str, str | bool] | None = None,
        body: object = None,
    ) -> JSON:
        """Returns the JSON object that Port answers with."""
        ...
