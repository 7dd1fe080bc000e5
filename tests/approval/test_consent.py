"""The consent page: what it says, what others can do with it, and that its own person answers it once."""

import re

import pytest
from starlette.responses import Response
from tests.approval.browser import Browser, told
from tests.approval.client import REDIRECT

from quaymaster.approval.browsers import Browsers


def test_page_names_client_redirect_organisation_and_scopes(page, server):
    assert page.status == 200
    for text in ("Scripted Client", "127.0.0.1:33418", "Acme & Sons (org_acme)", f"{server.origin}/mcp/acme"):
        assert text in page.text
    assert page.scopes == {"read": True, "write": False, "run": False, "delete": False}
    assert page.asks_for_code


def test_approval_grants_what_was_ticked_and_no_more(server, browser):
    client = server.client()
    answer = server.approve(browser, client, scopes=["read", "run"])
    assert answer.keys() == {"code", "state", "iss"}
    assert (answer["state"], answer["iss"]) == ("the state", server.origin)
    tokens = client.redeem(answer["code"]).json()
    assert (tokens["scope"], tokens["expires_in"], tokens["token_type"]) == ("read run", 900, "Bearer")
    grant = server.grant(tokens["access_token"])
    assert grant is not None
    assert (grant.profile, grant.organisation, grant.subject, grant.client, grant.scopes) == (
        "acme",
        "org_acme",
        "dana",
        "Scripted Client",
        {"read", "run"},
    )


def test_scope_that_was_not_asked_for_cannot_be_ticked(server, browser):
    client = server.client()
    page = browser.open(client.link(scope="read"))
    assert page.scopes == {"read": True}
    tokens = client.redeem(told(browser.answer(page, code=server.code_for(), scopes=["read", "delete"]))["code"])
    assert tokens.json()["scope"] == "read"


def test_readonly_address_offers_reading_alone(server, browser):
    client = server.client("acme/readonly")
    assert browser.open(client.link()).scopes == {"read": True}


def test_denial_is_told_to_the_client(server, browser, page):
    answer = told(browser.answer(page, decision="deny"))
    assert answer == {
        "error": "access_denied",
        "error_description": "it was denied",
        "state": "the state",
        "iss": server.origin,
    }


def test_nothing_ticked_asks_again(server, browser, page):
    again = browser.answer(page, code=server.code_for(), scopes=[])
    assert again.status == 422
    assert "Choose at least one thing" in again.text


@pytest.mark.parametrize("code", ["", "AAAA-AAAA-AAAA", "é", "A" * 10_000])
def test_wrong_code_approves_nothing_and_asks_again(server, browser, page, code):
    again = browser.answer(page, code=code)
    assert again.status == 422
    assert "That code is not valid" in again.text
    assert told(browser.answer(again, code=server.code_for()))["code"]


def test_code_of_a_person_works_once(server, browser):
    code = server.code_for()
    assert told(browser.answer(browser.open(server.client().link()), code=code))["code"]
    assert browser.answer(browser.open(server.client().link()), code=code).status == 422


def test_code_may_be_typed_carelessly(server, browser, page):
    code = f" {server.code_for().lower().replace('-', ' ')} "
    assert told(browser.answer(page, code=code))["code"]


def test_second_submit_is_refused(server, browser, page):
    assert told(browser.answer(page, code=server.code_for()))["code"]
    again = browser.answer(page, code=server.code_for())
    assert again.status == 409
    assert "answered already" in again.text


def test_denied_page_cannot_be_approved_after_all(server, browser, page):
    told(browser.answer(page, decision="deny"))
    assert browser.answer(page, code=server.code_for()).status == 409


def test_page_of_another_browser_is_refused(server, page):
    with Browser() as other:
        answer = other.answer(page, code=server.code_for())
    assert answer.status == 403
    assert "opened in another browser" in answer.text


def test_two_pages_of_one_browser_are_both_good(server, browser):
    pages = [browser.open(server.client(profile).link()) for profile in ("acme", "umbra")]
    assert all(told(browser.answer(it, code=server.code_for()))["code"] for it in pages)


def test_page_cannot_be_framed_scripted_or_sent_elsewhere(page):
    policy = dict(it.split(" ", 1) for it in page.headers["content-security-policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["frame-ancestors"] == "'none'"
    assert policy["base-uri"] == "'none'"
    assert policy["form-action"] == "'self' http://127.0.0.1:33418"
    assert re.fullmatch(r"'sha256-[\w+/]{43}='", policy["style-src"])
    assert page.headers["x-frame-options"] == "DENY"
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["referrer-policy"] == "same-origin"


def test_cookie_is_for_no_script_and_no_other_site(server):
    with Browser() as browser:
        cookie = browser.open(server.client().link()).headers["set-cookie"]
    assert {"HttpOnly", "SameSite=lax", "Path=/"} <= set(cookie.split("; "))


def test_page_needs_no_script_and_every_field_has_its_label(page):
    names = [tag for tag, _ in page.tags]
    assert "script" not in names
    assert not [attributes for _, attributes in page.tags if any(name.startswith("on") for name in attributes)]
    labelled = {attributes.get("for") for tag, attributes in page.tags if tag == "label"}
    assert "code" in labelled
    assert ("html", {"lang": "en"}) in page.tags
    assert names.count("h1") == names.count("main") == names.count("legend") == 1


def test_what_a_client_calls_itself_is_text(server, browser):
    metadata = {"client_name": "<b>Port</b>\u202e\n$css {x}", "redirect_uris": [REDIRECT]}
    client = server.client()
    client.id = client.post("/register", json=metadata).json()["client_id"]
    page = browser.open(client.link())
    assert "<b>Port</b>$css {x}" in page.text
    assert "b" not in [tag for tag, _ in page.tags]


@pytest.mark.parametrize(
    ("origin", "attributes"),
    [
        ("https://mcp.example", {"HttpOnly", "Path=/", "SameSite=lax", "Secure"}),
        ("http://127.0.0.1:8000", {"HttpOnly", "Path=/", "SameSite=lax"}),
    ],
)
def test_cookie_is_the_hosts_own_where_there_is_tls(origin, attributes):
    name, *found = Browsers(origin).mark(Response(), "mark").headers["set-cookie"].split("; ")
    assert (name, set(found)) == (f"{'__Host-' * ('Secure' in attributes)}quaymaster=mark", attributes)
