"""Self-service actions and automations: the definitions."""

from collections.abc import Sequence

from quaymaster.port.bodies import Body, to_body, to_replacement
from quaymaster.port.documents.action import Action
from quaymaster.port.sender import Sender
from quaymaster.port.verify import changed, created, gone

__all__ = ["Actions"]

_ALL = "/v1/actions"
_ONE = "/v1/actions/{action_identifier}"


class Actions:
    """Reads and changes actions and automations; `Runs` runs them."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender

    async def list_all(
        self,
        *,
        blueprints: Sequence[str] | None = None,
        operations: Sequence[str] | None = None,
        trigger_type: str | None = None,
    ) -> list[Action]:
        """Returns the actions and automations that meet every condition (Port: GET /v1/actions).

        Args:
            blueprints: Only those on one of these blueprints.
            operations: Only those that do one of these: `CREATE`, `DAY-2`, `DELETE`.
            trigger_type: `self-service` or `automation`.
        """
        conditions = {"blueprint_identifier": blueprints, "operation": operations, "trigger_type": trigger_type}
        query = {name: value for name, value in conditions.items() if value is not None}
        answer = await self._sender.send("GET", _ALL, query={"version": "v2", **query})
        return [Action.read(document) for document in answer["actions"]]

    async def get(self, identifier: str) -> Action:
        """Returns one action or automation (Port: GET /v1/actions/{action_identifier}).

        Raises:
            NotFoundError: There is no such action.
        """
        answer = await self._sender.send("GET", _ONE, {"action_identifier": identifier})
        return Action.read(answer["action"])

    async def create(self, document: Body) -> Action:
        """Creates an action or automation and returns it as stored (Port: POST /v1/actions).

        Raises:
            ConflictError: The identifier is taken.
            RejectedError: Port does not accept the document.
        """
        body = to_body(document)
        path = {"action_identifier": body["identifier"]} if "identifier" in body else None
        proof = created(_ONE, path, "action", body) if path else None
        answer = await self._sender.send("POST", _ALL, body=body, proof=proof)
        return Action.read(answer["action"])

    async def replace(self, identifier: str, document: Body) -> Action:
        """Replaces an action or automation and returns it as stored (Port: PUT /v1/actions/{action_identifier}).

        Raises:
            NotFoundError: There is no such action.
            RejectedError: Port does not accept the document.
        """
        body = to_replacement(document)
        final = body.get("identifier", identifier)
        answer = await self._sender.send(
            "PUT",
            _ONE,
            {"action_identifier": identifier},
            body=body,
            repeatable=final == identifier,  # a renamed action is not there any more
            proof=changed(_ONE, {"action_identifier": final}, "action", body),
        )
        return Action.read(answer["action"])

    async def delete(self, identifier: str) -> None:
        """Deletes an action or automation (Port: DELETE /v1/actions/{action_identifier}).

        Raises:
            NotFoundError: There is no such action.
        """
        path = {"action_identifier": identifier}
        await self._sender.send("DELETE", _ONE, path, proof=gone(_ONE, path))
