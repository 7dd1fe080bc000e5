"""Calculations on own properties are stored: they follow every change of entities and blueprints all the same."""

from typing import Any

import pytest

from .conftest import Door

SERVICE = "/v1/blueprints/service"


@pytest.fixture
def services(door: Door) -> Door:
    blueprint = {
        "identifier": "service",
        "title": "Service",
        "schema": {"properties": {"language": {"type": "string"}, "bugs": {"type": "number"}}},
        "calculationProperties": {
            "label": {"title": "L", "type": "string", "calculation": '.properties.language + "!"'},
            "is_clean": {"title": "C", "type": "boolean", "calculation": ".properties.bugs == 0"},
            "twice": {"title": "T", "type": "number", "calculation": ".properties.bugs * 2"},
        },
    }
    door.ok("POST", "/v1/blueprints", json=blueprint)
    for name, language, bugs in (("a", "Go", 0), ("b", "Java", 2), ("c", "Go", None)):
        properties = {"language": language, "bugs": bugs}
        door.ok("POST", f"{SERVICE}/entities", json={"identifier": name, "properties": properties})
    return door


def found(door: Door, name: str, operator: str, value: Any) -> list[str]:
    query = {"combinator": "and", "rules": [{"property": name, "operator": operator, "value": value}]}
    entities = door.ok("POST", f"{SERVICE}/entities/search", json={"query": query})["entities"]
    return [entity["identifier"] for entity in entities]


def shown(door: Door, name: str) -> list[Any]:
    entities = door.ok("GET", f"{SERVICE}/entities")["entities"]
    return [entity["properties"].get(name) for entity in entities]


def calculate(door: Door, name: str, program: str) -> None:
    definition = {"title": "T", "type": "string", "calculation": program}
    door.ok("PATCH", SERVICE, json={"calculationProperties": {name: definition}})


def test_they_are_found_counted_and_shown(services: Door) -> None:
    assert found(services, "label", "=", "Go!") == ["a", "c"]
    assert found(services, "label", "beginsWith", "Ja") == ["b"]
    assert found(services, "is_clean", "=", True) == ["a"]
    assert found(services, "twice", ">", 3) == ["b"]
    assert found(services, "twice", "<", 3) == ["a"]
    everything = {"combinator": "and", "rules": [{"property": "$blueprint", "operator": "=", "value": "service"}]}
    body = {"func": "countValues", "property": "is_clean", "query": everything}
    assert services.ok("POST", "/v1/entities/aggregate", json=body)["result"] == {"true": 1, "false": 2}
    assert shown(services, "is_clean") == [True, False, False]
    assert shown(services, "twice") == [0, 4, None]


def test_they_follow_writes(services: Door) -> None:
    services.ok("PATCH", f"{SERVICE}/entities/a", json={"properties": {"language": "Rust", "bugs": 7}})
    assert found(services, "label", "=", "Rust!") == ["a"]
    assert shown(services, "twice") == [14, 4, None]


def test_another_program_makes_all_values_anew(services: Door) -> None:
    calculate(services, "label", '.properties.language + "?"')
    assert found(services, "label", "=", "Go?") == ["a", "c"]
    assert shown(services, "label") == ["Go?", "Java?", "Go?"]


def test_a_new_calculation_has_values_at_once(services: Door) -> None:
    calculate(services, "shout", ".properties.language | ascii_upcase")
    assert found(services, "shout", "=", "GO") == ["a", "c"]


def test_a_program_may_come_to_look_at_more_than_own_properties_and_back(services: Door) -> None:
    calculate(services, "label", ".identifier")
    assert found(services, "label", "=", "b") == ["b"]
    calculate(services, "label", ".properties.language")
    assert found(services, "label", "=", "Java") == ["b"]


def test_a_calculation_may_go_and_another_take_its_place(services: Door) -> None:
    document = services.ok("GET", SERVICE)["blueprint"]
    del document["calculationProperties"]["label"]
    for stamp in ("createdAt", "createdBy", "updatedAt", "updatedBy"):
        del document[stamp]
    services.ok("PUT", SERVICE, json=document)
    assert shown(services, "label") == [None, None, None]
    assert shown(services, "twice") == [0, 4, None]
    assert found(services, "is_clean", "=", True) == ["a"]


def test_they_lose_their_value_with_the_property_that_they_read(services: Door) -> None:
    document = services.ok("GET", SERVICE)["blueprint"]
    del document["schema"]["properties"]["bugs"]
    for stamp in ("createdAt", "createdBy", "updatedAt", "updatedBy"):
        del document[stamp]
    services.ok("PUT", SERVICE, json=document)
    assert shown(services, "twice") == [None, None, None]
    assert found(services, "twice", ">", -1) == []


def test_they_go_by_the_name_of_the_property_that_they_read(services: Door) -> None:
    services.ok("PATCH", f"{SERVICE}/properties/language/rename", json={"newPropertyName": "tongue"})
    assert shown(services, "label") == ["!", "!", "!"]
    assert found(services, "label", "=", "!") == ["a", "b", "c"]
