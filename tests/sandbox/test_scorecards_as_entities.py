"""Scorecards and rules written through the routes of entities (Port: `docs/scorecards`, as blueprints)."""

from typing import Any

import pytest

from .conftest import Door
from .test_scorecard_results import PATH, READY, fill, rule

SCORECARDS = "/v1/blueprints/_scorecard/entities"
RULES = "/v1/blueprints/_rule/entities"


@pytest.fixture
def services(door: Door) -> Door:
    return fill(door)


def level(door: Door, scorecard: str = "ready") -> Any:
    entity = door.ok("GET", "/v1/blueprints/service/entities/cart")["entity"]
    return entity.get("scorecards", {}).get(scorecard, {}).get("level")


def rules_of(door: Door) -> list[str]:
    return [it["identifier"] for it in door.ok("GET", f"{PATH}/ready")["scorecard"]["rules"]]


@pytest.mark.parametrize("among", [True, False])
def test_a_scorecard_can_be_created_as_an_entity(services: Door, among: bool) -> None:
    services.ok("PATCH", "/v1/blueprints/_scorecard", json={"schema": {"properties": {"cost": {"type": "number"}}}})
    rules = {"rules": [rule("has_kind", "Silver", "kind")]}
    levels = [{"title": "Basic", "color": "paleBlue"}, {"title": "Silver", "color": "silver"}]
    properties = {"blueprint": "service", "levels": levels, "cost": 3}
    body = {"identifier": "kinds", "title": "Kinds", "properties": {**properties, **(rules if among else {})}}
    created = services.ok("POST", SCORECARDS, json=body if among else {**body, **rules})["entity"]
    assert {name: created["properties"][name] for name in properties} == properties
    scorecard = services.ok("GET", f"{PATH}/kinds")["scorecard"]
    assert (scorecard["levels"], scorecard["rules"]) == (levels, rules["rules"])
    assert level(services, "kinds") == "Silver"
    event = services.ok("GET", "/v1/audit-log?resources=scorecard&limit=1")["audits"][0]
    assert (event["action"], event["context"]["scorecard"]) == ("CREATE", "kinds")


def test_a_change_of_the_entity_is_one_of_the_scorecard(services: Door) -> None:
    nowhere = {"combinator": "and", "conditions": [{"property": "kind", "operator": "=", "value": "none"}]}
    patched = services.ok("PATCH", f"{SCORECARDS}/ready", json={"title": "Ready?", "properties": {"filter": nowhere}})
    assert patched["entity"]["title"] == "Ready?"
    assert services.ok("GET", f"{PATH}/ready")["scorecard"]["filter"] == nowhere
    assert level(services) is None
    services.ok("PATCH", f"{SCORECARDS}/ready", json={"properties": {"filter": None}})
    assert level(services) == "Gold"
    levels = services.ok("GET", f"{PATH}/ready")["scorecard"]["levels"]
    services.ok("PUT", f"{SCORECARDS}/ready", json={"properties": {"blueprint": "service", "levels": levels}})
    assert rules_of(services) == ["has_readme", "has_owner"]


def test_rules_can_be_added_changed_and_deleted_as_entities(services: Door) -> None:
    query = {"combinator": "and", "conditions": [{"property": "kind", "operator": "=", "value": "job"}]}
    properties = {"level": "Silver", "query": query, "rule_description": "jobs only"}
    body = {"identifier": "job", "title": "Job", "properties": properties, "relations": {"scorecard": "ready"}}
    assert services.ok("POST", RULES, json=body)["entity"]["properties"]["level"] == "Silver"
    assert rules_of(services) == ["has_readme", "has_owner", "job"]
    assert level(services) == "Bronze"
    api = {**query, "conditions": [{"property": "kind", "operator": "=", "value": "api"}]}
    services.ok("PATCH", f"{RULES}/job", json={"properties": {"query": api}})
    assert level(services) == "Gold"
    services.ok("DELETE", f"{RULES}/job")
    assert rules_of(services) == ["has_readme", "has_owner"]
    services.ok("POST", "/v1/blueprints/_rule/bulk/entities/delete", json={"entities": ["has_owner"]})
    assert level(services) == "Bronze"


def test_a_scorecard_goes_with_its_rules_only_if_asked(services: Door) -> None:
    assert services.refused("DELETE", f"{SCORECARDS}/ready") == (403, "has_dependents")
    services.ok("DELETE", f"{SCORECARDS}/ready?delete_dependents=true")
    assert services.ok("GET", "/v1/scorecards")["scorecards"] == []
    for blueprint in ("_scorecard", "_rule", "_rule_result"):
        assert services.ok("GET", f"/v1/blueprints/{blueprint}/entities-count")["count"] == 0


@pytest.mark.parametrize(
    ("method", "path", "body", "refusal"),
    [
        ("POST", SCORECARDS, {"identifier": "n", "properties": {"levels": []}}, (422, "blueprint_schema_mismatch")),
        ("POST", SCORECARDS, {"identifier": "n", "properties": {"blueprint": "no"}}, (404, "not_found")),
        (
            "POST",
            SCORECARDS,
            {"identifier": "n", "properties": {"blueprint": "service", "no": 1}},
            (422, "blueprint_schema_mismatch"),
        ),
        (
            "POST",
            SCORECARDS,
            {"identifier": "ready", "properties": {"blueprint": "service"}},
            (409, "identifier_taken"),
        ),
        ("POST", RULES, {"identifier": "n", "properties": {"level": "Gold"}}, (404, "not_found")),
        ("POST", RULES, {"identifier": "n", "relations": {"scorecard": "ready"}}, (422, "invalid_request")),
        ("PATCH", f"{SCORECARDS}/ready", {"identifier": "other"}, (422, "invalid_request")),
        ("PATCH", f"{SCORECARDS}/ready", {"properties": {"blueprint": "_team"}}, (422, "invalid_request")),
        ("PATCH", f"{SCORECARDS}/ready", {"properties": {"levels": [{"title": "A"}]}}, (422, "invalid_request")),
        ("PATCH", f"{RULES}/has_owner", {"properties": {"level": "Diamond"}}, (422, "invalid_request")),
        ("PATCH", f"{RULES}/has_owner", {"relations": {"scorecard": "other"}}, (422, "invalid_request")),
    ],
)
def test_what_makes_no_scorecard_is_refused(
    services: Door, method: str, path: str, body: Any, refusal: tuple[int, str]
) -> None:
    assert services.refused(method, path, json=body) == refusal
    scorecard = services.ok("GET", f"{PATH}/ready")["scorecard"]
    assert {key: scorecard[key] for key in READY} == READY
