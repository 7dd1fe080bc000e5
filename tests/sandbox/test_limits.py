"""What is too deep, too long or too wide is refused in Port's shape; what is only deep is answered."""

import json
from typing import Any

import pytest

from .conftest import Door

RULE = {"property": "name", "operator": "=", "value": "x"}
THING = {
    "identifier": "thing",
    "title": "Thing",
    "schema": {"properties": {"name": {"type": "string"}, "extra": {"type": "object"}}},
    "relations": {"next": {"target": "thing"}},
}


@pytest.fixture
def things(door: Door) -> Door:
    door.ok("POST", "/v1/blueprints", json=THING)
    for name, following in (("x", None), ("y", "x")):
        relations = {"next": following}
        entity = {"identifier": name, "properties": {"name": name}, "relations": relations}
        door.ok("POST", "/v1/blueprints/thing/entities", json=entity)
    return door


def nested(depth: int, innermost: str = json.dumps(RULE)) -> bytes:
    """Returns a query whose groups alternate between `and` and `or`."""
    openings = [f'{{"combinator": "{("and", "or")[level % 2]}", "rules": [{innermost}, ' for level in range(depth)]
    return "".join([*openings, innermost, "]}" * depth]).encode()


@pytest.mark.parametrize("depth", [2, 10, 25])
def test_a_deep_query_is_answered(things: Door, depth: int) -> None:
    entities = things.ok("POST", "/v1/entities/search", content=nested(depth))["entities"]
    assert [entity["identifier"] for entity in entities] == ["x"]


@pytest.mark.parametrize("depth", [50, 80, 120, 400, 1000, 15_000])
def test_a_query_that_is_too_deep_is_refused(things: Door, depth: int) -> None:
    path = "/v1/blueprints/thing/entities/search"
    for route, body in (("/v1/entities/search", nested(depth)), (path, b'{"query": ' + nested(depth) + b"}")):
        refusals = {(422, "invalid_request"), (400, "bad_request"), (413, "bad_request")}
        assert things.refused("POST", route, content=body) in refusals


def test_a_wide_query_is_answered(things: Door) -> None:
    rules = [{**RULE, "value": str(number)} for number in range(5000)]
    query = {"combinator": "or", "rules": [*rules, RULE]}
    assert len(things.ok("POST", "/v1/entities/search", json=query)["entities"]) == 1


@pytest.mark.parametrize("length", [1, 2, 12, 50])
def test_long_paths_are_followed(things: Door, length: int) -> None:
    things.ok("PATCH", "/v1/blueprints/thing/entities/x", json={"relations": {"next": "x"}})
    path = ["next"] * length
    things.ok("PATCH", "/v1/blueprints/thing", json={"mirrorProperties": {"far": {"path": ".".join([*path, "name"])}}})
    assert things.ok("GET", "/v1/blueprints/thing/entities/y")["entity"]["properties"]["far"] == "x"
    for rule in (
        {"property": {"path": path}, "operator": "matchAny", "value": ["x"]},
        {"property": {"path": path, "fromBlueprint": "thing"}, "operator": "matchAny", "value": ["x"]},
        {"property": "far", "operator": "=", "value": "x"},
    ):
        found = things.ok("POST", "/v1/entities/search", json={"combinator": "and", "rules": [rule]})["entities"]
        assert [entity["identifier"] for entity in found] == (["x"] if "fromBlueprint" in str(rule) else ["x", "y"])


def test_paths_that_are_too_long_are_refused(things: Door) -> None:
    far = {"mirrorProperties": {"far": {"path": ".".join(["next"] * 51 + ["name"])}}}
    assert things.refused("PATCH", "/v1/blueprints/thing", json=far) == (422, "invalid_request")
    rule = {"property": {"path": ["next"] * 2000}, "operator": "matchAny", "value": ["x"]}
    query = {"combinator": "and", "rules": [rule]}
    assert things.refused("POST", "/v1/entities/search", json=query) == (422, "invalid_request")


def test_a_blueprint_with_too_many_properties_is_refused(things: Door) -> None:
    def wide(number: int) -> dict[str, Any]:
        properties = {f"p{index}": {"type": "string"} for index in range(number)}
        return {"identifier": f"wide{number}", "title": "Wide", "schema": {"properties": properties}}

    things.ok("POST", "/v1/blueprints", json=wide(1900))
    things.ok("POST", "/v1/blueprints/wide1900/entities", json={"identifier": "w", "properties": {"p1899": "x"}})
    assert things.refused("POST", "/v1/blueprints", json=wide(2500)) == (422, "invalid_request")
