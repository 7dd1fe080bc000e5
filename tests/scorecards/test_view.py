"""The view of a scorecard in a real browser, with a page that plays the host."""

import re

import pytest
from mcp.client import Client
from tests.scorecards.browser import CHROMIUM, look_through
from tests.scorecards.shapes import has, rule, shape

from quaymaster.server.adapter import build_server

needs_browser = pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium: apt-get install chromium")
ATTACKS = [
    "<img src=x onerror=parent.hacked=true>",
    "<script>parent.hacked=true</script>",
    '"><svg onload=parent.hacked=true>',
    "<iframe srcdoc='<script>parent.parent.hacked=true</script>'></iframe>",
    "<a href='javascript:parent.hacked=true'>x</a>",
]


def test_a_client_is_told_of_the_view(world):
    async def ask():
        async with Client(build_server(world.application, "0")) as client:
            tools = {it.name: it.meta for it in (await client.list_tools()).tools}
            resources = {str(it.uri): it.mime_type for it in (await client.list_resources()).resources}
            return tools["scorecard_report"], resources, client.server_capabilities.extensions

    meta, resources, extensions = world.portal.call(ask)
    assert meta == {"ui": {"resourceUri": "ui://quaymaster/scorecard"}}
    assert resources["ui://quaymaster/scorecard"] == "text/html;profile=mcp-app"
    assert "io.modelcontextprotocol/ui" in extensions


def test_the_view_may_load_nothing_and_run_its_own_script_only(world):
    html = world.portal.call(world.application.library().read_resource, "ui://quaymaster/scorecard").text
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', html)[1]
    assert re.fullmatch(r"default-src 'none'; script-src 'sha256-[\w+/]{43}='; style-src 'sha256-[\w+/]{43}='", policy)
    assert "http" not in html.replace('http-equiv="', "")
    assert "innerHTML" not in html


@needs_browser
def test_report_teams_and_details_are_shown(world, truth, tmp_path):
    worst = world.ask("scorecard_report", scorecard="security_requirements", limit=1).splitlines()[3].split("\t")[0]
    seen = look_through(
        world,
        tmp_path,
        arguments={"scorecard": "security_requirements"},
        theme="dark",
        clicks=[worst, "no_critical", "Backend", "Show more", "(none)"],
    )
    assert seen["errors"] == []
    start, gap, failing, team, more, unowned = seen["steps"]
    assert start["theme"] == "dark"
    assert "fail at least one rule of Security Requirements" in start["headline"]
    assert "Backend" in start["teams"]
    assert f"{worst} is Basic in Security Requirements" in gap["detail"]
    expected = sum("no_critical" in truth.failing_rules(it, "security_requirements") for it in truth.services)
    assert f"{expected} fail no_critical" in failing["detail"]
    assert "with team = backend" in team["detail"]
    assert more["detail"] != team["detail"]
    assert "with team is empty" in unowned["detail"]
    assert [it["name"] for it in seen["calls"]] == ["scorecard_report", "scorecard_gap", *["scorecard_report"] * 4]


@needs_browser
def test_scorecards_of_a_blueprint_lead_to_each(world, tmp_path):
    seen = look_through(world, tmp_path, arguments={"blueprint": "service"}, clicks=["negations"])
    assert seen["errors"] == []
    assert "fail at least one rule of Negations" in seen["steps"][1]["headline"]


@needs_browser
def test_nothing_in_the_catalog_is_ever_run(world, tmp_path):
    rules = [rule(f"attack_{number}", text, has("language", "!=", text)) for number, text in enumerate(ATTACKS)]
    world.create(
        shape("attacked", *rules, rule("never", ATTACKS[-1], has("language", "=", ATTACKS[0])), levels=["B", *ATTACKS])
    )
    try:
        seen = look_through(world, tmp_path, arguments={"scorecard": "attacked"}, clicks=["InventoryService", "never"])
    finally:
        route = "/v1/blueprints/{blueprint_identifier}/scorecards/{scorecard_identifier}"
        world.send("DELETE", route, blueprint_identifier="service", scorecard_identifier="attacked")
    assert not seen["hacked"]
    assert all(step["foreign"] == 0 for step in seen["steps"])
    assert "onerror" in seen["steps"][0]["report"], "the text is shown, as text"


@needs_browser
def test_a_picture_of_it_can_be_taken(world, tmp_path):
    picture = tmp_path / "view.png"
    look_through(world, tmp_path / "home", screenshot=picture, arguments={"scorecard": "security_requirements"})
    assert picture.read_bytes().startswith(b"\x89PNG")
