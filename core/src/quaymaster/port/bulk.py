"""Writing and deleting many entities: in chunks as large as Port takes, with a result for each entity."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from quaymaster.port.bodies import Body, to_body
from quaymaster.port.errors import Outcome, PortError
from quaymaster.port.sender import JSON, Sender
from quaymaster.port.verify import Finding, Judge, Proof, holds, is_since
from quaymaster.port.wire import build_request

__all__ = ["BulkFailure", "BulkResult", "BulkWrites"]

_CHUNK = 20
"""The most entities in one request (Port: POST …/entities/bulk)."""

_CHUNK_BYTES = 900_000
"""The most JSON in one request: Port takes 1 MiB in all."""

_DELETE_CHUNK = 100
"""The most identifiers in one request (Port: POST …/bulk/entities/delete)."""

_BULK = "/v1/blueprints/{blueprint_identifier}/entities/bulk"
_DELETE = "/v1/blueprints/{blueprint_identifier}/bulk/entities/delete"
_SEARCH = "/v1/blueprints/{blueprint_identifier}/entities/search"


@dataclass(frozen=True)
class BulkFailure:
    """An entity that was not written, or of which it is not known.

    Attributes:
        index: Its place among the entities given.
        identifier: Its identifier as Port or the caller names it; `unknown` if neither does.
        message: Why.
        status: Port's HTTP status for it; None if there was no answer.
        code: Port's error code for it.
        outcome: Whether it was written all the same.
    """

    index: int
    identifier: str
    message: str
    status: int | None = None
    code: str = ""
    outcome: Outcome = Outcome.NOT_DONE


@dataclass
class BulkResult:
    """What became of many entities.

    Attributes:
        created: The places of those that are new, in order.
        updated: The places of those that existed and were changed.
        failures: The others.
    """

    created: list[int] = field(default_factory=list)
    updated: list[int] = field(default_factory=list)
    failures: list[BulkFailure] = field(default_factory=list)


class BulkWrites:
    """Writes and deletes many entities."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender

    async def create_many(
        self, blueprint: str, documents: Sequence[Body], *, create_missing: bool = False
    ) -> BulkResult:
        """Creates entities (Port: POST …/entities/bulk); one that cannot be created does not stop the others.

        Args:
            blueprint: The blueprint's identifier.
            documents: The entities.
            create_missing: Creates related entities that do not exist.

        Raises:
            PortError: Port refused or lost the first request as a whole; later ones are told in the result.
        """
        return await self._write_many(blueprint, documents, {"create_missing_related_entities": create_missing})

    async def upsert_many(
        self, blueprint: str, documents: Sequence[Body], *, merge: bool = True, create_missing: bool = False
    ) -> BulkResult:
        """Creates entities, or changes those that exist (Port: POST …/entities/bulk with `upsert`).

        Args:
            blueprint: The blueprint's identifier.
            documents: The entities.
            merge: Keeps what a document leaves out; False removes it.
            create_missing: Creates related entities that do not exist.

        Raises:
            PortError: As `create_many`.
        """
        options = {"upsert": True, "merge": merge, "create_missing_related_entities": create_missing}
        return await self._write_many(blueprint, documents, options)

    async def delete_many(
        self, blueprint: str, identifiers: Sequence[str], *, delete_dependents: bool = False
    ) -> list[str]:
        """Deletes entities and returns the identifiers of those that were there (Port: POST …/bulk/entities/delete).

        Up to 100 are deleted together or not at all. If Port's answer is lost and they are gone, all count as deleted.

        Args:
            blueprint: The blueprint's identifier.
            identifiers: The entities; ones that do not exist are skipped.
            delete_dependents: Deletes the entities that require them too.

        Raises:
            ForbiddenError: Other entities require one of them (`has_dependents`).
        """
        deleted: list[str] = []
        for start in range(0, len(identifiers), _DELETE_CHUNK):
            chunk = list(identifiers[start : start + _DELETE_CHUNK])
            answer = await self._sender.send(
                "POST",
                _DELETE,
                {"blueprint_identifier": blueprint},
                query={"delete_dependents": delete_dependents},
                body={"entities": chunk},
                repeatable=True,
                proof=_proof_of_absence(blueprint, chunk),
            )
            deleted += answer["deletedEntities"]
        return deleted

    async def _write_many(self, blueprint: str, documents: Sequence[Body], options: JSON) -> BulkResult:
        result = BulkResult()
        bodies = [to_body(document) for document in documents]
        chunks = list(_chunks(bodies))
        while chunks:
            chunk = chunks.pop(0)
            try:
                answer = await self._write_chunk(blueprint, [bodies[index] for index in chunk], options)
            except PortError as exc:
                if exc.status == 413:
                    if half := len(chunk) // 2:
                        chunks[:0] = [chunk[:half], chunk[half:]]
                    else:
                        _note_error(result, bodies, chunk, exc)
                    continue
                if chunk.start == 0:
                    raise
                _note_error(result, bodies, chunk, exc)
                for unsent in chunks:
                    _note_error(result, bodies, unsent, exc, sent=False)
                return result
            _note_answer(result, chunk, answer)
        return result

    async def _write_chunk(self, blueprint: str, bodies: list[JSON], options: JSON) -> JSON:
        is_named = all(isinstance(body.get("identifier"), str) for body in bodies)
        is_upsert = options.get("upsert", False)
        return await self._sender.send(
            "POST",
            _BULK,
            {"blueprint_identifier": blueprint},
            query=options,
            body={"entities": bodies},
            repeatable=is_upsert and is_named,
            proof=_proof_of_writing(blueprint, bodies, "updatedAt" if is_upsert else "createdAt") if is_named else None,
        )


def _chunks(bodies: Sequence[JSON]) -> Iterator[range]:
    """Yields the places of the entities of each request, in order."""
    start = size = 0
    for index, body in enumerate(bodies):
        length = len(json.dumps(body, ensure_ascii=False).encode(errors="replace"))
        if index > start and (index - start == _CHUNK or size + length > _CHUNK_BYTES):
            yield range(start, index)
            start, size = index, 0
        size += length
    if start < len(bodies):
        yield range(start, len(bodies))


def _note_answer(result: BulkResult, chunk: range, answer: JSON) -> None:
    """Adds what Port says of each entity of a chunk; the places it tells are those within the chunk."""
    for entity in answer.get("entities", ()):
        (result.created if entity.get("created", True) else result.updated).append(chunk[entity["index"]])
    for error in answer.get("errors", ()):
        identifier, message = str(error.get("identifier", "unknown")), str(error.get("message", ""))
        result.failures.append(
            BulkFailure(
                chunk[error["index"]], identifier, message, error.get("statusCode"), str(error.get("error", ""))
            )
        )


def _note_error(result: BulkResult, bodies: Sequence[JSON], chunk: range, exc: PortError, *, sent: bool = True) -> None:
    """Adds a failure for each entity of a chunk that failed as a whole, or was not sent because of it."""
    message = str(exc) if sent else "not sent: an earlier request failed"
    outcome = exc.outcome if sent and exc.outcome else Outcome.NOT_DONE
    for index in chunk:
        identifier = bodies[index].get("identifier")
        name = identifier if isinstance(identifier, str) else "unknown"
        status, code = (exc.status, exc.code) if sent else (None, "")
        result.failures.append(BulkFailure(index, name, message, status, code, outcome))


def _proof_of_writing(blueprint: str, bodies: Sequence[JSON], stamp: str) -> Proof:
    """Returns the proof that all entities of a chunk were written; if only some were, there is no telling."""

    def judge(answer: JSON | None, since: datetime | None) -> Finding:
        found = {it["identifier"]: it for it in (answer or {}).get("entities", ())}
        stored = [found.get(body["identifier"]) for body in bodies]
        if all(it is None or is_since(it.get(stamp), since) is False for it in stored):
            return Outcome.NOT_DONE
        pairs = zip(stored, bodies, strict=True)
        if all(it and is_since(it.get(stamp), since) and holds(it, body) for it, body in pairs):
            is_new = [bool(is_since((it or {}).get("createdAt"), since)) for it in stored]
            return {"ok": True, "entities": [{"index": index, "created": it} for index, it in enumerate(is_new)]}
        return Outcome.UNKNOWN

    return _proof(blueprint, [body["identifier"] for body in bodies], judge)


def _proof_of_absence(blueprint: str, identifiers: Sequence[str]) -> Proof:
    """Returns the proof that none of the entities is there; which of them ever were is lost with the answer."""

    def judge(answer: JSON | None, _since: datetime | None) -> Finding:
        found = len((answer or {}).get("entities", ()))
        return Outcome.NOT_DONE if found else {"ok": True, "deletedEntities": list(identifiers)}

    return _proof(blueprint, identifiers, judge)


def _proof(blueprint: str, identifiers: Sequence[str], judge: Judge) -> Proof:
    rule = {"property": "$identifier", "operator": "in", "value": list(identifiers)}
    body = {"query": {"combinator": "and", "rules": [rule]}, "limit": len(identifiers)}
    request = build_request("POST", _SEARCH, {"blueprint_identifier": blueprint}, body=body)
    return Proof(request, judge)
