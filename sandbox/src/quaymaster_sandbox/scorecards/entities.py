"""Scorecards and rules as entities of `_scorecard` and `_rule` (Port: `docs/scorecards`, scorecards as blueprints)."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from quaymaster_sandbox.catalog.blueprint import Blueprint
from quaymaster_sandbox.catalog.changes import watched
from quaymaster_sandbox.catalog.entity_rows import (
    EntityRow,
    delete_rows,
    find_id,
    insert_row,
    load_row,
    store_targets,
    update_row,
)
from quaymaster_sandbox.catalog.properties import compose_properties
from quaymaster_sandbox.scorecards.scorecard import Scorecard
from quaymaster_sandbox.session import Session

Document = Mapping[str, Any]


def store_entities(
    session: Session, blueprint: Blueprint, document: Document, stored: Scorecard | None
) -> tuple[int, dict[str, int]]:
    """Writes the entities of a scorecard and of its rules, and deletes those of rules that it has no more.

    Returns:
        The number of the `_scorecard` entity, and those of the `_rule` entities by the rules' identifiers.
    """
    managed = {"blueprint": blueprint.identifier, "levels": document["levels"], "filter": document.get("filter")}
    given = {**managed, **document.get("properties", {})}
    known = None if stored is None else stored.id
    scorecard_id = _store(session, "_scorecard", known, document["identifier"], document["title"], given)
    known_rules = {} if stored is None else stored.rule_ids
    rule_ids = {
        rule["identifier"]: _store_rule(session, rule, known_rules.get(rule["identifier"]), document, scorecard_id)
        for rule in document["rules"]
    }
    _delete(session, "_rule", sorted(set(known_rules.values()) - set(rule_ids.values())))
    return scorecard_id, rule_ids


def delete_entities_of(session: Session, scorecard: Scorecard) -> None:
    """Deletes the entities of a scorecard and of its rules."""
    _delete(session, "_rule", list(scorecard.rule_ids.values()))
    _delete(session, "_scorecard", [scorecard.id])


def _store_rule(session: Session, rule: Document, rule_id: int | None, scorecard: Document, scorecard_id: int) -> int:
    """Writes the entity of a rule and returns its number.

    It has the identifier of the rule. If a rule of another scorecard has taken that, the scorecard's stands before it
    (both are guesses: a rule's identifier is its own only inside its scorecard).
    """
    blueprint = session.catalog.get("_rule")
    identifier = rule["identifier"]
    if find_id(session.connection, blueprint, identifier) not in (None, rule_id):
        identifier = f"{scorecard['identifier']}.{identifier}"
    properties = {
        "level": rule["level"],
        "query": rule["query"],
        "rule_description": rule.get("description"),
    }
    number = _store(session, "_rule", rule_id, identifier, rule["title"], properties)
    store_targets(session.connection, number, blueprint.relations["scorecard"].id, [scorecard_id])
    return number


def _store(session: Session, name: str, known: int | None, identifier: str, title: str, given: Document) -> int:
    """Writes one entity over the known one, whose other properties stay, or a new one, and returns its number."""
    blueprint, connection, by = session.catalog.get(name), session.connection, session.actor.id
    if known is None:
        properties = compose_properties(session, blueprint, given, None)
        row = EntityRow(identifier, title, None, properties, session.now_micros, by, session.now_micros, by, None)
        number = insert_row(connection, blueprint, row)
        with watched(session, blueprint, (number,)):
            return number
    row = load_row(connection, blueprint, known)
    properties = compose_properties(session, blueprint, given, row.properties)
    with watched(session, blueprint, (known,)):
        update_row(
            connection,
            blueprint,
            known,
            replace(
                row,
                identifier=identifier,
                title=title,
                properties=properties,
                updated_at=session.now_micros,
                updated_by=by,
            ),
        )
    return known


def _delete(session: Session, name: str, ids: Sequence[int]) -> None:
    blueprint = session.catalog.get(name)
    with watched(session, blueprint, ids):
        delete_rows(session.connection, blueprint, ids)
