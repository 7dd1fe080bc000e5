"""What a rule is about: where the values to compare stand in the database.

A subject has one value for each entity, or an array of them. A condition on a value is a condition on a *cell*; the
subject wraps it so that it becomes a condition on the entity `v` (the alias of the blueprint's table).
"""

from collections.abc import Callable
from dataclasses import dataclass

from quaymaster_sandbox.catalog.blueprint import Blueprint, Kind, Property, Relation
from quaymaster_sandbox.query.sql import ALWAYS, EMPTY, Sql
from quaymaster_sandbox.storage.indexes import Column


@dataclass(frozen=True)
class Cell:
    """One comparable value: its SQL, what kind of value it is (None: any, told apart by SQLite's type), its text."""

    expression: Sql
    kind: Kind | None
    text: Sql | None
    """The value as text where the comparable form is another, as for instants; None where there is no text."""


@dataclass(frozen=True)
class Subject:
    """Values of the entity `v`: `holds(condition)` says that a cell meets the condition made for it."""

    cell: Cell
    holds: Callable[[Sql], Sql]
    present: Sql
    is_array: bool = False
    length: Sql | None = None
    """For arrays: the number of elements."""
    whole: Sql | None = None
    """For arrays: the JSON text of all elements."""
    value: Sql = EMPTY
    """The value, where the rows of `v` are joined with `join`: one row for each different element of an array."""
    join: Sql = EMPTY
    column: Column | None = None
    """The column that conditions on the value compare, if it is one that an index can serve."""


META_KINDS = {
    "$identifier": ("v.identifier", Kind.TEXT),
    "$title": ("v.title", Kind.TEXT),
    "$icon": ("v.icon", Kind.TEXT),
    "$createdAt": ("v.created_at", Kind.INSTANT),
    "$updatedAt": ("v.updated_at", Kind.INSTANT),
    "$createdBy": ("v.created_by", Kind.TEXT),
    "$updatedBy": ("v.updated_by", Kind.TEXT),
    "$datasource": ("v.datasource", Kind.TEXT),
}


def _itself(condition: Sql) -> Sql:
    return condition


def scalar(expression: Sql, kind: Kind, text: Sql | None, column: Column | None = None) -> Subject:
    """Returns the subject of a value that stands in a column or an expression of the entity's row."""
    present = expression + " IS NOT NULL"
    return Subject(Cell(expression, kind, text), _itself, present, value=expression, column=column)


def _indexable(blueprint: Blueprint, name: str) -> Column | None:
    """Returns a column of the blueprint's table, if it is one: entities that are computed have none."""
    return None if blueprint.is_computed else Column(blueprint.table, name)


def meta_property(blueprint: Blueprint, identifier: str) -> Subject | None:
    """Returns the subject of a meta-property such as `$title`, or None if there is no such scalar meta-property."""
    if identifier == "$blueprint":
        name = Sql("?", (blueprint.identifier,))
        return Subject(Cell(name, Kind.TEXT, name), _itself, ALWAYS, value=name)
    if identifier not in META_KINDS:
        return None
    column, kind = META_KINDS[identifier]
    text = Sql(f"instant_text({column})") if kind is Kind.INSTANT else Sql(column)
    return scalar(Sql(column), kind, text, _indexable(blueprint, column.removeprefix("v.")))


def own_property(blueprint: Blueprint, definition: Property) -> Subject:
    """Returns the subject of a property that the entity itself holds."""
    column = Sql(f"v.{definition.column}")
    document = Sql(
        f"(SELECT json_extract(properties, ?) FROM {blueprint.documents} AS document WHERE document.id = v.id)",
        (f'$."{definition.identifier}"',),
    )
    if definition.kind is Kind.ARRAY:
        return Subject(
            Cell(Sql("value"), None, Sql("value")),
            lambda condition: (
                Sql(
                    "v.id IN (SELECT entity FROM element WHERE blueprint = ? AND slot = ? AND ",
                    (blueprint.id, definition.slot),
                )
                + condition
                + ")"
            ),
            column + " IS NOT NULL",
            is_array=True,
            length=column,
            whole=document,
            value=Sql("element.value"),
            join=Sql(
                " JOIN element ON element.entity = v.id AND element.blueprint = ? AND element.slot = ?",
                (blueprint.id, definition.slot),
            ),
        )
    text = column if definition.kind is Kind.TEXT else document
    return scalar(column, definition.kind, text, _indexable(blueprint, definition.column))


def relation_targets(relation: Relation, target: Blueprint, column: str) -> Subject:
    """Returns the subject of the identifiers or titles of the entities that a relation points at."""
    joined = f"JOIN {target.table} AS t ON t.id = edge.target"
    edges = f"FROM {relation.edges} AS edge {joined} WHERE edge.relation = {relation.id}"
    count = Sql(
        f"(SELECT count(*) FROM {relation.edges} AS edge WHERE edge.source = v.id AND edge.relation = {relation.id})"
    )
    name = Sql(f"t.{column}")

    # Looked up for each entity: a list of all sources would be made even to judge a single one.
    has_target = Sql(f"EXISTS (SELECT 1 {edges} AND edge.source = v.id AND t.{column} IS NOT NULL)")

    def points_at(condition: Sql) -> Sql:
        return f"v.id IN (SELECT edge.source {edges} AND " + condition + ")"

    return Subject(
        Cell(name, Kind.TEXT, name),
        points_at,
        count + " > 0" if relation.many else has_target,
        is_array=relation.many,
        length=count if relation.many else None,
        whole=Sql(
            f"(SELECT json_group_array(name) FROM (SELECT t.{column} AS name {edges} AND edge.source = v.id"
            " ORDER BY edge.position))"
        ),
        value=name,
        join=Sql(f" JOIN {relation.edges} AS edge ON edge.source = v.id AND edge.relation = {relation.id} {joined}"),
    )
