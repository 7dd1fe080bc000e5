"""What a pack holds of the way to Port: it can send, and shows nothing of what it sends with."""

from collections.abc import Mapping

from quaymaster.port.routes import Query
from quaymaster.port.sender import JSON, Sender
from quaymaster.port.verify import Proof

__all__ = ["door_to"]


def door_to(transport: Sender) -> Sender:
    """Returns a sender from whose attributes neither a token nor a credential can be reached.

    It keeps honest code from printing or passing on a secret by mistake. Against a pack that is out to get them in the
    memory of its own process there is no defence but to run it in another: `isolated = true`.
    """

    class Door:
        __slots__ = ()

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
            return await transport.send(
                method, route, identifiers, query=query, body=body, repeatable=repeatable, proof=proof
            )

    return Door()
