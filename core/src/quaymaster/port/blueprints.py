"""Blueprints: the data model of the catalog."""

from quaymaster.port.documents.blueprint import Blueprint
from quaymaster.port.sender import JSON, Sender

__all__ = ["Blueprints"]

_ALL = "/v1/blueprints"
_ONE = "/v1/blueprints/{identifier}"


class Blueprints:
    """Reads and changes blueprints."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender

    async def list_all(self) -> list[Blueprint]:
        """Returns every blueprint, system blueprints too, in the order of creation (Port: GET /v1/blueprints)."""
        answer = await self._sender.send("GET", _ALL)
        return [Blueprint.read(document) for document in answer["blueprints"]]

    async def get(self, identifier: str) -> Blueprint:
        """Returns one blueprint (Port: GET /v1/blueprints/{identifier}).

        Raises:
            NotFoundError: There is no such blueprint.
        """
        answer = await self._sender.send("GET", _ONE, {"identifier": identifier})
        return Blueprint.read(answer["blueprint"])

    async def create(self, document: JSON) -> Blueprint:
        """Creates a blueprint and returns it as stored (Port: POST /v1/blueprints).

        Raises:
            ConflictError: The identifier is taken.
            RejectedError: Port does not accept the document; its details say why.
        """
        answer = await self._sender.send("POST", _ALL, body=document)
        return Blueprint.read(answer["blueprint"])
