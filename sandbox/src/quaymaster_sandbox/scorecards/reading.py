"""Scorecards as Port answers them, and what entities show of those that judge them."""

import json
from collections.abc import Sequence
from typing import Any

from quaymaster_sandbox.catalog.blueprint import Blueprint
from quaymaster_sandbox.scorecards.scorecard import STATUSES, Scorecard
from quaymaster_sandbox.scorecards.verdicts import ENTITY_BITS, ENTITY_MASK
from quaymaster_sandbox.session import Session


def scorecards_of(session: Session, blueprint: Blueprint, ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """Returns the value of `scorecards` by entity: a level and the rules' statuses for each scorecard that judges it.

    Port: the entity object. An entity that no scorecard judges is left out.
    """
    found: dict[int, dict[str, Any]] = {}
    for scorecard in session.catalog.scorecards.of(blueprint.id):
        for entity_id, values in _values(session, scorecard, ids).items():
            found.setdefault(entity_id, {})[scorecard.identifier] = {
                "level": scorecard.levels[values[scorecard.id]],
                "rules": [
                    {"identifier": rule.identifier, "status": STATUSES[values[rule.id]], "level": rule.level}
                    for rule in scorecard.rules
                ],
            }
    return found


def describe(session: Session, scorecard: Scorecard) -> dict[str, Any]:
    """Returns a scorecard as Port answers it."""
    blueprint = session.catalog.by_id(scorecard.blueprint_id)
    return {"id": f"{scorecard.id:024x}", "blueprint": blueprint.identifier, **scorecard.document}


def _values(session: Session, scorecard: Scorecard, ids: Sequence[int]) -> dict[int, dict[int, int]]:
    """Returns the verdicts on entities, by entity and by the number of what judges."""
    rows = session.connection.execute(
        f"SELECT id & {ENTITY_MASK}, id >> {ENTITY_BITS}, value FROM verdict WHERE id IN"
        f" (SELECT (judge.value << {ENTITY_BITS}) + entity.value FROM json_each(?) AS judge, json_each(?) AS entity)",
        (json.dumps([scorecard.id, *scorecard.rule_ids.values()]), json.dumps(ids)),
    )
    values: dict[int, dict[int, int]] = {}
    for entity_id, judge, value in rows:
        values.setdefault(entity_id, {})[judge] = value
    return values
