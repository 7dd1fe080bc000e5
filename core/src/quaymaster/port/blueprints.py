"""Blueprints: the data model of the catalog."""

from datetime import datetime
from typing import Literal

from quaymaster.port.bodies import Body, to_body, to_replacement
from quaymaster.port.documents.blueprint import Blueprint
from quaymaster.port.errors import Outcome
from quaymaster.port.sender import JSON, Sender
from quaymaster.port.verify import Finding, Proof, changed, created, gone
from quaymaster.port.wire import build_request

__all__ = ["Blueprints", "Renamable"]

_ALL = "/v1/blueprints"
_ONE = "/v1/blueprints/{identifier}"

Renamable = Literal["property", "mirror", "relation"]
"""What of a blueprint can get another identifier."""

_RENAMES: dict[Renamable, tuple[str, str, tuple[str, ...]]] = {
    "property": ("properties/{part}", "newPropertyName", ("schema", "properties")),
    "mirror": ("mirror/{part}", "newMirrorName", ("mirrorProperties",)),
    "relation": ("relations/{part}", "newRelationIdentifier", ("relations",)),
}
"""For each: its route, the one key of its body, and where a blueprint holds it."""


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

    async def create(self, document: Body) -> Blueprint:
        """Creates a blueprint and returns it as stored (Port: POST /v1/blueprints).

        Raises:
            ConflictError: The identifier is taken.
            RejectedError: Port does not accept the document; its details say why.
        """
        body = to_body(document)
        proof = created(_ONE, {"identifier": body["identifier"]}, "blueprint", body) if "identifier" in body else None
        answer = await self._sender.send("POST", _ALL, body=body, proof=proof)
        return Blueprint.read(answer["blueprint"])

    async def update(self, identifier: str, changes: Body) -> Blueprint:
        """Changes a blueprint and returns it as stored (Port: PATCH /v1/blueprints/{identifier}).

        Keys at the top are replaced, the maps of properties and relations merged by key; only `replace` removes one.

        Raises:
            NotFoundError: There is no such blueprint.
            RejectedError: Port does not accept the changes.
        """
        return await self._write("PATCH", identifier, to_body(changes))

    async def replace(self, identifier: str, document: Body) -> Blueprint:
        """Replaces a blueprint and returns it as stored (Port: PUT /v1/blueprints/{identifier}).

        What the document leaves out is removed, with all values that entities have for it.

        Raises:
            NotFoundError: There is no such blueprint.
            RejectedError: Port does not accept the document.
        """
        return await self._write("PUT", identifier, to_replacement(document))

    async def rename(self, identifier: str, kind: Renamable, old: str, new: str) -> Blueprint:
        """Gives a property, mirror property or relation another identifier; the entities keep their values.

        Port: PATCH /v1/blueprints/{blueprint_identifier}/properties/{property_identifier}/rename, …/mirror/…/rename and
        …/relations/{relation_identifier}/rename.

        Raises:
            NotFoundError: There is no such blueprint or no such part.
            RejectedError: Port does not accept the new identifier.
        """
        route, key, place = _RENAMES[kind]

        def judge(answer: JSON | None, _since: datetime | None) -> Finding:
            parts = (answer or {}).get("blueprint", {})
            for name in place:
                parts = parts.get(name, {})
            if new in parts and old not in parts:
                return answer or Outcome.UNKNOWN
            return Outcome.NOT_DONE

        answer = await self._sender.send(
            "PATCH",
            f"/v1/blueprints/{{blueprint}}/{route}/rename",
            {"blueprint": identifier, "part": old},
            body={key: new},
            proof=Proof(build_request("GET", _ONE, {"identifier": identifier}), judge),
        )
        return Blueprint.read(answer["blueprint"])

    async def delete(self, identifier: str, *, delete_actions: bool = False) -> None:
        """Deletes a blueprint (Port: DELETE /v1/blueprints/{identifier}).

        Args:
            identifier: The blueprint's identifier.
            delete_actions: Deletes its self-service actions too.

        Raises:
            NotFoundError: There is no such blueprint.
            ForbiddenError: It has entities, or a relation of another blueprint points to it (`has_dependents`).
        """
        path = {"identifier": identifier}
        query = {"delete_actions": delete_actions}
        await self._sender.send("DELETE", _ONE, path, query=query, proof=gone(_ONE, path))

    async def delete_entities(self, identifier: str, *, delete_blueprint: bool = False) -> str | None:
        """Deletes all entities of a blueprint (Port: DELETE /v1/blueprints/{blueprint_identifier}/all-entities).

        Args:
            identifier: The blueprint's identifier.
            delete_blueprint: Deletes the blueprint too; Port does that after it has answered.

        Returns:
            The identifier of the migration that deletes the blueprint; None if it stays.

        Raises:
            NotFoundError: There is no such blueprint.
            ForbiddenError: Another blueprint requires a relation to this one.
        """
        path = {"blueprint": identifier}

        def judge(answer: JSON | None, _since: datetime | None) -> Finding:
            return {"ok": True} if answer is None or answer.get("count") == 0 else Outcome.NOT_DONE

        answer = await self._sender.send(
            "DELETE",
            "/v1/blueprints/{blueprint}/all-entities",
            path,
            query={"delete_blueprint": delete_blueprint},
            repeatable=False,  # sent again, it would also delete what has been created since
            proof=Proof(build_request("GET", "/v1/blueprints/{blueprint}/entities-count", path), judge),
        )
        migration = answer.get("migrationId")
        return migration if isinstance(migration, str) else None

    async def _write(self, method: str, identifier: str, body: JSON) -> Blueprint:
        final = body.get("identifier", identifier)
        answer = await self._sender.send(
            method,
            _ONE,
            {"identifier": identifier},
            body=body,
            repeatable=final == identifier,  # a renamed blueprint is not there any more
            proof=changed(_ONE, {"identifier": final}, "blueprint", body),
        )
        return Blueprint.read(answer["blueprint"])
