"""What the areas of the client need of a transport."""

from collections.abc import Mapping
from typing import Protocol

from quaymaster.port.routes import Query
from quaymaster.port.verify import Proof
from quaymaster.port.wire import JSON

__all__ = ["JSON", "Sender"]


class Sender(Protocol):
    """Sends one request to Port; `PortTransport` says what each argument means and what may be raised."""

    async def send(
        self,
        method: str,
        route: str,
        identifiers: Mapping[str, str] | None = None,
        *,
        query: Query | None = None,
        body: object = None,
        repeatable: bool | None = None,
        proof: Proof | None = None,
    ) -> JSON:
        """Returns the JSON object that Port answers with."""
        ...
