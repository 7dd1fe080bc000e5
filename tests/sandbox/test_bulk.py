"""The bulk route writes entities together where it can; the answer and the catalog are as if it wrote one by one."""

from typing import Any

import pytest

from .conftest import Door

PATH = "/v1/blueprints/service/entities/bulk"


@pytest.fixture
def services(door: Door) -> Door:
    domain = {"identifier": "domain", "title": "Domain", "schema": {"properties": {}}}
    door.ok("POST", "/v1/blueprints", json=domain)
    service = {
        "identifier": "service",
        "title": "Service",
        "schema": {
            "properties": {"tier": {"type": "number"}, "kind": {"type": "string", "default": "api"}},
            "required": ["tier"],
        },
        "relations": {"domain": {"target": "domain"}, "uses": {"target": "service", "many": True}},
        "calculationProperties": {"next_tier": {"type": "number", "calculation": ".properties.tier + 1"}},
    }
    door.ok("POST", "/v1/blueprints", json=service)
    door.ok("POST", "/v1/blueprints/domain/entities", json={"identifier": "web"})
    door.ok("POST", "/v1/teams", json={"name": "red"})
    return door


def entity(name: str, **parts: Any) -> dict[str, Any]:
    return {"identifier": name, "properties": {"tier": 1}, **parts}


def names(door: Door) -> list[str]:
    return [it["identifier"] for it in door.ok("GET", "/v1/blueprints/service/entities")["entities"]]


def test_new_entities_are_as_if_each_were_created_by_itself(services: Door) -> None:
    first = entity("a", title="A", team=["red"], relations={"domain": "web"})
    second = entity("b", relations={"uses": ["a"]})
    answer = services.ok("POST", PATH, json={"entities": [first, second]})
    assert answer == {
        "ok": True,
        "entities": [
            {"identifier": "a", "index": 0, "created": True},
            {"identifier": "b", "index": 1, "created": True},
        ],
        "errors": [],
    }
    services.ok("POST", "/v1/blueprints/service/entities", json={**first, "identifier": "c"})
    services.ok("POST", "/v1/blueprints/service/entities", json={**second, "identifier": "d"})
    shown = services.ok("GET", "/v1/blueprints/service/entities")["entities"]
    assert [{**it, "identifier": ""} for it in shown[:2]] == [{**it, "identifier": ""} for it in shown[2:]]
    events = services.ok("GET", "/v1/audit-log?resources=entity")["audits"]
    written = [event["diff"]["after"] for event in events if event["context"]["blueprint"] == "service"]
    assert written[::-1] == shown
    assert shown[0]["properties"] == {"tier": 1, "kind": "api", "next_tier": 2}


def test_one_that_is_refused_leaves_the_others_written(services: Door) -> None:
    wrong = entity("wrong", properties={"tier": "one"})
    answer = services.send("POST", PATH, json={"entities": [entity("a"), wrong, entity("b")]})
    assert answer.status_code == 207
    assert [it["identifier"] for it in answer.json()["entities"]] == ["a", "b"]
    assert [it["index"] for it in answer.json()["errors"]] == [1]
    assert names(services) == ["a", "b"]


def test_an_entity_cannot_lead_to_one_that_comes_later_in_the_request(services: Door) -> None:
    answer = services.send("POST", PATH, json={"entities": [entity("a", relations={"uses": ["b"]}), entity("b")]})
    assert answer.status_code == 207
    assert [(it["index"], it["statusCode"]) for it in answer.json()["errors"]] == [(0, 404)]
    assert names(services) == ["b"]


def test_an_entity_that_stands_twice_in_a_request_is_taken_once(services: Door) -> None:
    answer = services.send("POST", PATH, json={"entities": [entity("a"), entity("a")]})
    assert answer.status_code == 207
    assert [(it["index"], it["statusCode"]) for it in answer.json()["errors"]] == [(1, 409)]


def test_existing_entities_are_written_over_and_new_ones_created(services: Door) -> None:
    services.ok("POST", PATH, json={"entities": [entity("a")]})
    change = entity("a", properties={"tier": 2})
    answer = services.ok("POST", f"{PATH}?upsert=true&merge=true", json={"entities": [change, entity("b")]})
    assert [it["created"] for it in answer["entities"]] == [False, True]
    assert services.ok("GET", "/v1/blueprints/service/entities/a")["entity"]["properties"]["tier"] == 2


def test_validation_alone_writes_nothing(services: Door) -> None:
    answer = services.ok("POST", f"{PATH}?validation_only=true", json={"entities": [entity("a"), entity("b")]})
    assert [it["identifier"] for it in answer["entities"]] == ["a", "b"]
    assert names(services) == []


def test_entities_without_an_identifier_get_one_each(services: Door) -> None:
    bodies = [{"properties": {"tier": tier}} for tier in (1, 2)]
    created = services.ok("POST", PATH, json={"entities": bodies})["entities"]
    assert sorted(names(services)) == sorted(it["identifier"] for it in created)
    assert len({it["identifier"] for it in created}) == 2
