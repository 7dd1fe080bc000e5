"""Deletes entities, with regard to those that depend on them (Port: DELETE of entities)."""

from collections.abc import Sequence

from quaymaster_sandbox.catalog.blueprint import Blueprint
from quaymaster_sandbox.catalog.changes import EntityChange, announce, watched
from quaymaster_sandbox.catalog.entity_rows import delete_rows
from quaymaster_sandbox.catalog.protection import refuse_protected
from quaymaster_sandbox.catalog.reading import read_entities
from quaymaster_sandbox.errors import PortError
from quaymaster_sandbox.query.sql import any_id
from quaymaster_sandbox.scorecards import as_entities
from quaymaster_sandbox.session import Session


def delete_entities(
    session: Session, blueprint: Blueprint, ids: Sequence[int], *, delete_dependents: bool, run_id: str | None = None
) -> None:
    """Deletes entities of one blueprint, all or none.

    Entities with a required relation to one of them depend on it, and so on transitively (a guess). With dependents,
    either they go too or nothing is deleted. Other relations to what is deleted lose that target.
    """
    refuse_protected(blueprint, "delete")
    doomed: dict[int, list[int]] = {blueprint.id: list(ids)}
    dependents = _dependents(session, ids)
    if dependents and not delete_dependents:
        raise PortError(
            403,
            "has_dependents",
            f'Entities of the blueprint "{blueprint.identifier}" have dependents; use delete_dependents=true to delete'
            " them as well",
            {"blueprint": blueprint.identifier},
        )
    for entity_id, owner in dependents.items():
        doomed.setdefault(owner, []).append(entity_id)
    for blueprint_id, doomed_ids in reversed(doomed.items()):
        _delete(session, session.catalog.by_id(blueprint_id), doomed_ids, run_id)


def _dependents(session: Session, ids: Sequence[int]) -> dict[int, int]:
    """Returns the entities that depend on these, with the number of their blueprint."""
    required = [
        str(relation.id)
        for blueprint in session.catalog
        for relation in blueprint.relations.values()
        if relation.required
    ]
    if not required:
        return {}
    roots = any_id(ids)
    rows = session.connection.execute(
        f"WITH RECURSIVE doomed(id) AS (SELECT value FROM json_each(?) UNION SELECT edge.source FROM doomed"
        f" JOIN edge ON edge.target = doomed.id AND edge.relation IN ({', '.join(required)}))"
        " SELECT doomed.id, document.blueprint FROM doomed JOIN document ON document.id = doomed.id",
        roots.values,
    )
    given = set(ids)
    return {entity_id: owner for entity_id, owner in rows.fetchall() if entity_id not in given}


def _delete(session: Session, blueprint: Blueprint, ids: Sequence[int], run_id: str | None) -> None:
    befores = list(read_entities(session, blueprint, ids)) if session.listeners else []
    if as_entities.is_of_scorecards(blueprint):
        as_entities.delete(session, blueprint, ids)
    else:
        with watched(session, blueprint, ids):
            delete_rows(session.connection, blueprint, ids)
    for entity_id, before in zip(ids, befores, strict=False):
        announce(session, EntityChange("DELETE", blueprint, entity_id, before, None, run_id))
