"""Scorecards through the API: what is accepted, what is refused, and which levels entities reach."""

import json
from pathlib import Path
from typing import Any

import pytest

TEXT = {"type": "string"}
NUMBER = {"type": "number"}
INSTANT = {"type": "string", "format": "date-time"}
LADDER = [
    {"title": "Basic", "color": "paleBlue"},
    {"title": "Bronze", "color": "bronze"},
    {"title": "Silver", "color": "silver"},
    {"title": "Gold", "color": "gold"},
]
PATH = "/v1/blueprints/service/scorecards"


def rule(identifier: str, level: str, *conditions: dict[str, Any], combinator: str = "and") -> dict[str, Any]:
    query = {"combinator": combinator, "conditions": list(conditions)}
    return {"identifier": identifier, "title": identifier.title(), "level": level, "query": query}


def filled(name: str) -> dict[str, Any]:
    return {"property": name, "operator": "isNotEmpty"}


def over(name: str, bound: float) -> dict[str, Any]:
    return {"property": name, "operator": ">", "value": bound}


def ready(*rules: dict[str, Any], **parts: Any) -> dict[str, Any]:
    return {"identifier": "ready", "title": "Ready", "rules": list(rules), **parts}


@pytest.fixture
def services(door: Any) -> Any:
    """A door to a sandbox with the blueprints `domain` and `service` and a team."""
    domain = {"identifier": "domain", "title": "Domain", "schema": {"properties": {"name": TEXT}}}
    service = {
        "identifier": "service",
        "title": "Service",
        "schema": {"properties": {"readme": TEXT, "coverage": NUMBER, "kind": TEXT, "checked": INSTANT}},
        "relations": {"domain": {"target": "domain"}, "uses": {"target": "service", "many": True}},
        "mirrorProperties": {"domain_name": {"path": "domain.name"}},
        "ownership": {"type": "Direct"},
    }
    door.ok("POST", "/v1/blueprints", json=domain)
    door.ok("POST", "/v1/blueprints", json=service)
    door.ok("POST", "/v1/teams", json={"name": "web"})
    return door


def write(door: Any, identifier: str, blueprint: str = "service", **parts: Any) -> None:
    body = {"identifier": identifier, **parts}
    door.ok("POST", f"/v1/blueprints/{blueprint}/entities?upsert=true", json=body)


def scores(door: Any, identifier: str, scorecard: str = "ready") -> tuple[str, list[str]] | None:
    """The level of a service and the rules that it passes; None if the scorecard does not judge it."""
    entity = door.ok("GET", f"/v1/blueprints/service/entities/{identifier}")["entity"]
    if scorecard not in entity.get("scorecards", {}):
        return None
    result = entity["scorecards"][scorecard]
    return result["level"], [rule["identifier"] for rule in result["rules"] if rule["status"] == "SUCCESS"]


def test_a_scorecard_reads_back_with_levels_and_stamps(services: Any) -> None:
    body = ready(rule("r1", "Gold", filled("readme")))
    created = services.send("POST", PATH, json=body)
    stamps = {
        "createdAt": "2026-03-15T12:00:00.000Z",
        "createdBy": "sandbox",
        "updatedAt": "2026-03-15T12:00:00.000Z",
        "updatedBy": "sandbox",
    }
    shown = created.json()["scorecard"]
    identity = {"id": shown["id"], "blueprint": "service"}
    assert (created.status_code, shown) == (201, {**body, **identity, "levels": LADDER, **stamps})
    assert services.ok("GET", f"{PATH}/ready")["scorecard"] == shown
    assert services.ok("GET", PATH)["scorecards"] == [shown]
    assert services.ok("GET", "/v1/scorecards")["scorecards"] == [shown]


def test_an_entity_shows_level_and_rules(services: Any) -> None:
    write(services, "cart", properties={"readme": "yes", "coverage": 50})
    services.ok(
        "POST", PATH, json=ready(rule("r1", "Bronze", filled("readme")), rule("r2", "Gold", over("coverage", 80)))
    )
    entity = services.ok("GET", "/v1/blueprints/service/entities/cart")["entity"]
    assert entity["scorecards"] == {
        "ready": {
            "level": "Bronze",
            "rules": [
                {"identifier": "r1", "status": "SUCCESS", "level": "Bronze"},
                {"identifier": "r2", "status": "FAILURE", "level": "Gold"},
            ],
        }
    }


def test_a_failing_lower_rule_keeps_an_entity_on_the_base_level(services: Any) -> None:
    services.ok("POST", PATH, json=ready(rule("r1", "Bronze", filled("readme")), rule("r2", "Silver", filled("kind"))))
    write(services, "cart", properties={"kind": "api"})
    assert scores(services, "cart") == ("Basic", ["r2"])


def test_levels_without_rules_are_not_reached(services: Any) -> None:
    services.ok("POST", PATH, json=ready(rule("r1", "Bronze", filled("readme"))))
    write(services, "cart", properties={"readme": "x"})
    assert scores(services, "cart") == ("Bronze", ["r1"])


def test_a_scorecard_without_rules_leaves_all_on_the_first_level(services: Any) -> None:
    write(services, "cart")
    services.ok("POST", PATH, json=ready(levels=[{"title": "F", "color": "red"}, {"title": "A", "color": "green"}]))
    assert scores(services, "cart") == ("F", [])


def test_entities_outside_the_filter_are_not_judged(services: Any) -> None:
    only_apis = {"combinator": "and", "conditions": [{"property": "kind", "operator": "=", "value": "api"}]}
    write(services, "cart", properties={"kind": "api"})
    write(services, "docs", properties={"kind": "site"})
    services.ok("POST", PATH, json=ready(rule("r1", "Gold", filled("readme")), filter=only_apis))
    assert scores(services, "cart") == ("Basic", [])
    assert scores(services, "docs") is None
    write(services, "docs", properties={"kind": "api"})
    assert scores(services, "docs") == ("Basic", [])
    write(services, "cart", properties={"kind": "site"})
    assert scores(services, "cart") is None


@pytest.mark.parametrize(
    ("condition", "passing", "failing"),
    [
        ({"property": "readme", "operator": "isEmpty"}, {"readme": ""}, {"readme": "x"}),
        ({"property": "readme", "operator": "isEmpty", "not": True}, {"readme": "x"}, {"readme": ""}),
        ({"property": "readme", "operator": "!=", "value": "x"}, {}, {"readme": "x"}),
        ({"property": "readme", "operator": "in", "value": ["x", "y"]}, {"readme": "y"}, {"readme": "z"}),
        ({"property": "readme", "operator": "beginsWith", "value": "a"}, {"readme": "ab"}, {"readme": "ba"}),
        ({"property": "coverage", "operator": "<=", "value": 3}, {"coverage": 3}, {}),
        (
            {"property": "checked", "operator": "between", "value": {"preset": "lastWeek"}},
            {"checked": "2026-03-10T00:00:00Z"},
            {"checked": "2026-03-01T00:00:00Z"},
        ),
    ],
)
def test_a_condition_tells_passing_from_failing(services: Any, condition: Any, passing: Any, failing: Any) -> None:
    services.ok("POST", PATH, json=ready(rule("r1", "Gold", condition)))
    write(services, "good", properties=passing)
    write(services, "bad", properties=failing)
    assert (scores(services, "good"), scores(services, "bad")) == (("Gold", ["r1"]), ("Basic", []))


def test_one_of_several_conditions_is_enough_for_or(services: Any) -> None:
    services.ok("POST", PATH, json=ready(rule("r1", "Gold", filled("readme"), filled("kind"), combinator="or")))
    write(services, "cart", properties={"kind": "api"})
    assert scores(services, "cart") == ("Gold", ["r1"])


def test_levels_follow_the_entities_that_rules_look_at(services: Any) -> None:
    named = {"property": "domain_name", "operator": "=", "value": "Shop"}
    related = {"relation": "domain", "operator": "isNotEmpty"}
    services.ok("POST", PATH, json=ready(rule("named", "Silver", named), rule("related", "Bronze", related)))
    write(services, "shop", "domain", properties={"name": "Shop"})
    write(services, "cart", relations={"domain": "shop"})
    assert scores(services, "cart") == ("Silver", ["named", "related"])
    write(services, "shop", "domain", properties={"name": "Store"})
    assert scores(services, "cart") == ("Bronze", ["related"])
    services.ok("DELETE", "/v1/blueprints/domain/entities/shop")
    assert scores(services, "cart") == ("Basic", [])


def test_levels_follow_aggregations_over_what_leaves_and_what_comes(services: Any) -> None:
    count = {"calculationBy": "entities", "func": "count"}
    path = [{"fromBlueprint": "service", "path": ["domain"]}]
    size = {"title": "Size", "target": "service", "calculationSpec": count, "pathFilter": path}
    services.ok("PATCH", "/v1/blueprints/domain", json={"aggregationProperties": {"size": size}})
    services.ok("POST", "/v1/blueprints/domain/scorecards", json=ready(rule("used", "Gold", over("size", 0))))
    write(services, "shop", "domain")
    write(services, "bank", "domain")

    def levels() -> list[str]:
        entities = services.ok("GET", "/v1/blueprints/domain/entities")["entities"]
        return [entity["scorecards"]["ready"]["level"] for entity in entities]

    assert levels() == ["Basic", "Basic"]
    write(services, "cart", relations={"domain": "shop"})
    assert levels() == ["Gold", "Basic"]
    write(services, "cart", relations={"domain": "bank"})
    assert levels() == ["Basic", "Gold"]
    services.ok("DELETE", "/v1/blueprints/service/entities/cart")
    assert levels() == ["Basic", "Basic"]


def test_levels_follow_a_change_of_the_blueprint(services: Any) -> None:
    services.ok("POST", PATH, json=ready(rule("r1", "Gold", filled("readme"))))
    write(services, "cart", properties={"readme": "x"})
    blueprint = services.ok("GET", "/v1/blueprints/service")["blueprint"]
    del blueprint["schema"]["properties"]["readme"]
    document = {key: blueprint[key] for key in ("identifier", "title", "schema", "relations", "mirrorProperties")}
    services.ok("PUT", "/v1/blueprints/service", json=document)
    assert scores(services, "cart") == ("Basic", [])


def test_replacing_a_scorecard_judges_anew_and_drops_what_it_leaves_out(services: Any) -> None:
    write(services, "cart", properties={"readme": "x"})
    services.ok("POST", PATH, json=ready(rule("r1", "Gold", filled("readme")), rule("r2", "Gold", filled("kind"))))
    assert scores(services, "cart") == ("Basic", ["r1"])
    changed = services.ok("PUT", f"{PATH}/ready", json=ready(rule("r1", "Silver", filled("readme")), title="R"))
    assert (changed["scorecard"]["title"], scores(services, "cart")) == ("R", ("Silver", ["r1"]))


def test_a_rule_on_a_calculation_can_be_added(services: Any) -> None:
    calculation = {"type": "number", "calculation": ".properties.coverage * 2"}
    services.ok("PATCH", "/v1/blueprints/service", json={"calculationProperties": {"twice": calculation}})
    write(services, "cart", properties={"coverage": 3})
    services.ok("POST", PATH, json=ready(rule("r1", "Bronze", over("coverage", 1))))
    services.ok(
        "PUT",
        f"{PATH}/ready",
        json=ready(rule("r1", "Bronze", over("coverage", 1)), rule("r2", "Gold", over("twice", 5))),
    )
    assert scores(services, "cart") == ("Gold", ["r1", "r2"])


def test_deleting_a_scorecard_takes_its_results_along(services: Any) -> None:
    write(services, "cart")
    services.ok("POST", PATH, json=ready(rule("r1", "Gold", filled("readme"))))
    services.ok("DELETE", f"{PATH}/ready")
    assert scores(services, "cart") is None
    assert services.refused("GET", f"{PATH}/ready") == (404, "not_found")
    for blueprint in ("_scorecard", "_rule", "_rule_result"):
        assert services.ok("GET", f"/v1/blueprints/{blueprint}/entities-count")["count"] == 0


def test_replacing_all_scorecards_deletes_the_others(services: Any) -> None:
    services.ok("POST", PATH, json=ready())
    services.ok("POST", PATH, json={**ready(), "identifier": "old"})
    services.ok("POST", "/v1/blueprints/domain/scorecards", json={**ready(), "identifier": "elsewhere"})
    bodies = [{**ready(), "title": "Changed"}, {**ready(), "identifier": "new", "id": "ignored"}]
    listed = services.ok("PUT", PATH, json=bodies)["scorecards"]
    assert [(scorecard["identifier"], scorecard["title"]) for scorecard in listed] == [
        ("ready", "Changed"),
        ("new", "Ready"),
    ]
    everywhere = services.ok("GET", "/v1/scorecards")["scorecards"]
    assert sorted(scorecard["identifier"] for scorecard in everywhere) == ["elsewhere", "new", "ready"]


def test_rules_on_levels_that_nobody_states_make_the_ladder(services: Any) -> None:
    body = ready(rule("r1", "B", filled("kind")), rule("r2", "A", filled("readme")))
    levels = services.ok("POST", PATH, json=body)["scorecard"]["levels"]
    assert [level["title"] for level in levels] == ["Basic", "B", "A"]


def test_deleting_a_blueprint_deletes_its_scorecards(services: Any) -> None:
    services.ok("POST", PATH, json=ready(rule("r1", "Gold", filled("readme"))))
    services.ok("DELETE", "/v1/blueprints/service")
    assert services.ok("GET", "/v1/scorecards")["scorecards"] == []
    assert list(services.ok("GET", "/v1/blueprints/_rule_result")["blueprint"]["relations"]) == ["rule"]


@pytest.mark.parametrize(
    ("body", "refusal"),
    [
        (ready(rule("r1", "Basic", filled("readme"))), (422, "invalid_request")),
        (ready(rule("r1", "Gold", filled("readme")), levels=LADDER[:2]), (422, "invalid_request")),
        (ready(rule("r1", "Gold", filled("readme")), rule("r1", "Gold", filled("kind"))), (422, "invalid_request")),
        (ready(rule("r1", "Gold", filled("raedme"))), (404, "not_found")),
        (ready(rule("r1", "Gold", {"relation": "owner", "operator": "isNotEmpty"})), (404, "not_found")),
        (ready(filter={"combinator": "and", "conditions": [filled("raedme")]}), (404, "not_found")),
        (ready(rule("r1", "Gold")), (422, "invalid_request")),
        (
            ready(rule("r1", "Gold", {"property": "readme", "operator": "notIn", "value": ["a"]})),
            (422, "invalid_request"),
        ),
        (ready(colour="red"), (422, "invalid_request")),
        (ready(properties={"cost": 1}), (422, "blueprint_schema_mismatch")),
        (ready(*(rule(f"r{at}", "Gold", filled("readme")) for at in range(401))), (422, "invalid_request")),
        ([], (422, "invalid_request")),
    ],
)
def test_a_wrong_scorecard_is_refused_and_leaves_no_trace(services: Any, body: Any, refusal: tuple[int, str]) -> None:
    assert services.refused("POST", PATH, json=body) == refusal
    assert services.ok("GET", PATH)["scorecards"] == []
    assert services.ok("GET", "/v1/blueprints/_scorecard/entities-count")["count"] == 0


def test_the_largest_scorecard_is_judged(services: Any) -> None:
    write(services, "cart", properties={"readme": "x"})
    services.ok("POST", PATH, json=ready(*(rule(f"r{at}", "Gold", filled("readme")) for at in range(400))))
    level, passed = scores(services, "cart") or ("", [])
    assert (level, len(passed)) == ("Gold", 400)


def test_an_identifier_is_taken_in_the_whole_organisation(services: Any) -> None:
    services.ok("POST", PATH, json=ready())
    assert services.refused("POST", PATH, json=ready()) == (409, "identifier_taken")
    assert services.refused("POST", "/v1/blueprints/domain/scorecards", json=ready()) == (409, "identifier_taken")


def test_a_scorecard_keeps_its_identifier_and_blueprint(services: Any) -> None:
    services.ok("POST", PATH, json=ready())
    other = {**ready(), "identifier": "other"}
    assert services.refused("PUT", f"{PATH}/ready", json=other) == (422, "invalid_request")
    assert services.refused("PUT", f"{PATH}/other", json=other) == (404, "not_found")
    assert services.refused("GET", "/v1/blueprints/domain/scorecards/ready") == (404, "not_found")
    assert services.refused("PUT", PATH, json=[other, other]) == (422, "invalid_request")
    assert services.refused("PUT", PATH, json=other) == (422, "invalid_request")


def test_every_write_of_a_scorecard_is_in_the_audit_log(services: Any) -> None:
    services.ok("POST", PATH, json=ready())
    services.ok("PUT", f"{PATH}/ready", json={**ready(), "title": "R"})
    services.ok("PUT", PATH, json=[{**ready(), "identifier": "other"}])
    services.ok("DELETE", f"{PATH}/other")
    events = services.ok("GET", "/v1/audit-log?resources=scorecard")["audits"]
    logged = [(event["action"], event["context"]) for event in reversed(events)]
    assert sorted(logged, key=str) == sorted(
        [
            ("CREATE", {"scorecard": "ready", "blueprint": "service"}),
            ("UPDATE", {"scorecard": "ready", "blueprint": "service"}),
            ("DELETE", {"scorecard": "ready", "blueprint": "service"}),
            ("CREATE", {"scorecard": "other", "blueprint": "service"}),
            ("DELETE", {"scorecard": "other", "blueprint": "service"}),
        ],
        key=str,
    )


_EXAMPLES = Path(__file__).parents[3] / "shared" / "reference" / "examples"


def _schema_for(condition: dict[str, Any]) -> dict[str, Any]:
    """A property's schema that suits the value of a condition."""
    match condition.get("value"):
        case bool():
            return {"type": "boolean"}
        case int() | float():
            return NUMBER
        case dict():
            return INSTANT
    return TEXT


@pytest.mark.skipif(not _EXAMPLES.is_dir(), reason=f"the published documents are not at {_EXAMPLES}")
def test_published_scorecards_are_taken_and_read_back_unchanged(door: Any) -> None:
    paths = sorted(_EXAMPLES.glob("*.scorecard.json"))
    assert paths
    for number, path in enumerate(paths):
        body = {**json.loads(path.read_text(encoding="utf-8")), "identifier": f"s{number}"}
        queries = [rule["query"] for rule in body["rules"]] + ([body["filter"]] if "filter" in body else [])
        used = [condition for query in queries for condition in query["conditions"]]
        properties = {c["property"]: _schema_for(c) for c in used if not c.get("property", "$").startswith("$")}
        relations = {c["relation"]: {"target": "_team"} for c in used if "relation" in c}
        blueprint = {"identifier": f"b{number}", "title": "B", "schema": {"properties": properties}}
        door.ok("POST", "/v1/blueprints", json={**blueprint, "relations": relations})
        shown = door.ok("POST", f"/v1/blueprints/b{number}/scorecards", json=body)["scorecard"]
        assert {key: shown[key] for key in body} == body, path.name


def test_levels_of_teams_follow_their_members(services: Any) -> None:
    services.ok("POST", "/v1/blueprints/_team/scorecards", json=ready(rule("staffed", "Gold", over("size", 0))))

    def level() -> str:
        return str(services.ok("GET", "/v1/blueprints/_team/entities/web")["entity"]["scorecards"]["ready"]["level"])

    assert level() == "Basic"
    services.ok("POST", "/v1/users/invite", json={"invitee": {"email": "ada@web.example", "teams": ["web"]}})
    assert level() == "Gold"
    services.ok("DELETE", "/v1/users/ada@web.example")
    assert level() == "Basic"
