"""Judges entities by scorecards, all of a blueprint's entities or some, in one statement for each scorecard.

Port: `docs/scorecards`, evaluation. A verdict that does not change keeps the instant of its last change. Conditions on
dates relative to today are judged when the entity or the scorecard changes, not as time passes (a guess).
"""

from collections.abc import Sequence

from quaymaster_sandbox.query.scope import Scope
from quaymaster_sandbox.query.sql import ALWAYS, Sql, all_of, any_id
from quaymaster_sandbox.scorecards import verdicts
from quaymaster_sandbox.scorecards.conditions import compile_conditions
from quaymaster_sandbox.scorecards.scorecard import Scorecard
from quaymaster_sandbox.session import Session


def evaluate(session: Session, scorecard: Scorecard, entities: Sequence[int] | None = None) -> None:
    """Brings the verdicts of a scorecard and its rules up to date, on all entities of its blueprint or on these.

    Entities that the scorecard's filter leaves out, or that exist no more, have no verdicts.
    """
    blueprint = session.catalog.by_id(scorecard.blueprint_id)
    scope = session.scope(blueprint)
    judged = ALWAYS if scorecard.filter is None else compile_conditions(scorecard.filter, scope)
    if entities is not None:
        judged = all_of((judged, "v.id IN " + any_id(entities)))
    kept = f"SELECT v.id FROM {blueprint.table} AS v WHERE " + judged
    judges = [scorecard.id, *scorecard.rule_ids.values()]
    if entities is not None:
        verdicts.forget_entities(session.connection, judges, entities, kept)
    elif scorecard.filter is not None:
        verdicts.forget_all_but(session.connection, judges, kept)
    statement = _judging(scorecard, blueprint.table, judged, scope)
    session.connection.execute(statement.text, (*statement.values, session.now_micros))


def _judging(scorecard: Scorecard, table: str, judged: Sql, scope: Scope) -> Sql:
    """Returns the statement that judges the entities `judged` and stores what is new; the present instant is to come.

    The rules' verdicts are computed once for each entity, as `passes_<number of the rule>`, and the level from them.
    """
    passes = Sql("")
    for rule in scorecard.rules:
        passes += ", (" + compile_conditions(rule.query, scope) + f") IS TRUE AS passes_{rule.id}"
    verdict_queries = [
        f"SELECT {verdicts.first_verdict(scorecard.id)} + id AS id, {_level(scorecard, scope)} AS value FROM judged"
    ]
    verdict_queries += [
        f"SELECT {verdicts.first_verdict(rule.id)} + id, passes_{rule.id} FROM judged" for rule in scorecard.rules
    ]
    return (
        "WITH judged AS MATERIALIZED (SELECT v.id AS id"
        + passes
        + f" FROM {table} AS v WHERE "
        + judged
        + f"), fresh AS ({' UNION ALL '.join(verdict_queries)})"
        " INSERT INTO verdict (id, value, changed_at) SELECT id, value, ? FROM fresh WHERE TRUE"
        " ON CONFLICT (id) DO UPDATE SET value = excluded.value, changed_at = excluded.changed_at"
        " WHERE value <> excluded.value"
    )


def _level(scorecard: Scorecard, scope: Scope) -> str:
    """Returns the SQL for the rank of the highest level whose rules and those of all lower levels pass.

    Port: `docs/scorecards`, how levels are computed. Levels without rules are never reached by themselves (a guess).
    """
    cases, reached = [], 0
    for rank in range(1, len(scorecard.levels)):
        passed = [f"passes_{rule.id}" for rule in scorecard.rules if rule.rank == rank]
        if passed:
            cases.append(f"WHEN NOT ({' AND '.join(passed)}) THEN {reached}")
        if passed or (scope.assumptions.empty_levels_reached and scorecard.rules):
            reached = rank
    return f"CASE {' '.join(cases)} ELSE {reached} END" if cases else "0"
