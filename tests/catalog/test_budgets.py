"""What the pack costs a model before it has asked anything."""

import json

import pytest
from benchmarks.tokens import count_tokens

NAMES = {
    "aggregate_entities",
    "count_entities",
    "describe_entity",
    "describe_user_details",
    "entity_history",
    "get_blueprint",
    "get_entities_by_identifiers",
    "list_blueprints",
    "list_entities",
    "list_teams",
    "search_catalog",
    "trace_dependencies",
    "who_is_on_call",
}


@pytest.fixture
def tools(application):
    return [it for it in application.list_tools() if it.record.candidate.name == "catalog"]


def test_the_pack_has_its_tools_and_they_change_nothing(tools):
    assert {it.name for it in tools} == NAMES
    assert all(it.tool.read_only for it in tools)


def test_definitions_cost_at_most_1500_tokens_and_one_350(tools):
    definitions = [
        {"name": it.name, "description": it.tool.description, "input_schema": it.input.schema} for it in tools
    ]
    costs = [count_tokens(json.dumps(it, separators=(",", ":"))) for it in definitions]
    assert sum(costs) <= 1500
    assert max(costs) <= 350
