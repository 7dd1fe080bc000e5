"""Searches of large blueprints go through indexes, which are made when somebody searches."""

from collections.abc import Iterator
from typing import Any

import pytest
from anyio.from_thread import BlockingPortal

from quaymaster_sandbox.app import create_app
from quaymaster_sandbox.sandbox import Sandbox

from .conftest import Door

INDEX_FROM = 10


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    sandbox = Sandbox(index_from=INDEX_FROM)
    yield sandbox
    sandbox.database.close()


@pytest.fixture
def services(sandbox: Sandbox, portal: BlockingPortal) -> Door:
    door = Door(create_app(sandbox), portal).log_in()
    properties = {"language": {"type": "string"}, "replicas": {"type": "number"}, "notes": {"type": "string"}}
    door.ok(
        "POST", "/v1/blueprints", json={"identifier": "service", "title": "S", "schema": {"properties": properties}}
    )
    return door


def fill(door: Door, count: int) -> None:
    for number in range(count):
        properties = {"language": ("Go", "Java")[number % 2], "replicas": number, "notes": "none"}
        door.ok("POST", "/v1/blueprints/service/entities", json={"identifier": f"s{number}", "properties": properties})


def indexed(sandbox: Sandbox) -> set[str]:
    with sandbox.database.read() as connection:
        rows = connection.execute("SELECT tbl_name, sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL")
        return {sql.rpartition("(")[2].rstrip(")") for table, sql in rows if table.startswith("entities_")}


def search(door: Door, *rules: dict[str, Any]) -> list[str]:
    query = {"combinator": "and", "rules": list(rules)}
    answer = door.ok("POST", "/v1/blueprints/service/entities/search", json={"query": query})
    return [entity["identifier"] for entity in answer["entities"]]


def test_a_search_of_many_entities_makes_indexes_on_what_it_compares(sandbox: Sandbox, services: Door) -> None:
    fill(services, INDEX_FROM)
    rules = (
        {"property": "language", "operator": "=", "value": "Go"},
        {"property": "replicas", "operator": ">", "value": 5},
        {"property": "$title", "operator": "isEmpty"},
    )
    assert search(services, *rules) == ["s6", "s8"]
    assert len(indexed(sandbox)) == 3
    assert "title, identifier" in indexed(sandbox)
    assert search(services, *rules) == ["s6", "s8"]


def test_grouping_by_a_property_makes_an_index_on_it(sandbox: Sandbox, services: Door) -> None:
    fill(services, INDEX_FROM)
    everything = {"combinator": "and", "rules": [{"property": "$blueprint", "operator": "=", "value": "service"}]}
    body = {"func": "countValues", "property": "language", "query": everything}
    assert services.ok("POST", "/v1/entities/aggregate", json=body)["result"] == {"Go": 5, "Java": 5}
    assert len(indexed(sandbox)) == 1


def test_a_search_of_few_entities_makes_none(sandbox: Sandbox, services: Door) -> None:
    fill(services, INDEX_FROM - 1)
    assert len(search(services, {"property": "language", "operator": "=", "value": "Go"})) == 5
    assert indexed(sandbox) == set()
