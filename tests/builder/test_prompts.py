"""Prompts of the builder pack: written from what is there, and leading over a plan to a change."""

import json
import re

import pytest
from mcp.shared.exceptions import MCPError
from tests.builder.documents import TEXT, blueprint, rule, scorecard

CALL = re.compile(r"\b(read_guide|plan_changes|get_schema) (\{.*?\})(?=[;,.]? |[.,]?$)", re.MULTILINE)
ARGUMENTS = {
    "apply_this_guide": {"url": "https://docs.port.io/guides/all/some-guide"},
    "start_managing": {"kind": "Kubernetes deployments"},
    "add_a_rule": {"scorecard": "ready", "requirement": "an on-call schedule"},
    "new_self_service_action": {"purpose": "scaffold a service", "blueprint": "service"},
}


@pytest.fixture(autouse=True)
def services(quay, port):
    quay.seed("service", {"identifier": "cart", "owner": "web", "on_call": "ada"})
    port.send("POST", "/v1/blueprints/{}/scorecards", "service", body=scorecard("ready", rule("owned")))


@pytest.mark.parametrize("name", ARGUMENTS)
def test_prompt_leads_over_a_plan_that_a_person_agrees_to(quay, name):
    text = quay.prompt(name, **ARGUMENTS[name])
    assert "plan_changes" in text
    assert "only when I have agreed to that plan" in text
    named = {tool for tool, _ in CALL.findall(text)}
    assert named <= quay.tools().keys()


def test_rule_is_written_on_what_the_blueprint_has(quay):
    text = quay.prompt("add_a_rule", **ARGUMENTS["add_a_rule"])
    assert "scorecard ready of blueprint service that requires: an on-call schedule" in text
    assert "owner (property), on_call (property)" in text
    assert "Its rules: Owned. Its levels: Basic, Bronze, Silver, Gold" in text


def test_calls_that_a_prompt_names_can_be_made(quay):
    start = quay.prompt("start_managing", kind="Kubernetes deployments")
    action = quay.prompt("new_self_service_action", purpose="scaffold a service")
    calls = [*CALL.findall(start), *CALL.findall(action)]
    assert [tool for tool, _ in calls] == ["plan_changes", "get_schema", "get_schema"]
    for tool, arguments in calls:
        assert quay.call(tool, **json.loads(arguments))


def test_what_is_managed_already_is_named(quay, port):
    port.send("POST", "/v1/blueprints", body=blueprint("cluster", region=TEXT))
    text = quay.prompt("start_managing", kind="clusters")
    assert "Our blueprints: service, cluster." in text
    assert "- kubernetes: " in text


def test_unknown_scorecard_is_answered_with_the_names(quay):
    with pytest.raises(MCPError, match="unknown scorecard 'redy'; there are: ready"):
        quay.prompt("add_a_rule", scorecard="redy")
