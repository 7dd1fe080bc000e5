"""The view of a scorecard in a real browser, with a page that plays the host."""

import base64
import re
from importlib.resources import files

import pytest
from mcp.client import Client
from tests.injection.hostile import HOSTILE
from tests.injection.organisation import HostileOrganisation
from tests.scorecards.browser import CHROMIUM, look_through
from tests.scorecards.conftest import World
from tests.scorecards.devtools import Chromium
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
INSIDE = "view = document.getElementById('frame').contentDocument; focused = () => view.activeElement; "
SETTLED = (
    "(async () => { const wait = (ms) => new Promise((then) => setTimeout(then, ms)); "
    "do await wait(50); while (view.querySelector('[aria-busy=true]')); })().then(() => %s)"
)


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
    assert start["teams"].splitlines()[1] == "Levels"
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
    assert_harmless(seen)
    assert "onerror" in seen["steps"][0]["report"], "the text is shown, as text"


@needs_browser
def test_no_text_of_the_injection_corpus_is_run(portal, tmp_path):
    hostile = World(portal, HostileOrganisation())
    seen = look_through(
        hostile,
        tmp_path,
        arguments={"scorecard": "quality", "limit": 200},
        clicks=["Show more", "rule150", "s120", "<b>blue<b> MARK901"],
    )
    assert_harmless(seen)
    shown = "".join(step["report"] + step["detail"] for step in seen["steps"])
    marks = {f"MARK{number:03}" for number in range(len(HOSTILE))}
    assert len([it for it in marks if it in shown]) > 200, "the corpus is on the screen"


def assert_harmless(seen):
    assert seen["errors"] == []
    assert not seen["hacked"]
    assert seen["then"] == [], "no dialog was opened"
    assert seen["violations"] == [], "nothing was tried that the content policy forbids"
    assert [step["foreign"] for step in seen["steps"]] == [[] for _ in seen["steps"]]


@needs_browser
def test_all_of_it_can_be_reached_and_used_by_keyboard(world, tmp_path):
    """Each Tab goes to the next control, which shows that it has the focus; Enter opens it, and the focus is kept."""

    def walk(browser):
        controls = browser.look(INSIDE + "[...view.querySelectorAll('button')].map((it) => it.textContent)")
        outline = "view.defaultView.getComputedStyle(focused()).outlineStyle"
        order = []
        for _ in controls:
            browser.press("Tab")
            order.append(browser.look(INSIDE + f"[focused().textContent, {outline}]"))
        opened = [open_by_key(browser, *it) for it in (("(none)", "Enter"), ("Show more", " "), ("Show more", " "))]
        return controls, order, opened

    def open_by_key(browser, label, key):
        for _ in range(200):
            browser.press("Tab")
            if browser.look(INSIDE + "focused().textContent") == label:
                break
        browser.press(key)
        where = "[focused().localName, focused().textContent]"
        return browser.look(SETTLED % f"[view.querySelector('#status').textContent, ...{where}]")

    seen = look_through(world, tmp_path, walk, arguments={"scorecard": "security_requirements"})
    controls, order, (team, more, further) = seen["then"]
    assert len(controls) > 30
    assert order == [[text, "solid"] for text in controls]
    assert "with team is empty" in team[0]
    assert team[1:] == ["button", "(none)"]
    assert "from row 21" in more[0]
    assert more[1:] == ["button", "Show more"]
    assert "from row 41" in further[0]
    assert further[1:] == ["h2", further[0]], "what had the focus is gone; the focus is on what came in its place"


@needs_browser
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("arguments", [{"scorecard": "security_requirements"}, {"blueprint": "service"}], ids=str)
def test_axe_finds_no_fault_in_it(world, tmp_path, theme, arguments):
    axe = (files("axe_core_python") / "axe.min.js").read_text(encoding="utf-8")

    def check(browser):
        return browser.look_inside(
            axe, "axe.run().then(({ violations, passes }) => [violations, passes.map((it) => it.id)])"
        )

    clicks = ["InventoryService", "Backend"] if "scorecard" in arguments else []
    seen = look_through(world, tmp_path, check, theme=theme, arguments=arguments, clicks=clicks)
    violations, passed = seen["then"]
    assert [(it["id"], it["nodes"][0]["html"], it["nodes"][0]["failureSummary"]) for it in violations] == []
    assert {"button-name", "color-contrast", "document-title", "html-has-lang", "page-has-heading-one"} <= set(passed)


@needs_browser
def test_a_picture_of_it_can_be_taken(world, tmp_path):
    seen = look_through(world, tmp_path, Chromium.photograph, arguments={"scorecard": "security_requirements"})
    assert base64.b64decode(seen["then"]).startswith(b"\x89PNG")
