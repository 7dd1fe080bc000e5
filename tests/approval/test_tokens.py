"""Codes and tokens: redeemed once, by their own client, for their own resource; a theft shows and ends the session."""

import sqlite3

import pytest


def refused(response, error):
    assert (response.status_code, response.json()["error"]) == (400, error), response.text
    return True


def test_replayed_code_is_refused_and_revokes_what_came_of_it(server, browser):
    client = server.client()
    code = server.approve(browser, client)["code"]
    tokens = client.redeem(code).json()
    assert server.grant(tokens["access_token"]) is not None
    assert refused(client.redeem(code), "invalid_grant")
    assert server.grant(tokens["access_token"]) is None
    assert refused(client.refresh(tokens["refresh_token"]), "invalid_grant")


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"redirect_uri": "http://127.0.0.1:33419/callback"}, "invalid_grant"),
        ({"redirect_uri": None}, "invalid_request"),
        ({"code_verifier": "x" * 43}, "invalid_grant"),
        ({"code_verifier": None}, "invalid_request"),
        ({"client_id": "another"}, "invalid_grant"),
        ({"client_id": None}, "invalid_request"),
        ({"resource": "https://elsewhere.example/mcp"}, "invalid_target"),
        ({"code": "guessed"}, "invalid_grant"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
    ],
)
def test_code_is_for_its_client_redirect_verifier_and_resource(server, browser, changed, error):
    client = server.client()
    code = server.approve(browser, client)["code"]
    assert refused(client.redeem(**{"code": code, **changed}), error)


def test_code_tried_with_a_wrong_verifier_is_spent(server, browser):
    client = server.client()
    code = server.approve(browser, client)["code"]
    assert refused(client.redeem(code, code_verifier="x" * 43), "invalid_grant")
    assert refused(client.redeem(code), "invalid_grant")


def test_refresh_gives_new_tokens_and_spends_the_old_one(server, browser):
    client = server.client()
    first = server.tokens(browser, client, scopes=["read", "write"])
    second = client.refresh(first["refresh_token"]).json()
    assert second["scope"] == "read write"
    assert {first["access_token"], first["refresh_token"]}.isdisjoint({second["access_token"], second["refresh_token"]})
    assert server.grant(second["access_token"]) is not None


def test_stolen_refresh_token_ends_the_session(server, browser):
    client = server.client()
    first = server.tokens(browser, client)
    thiefs = client.refresh(first["refresh_token"]).json()
    assert refused(client.refresh(first["refresh_token"]), "invalid_grant")
    assert server.grant(thiefs["access_token"]) is None
    assert refused(client.refresh(thiefs["refresh_token"]), "invalid_grant")


def test_refresh_can_narrow_and_not_widen(server, browser):
    client = server.client()
    tokens = server.tokens(browser, client, scopes=["read", "write"])
    assert refused(client.refresh(tokens["refresh_token"], scope="read delete"), "invalid_scope")
    narrowed = client.refresh(tokens["refresh_token"], scope="read").json()
    assert server.grant(narrowed["access_token"]).scopes == {"read"}
    assert client.refresh(narrowed["refresh_token"]).json()["scope"] == "read write"


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"client_id": "another"}, "invalid_grant"),
        ({"resource": "https://elsewhere.example/mcp"}, "invalid_target"),
        ({"refresh_token": "qmr_guessed"}, "invalid_grant"),
    ],
)
def test_refresh_token_is_for_its_client_and_resource(server, browser, changed, error):
    client = server.client()
    token = server.tokens(browser, client)["refresh_token"]
    assert refused(client.refresh(**{"token": token, **changed}), error)
    assert client.refresh(token).status_code == 200


def test_client_can_give_its_session_back(server, browser):
    client = server.client()
    for kind in ("access_token", "refresh_token"):
        tokens = server.tokens(browser, client)
        assert client.post("/revoke", data={"token": tokens[kind], "client_id": "another"}).status_code == 200
        assert server.grant(tokens["access_token"]) is not None
        assert client.post("/revoke", data={"token": tokens[kind], "client_id": client.id}).status_code == 200
        assert server.grant(tokens["access_token"]) is None


def test_token_of_one_organisation_is_nothing_at_another(server, browser):
    tokens = {name: server.tokens(browser, server.client(name))["access_token"] for name in ("acme", "umbra")}
    granted = {(mine, at): server.grant(tokens[mine], at) is not None for mine in tokens for at in tokens}
    assert granted == {
        ("acme", "acme"): True,
        ("acme", "umbra"): False,
        ("umbra", "acme"): False,
        ("umbra", "umbra"): True,
    }


@pytest.mark.parametrize("token", ["", "qma_", "qma_guessed", "qmr_x", "\u0000", "x" * 10_000])
def test_what_is_no_token_grants_nothing(server, token):
    assert server.grant(token) is None


def test_store_holds_no_token_and_no_code(server, browser):
    client = server.client()
    person = server.code_for()
    page = browser.open(client.link())
    code = server.approve(browser, client)["code"]
    tokens = client.redeem(code).json()
    with sqlite3.connect(server.state) as database:
        stored = "\n".join(f"{key} {value}" for key, value, _ in database.execute("SELECT * FROM kept"))
    assert "approval/session/" in stored
    for secret in (
        tokens["access_token"],
        tokens["refresh_token"],
        code,
        person,
        person.replace("-", ""),
        page.hidden["request"],
    ):
        assert secret not in stored


def test_form_with_a_field_twice_is_refused(server, browser):
    client = server.client()
    code = server.approve(browser, client)["code"]
    body = f"grant_type=authorization_code&code={code}&code={code}"
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    assert refused(client.post("/token", content=body, headers=kind), "invalid_request")
    assert refused(client.post("/token", json={"grant_type": "refresh_token"}), "invalid_request")
