"""Scorecards: the definitions; results stand on the entities."""

from quaymaster.port.documents.scorecard import Scorecard
from quaymaster.port.sender import Sender

__all__ = ["Scorecards"]


class Scorecards:
    """Reads scorecards."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender

    async def list_all(self) -> list[Scorecard]:
        """Returns the scorecards of all blueprints (Port: GET /v1/scorecards)."""
        answer = await self._sender.send("GET", "/v1/scorecards")
        return [Scorecard.read(document) for document in answer["scorecards"]]

    async def list_of(self, blueprint: str) -> list[Scorecard]:
        """Returns the scorecards of one blueprint (Port: GET /v1/blueprints/{blueprint_identifier}/scorecards).

        Raises:
            NotFoundError: There is no such blueprint.
        """
        route = "/v1/blueprints/{blueprint_identifier}/scorecards"
        answer = await self._sender.send("GET", route, {"blueprint_identifier": blueprint})
        return [Scorecard.read(document) for document in answer["scorecards"]]
