"""Prompts of the scorecards pack: written from what is there, and full of calls that can be made."""

import json
import re

import pytest

CALL = re.compile(r"^- (\w+) (\{.*\})$", re.MULTILINE)
ARGUMENTS = {
    "review_scorecards": {"team": "Backend", "scorecard": "Production Readiness"},
    "design_a_scorecard": {"blueprint": "services"},
    "reach_a_level": {"service": "InventoryService", "level": "Gold", "scorecard": "production_readiness"},
}


def write(world, name, arguments):
    return world.portal.call(world.application.library().write_prompt, name, arguments)


@pytest.mark.parametrize("name", ["review_scorecards", "reach_a_level"])
def test_calls_in_prompts_can_be_made(world, name):
    calls = CALL.findall(write(world, name, ARGUMENTS[name]))
    assert len(calls) >= 2
    for tool, arguments in calls:
        assert world.ask(tool, **json.loads(arguments))


def test_design_tells_how_many_entities_have_a_property(world, truth):
    text = write(world, "design_a_scorecard", ARGUMENTS["design_a_scorecard"])
    filled = sum("runbook" in it["properties"] for it in truth.services.values())
    assert f"- runbook (url): {filled / len(truth.services):.0%} filled" in text
    owned = sum(bool(it.get("team")) for it in truth.services.values())
    assert f"- $team (array): {owned / len(truth.services):.0%} filled" in text
    assert "Its relations: domain, system, environments, depends_on, on_call." in text


def test_teams_and_scorecards_are_completed(world):
    async def complete(argument, value):
        return await world.application.library().complete_prompt("review_scorecards", argument, value, {})

    assert world.portal.call(complete, "team", "back") == ["Backend"]
    assert world.portal.call(complete, "scorecard", "security") == ["security_requirements"]
