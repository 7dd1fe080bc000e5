"""Writes of scorecards (Port: POST, PUT and DELETE of …/scorecards)."""

from collections.abc import Mapping, Sequence
from typing import Any

from quaymaster_sandbox.catalog.blueprint import Blueprint
from quaymaster_sandbox.clock import format_millis
from quaymaster_sandbox.errors import PortError, identifier_taken, invalid_request
from quaymaster_sandbox.scorecards import rows, verdicts
from quaymaster_sandbox.scorecards.checks import check_scorecard, levels_of
from quaymaster_sandbox.scorecards.entities import delete_entities_of, store_entities
from quaymaster_sandbox.scorecards.evaluation import evaluate
from quaymaster_sandbox.scorecards.results import renew_results
from quaymaster_sandbox.scorecards.scorecard import Scorecard
from quaymaster_sandbox.session import Session

Document = dict[str, Any]


def create_scorecard(session: Session, blueprint: Blueprint, body: Mapping[str, Any]) -> Scorecard:
    """Creates a scorecard and judges all entities of its blueprint; rule results take none (a guess)."""
    if blueprint.is_computed:
        message = f'Cannot create scorecard on blueprint "{blueprint.identifier}" as it is marked protected'
        raise PortError(422, "protected_resource", message, {"blueprint": blueprint.identifier})
    if session.catalog.scorecards.find(body["identifier"]) is not None:
        raise identifier_taken("Scorecard", body["identifier"])
    return _store(session, blueprint, body, None)


def replace_scorecard(session: Session, blueprint: Blueprint, identifier: str, body: Mapping[str, Any]) -> Scorecard:
    """Puts a document in the place of a scorecard's; rules are the same if they have the same identifier."""
    stored = session.catalog.scorecards.get(blueprint.id, identifier)
    if body["identifier"] != identifier:
        raise invalid_request(f'the identifier of the scorecard "{identifier}" cannot be changed')
    return _store(session, blueprint, body, stored)


def replace_scorecards(session: Session, blueprint: Blueprint, bodies: Sequence[Mapping[str, Any]]) -> list[Scorecard]:
    """Makes these the scorecards of a blueprint, and no others; that all others are deleted is a guess."""
    wanted = {body["identifier"]: body for body in bodies}
    if len(wanted) < len(bodies):
        raise invalid_request("two scorecards of the list have the same identifier")
    deletes_others = session.assumptions.put_scorecards_deletes_others
    for scorecard in list(session.catalog.scorecards.of(blueprint.id)) if deletes_others else ():
        if scorecard.identifier not in wanted:
            delete_scorecard(session, scorecard)
    known = {scorecard.identifier for scorecard in session.catalog.scorecards.of(blueprint.id)}
    return [
        replace_scorecard(session, blueprint, identifier, body)
        if identifier in known
        else create_scorecard(session, blueprint, body)
        for identifier, body in wanted.items()
    ]


def delete_scorecard(session: Session, scorecard: Scorecard) -> None:
    """Deletes a scorecard with its rules and their results."""
    verdicts.forget_judges(session.connection, [scorecard.id, *scorecard.rule_ids.values()])
    rows.delete_scorecard(session.connection, scorecard.id)
    delete_entities_of(session, scorecard)
    session.catalog = session.catalog.with_scorecards(
        session.catalog.scorecards.without_scorecard(scorecard.identifier)
    )
    renew_results(session)


def _store(session: Session, blueprint: Blueprint, body: Mapping[str, Any], stored: Scorecard | None) -> Scorecard:
    document = _complete(session, body, stored)
    check_scorecard(document, session.scope(blueprint))
    scorecard_id, rule_ids = store_entities(session, blueprint, document, stored)
    scorecard = Scorecard(scorecard_id, blueprint.id, document, rule_ids)
    rows.store_scorecard(session.connection, session.organization_id, scorecard)
    if stored is not None:
        gone = set(stored.rule_ids.values()) - set(scorecard.rule_ids.values())
        verdicts.forget_judges(session.connection, sorted(gone))
    session.catalog = session.catalog.with_scorecards(session.catalog.scorecards.with_scorecard(scorecard))
    renew_results(session)
    evaluate(session, scorecard)
    return scorecard


def _complete(session: Session, body: Mapping[str, Any], stored: Scorecard | None) -> Document:
    """Returns a scorecard's document as Port answers it: with levels, and with when and by whom it was written."""
    now = format_millis(session.now_micros // 1000)
    created = {"createdAt": now, "createdBy": session.actor.id}
    if stored is not None:
        created = {key: stored.document[key] for key in created}
    own = {key: value for key, value in body.items() if key != "id"}
    return {
        **own,
        "levels": levels_of(body),
        **created,
        "updatedAt": now,
        "updatedBy": session.actor.id,
    }
