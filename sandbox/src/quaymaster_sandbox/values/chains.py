"""Follows relations from many entities at once."""

import sqlite3
from collections.abc import Sequence

from quaymaster_sandbox.catalog.blueprint import Relation
from quaymaster_sandbox.query.sql import any_id


def direct_ends(
    connection: sqlite3.Connection, relations: Sequence[Relation], ids: Sequence[int]
) -> dict[int, list[tuple[int, int]]]:
    """Returns (start, end) for each step along one of the relations, by the relation's number, as `ends_of` does."""
    ends: dict[int, list[tuple[int, int]]] = {relation.id: [] for relation in relations}
    starts = any_id(ids)
    for edges in {relation.edges for relation in relations}:
        rows = connection.execute(
            f"SELECT relation, source, target FROM {edges} WHERE source IN {starts.text}"
            " ORDER BY source, relation, position",
            starts.values,
        )
        for relation, source, target in rows:
            if relation in ends:
                ends[relation].append((source, target))
    return ends


def ends_of(connection: sqlite3.Connection, relations: Sequence[Relation], ids: Sequence[int]) -> list[tuple[int, int]]:
    """Returns (start, end) for each way from the entities `ids` along the relations, in the order of their lists."""
    joins, order = "", "e0.source, e0.position"
    for index in range(1, len(relations)):
        joins += (
            f" JOIN {relations[index].edges} AS e{index} ON e{index}.source = e{index - 1}.target"
            f" AND e{index}.relation = {relations[index].id}"
        )
        order += f", e{index}.position"
    starts = any_id(ids)
    return connection.execute(
        f"SELECT e0.source, e{len(relations) - 1}.target FROM {relations[0].edges} AS e0{joins}"
        f" WHERE e0.relation = {relations[0].id} AND e0.source IN {starts.text} ORDER BY {order}",
        starts.values,
    ).fetchall()
