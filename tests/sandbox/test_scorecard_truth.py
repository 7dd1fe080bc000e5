"""Levels and rule statuses, held against plain Python on random scorecards after random writes, and on the demo."""

from typing import Any

import pytest
from anyio.from_thread import BlockingPortal
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests import scorecard_truth
from tests.truth import Truth

from quaymaster_sandbox.app import create_app
from quaymaster_sandbox.demo import build
from quaymaster_sandbox.ids import Ids
from quaymaster_sandbox.sandbox import Sandbox

from .conftest import NOON, Door

TEXTS = ["", "a", "b", "ab"]
NUMBERS = [0, 1, 2.5]
INSTANTS = ["2026-03-15T12:00:00.000Z", "2026-03-10T00:00:00.000Z", "2025-01-01T00:00:00.000Z"]
PARENTS = ["p1", "p2"]
SERVICES = ["s1", "s2", "s3"]
TEAMS = ["red", "blue"]
COUNT = {"calculationBy": "entities", "func": "count"}
BLUEPRINTS: list[dict[str, Any]] = [
    {
        "identifier": "parent",
        "title": "Parent",
        "schema": {"properties": {"name": {"type": "string"}}},
        "ownership": {"type": "Direct"},
    },
    {
        "identifier": "service",
        "title": "Service",
        "schema": {
            "properties": {
                "text": {"type": "string"},
                "notes": {"type": "string", "format": "markdown"},
                "number": {"type": "number"},
                "flag": {"type": "boolean"},
                "instant": {"type": "string", "format": "date-time"},
                "labels": {"type": "array"},
                "extra": {"type": "object"},
            }
        },
        "relations": {"parent": {"target": "parent"}, "uses": {"target": "service", "many": True}},
        "mirrorProperties": {
            "parent_name": {"path": "parent.name"},
            "parent_team": {"path": "parent.$team"},
            "used_texts": {"path": "uses.text"},
        },
        "calculationProperties": {
            "twice": {"type": "number", "calculation": ".properties.number * 2"},
            "copied_name": {"type": "string", "calculation": ".properties.parent_name"},
        },
        "aggregationProperties": {
            "users": {
                "title": "Users",
                "target": "service",
                "calculationSpec": COUNT,
                "pathFilter": [{"fromBlueprint": "service", "path": ["uses"]}],
            }
        },
        "ownership": {"type": "Direct"},
    },
]

texts = st.sampled_from(TEXTS)
numbers = st.sampled_from(NUMBERS)
instants = st.sampled_from(INSTANTS)
lists = st.lists(texts, max_size=2)
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "text": texts,
    "notes": texts,
    "number": numbers,
    "flag": st.booleans(),
    "instant": instants,
    "labels": lists,
    "extra": st.sampled_from([{}, {"k": 1}]),
}
TEXT_OPERATORS = ["=", "!=", "contains", "doesNotContains", "beginsWith", "doesNotBeginsWith", "endsWith"]
NUMBER_OPERATORS = ["=", "!=", ">", ">=", "<", "<="]


def _about(names: list[str], operators: list[str], values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.fixed_dictionaries(
        {"property": st.sampled_from(names), "operator": st.sampled_from(operators), "value": values}
    )


NAMES = [*VALUES, "parent_name", "parent_team", "used_texts", "twice", "copied_name", "users", "$team", "$title"]
conditions = st.one_of(
    _about(["text", "notes", "parent_name", "copied_name", "$title"], TEXT_OPERATORS, texts),
    _about(["text", "notes", "parent_name", "copied_name", "labels", "used_texts"], ["in"], st.lists(texts)),
    _about(["labels", "used_texts", "$team", "parent_team"], ["containsAny"], st.lists(st.sampled_from(["a", *TEAMS]))),
    _about(["labels", "used_texts", "$team", "parent_team"], ["contains"], st.sampled_from(["a", *TEAMS])),
    _about(["number", "twice", "users"], NUMBER_OPERATORS, numbers),
    _about(["flag"], ["=", "!="], st.booleans()),
    _about(["instant"], ["=", "!=", ">", "<="], instants),
    _about(
        ["instant"],
        ["between", "notBetween"],
        st.sampled_from([{"preset": "today"}, {"preset": "lastMonth"}, {"from": INSTANTS[2], "to": INSTANTS[1]}]),
    ),
    st.fixed_dictionaries(
        {"property": st.sampled_from(NAMES), "operator": st.sampled_from(["isEmpty", "isNotEmpty"])},
        optional={"not": st.booleans()},
    ),
    st.fixed_dictionaries(
        {"relation": st.sampled_from(["parent", "uses"]), "operator": st.sampled_from(["isEmpty", "isNotEmpty"])}
    ),
    st.fixed_dictionaries(
        {"relation": st.just("parent"), "operator": st.sampled_from(["=", "!="]), "value": st.sampled_from(PARENTS)}
    ),
)
queries = st.fixed_dictionaries(
    {"combinator": st.sampled_from(["and", "or"]), "conditions": st.lists(conditions, min_size=1, max_size=3)}
)


@st.composite
def scorecards(draw: st.DrawFn) -> dict[str, Any]:
    titles = ["Base", "One", "Two", "Three"][: draw(st.integers(2, 4))]
    rules = [
        {"identifier": f"r{at}", "title": "R", "level": draw(st.sampled_from(titles[1:])), "query": draw(queries)}
        for at in range(draw(st.integers(0, 4)))
    ]
    levels = [{"title": title, "color": "blue"} for title in titles]
    outside = {"filter": draw(queries)} if draw(st.booleans()) else {}
    return {"identifier": "s", "title": "S", "levels": levels, "rules": rules, **outside}


def _entity(names: list[str], values: dict[str, st.SearchStrategy[Any]], **relations: Any) -> st.SearchStrategy[Any]:
    return st.fixed_dictionaries(
        {
            "identifier": st.sampled_from(names),
            "properties": st.fixed_dictionaries({}, optional=values),
            "relations": st.fixed_dictionaries({}, optional=relations),
            "team": st.lists(st.sampled_from(TEAMS), unique=True),
        }
    )


writes = st.one_of(
    st.tuples(st.just("service"), _entity(
        SERVICES, VALUES, parent=st.sampled_from(PARENTS), uses=st.lists(st.sampled_from(SERVICES), unique=True)
    )),
    st.tuples(st.just("parent"), _entity(PARENTS, {"name": texts})),
    st.tuples(st.sampled_from(["-service", "-parent"]), st.sampled_from([*SERVICES, *PARENTS])),
    st.tuples(st.just("scorecard"), scorecards()),
)  # fmt: skip


@pytest.fixture(scope="module")
def door(portal: BlockingPortal) -> Door:
    door = Door(create_app(Sandbox(clock=lambda: NOON, ids=Ids(1))), portal).log_in()
    for blueprint in BLUEPRINTS:
        door.ok("POST", "/v1/blueprints", json=blueprint)
    for team in TEAMS:
        door.ok("POST", "/v1/teams", json={"name": team})
    return door


def _write(door: Door, kind: str, body: Any) -> None:
    if kind == "scorecard":
        door.ok("PUT", "/v1/blueprints/service/scorecards", json=[body])
    elif kind.startswith("-"):
        door.ok("POST", f"/v1/blueprints/{kind[1:]}/bulk/entities/delete", json={"entities": [body]})
    else:
        path = f"/v1/blueprints/{kind}/entities?upsert=true&create_missing_related_entities=true"
        door.ok("POST", path, json=body)


@given(start=scorecards(), steps=st.lists(writes, min_size=1, max_size=8))
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_after_any_writes_every_service_has_the_result_that_follows_from_its_document(
    door: Door, start: dict[str, Any], steps: list[tuple[str, Any]]
) -> None:
    for blueprint in ("service", "parent"):
        door.ok("DELETE", f"/v1/blueprints/{blueprint}/all-entities")
    for kind, body in [("scorecard", start), *steps]:
        _write(door, kind, body)
    scorecard = door.ok("GET", "/v1/blueprints/service/scorecards/s")["scorecard"]
    for entity in door.ok("GET", "/v1/blueprints/service/entities")["entities"]:
        expected = scorecard_truth.result(scorecard, entity, NOON)
        assert entity.get("scorecards", {}).get("s") == expected, entity


def test_every_service_of_the_demo_has_the_results_that_follow_from_its_document(portal: BlockingPortal) -> None:
    organisation = build(300, now=NOON)
    sandbox = Sandbox(clock=lambda: NOON, ids=Ids(1))
    sandbox.load(organisation)
    door = Door(create_app(sandbox), portal).log_in()
    truth = Truth(organisation)
    entities = door.ok("GET", "/v1/blueprints/service/entities")["entities"]
    assert len(entities) == 300
    for entity in entities:
        results = {name: truth.result_of(entity["identifier"], name) for name in truth.scorecards}
        assert entity["scorecards"] == {name: result for name, result in results.items() if result is not None}
