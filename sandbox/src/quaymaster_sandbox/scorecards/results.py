"""The blueprint `_rule_result`, which has a relation to each blueprint with a scorecard."""

from typing import Any

from quaymaster_sandbox.catalog import blueprint_rows
from quaymaster_sandbox.catalog.blueprint import Layout
from quaymaster_sandbox.scorecards.system import RESULTS, RULE_RELATION
from quaymaster_sandbox.scorecards.views import drop_edges, renew_result_views
from quaymaster_sandbox.session import Session


def renew_results(session: Session) -> None:
    """Gives `_rule_result` its relations to the blueprints that scorecards judge, and the views that follow from them.

    Such a relation is called like its blueprint (Port: `docs/scorecards`, rule results).
    """
    results = session.catalog.get(RESULTS)
    relations = _relations(session)
    if relations == results.document["relations"]:
        return
    for name, relation in results.relations.items():
        if name not in relations:
            drop_edges(session.connection, relation)
    kept = {name: number for name, number in results.layout.relations.items() if name in relations}
    layout = Layout(results.layout.properties, kept, results.layout.slots)
    document = {**results.document, "relations": relations}
    blueprint = blueprint_rows.update_blueprint(session.connection, results, document, layout)
    session.catalog = session.catalog.with_blueprint(blueprint, replacing=RESULTS)
    renew_result_views(session)


def _relations(session: Session) -> dict[str, Any]:
    relations: dict[str, Any] = {RULE_RELATION: session.catalog.get(RESULTS).document["relations"][RULE_RELATION]}
    for scorecard in session.catalog.scorecards:
        blueprint = session.catalog.by_id(scorecard.blueprint_id)
        name = blueprint.identifier if blueprint.identifier != RULE_RELATION else f"_{RULE_RELATION}"
        relations[name] = {
            "title": blueprint.document["title"],
            "target": blueprint.identifier,
            "required": False,
            "many": False,
            "type": "rule_result_target",
        }
    return relations
