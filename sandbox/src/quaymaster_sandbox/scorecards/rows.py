"""Scorecards in the database."""

import json
import sqlite3

from quaymaster_sandbox.scorecards.scorecard import Scorecard, Scorecards
from quaymaster_sandbox.values.cells import to_json


def load_scorecards(connection: sqlite3.Connection, organization_id: int) -> Scorecards:
    """Reads the scorecards of an organisation."""
    rule_ids: dict[int, dict[str, int]] = {}
    for rule_id, scorecard_id, identifier in connection.execute(
        "SELECT id, scorecard, identifier FROM scorecard_rule WHERE organization = ?", (organization_id,)
    ):
        rule_ids.setdefault(scorecard_id, {})[identifier] = rule_id
    rows = connection.execute(
        "SELECT id, blueprint, document FROM scorecard WHERE organization = ? ORDER BY id", (organization_id,)
    )
    return Scorecards([Scorecard(row[0], row[1], json.loads(row[2]), rule_ids.get(row[0], {})) for row in rows])


def store_scorecard(connection: sqlite3.Connection, organization_id: int, scorecard: Scorecard) -> None:
    """Stores a scorecard and its rules in the place of its former version, if there is one."""
    delete_scorecard(connection, scorecard.id)
    connection.execute(
        "INSERT INTO scorecard (id, organization, blueprint, identifier, document) VALUES (?, ?, ?, ?, ?)",
        (
            scorecard.id,
            organization_id,
            scorecard.blueprint_id,
            scorecard.identifier,
            to_json(scorecard.document),
        ),
    )
    connection.executemany(
        "INSERT INTO scorecard_rule (id, organization, blueprint, scorecard, identifier) VALUES (?, ?, ?, ?, ?)",
        [
            (rule_id, organization_id, scorecard.blueprint_id, scorecard.id, identifier)
            for identifier, rule_id in scorecard.rule_ids.items()
        ],
    )


def delete_scorecard(connection: sqlite3.Connection, scorecard_id: int) -> None:
    """Deletes a scorecard and its rules; their verdicts stay."""
    connection.execute("DELETE FROM scorecard_rule WHERE scorecard = ?", (scorecard_id,))
    connection.execute("DELETE FROM scorecard WHERE id = ?", (scorecard_id,))
