"""What may be asked of a person, and what is refused before anybody sees a page."""

import httpx2
import pytest
from tests.approval.browser import told
from tests.approval.client import REDIRECT, Client


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge": "too-short"}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": None}, "unsupported_response_type"),
        ({"response_mode": "fragment"}, "invalid_request"),
        ({"scope": "read admin"}, "invalid_scope"),
        ({"resource": None}, "invalid_target"),
        ({"resource": "https://elsewhere.example/mcp"}, "invalid_target"),
        ({"state": "x" * 2001}, "invalid_request"),
    ],
)
def test_wrong_request_is_told_to_the_client_by_its_issuer(server, browser, changed, error):
    answer = told(browser.open(server.client().link(**changed)))
    assert (answer["error"], answer["iss"]) == (error, server.origin)
    assert answer["state"] == changed.get("state", "the state")


def test_parameter_given_twice_is_refused(server, browser):
    link = server.client().link()
    assert told(browser.open(f"{link}&scope=delete"))["error"] == "invalid_request"
    for name in ("client_id", "redirect_uri"):
        assert browser.open(f"{link}&{name}=x").status == 400


@pytest.mark.parametrize(
    "redirect_uri",
    [
        None,
        "",
        "https://evil.example/callback",
        "http://127.0.0.1:33418/callback/",
        "http://127.0.0.1:33418/callback?x=1",
        "http://127.0.0.1:33418@evil.example/callback",
        "http://localhost:33418/callback",
        "https://127.0.0.1:33418/callback",
        "javascript:alert(1)",
    ],
)
def test_changed_redirect_is_refused_without_sending_anybody_there(server, browser, redirect_uri):
    page = browser.open(server.client().link(redirect_uri=redirect_uri))
    assert page.status == 400
    assert "location" not in page.headers
    assert page.action is None


def test_loopback_redirect_may_have_any_port(server, browser):
    page = browser.open(server.client().link(redirect_uri="http://127.0.0.1:50000/callback"))
    assert page.status == 200
    assert "127.0.0.1:50000" in page.text


def test_redirect_keeps_its_own_query(server, browser):
    client = Client(server.origin, f"{server.origin}/mcp/acme", "https://client.example/back?tenant=7")
    answer = told(browser.open(client.link(scope="admin")))
    assert (answer["tenant"], answer["error"]) == ("7", "invalid_scope")


def test_application_with_a_scheme_of_its_own_is_named_as_such(server, browser):
    client = Client(server.origin, f"{server.origin}/mcp/acme", "cursor://anysphere.cursor-retrieval/oauth/callback")
    page = browser.open(client.link())
    assert "the application for cursor: links on your computer" in page.text
    assert "form-action 'self' cursor:;" in page.headers["content-security-policy"]


@pytest.mark.parametrize("client_id", [None, "", "unknown", "v1.AAAA", "https://", "ftp://x/y"])
def test_unknown_client_is_refused(server, browser, client_id):
    assert browser.open(server.client().link(client_id=client_id)).status == 400


@pytest.mark.parametrize(
    "uri",
    [
        "http://client.example/callback",
        "https://user@client.example/",
        "https://client.example/#fragment",
        "javascript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "https://",
        "https://client.example:port/",
        "/callback",
        "cursor:",
        "https://client.example/\u202e",
        'https://client.example/"><script>',
        "https://client.example/" + "a" * 500,
    ],
)
def test_client_cannot_register_such_a_redirect(server, uri):
    refused = server.client().post("/register", json={"redirect_uris": [REDIRECT, uri]})
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_redirect_uri")


@pytest.mark.parametrize(
    "metadata",
    [
        {},
        {"redirect_uris": []},
        {"redirect_uris": [REDIRECT] * 11},
        {"redirect_uris": [REDIRECT], "client_name": "x" * 101},
        {"redirect_uris": [REDIRECT], "grant_types": ["client_credentials"]},
        {"redirect_uris": [REDIRECT], "response_types": ["token"]},
        {"redirect_uris": [REDIRECT], "token_endpoint_auth_method": "private_key_jwt"},
    ],
)
def test_registration_that_is_of_no_use_is_refused(server, metadata):
    assert server.client().post("/register", json=metadata).status_code == 400


def test_registered_client_is_a_public_one(server):
    metadata = {"redirect_uris": [REDIRECT], "token_endpoint_auth_method": "client_secret_basic"}
    registered = server.client().post("/register", json=metadata).json()
    assert registered["token_endpoint_auth_method"] == "none"
    assert "client_secret" not in registered


def test_discovery_names_what_there_is(server):
    metadata = httpx2.get(f"{server.origin}/.well-known/oauth-authorization-server", trust_env=False).json()
    assert metadata["issuer"] == server.origin
    assert metadata["code_challenge_methods_supported"] == ["S256"]
    assert metadata["authorization_response_iss_parameter_supported"] is True
    assert metadata["client_id_metadata_document_supported"] is True
    for name in ("authorization_endpoint", "token_endpoint", "registration_endpoint", "revocation_endpoint"):
        assert metadata[name].startswith(f"{server.origin}/")
