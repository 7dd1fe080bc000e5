"""The consent page in a real browser: used by keyboard with scripts off, named for screen readers, without a fault."""

import base64
import json
import time
from importlib.resources import files

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse
from starlette.routing import Route
from tests.approval.client import Client
from tests.loopback import listening, serving
from tests.scorecards.browser import CHROMIUM
from tests.scorecards.devtools import Chromium

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium: apt-get install chromium")


@pytest.fixture
def called_back():
    """Yields where a client waits for its browser, and what it is told there."""
    told: list[dict[str, str]] = []

    async def callback(request: Request) -> PlainTextResponse:
        told.append(dict(request.query_params))
        return PlainTextResponse("You can close this window.")

    with listening() as (listener, origin), serving(Starlette(routes=[Route("/callback", callback)]), listener):
        yield f"{origin}/callback", told


def wait_for(browser: Chromium, text: str) -> None:
    """Returns once a text is in the document, as content or as an attribute; needs no script on the page."""
    for _ in range(200):
        if text in json.dumps(browser.send("DOM.getDocument", depth=-1)):
            return
        time.sleep(0.05)  # the browser tells of no element
    raise AssertionError(f"{text} does not come")


def names(browser: Chromium, *roles: str) -> list[tuple[str, str]]:
    """Returns the role and the name of what a screen reader finds, sorted."""
    nodes = browser.send("Accessibility.getFullAXTree")["nodes"]
    found = [(it["role"]["value"], it["name"]["value"]) for it in nodes if "role" in it and "name" in it]
    return sorted((role, name) for role, name in found if role in roles)


def test_page_is_answered_by_keyboard_with_scripts_off(server, called_back, tmp_path):
    redirect_uri, told = called_back
    client = Client(server.origin, f"{server.origin}/mcp/acme", redirect_uri)
    with Chromium(str(CHROMIUM), tmp_path, "about:blank") as browser:
        browser.send("Emulation.setScriptExecutionDisabled", value=True)
        browser.send("Page.navigate", url=client.link())
        wait_for(browser, "One-time code")
        browser.press("Tab")
        browser.press("Tab")
        browser.press(" ")
        for _ in range(3):
            browser.press("Tab")
        browser.send("Input.insertText", text="AAAA-AAAA-AAAA")
        browser.press("Enter")
        wait_for(browser, "alert")
        for _ in range(5):
            browser.press("Tab")
        browser.send("Input.insertText", text=server.code_for())
        browser.press("Enter")
        wait_for(browser, "You can close this window.")
    (answer,) = told
    assert client.redeem(answer["code"]).json()["scope"] == "read"


def test_screen_reader_finds_a_name_for_everything(server, tmp_path):
    with Chromium(str(CHROMIUM), tmp_path, server.client().link()) as browser:
        wait_for(browser, "One-time code")
        found = names(browser, "heading", "checkbox", "textbox", "button", "group")
    assert found == [
        ("button", "Approve"),
        ("button", "Deny"),
        ("checkbox", "delete: delete things for good"),
        ("checkbox", "read: look things up in the catalog, scorecards and actions"),
        ("checkbox", "run: run self-service actions"),
        ("checkbox", "write: create and change things: entities, blueprints, scorecards, actions"),
        ("group", "It may"),
        ("heading", "Let Scripted Client work in Acme & Sons (org_acme)?"),
        ("textbox", "One-time code"),
    ]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_no_fault_in_it(server, tmp_path, theme):
    axe = (files("axe_core_python") / "axe.min.js").read_text(encoding="utf-8")
    with Chromium(str(CHROMIUM), tmp_path, "about:blank") as browser:
        scheme = {"name": "prefers-color-scheme", "value": theme}
        browser.send("Emulation.setEmulatedMedia", features=[scheme])
        browser.send("Page.navigate", url=server.client().link())
        wait_for(browser, "One-time code")
        browser.send("Runtime.evaluate", expression=axe)
        run = "axe.run().then(({ violations, passes }) => [violations, passes.map((it) => it.id)])"
        violations, passed = browser.look(run)
        picture = base64.b64decode(browser.photograph())
    assert [(it["id"], it["nodes"][0]["html"]) for it in violations] == []
    assert {"color-contrast", "document-title", "html-has-lang", "label", "button-name"} <= set(passed)
    assert picture.startswith(b"\x89PNG")


def test_browser_does_not_show_it_in_a_frame(server, tmp_path):
    link = server.client().link().replace("&", "&amp;")

    async def frame(request: Request) -> HTMLResponse:
        return HTMLResponse(f'<iframe src="{link}"></iframe>')

    with (
        listening() as (listener, origin),
        serving(Starlette(routes=[Route("/", frame)]), listener),
        Chromium(str(CHROMIUM), tmp_path, origin) as browser,
    ):
        wait_for(browser, "IFRAME")
        for _ in range(200):
            children = browser.send("Page.getFrameTree")["frameTree"].get("childFrames", [])
            if children and children[0]["frame"]["url"] not in {"", "about:blank"}:
                break
            time.sleep(0.05)  # the browser tells of no end of loading
        shown = json.dumps(browser.send("DOM.getDocument", depth=-1, pierce=True))
    assert children[0]["frame"]["url"].startswith("chrome-error:")
    assert "One-time code" not in shown
