"""Finds the entities that match a condition."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from quaymaster_sandbox.catalog.blueprint import Blueprint
from quaymaster_sandbox.catalog.permissions import readable
from quaymaster_sandbox.query.sql import NEVER, Sql, any_value, where
from quaymaster_sandbox.session import Session


def find_ids(
    session: Session, blueprint: Blueprint, condition: Sql, *, after: int = 0, limit: int | None = None
) -> list[int]:
    """Returns the numbers of the matching entities in order of creation, those after the number `after`."""
    if condition == NEVER:
        return []
    rows = session.connection.execute(
        f"SELECT v.id FROM {blueprint.table} AS v WHERE {condition.text}"
        f"{' AND v.id > ?' if after else ''} ORDER BY v.id{'' if limit is None else ' LIMIT ?'}",
        (*condition.values, *((after,) if after else ()), *(() if limit is None else (limit,))),
    )
    return [row[0] for row in rows]


def find_everywhere(session: Session, query: Mapping[str, Any]) -> Iterator[tuple[Blueprint, list[int]]]:
    """Yields each blueprint of which entities match a query, with their numbers."""
    for blueprint in session.catalog:
        ids = find_ids(session, blueprint, readable(session, blueprint, query))
        if ids:
            yield blueprint, ids


def any_exists(session: Session, blueprint: Blueprint, identifiers: Sequence[str]) -> bool:
    """Tells whether an entity has one of these identifiers."""
    wanted = any_value(identifiers)
    row = session.connection.execute(
        f"SELECT 1 FROM {blueprint.table} WHERE identifier IN {wanted.text} LIMIT 1", wanted.values
    ).fetchone()
    return row is not None


def count_entities(session: Session, blueprint: Blueprint, condition: Sql) -> int:
    """Returns how many entities match."""
    if condition == NEVER:
        return 0
    row = session.connection.execute(
        f"SELECT count(*) FROM {blueprint.table} AS v{where(condition)}", condition.values
    ).fetchone()
    return int(row[0])
