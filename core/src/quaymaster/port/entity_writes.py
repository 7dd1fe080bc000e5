"""Writing single entities."""

from quaymaster.port.bodies import Body, to_body
from quaymaster.port.documents.entity import Entity
from quaymaster.port.sender import JSON, Sender
from quaymaster.port.verify import changed, created, gone

__all__ = ["EntityWrites"]

_ALL = "/v1/blueprints/{blueprint_identifier}/entities"
_ONE = _ALL + "/{entity_identifier}"


class EntityWrites:
    """Creates, changes and deletes single entities."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender

    async def create(
        self, blueprint: str, document: Body, *, create_missing: bool = False, run_id: str | None = None
    ) -> Entity:
        """Creates an entity and returns it as stored (Port: POST …/entities).

        Args:
            blueprint: The blueprint's identifier.
            document: The entity; without an identifier Port makes one, and a lost answer cannot be traced.
            create_missing: Creates related entities that do not exist.
            run_id: The run of an action that this belongs to.

        Raises:
            ConflictError: The identifier is taken.
            NotFoundError: There is no such blueprint, run or related entity.
            RejectedError: The entity does not fit its blueprint; the details say where.
        """
        body = to_body(document)
        path = _path(blueprint, body.get("identifier"))
        answer = await self._sender.send(
            "POST",
            _ALL,
            {"blueprint_identifier": blueprint},
            query=_options(create_missing, run_id),
            body=body,
            proof=created(_ONE, path, "entity", body) if path else None,
        )
        return Entity.read(answer["entity"])

    async def upsert(
        self,
        blueprint: str,
        document: Body,
        *,
        merge: bool = True,
        create_missing: bool = False,
        run_id: str | None = None,
    ) -> Entity:
        """Creates an entity, or changes the one that has its identifier (Port: POST …/entities with `upsert`).

        Args:
            blueprint: The blueprint's identifier.
            document: The entity.
            merge: Keeps what the document leaves out; False removes it.
            create_missing: Creates related entities that do not exist.
            run_id: The run of an action that this belongs to.

        Raises:
            NotFoundError: There is no such blueprint, run or related entity.
            RejectedError: The entity does not fit its blueprint.
        """
        body = to_body(document)
        path = _path(blueprint, body.get("identifier"))
        answer = await self._sender.send(
            "POST",
            _ALL,
            {"blueprint_identifier": blueprint},
            query={"upsert": True, "merge": merge, **_options(create_missing, run_id)},
            body=body,
            repeatable=path is not None,
            proof=changed(_ONE, path, "entity", body) if path else None,
        )
        return Entity.read(answer["entity"])

    async def check(self, blueprint: str, document: Body, *, create_missing: bool = False) -> None:
        """Has Port check an entity without storing it (Port: POST …/entities with `validation_only`).

        Raises:
            PortError: As `create` would.
        """
        await self._sender.send(
            "POST",
            _ALL,
            {"blueprint_identifier": blueprint},
            query={"validation_only": True, **_options(create_missing, None)},
            body=to_body(document),
            repeatable=True,
        )

    async def update(
        self,
        blueprint: str,
        identifier: str,
        changes: Body,
        *,
        create_missing: bool = False,
        run_id: str | None = None,
    ) -> Entity:
        """Changes an entity and returns it as stored (Port: PATCH …/entities/{entity_identifier}).

        Properties and relations are merged by key, None clears one, and a new identifier renames the entity.

        Raises:
            NotFoundError: There is no such entity, blueprint, run or related entity.
            RejectedError: The changes do not fit the blueprint.
        """
        return await self._write("PATCH", blueprint, identifier, to_body(changes), create_missing, run_id)

    async def replace(
        self,
        blueprint: str,
        identifier: str,
        document: Body,
        *,
        create_missing: bool = False,
        run_id: str | None = None,
    ) -> Entity:
        """Replaces an entity and returns it as stored (Port: PUT …/entities/{entity_identifier}).

        What the document leaves out is removed; an entity that does not exist is created.

        Raises:
            NotFoundError: There is no such blueprint, run or related entity.
            RejectedError: The document does not fit the blueprint.
        """
        return await self._write("PUT", blueprint, identifier, to_body(document), create_missing, run_id)

    async def delete(
        self, blueprint: str, identifier: str, *, delete_dependents: bool = False, run_id: str | None = None
    ) -> None:
        """Deletes an entity (Port: DELETE …/entities/{entity_identifier}).

        Args:
            blueprint: The blueprint's identifier.
            identifier: The entity's identifier.
            delete_dependents: Deletes the entities that require it too, and those that require them.
            run_id: The run of an action that this belongs to.

        Raises:
            NotFoundError: There is no such entity or blueprint.
            ForbiddenError: Other entities require it (`has_dependents`).
        """
        path = {"blueprint_identifier": blueprint, "entity_identifier": identifier}
        query: JSON = {"delete_dependents": delete_dependents}
        if run_id is not None:
            query["run_id"] = run_id
        await self._sender.send("DELETE", _ONE, path, query=query, proof=gone(_ONE, path))

    async def _write(
        self, method: str, blueprint: str, identifier: str, body: JSON, create_missing: bool, run_id: str | None
    ) -> Entity:
        final = body.get("identifier") or identifier
        path = _path(blueprint, final)
        answer = await self._sender.send(
            method,
            _ONE,
            {"blueprint_identifier": blueprint, "entity_identifier": identifier},
            query=_options(create_missing, run_id),
            body=body,
            repeatable=final == identifier,  # a renamed entity is not there any more
            proof=changed(_ONE, path, "entity", body) if path else None,
        )
        return Entity.read(answer["entity"])


def _path(blueprint: str, identifier: object) -> dict[str, str] | None:
    """Returns what names an entity in a path; None if the identifier is to be made or looked up by Port."""
    if not isinstance(identifier, str):
        return None
    return {"blueprint_identifier": blueprint, "entity_identifier": identifier}


def _options(create_missing: bool, run_id: str | None) -> JSON:
    options: JSON = {"create_missing_related_entities": create_missing}
    return options if run_id is None else {**options, "run_id": run_id}
