"""What can be asked about scorecards: searches, counts, and scorecards, rules and results as entities."""

from pathlib import Path
from typing import Any

import pytest

from quaymaster_sandbox.app import create_app
from quaymaster_sandbox.clients import Credentials
from quaymaster_sandbox.ids import Ids
from quaymaster_sandbox.sandbox import Sandbox

from .conftest import Door

TEXT = {"type": "string"}
PATH = "/v1/blueprints/service/scorecards"


def rule(identifier: str, level: str, name: str) -> dict[str, Any]:
    query = {"combinator": "and", "conditions": [{"property": name, "operator": "isNotEmpty"}]}
    return {"identifier": identifier, "title": f"Has {name}", "level": level, "query": query}


READY = {
    "identifier": "ready",
    "title": "Readiness",
    "filter": {"combinator": "and", "conditions": [{"property": "kind", "operator": "!=", "value": "site"}]},
    "rules": [rule("has_readme", "Bronze", "readme"), rule("has_owner", "Gold", "owner")],
}
SERVICES = {
    "cart": {"kind": "api", "readme": "x", "owner": "o"},
    "bill": {"kind": "api", "readme": "x"},
    "mail": {"kind": "job", "owner": "o"},
    "docs": {"kind": "site", "readme": "x", "owner": "o"},
}


def fill(door: Door) -> Door:
    properties = {"kind": TEXT, "readme": TEXT, "owner": TEXT}
    service = {"identifier": "service", "title": "Service", "schema": {"properties": properties}}
    door.ok("POST", "/v1/blueprints", json=service)
    for name, values in SERVICES.items():
        door.ok("POST", "/v1/blueprints/service/entities", json={"identifier": name, "properties": values})
    door.ok("POST", PATH, json=READY)
    return door


@pytest.fixture
def services(door: Door) -> Door:
    return fill(door)


def found(door: Door, blueprint: str, *rules: dict[str, Any]) -> list[dict[str, Any]]:
    query = {"combinator": "and", "rules": list(rules)}
    answer = door.ok("POST", f"/v1/blueprints/{blueprint}/entities/search", json={"query": query})
    entities: list[dict[str, Any]] = answer["entities"]
    return entities


def names(door: Door, *rules: dict[str, Any]) -> list[str]:
    return [entity["identifier"] for entity in found(door, "service", *rules)]


def results(door: Door, *rules: dict[str, Any]) -> list[tuple[str, str, str]]:
    """(rule, entity, result) of every rule result that matches."""
    return [
        (entity["relations"]["rule"], entity["properties"]["entity"], entity["properties"]["result"])
        for entity in found(door, "_rule_result", *rules)
    ]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"operator": "=", "value": "Bronze"}, ["bill"]),
        ({"operator": "in", "value": ["Basic", "Gold"]}, ["cart", "mail"]),
        ({"operator": "!=", "value": "Gold"}, ["bill", "mail", "docs"]),
        ({"operator": "isEmpty"}, ["docs"]),
        ({"operator": "isNotEmpty"}, ["cart", "bill", "mail"]),
        ({"scorecardRule": "has_owner", "operator": "=", "value": "SUCCESS"}, ["cart", "mail"]),
        ({"scorecardRule": "has_owner", "operator": "=", "value": "Not passed"}, ["bill"]),
        ({"scorecardRule": "has_owner", "operator": "in", "value": ["Passed"]}, ["cart", "mail"]),
        ({"scorecardRule": "no_such_rule", "operator": "=", "value": "SUCCESS"}, []),
    ],
)
def test_services_are_found_by_level_and_by_rule(services: Door, asked: dict[str, Any], expected: list[str]) -> None:
    assert names(services, {"scorecard": "ready", **asked}) == expected


def test_nothing_is_found_by_a_scorecard_of_another_blueprint(services: Door) -> None:
    services.ok("POST", "/v1/blueprints/_team/scorecards", json={"identifier": "teams", "title": "T", "rules": []})
    assert names(services, {"scorecard": "teams", "operator": "=", "value": "Basic"}) == []


def test_services_are_counted_by_level_and_by_rule(services: Door) -> None:
    query = {"combinator": "and", "rules": [{"property": "$blueprint", "operator": "=", "value": "service"}]}
    by_level = {"func": "countValues", "scorecard": "ready", "query": query}
    assert services.ok("POST", "/v1/entities/aggregate", json=by_level)["result"] == {
        "Basic": 1,
        "Bronze": 1,
        "Gold": 1,
    }
    by_rule = {**by_level, "rule": "has_owner"}
    assert services.ok("POST", "/v1/entities/aggregate", json=by_rule)["result"] == {"SUCCESS": 2, "FAILURE": 1}


def test_a_scorecard_is_an_entity_with_its_figures(services: Door) -> None:
    entity = services.ok("GET", "/v1/blueprints/_scorecard/entities/ready")["entity"]
    properties = entity["properties"]
    assert (entity["title"], properties["blueprint"]) == ("Readiness", "service")
    assert [level["title"] for level in properties["levels"]] == ["Basic", "Bronze", "Silver", "Gold"]
    assert properties["filter"] == READY["filter"]
    assert (properties["rules_tested"], properties["rules_passed"]) == (6, 4)
    assert properties["of_rules_passed"] == pytest.approx(66.67, abs=0.01)


def test_a_rule_is_an_entity_with_its_figures(services: Door) -> None:
    entity = services.ok("GET", "/v1/blueprints/_rule/entities/has_owner")["entity"]
    properties = entity["properties"]
    assert (entity["title"], entity["relations"]) == ("Has owner", {"scorecard": "ready"})
    assert (properties["level"], properties["query"]) == ("Gold", READY["rules"][1]["query"])
    assert (properties["entities_tested"], properties["entities_passed"]) == (3, 2)


def test_a_result_is_an_entity(services: Door) -> None:
    (entity,) = found(services, "_rule_result", {"property": "entity", "operator": "=", "value": "bill"},
                      {"property": "result", "operator": "=", "value": "Not passed"})  # fmt: skip
    assert entity["properties"] == {
        "entity": "bill",
        "result": "Not passed",
        "result_last_change": "2026-03-15T12:00:00.000Z",
        "blueprint": "service",
        "scorecard": "Readiness",
        "level": "Gold",
        "entity_link": "https://app.port.io/serviceEntity?identifier=bill",
    }
    assert entity["relations"] == {"rule": "has_owner", "service": "bill"}
    same = services.ok("GET", f"/v1/blueprints/_rule_result/entities/{entity['identifier']}")["entity"]
    assert same == entity


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"property": "level", "operator": "=", "value": "Bronze"}, {"cart", "bill", "mail"}),
        ({"relation": "rule", "operator": "=", "value": "has_readme"}, {"cart", "bill", "mail"}),
        ({"relation": "service", "operator": "=", "value": "cart"}, {"cart"}),
        (
            {"property": {"path": ["rule", "scorecard"]}, "operator": "matchAny", "value": "ready"},
            set(SERVICES) - {"docs"},
        ),
        ({"property": "scorecard", "operator": "=", "value": "Security"}, set()),
    ],
)
def test_results_are_found_through_what_they_relate_to(services: Door, asked: Any, expected: set[str]) -> None:
    assert {entity for _, entity, _ in results(services, asked)} == expected


def test_results_are_paged_and_counted(services: Door) -> None:
    assert services.ok("GET", "/v1/blueprints/_rule_result/entities-count")["count"] == 6
    seen: list[str] = []
    page: dict[str, Any] = {"next": None}
    while "next" in page:
        body = {"limit": 4} if page["next"] is None else {"limit": 4, "from": page["next"]}
        page = services.ok("POST", "/v1/blueprints/_rule_result/entities/search", json=body)
        seen += [entity["identifier"] for entity in page["entities"]]
    assert (len(seen), len(set(seen))) == (6, 6)


def test_a_result_tells_when_it_last_changed(services: Door, clock: Any) -> None:
    clock.pass_by(hours=1)
    services.ok("PATCH", "/v1/blueprints/service/entities/bill", json={"properties": {"readme": "y", "owner": "o"}})
    changes = {
        (entity["relations"]["rule"], entity["properties"]["result_last_change"])
        for entity in found(services, "_rule_result", {"relation": "service", "operator": "=", "value": "bill"})
    }
    assert changes == {("has_readme", "2026-03-15T12:00:00.000Z"), ("has_owner", "2026-03-15T13:00:00.000Z")}


def test_replacing_a_scorecard_keeps_when_unchanged_results_changed(services: Door, clock: Any) -> None:
    clock.pass_by(hours=1)
    services.ok("PUT", f"{PATH}/ready", json={**READY, "rules": [READY["rules"][0], rule("has_kind", "Gold", "kind")]})
    changes = {
        (entity["relations"]["rule"], entity["properties"]["result_last_change"])
        for entity in found(services, "_rule_result")
    }
    assert changes == {("has_readme", "2026-03-15T12:00:00.000Z"), ("has_kind", "2026-03-15T13:00:00.000Z")}


def test_rules_of_one_name_in_two_scorecards_are_two_entities(services: Door) -> None:
    services.ok("POST", PATH, json={**READY, "identifier": "second"})
    rules = services.ok("GET", "/v1/blueprints/_rule/entities")["entities"]
    assert {(entity["identifier"], entity["relations"]["scorecard"]) for entity in rules} == {
        ("has_readme", "ready"),
        ("has_owner", "ready"),
        ("second.has_readme", "second"),
        ("second.has_owner", "second"),
    }


def test_results_follow_a_renamed_service_and_blueprint(services: Door) -> None:
    services.ok("PATCH", "/v1/blueprints/service/entities/bill", json={"identifier": "bills"})
    services.ok("PATCH", "/v1/blueprints/service", json={"identifier": "component"})
    bills = results(services, {"relation": "component", "operator": "=", "value": "bills"})
    assert bills == [("has_readme", "bills", "Passed"), ("has_owner", "bills", "Not passed")]
    assert services.ok("GET", "/v1/scorecards")["scorecards"][0]["blueprint"] == "component"


@pytest.mark.parametrize("blueprint", ["rule", "_user"])
def test_results_relate_to_blueprints_of_any_name(door: Door, blueprint: str) -> None:
    if blueprint == "rule":
        door.ok("POST", "/v1/blueprints", json={"identifier": "rule", "title": "R", "schema": {"properties": {}}})
    titled = {"combinator": "and", "conditions": [{"property": "$title", "operator": "isEmpty"}]}
    scorecard = {"identifier": "s", "title": "S", "rules": [{**rule("r", "Gold", "x"), "query": titled}]}
    door.ok("POST", f"/v1/blueprints/{blueprint}/scorecards", json=scorecard)
    door.ok("POST", f"/v1/blueprints/{blueprint}/entities", json={"identifier": "a@b.example"})
    (entity,) = found(door, "_rule_result")
    assert entity["relations"] == {"rule": "r", {"rule": "_rule"}.get(blueprint, blueprint): "a@b.example"}


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/entities", {"identifier": "x"}),
        ("PATCH", "/entities/{id}", {"title": "x"}),
        ("PUT", "/entities/{id}", {"properties": {}}),
        ("DELETE", "/entities/{id}", None),
        ("DELETE", "/all-entities", None),
        ("POST", "/bulk/entities/delete", {"entities": ["{id}"]}),
        ("POST", "/scorecards", {"identifier": "s", "title": "S", "rules": []}),
    ],
)
def test_results_cannot_be_written(services: Door, method: str, path: str, body: Any) -> None:
    identifier = found(services, "_rule_result")[0]["identifier"]
    known = {"entities": [identifier]} if body == {"entities": ["{id}"]} else body
    target = f"/v1/blueprints/_rule_result{path.format(id=identifier)}"
    assert services.refused(method, target, json=known) == (422, "protected_resource")


def test_the_blueprint_of_results_cannot_be_changed(services: Door) -> None:
    path = "/v1/blueprints/_rule_result"
    properties = {"schema": {"properties": {"note": TEXT}}}
    assert services.refused("PATCH", path, json=properties) == (422, "protected_blueprint_violation")
    relations = {"relations": {"more": {"target": "service"}}}
    assert services.refused("PATCH", path, json=relations) == (422, "protected_blueprint_violation")
    assert services.refused("DELETE", path) == (422, "protected_blueprint_violation")


def test_own_properties_of_scorecards_are_kept(services: Door) -> None:
    services.ok("PATCH", "/v1/blueprints/_scorecard", json={"schema": {"properties": {"cost": {"type": "number"}}}})
    services.ok("PUT", f"{PATH}/ready", json={**READY, "properties": {"cost": 3}})
    assert services.ok("GET", "/v1/blueprints/_scorecard/entities/ready")["entity"]["properties"]["cost"] == 3
    services.ok("PUT", f"{PATH}/ready", json=READY)
    assert services.ok("GET", "/v1/blueprints/_scorecard/entities/ready")["entity"]["properties"]["cost"] == 3
    services.ok("PATCH", "/v1/blueprints/_scorecard/entities/ready", json={"properties": {"cost": 4}})
    assert services.ok("GET", "/v1/blueprints/_scorecard/entities/ready")["entity"]["properties"]["cost"] == 4


def test_organisations_do_not_see_each_others_results(services: Door, sandbox: Sandbox, portal: Any) -> None:
    sandbox.create_organization("Other", Credentials("other", "secret"))
    other = Door(create_app(sandbox), portal, "other", "secret").log_in()
    assert other.ok("GET", "/v1/blueprints/_rule_result/entities-count")["count"] == 0
    fill(other)
    assert other.ok("GET", "/v1/blueprints/_rule_result/entities-count")["count"] == 6
    assert len(results(services)) == 6


def test_scorecards_and_results_survive_in_a_file(tmp_path: Path, portal: Any, clock: Any) -> None:
    def opened() -> tuple[Sandbox, Door]:
        sandbox = Sandbox(tmp_path / "port.db", clock=clock, ids=Ids(1))
        return sandbox, Door(create_app(sandbox), portal).log_in()

    sandbox, door = opened()
    before = results(fill(door))
    sandbox.database.close()
    sandbox, door = opened()
    assert results(door) == before
    assert names(door, {"scorecard": "ready", "operator": "=", "value": "Gold"}) == ["cart"]
    sandbox.database.close()
