"""The tables of a sandbox.

Entities live in one narrow table for each blueprint (`entities_<id>`), with a column for each property, so that a
condition on a property is a condition on a column, which an index can serve. The properties as they were written stand
beside it in `document`; relations and teams are rows of `edge`, indexed both ways.
"""

import sqlite3

VERSION = 1
TEAM_EDGE = 0
"""The `edge.relation` of an entity's teams; the relations of blueprints count from 1."""

_TABLES = """
CREATE TABLE organization (
    id INTEGER PRIMARY KEY,
    identifier TEXT NOT NULL UNIQUE,
    document TEXT NOT NULL,
    catalog_version INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE client (
    client_id TEXT PRIMARY KEY,
    client_secret TEXT NOT NULL,
    organization INTEGER NOT NULL REFERENCES organization(id),
    email TEXT,
    token TEXT UNIQUE,
    token_expires_at INTEGER
);
CREATE TABLE blueprint (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    organization INTEGER NOT NULL REFERENCES organization(id),
    identifier TEXT NOT NULL,
    document TEXT NOT NULL,
    layout TEXT NOT NULL,
    UNIQUE (organization, identifier)
);
CREATE TABLE relation (id INTEGER PRIMARY KEY AUTOINCREMENT, blueprint INTEGER NOT NULL REFERENCES blueprint(id));
CREATE TABLE document (id INTEGER PRIMARY KEY AUTOINCREMENT, blueprint INTEGER NOT NULL, properties TEXT NOT NULL);
CREATE TABLE edge (
    source INTEGER NOT NULL,
    relation INTEGER NOT NULL,
    position INTEGER NOT NULL,
    target INTEGER NOT NULL,
    PRIMARY KEY (source, relation, position)
) WITHOUT ROWID;
CREATE INDEX edge_target ON edge (target, relation, source);
CREATE TABLE element (
    blueprint INTEGER NOT NULL,
    slot INTEGER NOT NULL,
    value NOT NULL,
    entity INTEGER NOT NULL,
    PRIMARY KEY (blueprint, slot, value, entity)
) WITHOUT ROWID;
CREATE INDEX element_entity ON element (entity, slot);
CREATE TABLE resource (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    organization INTEGER NOT NULL REFERENCES organization(id),
    kind TEXT NOT NULL,
    identifier TEXT NOT NULL,
    document TEXT NOT NULL,
    UNIQUE (organization, kind, identifier)
);
CREATE TABLE audit (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    organization INTEGER NOT NULL REFERENCES organization(id),
    at INTEGER NOT NULL,
    identifier TEXT NOT NULL,
    resource TEXT NOT NULL,
    action TEXT NOT NULL,
    status TEXT NOT NULL,
    origin TEXT NOT NULL,
    entity TEXT,
    blueprint TEXT,
    run TEXT,
    entity_id INTEGER,
    document TEXT NOT NULL
);
CREATE INDEX audit_entity ON audit (entity_id) WHERE entity_id IS NOT NULL;
CREATE TABLE scorecard (
    id INTEGER PRIMARY KEY,
    organization INTEGER NOT NULL REFERENCES organization(id),
    blueprint INTEGER NOT NULL,
    identifier TEXT NOT NULL,
    document TEXT NOT NULL,
    UNIQUE (organization, identifier)
);
CREATE TABLE scorecard_rule (
    id INTEGER PRIMARY KEY,
    organization INTEGER NOT NULL,
    blueprint INTEGER NOT NULL,
    scorecard INTEGER NOT NULL,
    identifier TEXT NOT NULL,
    UNIQUE (scorecard, identifier)
);
CREATE TABLE verdict (id INTEGER PRIMARY KEY, value INTEGER NOT NULL, changed_at INTEGER NOT NULL);
"""


def create_tables(connection: sqlite3.Connection) -> None:
    """Creates the tables of an empty database inside the caller's transaction."""
    for statement in _TABLES.split(";\n"):
        if statement.strip():
            connection.execute(statement)
    connection.execute(f"PRAGMA user_version = {VERSION}")


def entities_table(blueprint_id: int) -> str:
    """Returns the name of the table that holds the entities of a blueprint."""
    return f"entities_{blueprint_id}"


def documents_view(blueprint_id: int) -> str:
    """Returns the name of the view that stands for `document` where a blueprint's entities are computed."""
    return f"documents_{blueprint_id}"


def edges_view(relation_id: int) -> str:
    """Returns the name of the view that stands for `edge` where the source of a relation is computed."""
    return f"edges_{relation_id}"


def calculation_column(slot: int) -> str:
    """Returns the name of the column that holds the values of a calculation."""
    return f"k{slot}"


def create_entities_table(
    connection: sqlite3.Connection, blueprint_id: int, slots: int, calculation_slots: int
) -> None:
    """Creates the table for a blueprint's entities.

    It has columns `c0`, `c1`, … for its properties, and `k0`, `k1`, … for calculations whose values are kept.
    """
    columns = "".join(f", c{slot}" for slot in range(slots))
    columns += "".join(f", {calculation_column(slot)}" for slot in range(calculation_slots))
    connection.execute(
        f"CREATE TABLE {entities_table(blueprint_id)} (id INTEGER PRIMARY KEY, identifier TEXT NOT NULL UNIQUE,"
        " title TEXT, icon TEXT, created_at INTEGER NOT NULL, created_by TEXT, updated_at INTEGER NOT NULL,"
        f" updated_by TEXT, datasource TEXT{columns})"
    )


def add_column(connection: sqlite3.Connection, blueprint_id: int, column: str) -> None:
    """Adds the column of one more property or calculation to a blueprint's entities."""
    connection.execute(f"ALTER TABLE {entities_table(blueprint_id)} ADD COLUMN {column}")
