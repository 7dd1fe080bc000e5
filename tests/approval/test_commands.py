"""`quaymaster approve` and `quaymaster sessions`, and a server that cannot ask for approval."""

import json
import re

import anyio
import pytest
from tests.approval.test_lifetimes import APPROVED, CHALLENGE, VERIFIER
from tests.http.serving import build

from quaymaster.approval.sessions import Redemption, Sessions
from quaymaster.cli import main
from quaymaster.errors import SettingsError
from quaymaster.state.sqlite import SqliteStore


@pytest.fixture
def state(tmp_path, monkeypatch):
    monkeypatch.setenv("QUAYMASTER_STATE_URL", f"sqlite://{tmp_path}/state.sqlite")
    return tmp_path / "state.sqlite"


async def approve(state, profile):
    store = SqliteStore(state)
    sessions = Sessions(store)
    approved = APPROVED.model_copy(update={"profile": profile})
    code = await sessions.issue_code(approved, "https://client.example/", CHALLENGE)
    await sessions.redeem(Redemption(code, "client", "https://client.example/", VERIFIER, None))
    await store.aclose()


def run(capsys, *arguments):
    status = main(arguments)
    printed = capsys.readouterr()
    return status, printed.out, printed.err


def listed(capsys):
    return json.loads(run(capsys, "sessions", "list", "--json")[1])


def test_code_is_easy_to_type_and_another_each_time(state, capsys):
    codes = {run(capsys, "approve")[1] for _ in range(3)}
    assert len(codes) == 3
    assert all(re.fullmatch(r"(?:[2-9A-Z]{4}-){2}[2-9A-Z]{4}\n", it) for it in codes)


def test_sessions_are_listed_in_full(state, capsys):
    anyio.run(approve, state, "acme")
    (session,) = listed(capsys)
    assert {name: session[name] for name in ("profile", "organization", "subject", "client", "scopes", "resource")} == {
        "profile": "acme",
        "organization": "org_acme",
        "subject": "dana",
        "client": "Client",
        "scopes": ["read"],
        "resource": "https://mcp.example/mcp/acme",
    }
    status, out, _ = run(capsys, "sessions", "list")
    assert (status, out.count("\n")) == (0, 1)
    assert out.startswith(f"{session['id']}  acme  dana  Client  read  until ")


def test_sessions_of_a_profile_end_together(state, capsys):
    for profile in ("acme", "acme", "umbra"):
        anyio.run(approve, state, profile)
    assert run(capsys, "sessions", "revoke", "--profile", "acme") == (0, "2 revoked\n", "")
    assert [it["profile"] for it in listed(capsys)] == ["umbra"]


def test_unknown_session_is_said(state, capsys):
    status, out, err = run(capsys, "sessions", "revoke", "0123")
    assert (status, out) == (2, "0 revoked\n")
    assert err.startswith("quaymaster: no session 0123; ")


def test_revoking_nothing_is_refused(state, capsys):
    status, _, err = run(capsys, "sessions", "revoke")
    assert (status, err) == (
        2,
        "quaymaster: name the sessions to end, or --profile; `quaymaster sessions list` shows them\n",
    )


def test_profile_that_is_not_pinned_cannot_be_approved(state):
    profiles = {"acme": {"base_url": "sandbox://empty"}}
    with pytest.raises(SettingsError, match="profile 'acme' is not pinned, and approval is for one organization"):
        build([], profiles=profiles, http={"approval": True})
