"""Indexes on the columns that queries ask about, made once somebody asks and the table is large.

A blueprint may have hundreds of properties of which few are ever searched: an index on each would cost every write, and
the load of a large catalog, more than it gives. The first query on a column of a large table reads the whole table, in
SQLite; all others use the index.
"""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass

INDEX_FROM = 1000
"""Tables of fewer rows are read as fast without an index."""


@dataclass(frozen=True)
class Column:
    """A column of a table of entities."""

    table: str
    name: str

    @property
    def index(self) -> str:
        """The name of its index."""
        return f"{self.table}_{self.name}"

    @property
    def key(self) -> str:
        """What is indexed: a title with the identifier, as searches by name ask for both and read nothing else then."""
        return "title, identifier" if self.name == "title" else self.name


def columns_of_large_tables(
    connection: sqlite3.Connection, columns: Iterable[Column], index_from: int
) -> frozenset[Column]:
    """Returns those columns whose tables have as many rows as it takes; identifiers have their index anyway."""
    return frozenset(
        column for column in columns if column.name != "identifier" and _has_rows(connection, column.table, index_from)
    )


def _has_rows(connection: sqlite3.Connection, table: str, number: int) -> bool:
    if number == 0:
        return True
    return connection.execute(f"SELECT 1 FROM {table} LIMIT 1 OFFSET {number - 1}").fetchone() is not None


def make_indexes(connection: sqlite3.Connection, columns: Iterable[Column]) -> None:
    """Makes the indexes of columns, and tells SQLite's planner how they are; tables that are gone are passed over."""
    tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    present = [column for column in columns if column.table in tables]
    for column in present:
        connection.execute(f"CREATE INDEX IF NOT EXISTS {column.index} ON {column.table} ({column.key})")
    for table in {column.table for column in present}:
        connection.execute(f"ANALYZE {table}")
