"""Scorecards and rules written as entities of `_scorecard` and `_rule` (Port: `docs/scorecards`, as blueprints).

The scorecard is what counts: such a write becomes one of its document, which then makes the entities anew. How Port
takes the rules of a new scorecard is a guess: as `rules`, beside the properties or among them.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from quaymaster.port.documents.scorecard import ScorecardReplacement
from quaymaster_sandbox.catalog.audit import record_document_change
from quaymaster_sandbox.catalog.blueprint import Blueprint
from quaymaster_sandbox.documents import checked
from quaymaster_sandbox.errors import entity_not_found, identifier_taken, invalid_request, schema_mismatch
from quaymaster_sandbox.scorecards.scorecard import Scorecard
from quaymaster_sandbox.scorecards.system import RULE, SCORECARD
from quaymaster_sandbox.scorecards.writing import create_scorecard, delete_scorecard, replace_scorecard
from quaymaster_sandbox.session import Session

Document = dict[str, Any]

_MANAGED: Mapping[str, Document] = {definition["identifier"]: definition for definition in (SCORECARD, RULE)}
_RULE_KEYS = {"level": "level", "query": "query", "rule_description": "description"}
_OF_DOCUMENT = ("identifier", "title", "filter", "levels", "rules")


def is_of_scorecards(blueprint: Blueprint) -> bool:
    """Tells whether the entities of a blueprint are scorecards or rules."""
    return blueprint.identifier in _MANAGED


def create(session: Session, blueprint: Blueprint, body: Mapping[str, Any]) -> int:
    """Creates the scorecard or rule that an entity describes, and returns the number of its entity."""
    if blueprint.identifier == "_rule":
        return _create_rule(session, body)
    properties = body.get("properties") or {}
    if not isinstance(properties.get("blueprint"), str):
        raise schema_mismatch("_scorecard", "must have required property 'blueprint'", property="blueprint")
    rules = body.get("rules", properties.get("rules", []))
    document = checked(ScorecardReplacement, _scorecard_document(body, {"title": body["identifier"], "rules": rules}))
    scorecard = create_scorecard(session, session.catalog.get(properties["blueprint"]), document)
    _record(session, scorecard.identifier, None, scorecard)
    return scorecard.id


def update(session: Session, blueprint: Blueprint, entity_id: int, body: Mapping[str, Any], *, merge: bool) -> None:
    """Changes the scorecard or rule behind an entity, as far as the write is about it."""
    if not merge or _touches(_MANAGED[blueprint.identifier], body):
        change = _update_rule if blueprint.identifier == "_rule" else _update_scorecard
        change(session, entity_id, body, merge=merge)


def own_parts(blueprint: Blueprint, body: Mapping[str, Any], *, merge: bool) -> Document:
    """Returns what of a write is about the entity alone; unless it merges, own properties that it leaves out go."""
    managed = _MANAGED[blueprint.identifier]
    properties = managed["schema"]["properties"].keys() | {"rules"}
    absent = {} if merge else dict.fromkeys(name for name in blueprint.properties if name not in properties)
    given = {**absent, **(body.get("properties") or {})}
    relations = body.get("relations") or {}
    return {
        **{key: value for key, value in body.items() if key != "title"},
        "properties": {name: value for name, value in given.items() if name not in properties},
        "relations": {name: value for name, value in relations.items() if name not in managed.get("relations", {})},
    }


def delete(session: Session, blueprint: Blueprint, ids: Sequence[int]) -> None:
    """Deletes the scorecards or rules behind entities."""
    for scorecard in list(session.catalog.scorecards):
        before = scorecard.document
        gone = {name for name, number in scorecard.rule_ids.items() if number in ids}
        if scorecard.id in ids:
            delete_scorecard(session, scorecard)
            record_document_change(session, "scorecard", scorecard.identifier, before, None)
        elif blueprint.identifier == "_rule" and gone:
            _with_rules(session, scorecard, [rule for rule in before["rules"] if rule["identifier"] not in gone])


def _create_rule(session: Session, body: Mapping[str, Any]) -> int:
    identifier = body["identifier"]
    name = (body.get("relations") or {}).get("scorecard")
    scorecard = session.catalog.scorecards.find(name) if isinstance(name, str) else None
    if scorecard is None:
        raise entity_not_found("_scorecard", str(name))
    if identifier in scorecard.rule_ids:
        raise identifier_taken("Entity", identifier)
    rule = _rule_document(body, {"identifier": identifier, "title": identifier})
    return _with_rules(session, scorecard, [*scorecard.document["rules"], rule]).rule_ids[identifier]


def _update_scorecard(session: Session, entity_id: int, body: Mapping[str, Any], *, merge: bool) -> None:
    scorecard = next(it for it in session.catalog.scorecards if it.id == entity_id)
    properties = body.get("properties") or {}
    blueprint = session.catalog.by_id(scorecard.blueprint_id).identifier
    if properties.get("blueprint", blueprint) != blueprint:
        raise invalid_request(f'the blueprint of the scorecard "{scorecard.identifier}" cannot be changed')
    kept = scorecard.document if merge else {name: scorecard.document[name] for name in ("title", "rules")}
    _replace(session, scorecard, _scorecard_document(body, kept))


def _update_rule(session: Session, entity_id: int, body: Mapping[str, Any], *, merge: bool) -> None:
    scorecard = next(it for it in session.catalog.scorecards if entity_id in it.rule_ids.values())
    if (body.get("relations") or {}).get("scorecard", scorecard.identifier) != scorecard.identifier:
        raise invalid_request("a rule cannot change its scorecard")
    rules = []
    for rule in scorecard.document["rules"]:
        if scorecard.rule_ids[rule["identifier"]] == entity_id:
            kept = rule if merge else {name: rule[name] for name in ("identifier", "title")}
            rules.append(_rule_document(body, kept))
        else:
            rules.append(rule)
    _with_rules(session, scorecard, rules)


def _with_rules(session: Session, scorecard: Scorecard, rules: list[Document]) -> Scorecard:
    return _replace(session, scorecard, {**scorecard.document, "rules": rules})


def _replace(session: Session, scorecard: Scorecard, document: Mapping[str, Any]) -> Scorecard:
    document = checked(ScorecardReplacement, {key: value for key, value in document.items() if key in _OF_DOCUMENT})
    blueprint = session.catalog.by_id(scorecard.blueprint_id)
    after = replace_scorecard(session, blueprint, scorecard.identifier, document)
    _record(session, scorecard.identifier, scorecard, after)
    return after


def _record(session: Session, identifier: str, before: Scorecard | None, after: Scorecard) -> None:
    blueprint = session.catalog.by_id(after.blueprint_id).identifier
    was = None if before is None else before.document
    record_document_change(session, "scorecard", identifier, was, after.document, blueprint=blueprint)


def _scorecard_document(body: Mapping[str, Any], kept: Mapping[str, Any]) -> Document:
    """Returns a scorecard's document: what the entity says, over what is kept; null takes away."""
    properties = body.get("properties") or {}
    given = {name: properties[name] for name in ("levels", "filter") if name in properties}
    document = {**kept, **given, **{name: body[name] for name in ("identifier", "title") if body.get(name)}}
    return {name: document[name] for name in _OF_DOCUMENT if document.get(name) is not None}


def _rule_document(body: Mapping[str, Any], kept: Mapping[str, Any]) -> Document:
    properties = body.get("properties") or {}
    given = {key: properties[name] for name, key in _RULE_KEYS.items() if name in properties}
    rule = {**kept, **given, **({"title": body["title"]} if body.get("title") else {})}
    return {name: value for name, value in rule.items() if value is not None}


def _touches(managed: Mapping[str, Any], body: Mapping[str, Any]) -> bool:
    """Tells whether a body changes what follows from the scorecard."""
    properties, relations = managed["schema"]["properties"], managed.get("relations", {})
    return (
        "title" in body
        or not properties.keys().isdisjoint(body.get("properties") or {})
        or not relations.keys().isdisjoint(body.get("relations") or {})
    )
