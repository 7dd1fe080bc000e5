"""What scorecards say of entities, in the database: one row for each (scorecard, entity) and each (rule, entity).

A verdict's number is made of the number of what judges (a `_scorecard` or `_rule` entity) and of that of the judged
entity, so that the verdicts of one rule lie together and any one is found at once. Its value is 1 or 0 for a rule that
the entity passes or fails, and for a scorecard the rank of the level that the entity has reached.
"""

import json
import sqlite3
from collections.abc import Mapping, Sequence

from quaymaster_sandbox.query.sql import Sql

ENTITY_BITS = 32
ENTITY_MASK = (1 << ENTITY_BITS) - 1


def first_verdict(judge: int) -> int:
    """Returns the number before the first verdict of a scorecard or rule."""
    return judge << ENTITY_BITS


def judged_by(judge: int) -> str:
    """Returns the condition that a row of `verdict` is about this scorecard or rule."""
    return f"id BETWEEN {first_verdict(judge)} AND {first_verdict(judge) + ENTITY_MASK}"


def verdict_on(judge: int, entity: str) -> str:
    """Returns the SQL for the value of a scorecard's or rule's verdict on the entity that the SQL `entity` numbers."""
    return f"(SELECT value FROM verdict WHERE id = {first_verdict(judge)} + {entity})"


def date_back(connection: sqlite3.Connection, at: int, instants: Mapping[int, int]) -> None:
    """Has verdicts that changed at one instant have changed at that of their entity."""
    changed = connection.execute("SELECT id FROM verdict WHERE changed_at = ?", (at,)).fetchall()
    connection.executemany(
        "UPDATE verdict SET changed_at = ? WHERE id = ?", [(instants[row[0] & ENTITY_MASK], row[0]) for row in changed]
    )


def forget_judges(connection: sqlite3.Connection, judges: Sequence[int]) -> None:
    """Deletes all verdicts of scorecards and rules."""
    for judge in judges:
        connection.execute(f"DELETE FROM verdict WHERE {judged_by(judge)}")


def forget_entities(connection: sqlite3.Connection, judges: Sequence[int], entities: Sequence[int], kept: Sql) -> None:
    """Deletes the verdicts of scorecards and rules on these entities, those that the query `kept` numbers excepted."""
    connection.execute(
        f"DELETE FROM verdict WHERE id IN (SELECT (judge.value << {ENTITY_BITS}) + entity.value"
        " FROM json_each(?) AS judge, json_each(?) AS entity WHERE entity.value NOT IN (" + kept.text + "))",
        (json.dumps(judges), json.dumps(entities), *kept.values),
    )


def forget_all_but(connection: sqlite3.Connection, judges: Sequence[int], kept: Sql) -> None:
    """Deletes the verdicts of scorecards and rules on all entities but those that the query `kept` numbers."""
    for judge in judges:
        connection.execute(
            f"DELETE FROM verdict WHERE {judged_by(judge)} AND (id & {ENTITY_MASK}) NOT IN (" + kept.text + ")",
            kept.values,
        )
