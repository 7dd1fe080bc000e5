"""On a team server, people sign in at the company's identity provider, and approve what the rules allow them."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from anyio import to_thread
from tests.approval.browser import Browser, Page, told
from tests.approval.client import Client
from tests.approval.company import CLIENT_ID, CLIENT_SECRET, Company
from tests.http.provider import new_key
from tests.http.serving import serving as serving_http
from tests.login.conftest import port  # noqa: F401 - a fixture
from tests.login.organizations import Port
from tests.loopback import listening, serving

RULES = [
    {"claim": "groups", "value": "platform", "profiles": ["acme"], "scopes": ["read", "write"]},
    {"claim": "groups", "value": "everyone", "profiles": ["umbra"], "scopes": ["read"]},
]


@pytest.fixture
def company() -> Iterator[Company]:
    with listening() as (listener, origin):
        company = Company(origin)
        with serving(company.app, listener):
            yield company


@dataclass
class Team:
    """A server of a team, and one person's browser."""

    url: str
    browser: Browser

    def client(self, profile: str = "acme") -> Client:
        return Client(self.url, f"{self.url}/mcp/{profile}")

    def sign_in(self, client: Client) -> Page:
        """Follows a client's link over the company's sign-in to our page."""
        return self.browser.open(self.callback(client))

    def callback(self, client: Client) -> str:
        """Returns where the company sends the browser back to."""
        to_company = self.browser.open(client.link())
        assert to_company.status == 303, to_company.text
        return self.browser.open(to_company.headers["location"]).headers["location"]


@pytest.fixture
async def team(port: Port, company: Company, tmp_path, monkeypatch) -> AsyncIterator[Team]:  # noqa: F811 - the fixture
    for name in ("acme", "umbra"):
        monkeypatch.setenv(f"{name.upper()}_CLIENT_ID", f"{name}-id")
        monkeypatch.setenv(f"{name.upper()}_CLIENT_SECRET", f"{name}-secret")
    monkeypatch.setenv("QUAYMASTER_STATE_URL", f"sqlite://{tmp_path}/state.sqlite")
    profiles = {
        name: {"base_url": port.url, "credentials": f"env:{name.upper()}", "organization": getattr(port, name)}
        for name in ("acme", "umbra")
    }
    oidc = {"issuer": company.issuer, "rules": RULES, "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
    with Browser() as browser:
        async with serving_http(profiles=profiles, http={"approval": True, "oidc": oidc}) as served:
            yield Team(served.url, browser)


async def run(function: Any, *arguments: Any) -> Any:
    return await to_thread.run_sync(function, *arguments)


async def test_person_signs_in_and_approves_without_a_code(team, company):
    client = await run(team.client)
    page = await run(team.sign_in, client)
    assert "You are signed in as ann@acme.example." in page.text
    assert not page.asks_for_code
    assert page.scopes == {"read": True, "write": False}
    answer = told(await run(lambda: team.browser.answer(page, scopes=["read", "write", "delete"])))
    tokens = (await run(client.redeem, answer["code"])).json()
    assert tokens["scope"] == "read write"
    asked = company.asked[0]
    assert (asked["client_id"], asked["redirect_uri"]) == (CLIENT_ID, f"{team.url}/signed-in")
    assert asked["code_challenge_method"] == "S256"
    assert "openid" in asked["scope"].split()


async def test_person_approves_only_what_the_rules_allow(team):
    page = await run(team.sign_in, await run(team.client, "umbra"))
    assert page.status == 403
    assert "may approve none of: read, write, run, delete" in page.text
    assert page.action is None


async def test_person_without_a_verified_address_goes_by_the_providers_name(team, company):
    company.claims["email_verified"] = False
    page = await run(team.sign_in, await run(team.client))
    assert "You are signed in as ann." in page.text


async def test_code_is_no_way_around_the_sign_in(team):
    client = await run(team.client)
    page = await run(team.sign_in, client)
    with Browser() as other:
        answer = await run(lambda: other.answer(page, code="AAAA-AAAA-AAAA"))
    assert answer.status == 403


async def test_return_of_another_browser_is_refused(team):
    callback = await run(team.callback, await run(team.client))
    with Browser() as other:
        assert (await run(other.open, callback)).status == 403


async def test_return_works_once(team):
    callback = await run(team.callback, await run(team.client))
    assert (await run(team.browser.open, callback)).status == 200
    again = await run(team.browser.open, callback)
    assert again.status == 403
    assert again.action is None


@pytest.mark.parametrize("changed", ["", "state=forged", "state=v1.AAAA&code=x"])
async def test_return_that_we_did_not_send_for_is_refused(team, changed):
    assert (await run(team.browser.open, f"{team.url}/signed-in?{changed}")).status == 400


async def test_form_of_the_page_is_no_return(team):
    page = await run(team.sign_in, await run(team.client))
    sealed = page.hidden["request"]
    assert (await run(team.browser.open, f"{team.url}/signed-in?state={sealed}&code=x")).status == 400


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"aud": "another client"},
        {"aud": None},
        {"iss": "https://evil.example"},
        {"exp": 1},
        {"exp": None},
        {"sub": None},
    ],
    ids=str,
)
async def test_wrong_id_token_signs_nobody_in(team, company, claims):
    company.claims |= claims
    page = await run(team.sign_in, await run(team.client))
    assert page.status == 403
    assert "no proof of who you are" in page.text


async def test_id_token_of_a_strange_key_signs_nobody_in(team, company):
    company.key = new_key("first")
    page = await run(team.sign_in, await run(team.client))
    assert page.status == 403


async def test_provider_that_is_down_is_said(team, company):
    company.issuer = "https://elsewhere.example"
    page = await run(team.browser.open, (await run(team.client)).link())
    assert page.status == 503
    assert "identity provider cannot be asked" in page.text
