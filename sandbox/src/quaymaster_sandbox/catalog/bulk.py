"""Creates new entities together, much faster than one by one: looks things up once, writes and reads them at once.

What comes of it is what comes of creating them one after the other.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from quaymaster_sandbox.catalog.blueprint import Blueprint
from quaymaster_sandbox.catalog.changes import EntityChange, announce, watched
from quaymaster_sandbox.catalog.entities import WriteOptions, generated_identifier, new_row, resolve_new_targets
from quaymaster_sandbox.catalog.entity_rows import find_id, insert_rows, insert_targets, next_number
from quaymaster_sandbox.catalog.finding import any_exists
from quaymaster_sandbox.catalog.protection import refuse_protected
from quaymaster_sandbox.catalog.reading import read_entities
from quaymaster_sandbox.catalog.relations import Lookup
from quaymaster_sandbox.session import Session

Document = Mapping[str, Any]


def create_together(
    session: Session, blueprint: Blueprint, bodies: Sequence[Document], options: WriteOptions
) -> list[str] | None:
    """Creates entities and returns their identifiers; None, perhaps with some of the work done, if it must not.

    That is so when one of them is there already, when one leads to a later one, or when a query stands for an
    identifier.

    Raises:
        PortError: one of them is refused.
    """
    bodies = [
        body if body.get("identifier") else {**body, "identifier": generated_identifier(session)} for body in bodies
    ]
    if options.create_missing_related_entities or not _are_new(session, blueprint, bodies):
        return None
    refuse_protected(blueprint, "create")
    first = next_number(session.connection)
    rows = list(enumerate((new_row(session, blueprint, body) for body in bodies), first))
    insert_rows(session.connection, blueprint, rows)
    links = list(_links(session, blueprint, bodies, first))
    if any(target > entity_id for entity_id, _, _, target in links):
        return None
    ids = [entity_id for entity_id, _ in rows]
    with watched(session, blueprint, ids):
        insert_targets(session.connection, links)
    _announce(session, blueprint, ids, options)
    return [row.identifier for _, row in rows]


def _are_new(session: Session, blueprint: Blueprint, bodies: Sequence[Document]) -> bool:
    identifiers = [body["identifier"] for body in bodies]
    if not all(isinstance(identifier, str) for identifier in identifiers):
        return False
    return len(set(identifiers)) == len(identifiers) and not any_exists(session, blueprint, identifiers)


def _links(
    session: Session, blueprint: Blueprint, bodies: Sequence[Document], first: int
) -> Iterator[tuple[int, int, int, int]]:
    """Yields (entity, relation, position, target) for all that the entities point at."""
    lookup = Lookup(_remembering(session))
    for entity_id, body in enumerate(bodies, first):
        for relation, targets in resolve_new_targets(session, blueprint, body, lookup).items():
            for position, target in enumerate(targets):
                yield entity_id, relation.id, position, target


def _remembering(session: Session) -> Callable[[Blueprint, str], int | None]:
    """Returns what finds the number of an entity, and looks only once for one that many entities name."""
    known: dict[tuple[int, str], int | None] = {}

    def find(blueprint: Blueprint, identifier: str) -> int | None:
        key = (blueprint.id, identifier)
        if key not in known:
            known[key] = find_id(session.connection, blueprint, identifier)
        return known[key]

    return find


def _announce(session: Session, blueprint: Blueprint, ids: Sequence[int], options: WriteOptions) -> None:
    if session.listeners:
        for entity_id, after in zip(ids, list(read_entities(session, blueprint, ids)), strict=True):
            announce(session, EntityChange("CREATE", blueprint, entity_id, None, after, options.run_id))
