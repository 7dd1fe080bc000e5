"""Answers of searches, held against a brute-force evaluator on random catalogs."""

from functools import partial
from typing import Any

import pytest
from anyio.from_thread import BlockingPortal
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from quaymaster_sandbox.app import create_app
from quaymaster_sandbox.ids import Ids
from quaymaster_sandbox.sandbox import Sandbox

from . import worlds as w
from .brute_force import Thing, World, matches
from .conftest import NOON, Door

_EXAMPLES = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@pytest.fixture(scope="module")
def catalog(portal: BlockingPortal) -> Door:
    """A sandbox with the blueprints of `worlds`; each example puts its own entities into it.

    However few they are, what is searched gets an index, as in a large catalog.
    """
    door = Door(create_app(Sandbox(clock=lambda: NOON, ids=Ids(1), index_from=0)), portal).log_in()
    for blueprint in w.BLUEPRINTS:
        door.ok("POST", "/v1/blueprints", json=blueprint)
    for blueprint, aggregations in w.AGGREGATIONS.items():
        door.ok("PATCH", f"/v1/blueprints/{blueprint}", json={"aggregationProperties": aggregations})
    for team in w.TEAMS:
        door.ok("POST", "/v1/teams", json={"name": team})
    door.ok("POST", "/v1/blueprints/service/scorecards", json=w.CARE)
    return door


def _fill(door: Door, world: World) -> None:
    """Makes the sandbox hold exactly the entities of the world."""
    for blueprint in ("service", "domain"):
        door.ok("DELETE", f"/v1/blueprints/{blueprint}/all-entities")
    for parts in (_own_parts, partial(_relations, world)):
        for blueprint in ("domain", "service"):
            entities = [parts(thing) for thing in world.things if thing.blueprint == blueprint]
            path = f"/v1/blueprints/{blueprint}/entities/bulk?upsert=true&merge=true"
            assert door.ok("POST", path, json={"entities": entities})["errors"] == []


def _own_parts(thing: Thing) -> dict[str, Any]:
    title = {} if thing.title is None else {"title": thing.title}
    return {"identifier": thing.identifier, "properties": thing.properties, "team": thing.team, **title}


def _relations(world: World, thing: Thing) -> dict[str, Any]:
    relations = {
        name: ends if (thing.blueprint, name) in world.many else (ends or [None])[0]
        for name, ends in thing.relations.items()
    }
    return {"identifier": thing.identifier, "relations": relations}


@given(data=st.data())
@_EXAMPLES
def test_global_search_finds_what_brute_force_finds(catalog: Door, data: st.DataObject) -> None:
    world = data.draw(w.worlds(NOON))
    _fill(catalog, world)
    rules = w.PROPERTY_RULES | w.RELATED_RULES | w.MATCH_ANY_RULES | w.SCHEMA_RULES
    for query in data.draw(st.lists(w.queries(rules), min_size=4, max_size=8)):
        answer = catalog.ok("POST", "/v1/entities/search?include=identifier", json=query)
        found = {(entity["blueprint"], entity["identifier"]) for entity in answer["entities"]}
        found = {pair for pair in found if pair[0] in ("domain", "service")}
        expected = {(t.blueprint, t.identifier) for t in world.things if matches(query, t, world)}
        assert found == expected, query


@given(data=st.data())
@_EXAMPLES
def test_blueprint_search_finds_what_brute_force_finds(catalog: Door, data: st.DataObject) -> None:
    world = data.draw(w.worlds(NOON))
    _fill(catalog, world)
    about_others = w.RELATION_RULES | w.RELATED_RULES | w.MATCH_ANY_RULES
    rules = w.PROPERTY_RULES.filter(_has_text_list) | w.SCORECARD_RULES | w.SCHEMA_RULES | about_others
    for query in data.draw(st.lists(w.queries(rules), min_size=4, max_size=8)):
        for blueprint in ("domain", "service"):
            body = {"query": query, "include": ["$identifier"]}
            answer = catalog.ok("POST", f"/v1/blueprints/{blueprint}/entities/search", json=body)
            found = [entity["identifier"] for entity in answer["entities"]]
            things = [t for t in world.things if t.blueprint == blueprint]
            assert found == [t.identifier for t in things if matches(query, t, world)], query


def _has_text_list(rule: dict[str, Any]) -> bool:
    """Blueprint search takes lists of texts only."""
    value = rule.get("value")
    return not isinstance(value, list) or all(isinstance(element, str) for element in value)


@given(data=st.data())
@settings(_EXAMPLES, max_examples=30)
def test_read_entities_show_the_derived_values_of_brute_force(catalog: Door, data: st.DataObject) -> None:
    world = data.draw(w.worlds(NOON))
    _fill(catalog, world)
    for blueprint in ("domain", "service"):
        entities = catalog.ok("GET", f"/v1/blueprints/{blueprint}/entities")["entities"]
        for entity in entities:
            thing = world.find(blueprint, entity["identifier"])
            names = [*w.TYPES[blueprint]]
            expected = {name: value for name in names if (value := world.value(thing, name)) is not None}
            assert entity["properties"] == expected


@given(data=st.data())
@settings(_EXAMPLES, max_examples=30)
def test_counts_by_value_add_up_as_by_brute_force(catalog: Door, data: st.DataObject) -> None:
    world = data.draw(w.worlds(NOON))
    _fill(catalog, world)
    everything = {"combinator": "and", "rules": [{"property": "$blueprint", "operator": "=", "value": "service"}]}
    services = [t for t in world.things if t.blueprint == "service"]
    for name in ("language", "domain_name", "used_languages", "copied_language", "$team", "$title"):
        counts: dict[str, int] = {}
        for service in services:
            value = world.value(service, name)
            for element in set(value if isinstance(value, list) else [value]) - {None}:
                counts[element] = counts.get(element, 0) + 1
        body = {"func": "countValues", "property": name, "query": everything}
        assert catalog.ok("POST", "/v1/entities/aggregate", json=body)["result"] == counts, name
