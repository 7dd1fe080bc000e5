"""The views by which rule results are read as entities of `_rule_result`, though only verdicts are stored.

They stand where the entities of other blueprints have a table, their documents and their relations, so that searches,
counts and reads of rule results are those of any entity. Identifiers and times of creation are guesses.
"""

from collections.abc import Sequence

from quaymaster_sandbox.catalog.blueprint import Blueprint, Relation
from quaymaster_sandbox.scorecards.system import NOT_PASSED, PASSED, RESULTS, RULE_RELATION
from quaymaster_sandbox.scorecards.verdicts import ENTITY_BITS, ENTITY_MASK
from quaymaster_sandbox.session import Session
from quaymaster_sandbox.storage.database import Connection

_ENTITY = f"result.id & {ENTITY_MASK}"
# Both ways to say the same: the first finds the rule of a result, the second the results of a rule.
_RESULTS = (
    f"scorecard_rule AS rule JOIN verdict AS result ON rule.id = result.id >> {ENTITY_BITS}"
    f" AND result.id BETWEEN rule.id << {ENTITY_BITS} AND (rule.id << {ENTITY_BITS}) + {ENTITY_MASK}"
)


def renew_result_views(session: Session) -> None:
    """Makes the views for the rule results of an organisation, in the place of those that there are."""
    results = session.catalog.get(RESULTS)
    scored = {
        relation: session.catalog.get(relation.target)
        for relation in results.relations.values()
        if relation.identifier != RULE_RELATION
    }
    views = {
        results.table: _entities(results, list(scored.values())),
        results.documents: _documents(results, list(scored.values())),
        results.relations[RULE_RELATION].edges: _edges(results.relations[RULE_RELATION], "rule.id", _RESULTS),
    }
    for relation, blueprint in scored.items():
        views[relation.edges] = _edges(relation, "scored.id", f"{_RESULTS} {_scored_by(blueprint)}")
    for name, query in views.items():
        session.connection.execute(f"DROP VIEW IF EXISTS {name}")
        session.connection.execute(f"CREATE VIEW {name} AS {query} WHERE rule.organization = {session.organization_id}")


def drop_edges(connection: Connection, relation: Relation) -> None:
    """Deletes the view for a relation of rule results that there is no more."""
    connection.execute(f"DROP VIEW {relation.edges}")


def _entities(results: Blueprint, scored: Sequence[Blueprint]) -> str:
    own = {**_own_values(scored), "result_last_change": "result.changed_at"}
    columns = ", ".join(f"{own[name]} AS {definition.column}" for name, definition in results.properties.items())
    return (
        "SELECT result.id AS id, 'rr_' || result.id AS identifier, NULL AS title, NULL AS icon,"
        " result.changed_at AS created_at, NULL AS created_by, result.changed_at AS updated_at, NULL AS updated_by,"
        f" NULL AS datasource, {columns} FROM {_RESULTS}"
    )


def _documents(results: Blueprint, scored: Sequence[Blueprint]) -> str:
    own = {**_own_values(scored), "result_last_change": "instant_text(result.changed_at)"}
    members = ", ".join(f"'{name}', {own[name]}" for name in results.properties)
    return f"SELECT result.id AS id, {results.id} AS blueprint, json_object({members}) AS properties FROM {_RESULTS}"


def _edges(relation: Relation, target: str, rows: str) -> str:
    return f"SELECT result.id AS source, {relation.id} AS relation, 0 AS position, {target} AS target FROM {rows}"


def _scored_by(blueprint: Blueprint) -> str:
    return (
        f"JOIN {blueprint.table} AS scored ON scored.id = {_ENTITY} AND rule.blueprint = {blueprint.id}"
        f" AND result.id = (rule.id << {ENTITY_BITS}) + scored.id"
    )


def _own_values(scored: Sequence[Blueprint]) -> dict[str, str]:
    cases = " ".join(
        f"WHEN {blueprint.id} THEN (SELECT identifier FROM {blueprint.table} WHERE id = {_ENTITY})"
        for blueprint in scored
    )
    return {
        "entity": f"CASE rule.blueprint {cases} END" if cases else "NULL",
        "result": f"CASE result.value WHEN 1 THEN '{PASSED}' ELSE '{NOT_PASSED}' END",
    }
