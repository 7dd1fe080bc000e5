"""A server over stdio without a credential: the person enters it on a page of their computer, and no model sees it."""

import json
import os
import sys
from contextlib import asynccontextmanager
from importlib.resources import files
from pathlib import Path
from urllib.parse import urlsplit

import anyio
import httpx2
import mcp.types as t
import pytest
from anyio import to_thread
from mcp.client import Client
from mcp.client.stdio import StdioServerParameters
from tests.approval.test_chromium import wait_for
from tests.scorecards.browser import CHROMIUM
from tests.scorecards.devtools import Chromium

from quaymaster.auth import Credentials
from quaymaster.host import load_host
from quaymaster.policy import Policy
from quaymaster.server.desk.page import CredentialPage
from quaymaster.settings import Profile, load_settings

TESTS = Path(__file__).parents[2]


class Person:
    """Opens what the client shows, and enters a credential."""

    def __init__(self, *credentials: str, action: str = "accept") -> None:
        self.credentials = credentials
        self.action = action
        self.shown: list[t.ElicitRequestURLParams] = []
        self.answers: list[httpx2.Response] = []

    async def __call__(self, context, params) -> t.ElicitResult:
        assert isinstance(params, t.ElicitRequestURLParams)
        self.shown.append(params)
        if self.action == "accept":
            await to_thread.run_sync(self.enter, params.url)
        return t.ElicitResult(action=self.action)

    def enter(self, url: str) -> None:
        with httpx2.Client(trust_env=False, timeout=30) as browser:
            assert browser.get(url).status_code == 200
            for name in self.credentials:
                fields = {"client_id": f"{name}-id", "client_secret": f"{name}-secret"}
                self.answers.append(browser.post(url, data=fields, headers={"Origin": origin_of(url)}))


def origin_of(url: str) -> str:
    return "{0.scheme}://{0.netloc}".format(urlsplit(url))


@asynccontextmanager
async def served(port, person, mode, tmp_path, *arguments, **environment):
    command = StdioServerParameters(
        command=sys.executable,
        args=["-m", "quaymaster", "serve", *arguments],
        env={
            "PYTHONWARNINGS": "ignore",
            "PORT_BASE_URL": port.url,
            "XDG_CONFIG_HOME": str(tmp_path / "config"),
            "PATH": os.environ["PATH"],
            **environment,
        },
    )
    async with Client(command, mode=mode, elicitation_callback=person) as client:
        yield client


@pytest.mark.parametrize("mode", ["auto", "legacy"])
async def test_person_enters_the_credential_and_the_call_goes_on(port, tmp_path, mode):
    person = Person("acme")
    with anyio.fail_after(60):
        async with served(port, person, mode, tmp_path) as client:
            result = await client.call_tool("list_blueprints", {})
            again = await client.call_tool("list_blueprints", {})
    assert not result.is_error, result.content
    assert not again.is_error
    (shown,) = person.shown
    assert shown.url.startswith("http://127.0.0.1:")
    assert "no credential of Port's for profile 'default'" in shown.message
    assert "Quaymaster can go on" in person.answers[0].text
    spoken = json.dumps([it.model_dump(mode="json") for it in (result, again)])
    assert "acme-secret" not in spoken
    assert urlsplit(shown.url).path not in spoken


async def test_wrong_credential_can_be_entered_again(port, tmp_path):
    person = Person("nobody", "acme")
    with anyio.fail_after(60):
        async with served(port, person, "auto", tmp_path) as client:
            result = await client.call_tool("list_blueprints", {})
    assert not result.is_error
    assert [it.status_code for it in person.answers] == [422, 200]
    assert "invalid_credentials" in person.answers[0].text
    assert "nobody-secret" not in person.answers[0].text


@pytest.mark.parametrize("mode", ["auto", "legacy"])
async def test_person_who_declines_is_told_the_command(port, tmp_path, mode):
    person = Person(action="decline")
    with anyio.fail_after(60):
        async with served(port, person, mode, tmp_path) as client:
            result = await client.call_tool("list_blueprints", {})
    assert result.is_error
    assert "quaymaster login" in result.content[0].text
    assert port.requests == []


async def test_client_that_opens_no_pages_is_told_the_command(port, tmp_path):
    with anyio.fail_after(60):
        async with served(port, None, "auto", tmp_path) as client:
            result = await client.call_tool("list_blueprints", {})
    assert result.is_error
    assert "quaymaster login" in result.content[0].text


async def test_profile_of_the_keyring_is_kept_there_and_stays_pinned(port, tmp_path):
    settings = tmp_path / "config" / "quaymaster" / "quaymaster.toml"
    settings.parent.mkdir(parents=True)
    settings.write_text(
        f'[profiles.acme-eu]\nbase_url = "{port.url}"\ncredentials = "keyring:acme-eu"\norganization = "{port.acme}"\n',
        encoding="utf-8",
    )
    keyring = {
        "PYTHONPATH": str(TESTS),
        "PYTHON_KEYRING_BACKEND": "tests.login.keyring_for_tests.FileKeyring",
        "QUAYMASTER_TEST_KEYRING": str(tmp_path / "keyring.json"),
    }
    person = Person("umbra", "acme")
    with anyio.fail_after(60):
        async with served(port, person, "auto", tmp_path, "--profile", "acme-eu", **keyring) as client:
            result = await client.call_tool("list_blueprints", {})
    assert not result.is_error
    assert "this profile is pinned to" in person.answers[0].text
    assert "in your system&#x27;s keyring" in person.answers[1].text
    assert "acme-secret" in (tmp_path / "keyring.json").read_text(encoding="utf-8")
    assert "umbra-secret" not in (tmp_path / "keyring.json").read_text(encoding="utf-8")


@pytest.fixture
def page(port):
    page = CredentialPage(Profile("acme", port.url, "env:PORT", Policy()), load_host(load_settings(), []))
    yield page
    page.close()
    page.wait()


def post(url, **options):
    return httpx2.post(url, data={"client_id": "acme-id", "client_secret": "acme-secret"}, trust_env=False, **options)


def test_page_is_for_the_first_browser_alone(page):
    with httpx2.Client(trust_env=False) as mine, httpx2.Client(trust_env=False) as other:
        assert mine.get(page.url).status_code == 200
        assert other.get(page.url).status_code == 403
        assert post(page.url).status_code == 403
        assert mine.get(page.url).status_code == 200
    assert page.credentials is None


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Host": "evil.example"}, 421),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
    ],
)
def test_page_is_for_its_own_host_and_origin(page, headers, status):
    assert httpx2.get(page.url, headers=headers, trust_env=False).status_code == status
    assert post(page.url, headers=headers).status_code == status


def test_page_has_an_address_that_nobody_guesses(page):
    origin, path = origin_of(page.url), urlsplit(page.url).path
    assert len(path) > 40
    for guess in ("/", "/credentials", path[:-1], f"{path}/x"):
        assert httpx2.get(f"{origin}{guess}", trust_env=False).status_code == 404


def test_page_can_be_neither_framed_nor_scripted(page):
    headers = httpx2.get(page.url, trust_env=False).headers
    policy = headers["content-security-policy"]
    assert "frame-ancestors 'none'" in policy
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert headers["x-frame-options"] == "DENY"
    assert "SameSite=strict" in headers["set-cookie"]


def test_second_submit_changes_nothing(page):
    with httpx2.Client(trust_env=False) as browser:
        browser.get(page.url)
        fields = {"client_id": "acme-id", "client_secret": "acme-secret"}
        assert browser.post(page.url, data={**fields, "client_id": " "}).status_code == 422
        assert browser.post(page.url, data=fields).status_code == 200
    first = page.credentials
    assert first is not None
    page.wait()
    with pytest.raises(httpx2.ConnectError):
        httpx2.get(page.url, trust_env=False)
    assert page.credentials is first


@pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium: apt-get install chromium")
def test_page_is_filled_in_by_keyboard_and_axe_finds_no_fault(page, tmp_path):
    axe = (files("axe_core_python") / "axe.min.js").read_text(encoding="utf-8")
    with Chromium(str(CHROMIUM), tmp_path, page.url) as browser:
        wait_for(browser, "Client secret")
        browser.send("Runtime.evaluate", expression=axe)
        violations = browser.look("axe.run().then(({ violations }) => violations.map((it) => it.id))")
        for text in ("acme-id", "acme-secret"):
            browser.press("Tab")
            browser.send("Input.insertText", text=text)
        browser.press("Enter")
        wait_for(browser, "Quaymaster can go on")
    assert violations == []
    assert page.credentials == Credentials("acme-id", "acme-secret")
