"""What the pack costs a model: its definitions, and its answers on a thousand services."""

import json

import pytest
from benchmarks.tokens import count_tokens
from tests.scorecards.conftest import World

from quaymaster_sandbox.demo import build

TOOLS = (
    "list_scorecards",
    "scorecard_gap",
    "scorecard_report",
    "scorecard_trend",
    "simulate_scorecard",
    "suggest_next_steps",
)


@pytest.fixture(scope="module")
def thousand(portal):
    return World(portal, build(1000))


def test_definitions_fit_their_budget(world):
    offered = {it.name: it for it in world.application.list_tools() if it.name in TOOLS}
    assert tuple(sorted(offered)) == TOOLS
    sizes = {
        name: count_tokens(json.dumps([name, it.tool.description, it.input.schema], separators=(",", ":")))
        for name, it in offered.items()
    }
    assert sum(sizes.values()) <= 1200
    assert max(sizes.values()) <= 350


def test_failing_services_of_a_thousand_are_told_in_one_call(thousand):
    text = thousand.ask("scorecard_report", scorecard="security requirements")
    assert text.startswith("7")
    assert count_tokens(text) <= 600


def test_what_prevents_gold_is_told_in_one_call(thousand):
    text = thousand.ask(
        "scorecard_gap", identifiers=["InventoryService"], scorecard="production readiness", level="Gold"
    )
    assert count_tokens(text) <= 120
