"""Scorecards as Port answers them, and what entities show of those that judge them."""

from collections.abc import Mapping, Sequence
from typing import Any

from quaymaster_sandbox.catalog.blueprint import Blueprint
from quaymaster_sandbox.scorecards.scorecard import STATUSES, Rule, Scorecard
from quaymaster_sandbox.scorecards.verdicts import verdict_on
from quaymaster_sandbox.session import Session
from quaymaster_sandbox.values.cells import to_json


def scorecards_of(session: Session, blueprint: Blueprint, ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """Returns the value of `scorecards` by entity: a level and the rules' statuses for each scorecard that judges it.

    Port: the entity object. An entity that no scorecard judges is left out.
    """
    found: dict[int, dict[str, Any]] = {}
    for scorecard in session.catalog.scorecards.of(blueprint.id):
        results = [_results_of(rule) for rule in scorecard.rules]
        for entity_id, rank, *values in _verdicts(session, scorecard, ids):
            found.setdefault(entity_id, {})[scorecard.identifier] = {
                "level": scorecard.levels[rank],
                "rules": [result[value] for result, value in zip(results, values, strict=True)],
            }
    return found


def _results_of(rule: Rule) -> Sequence[Mapping[str, Any]]:
    """Returns what an entity shows of a rule, by the value of the verdict; all entities with the same share it."""
    return [{"identifier": rule.identifier, "status": status, "level": rule.level} for status in STATUSES]


def describe(session: Session, scorecard: Scorecard) -> dict[str, Any]:
    """Returns a scorecard as Port answers it."""
    blueprint = session.catalog.by_id(scorecard.blueprint_id)
    return {"id": f"{scorecard.id:024x}", "blueprint": blueprint.identifier, **scorecard.document}


def _verdicts(session: Session, scorecard: Scorecard, ids: Sequence[int]) -> list[tuple[int, ...]]:
    """Returns (entity, rank of its level, value of each rule's verdict in turn) for the entities that it judges."""
    judges = [scorecard.id, *(rule.id for rule in scorecard.rules)]
    columns = ", ".join(verdict_on(judge, "entity.value") for judge in judges)
    rows = session.connection.execute(f"SELECT entity.value, {columns} FROM json_each(?) AS entity", (to_json(ids),))
    return [row for row in rows if row[1] is not None]
