"""Levels and rule results as subjects of searches (Port: rules with `scorecard` and `scorecardRule`)."""

from collections.abc import Mapping
from typing import Any

from quaymaster_sandbox.catalog.blueprint import Kind
from quaymaster_sandbox.query.scope import Scope
from quaymaster_sandbox.query.sql import Sql
from quaymaster_sandbox.query.subjects import Subject, scalar
from quaymaster_sandbox.scorecards.scorecard import STATUSES
from quaymaster_sandbox.scorecards.verdicts import verdict_on

_SPELLINGS = {"Passed": "SUCCESS", "Not passed": "FAILURE"}


def verdict_subject(name: str, rule_name: str | None, scope: Scope) -> Subject | None:
    """Returns the subject of the title of the level that an entity has reached, or of the status of one rule.

    An entity that the scorecard does not judge has no value. None if the blueprint has no such scorecard or rule.
    """
    scorecard = scope.catalog.scorecards.find(name)
    if scorecard is None or scorecard.blueprint_id != scope.blueprint.id:
        return None
    if rule_name is None:
        return _text(scorecard.id, scorecard.levels)
    rule = scorecard.rule(rule_name)
    return None if rule is None else _text(rule.id, STATUSES)


def with_status(rule: Mapping[str, Any]) -> Mapping[str, Any]:
    """Returns a rule of a search with the status as entities show it; `_rule_result` spells it `Passed` (a guess)."""
    value = rule.get("value")
    if "scorecardRule" not in rule or value is None:
        return rule
    if isinstance(value, list):
        return {**rule, "value": [_SPELLINGS.get(name, name) for name in value]}
    return {**rule, "value": _SPELLINGS.get(value, value)}


def _text(judge: int, names: tuple[str, ...]) -> Subject:
    cases = " ".join(f"WHEN {value} THEN ?" for value in range(len(names)))
    text = Sql(f"CASE {verdict_on(judge, 'v.id')} {cases} END", names)
    return scalar(text, Kind.TEXT, text)
