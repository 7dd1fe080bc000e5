"""Scorecards: the definitions; results stand on the entities."""

from collections.abc import Sequence

from quaymaster.port.bodies import Body, to_body, to_replacement
from quaymaster.port.documents.scorecard import Scorecard
from quaymaster.port.sender import Sender
from quaymaster.port.verify import changed, created, gone

__all__ = ["Scorecards"]

_ALL = "/v1/blueprints/{blueprint_identifier}/scorecards"
_ONE = _ALL + "/{scorecard_identifier}"


class Scorecards:
    """Reads and changes scorecards."""

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
        answer = await self._sender.send("GET", _ALL, {"blueprint_identifier": blueprint})
        return [Scorecard.read(document) for document in answer["scorecards"]]

    async def get(self, blueprint: str, identifier: str) -> Scorecard:
        """Returns one scorecard (Port: GET …/scorecards/{scorecard_identifier}).

        Raises:
            NotFoundError: There is no such scorecard or blueprint.
        """
        answer = await self._sender.send("GET", _ONE, _path(blueprint, identifier))
        return Scorecard.read(answer["scorecard"])

    async def create(self, blueprint: str, document: Body) -> Scorecard:
        """Creates a scorecard and returns it as stored (Port: POST …/scorecards).

        Raises:
            ConflictError: The identifier is taken.
            NotFoundError: There is no such blueprint.
            RejectedError: Port does not accept the document.
        """
        body = to_body(document)
        path = _path(blueprint, body["identifier"]) if "identifier" in body else None
        answer = await self._sender.send(
            "POST",
            _ALL,
            {"blueprint_identifier": blueprint},
            body=body,
            proof=created(_ONE, path, "scorecard", body) if path else None,
        )
        return Scorecard.read(answer["scorecard"])

    async def replace(self, blueprint: str, identifier: str, document: Body) -> Scorecard:
        """Replaces a scorecard and returns it as stored (Port: PUT …/scorecards/{scorecard_identifier}).

        A rule that the document leaves out is removed, with its results.

        Raises:
            NotFoundError: There is no such scorecard or blueprint.
            RejectedError: Port does not accept the document.
        """
        body = {name: value for name, value in to_replacement(document).items() if name != "blueprint"}
        final = body.get("identifier", identifier)
        answer = await self._sender.send(
            "PUT",
            _ONE,
            _path(blueprint, identifier),
            body=body,
            repeatable=final == identifier,  # a renamed scorecard is not there any more
            proof=changed(_ONE, _path(blueprint, final), "scorecard", body),
        )
        return Scorecard.read(answer["scorecard"])

    async def replace_all(self, blueprint: str, documents: Sequence[Body]) -> list[Scorecard]:
        """Replaces all scorecards of a blueprint and returns them as stored (Port: PUT …/scorecards).

        Raises:
            NotFoundError: There is no such blueprint.
            RejectedError: Port does not accept a document.
        """
        bodies = [to_body(document) for document in documents]
        answer = await self._sender.send("PUT", _ALL, {"blueprint_identifier": blueprint}, body=bodies)
        return [Scorecard.read(document) for document in answer["scorecards"]]

    async def delete(self, blueprint: str, identifier: str) -> None:
        """Deletes a scorecard with its results (Port: DELETE …/scorecards/{scorecard_identifier}).

        Raises:
            NotFoundError: There is no such scorecard or blueprint.
        """
        path = _path(blueprint, identifier)
        await self._sender.send("DELETE", _ONE, path, proof=gone(_ONE, path))


def _path(blueprint: str, identifier: str) -> dict[str, str]:
    return {"blueprint_identifier": blueprint, "scorecard_identifier": identifier}
