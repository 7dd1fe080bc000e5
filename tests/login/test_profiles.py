"""Profiles: set up by `login`, pinned to their organisation, kept in the keyring, and used side by side."""

import json
import sys

import keyring
import pytest
from tests.login.conftest import StandardInput, entries
from tests.login.keyring_for_tests import LockedKeyring, PlainTextKeyring

from quaymaster.cli import main


def run(capsys, *arguments):
    status = main(arguments)
    printed = capsys.readouterr()
    return status, printed.out, printed.err


def test_login_proves_pins_and_keeps(log_in, port, keyring_file, home, capsys):
    assert log_in("acme-eu", "--read-only", "--packs", "catalog") == (0, "")
    assert port.requests == ["POST /v1/auth/access_token", "GET /v1/organization"]
    assert entries(keyring_file) == {
        "quaymaster/acme-eu": {"base_url": port.url, "client_id": "acme-id", "client_secret": "acme-secret"}
    }
    assert "acme-secret" not in home.read_text(encoding="utf-8")
    status, out, _ = run(capsys, "profiles", "--json")
    assert (status, json.loads(out)) == (
        0,
        [
            {
                "name": "acme-eu",
                "base_url": port.url,
                "organization": port.acme,
                "credentials": "keyring:acme-eu",
                "read_only": True,
                "packs": ["catalog"],
                "allowed_actions": None,
            }
        ],
    )


def test_login_leaves_the_rest_of_the_file_as_it_is(log_in, home):
    home.parent.mkdir(parents=True)
    home.write_text("# mine\ntimeout_s = 30  # patience\n", encoding="utf-8")
    log_in("acme-eu")
    assert home.read_text(encoding="utf-8").startswith("# mine\ntimeout_s = 30  # patience\n")


def test_profiles_work_side_by_side(log_in, port, capsys):
    log_in("acme-eu")
    log_in("umbra", client="umbra")
    for name, organization in (("acme-eu", port.acme), ("umbra", port.umbra), ("acme-eu", port.acme)):
        status, out, _ = run(capsys, "whoami", "--profile", name)
        assert (status, out.splitlines()[0].partition(" at ")[0].split("(")[1]) == (0, f"{organization}, pinned)")


def test_server_of_one_profile_knows_no_other(log_in, capsys):
    log_in("acme-eu")
    log_in("umbra", client="umbra")
    call = ["call", "--profile", "acme-eu", "count_entities", "blueprint=_user", 'profiles=["umbra"]']
    status, _, err = run(capsys, *call)
    assert (status, err) == (1, "unknown profile 'umbra'; choose from: acme-eu, '*'\n")


def test_credential_of_another_organisation_is_refused_before_any_other_request(log_in, port, keyring_file, capsys):
    log_in("acme-eu")
    stored = json.loads(keyring_file.read_text(encoding="utf-8"))
    entry = json.loads(stored["quaymaster/acme-eu"]) | {"client_id": "umbra-id", "client_secret": "umbra-secret"}
    keyring_file.write_text(json.dumps({"quaymaster/acme-eu": json.dumps(entry)}), encoding="utf-8")
    port.requests.clear()
    status, _, err = run(capsys, "call", "--profile", "acme-eu", "list_blueprints")
    assert status == 1
    assert err == (
        f"the credentials open organization {port.umbra!r}, and this profile is pinned to {port.acme!r}. Nothing else "
        "was sent; give this profile a credential of its own organization, or log in under another name\n"
    )
    assert port.requests == ["POST /v1/auth/access_token", "GET /v1/organization"]


def test_login_does_not_move_a_profile(log_in, keyring_file):
    log_in("acme-eu")
    before = keyring_file.read_text(encoding="utf-8")
    status, err = log_in("acme-eu", client="umbra")
    assert status == 2
    assert "pinned to" in err
    assert keyring_file.read_text(encoding="utf-8") == before


def test_wrong_credential_stores_nothing(log_in, keyring_file, home):
    status, err = log_in("acme-eu", client="nobody")
    assert status == 2
    assert err.startswith("quaymaster: Port answered 401 invalid_credentials")
    assert not keyring_file.exists()
    assert not home.exists()


@pytest.mark.parametrize("backend", [PlainTextKeyring, keyring.backends.fail.Keyring])
def test_no_keyring_means_no_login_and_no_plain_text(log_in, port, home, keyring_file, backend):
    keyring.set_keyring(backend())
    status, err = log_in("acme-eu")
    assert status == 2
    assert err.startswith("quaymaster: this system has no keyring that keeps secrets")
    assert port.requests == []
    assert not home.exists()
    assert not keyring_file.exists()


def test_locked_keyring_is_said(log_in, capsys):
    log_in("acme-eu")
    keyring.set_keyring(LockedKeyring())
    status, _, err = run(capsys, "whoami", "--profile", "acme-eu")
    assert (status, err) == (
        2,
        "quaymaster: the system's keyring cannot be used: the collection is locked. Unlock it and try again\n",
    )


def test_credential_may_stay_in_the_environment(log_in, port, home, keyring_file, monkeypatch, tmp_path):
    (tmp_path / "secret").write_text("acme-secret\n", encoding="utf-8")
    monkeypatch.setenv("ACME_CLIENT_ID", "acme-id")
    monkeypatch.setenv("ACME_CLIENT_SECRET_FILE", str(tmp_path / "secret"))
    assert log_in("acme-ci", "--credentials", "env:ACME") == (0, "")
    assert not keyring_file.exists()
    assert f'organization = "{port.acme}"' in home.read_text(encoding="utf-8")


def test_stored_credential_goes_to_its_own_address_only(log_in, port, home, capsys):
    log_in("acme-eu")
    text = home.read_text(encoding="utf-8")
    home.write_text(text.replace(port.url, "http://127.0.0.1:9"), encoding="utf-8")
    port.requests.clear()
    status, _, err = run(capsys, "whoami", "--profile", "acme-eu")
    assert status == 2
    assert f"credential 'acme-eu' was given for {port.url}, and the settings now say http://127.0.0.1:9" in err
    assert port.requests == []


def test_a_file_in_some_folder_cannot_change_a_profile(log_in, tmp_path, capsys):
    log_in("acme-eu")
    (tmp_path / "work" / "quaymaster.toml").write_text(
        '[profiles.acme-eu]\nbase_url = "http://evil.example"\n', encoding="utf-8"
    )
    status, _, err = run(capsys, "profiles")
    assert status == 2
    assert "profile 'acme-eu' is in quaymaster.toml and in " in err


def test_credential_in_the_environment_comes_before_a_profile(log_in, port, monkeypatch, capsys):
    log_in("umbra", client="umbra")
    monkeypatch.setenv("PORT_CLIENT_ID", "acme-id")
    monkeypatch.setenv("PORT_CLIENT_SECRET", "acme-secret")
    monkeypatch.setenv("PORT_BASE_URL", port.url)
    assert run(capsys, "whoami")[1].startswith(f"default: Acme ({port.acme})")


def test_logout_forgets_the_credential_and_keeps_the_pin(log_in, port, keyring_file, home, capsys):
    log_in("acme-eu")
    assert run(capsys, "logout", "acme-eu") == (0, "acme-eu: the credential is in the keyring no more\n", "")
    assert entries(keyring_file) == {}
    status, _, err = run(capsys, "whoami", "--profile", "acme-eu")
    assert status == 2
    assert "run `quaymaster login acme-eu` in a terminal" in err
    assert log_in("acme-eu", client="umbra")[0] == 2
    assert log_in("acme-eu") == (0, "")


def test_logout_can_forget_the_profile(log_in, home, capsys):
    log_in("acme-eu")
    assert run(capsys, "logout", "acme-eu", "--forget")[0] == 0
    assert "acme-eu" not in home.read_text(encoding="utf-8")
    status, _, err = run(capsys, "logout", "acme-eu")
    assert (status, err) == (
        2,
        f"quaymaster: no profile 'acme-eu' in {home}; `quaymaster profiles` lists them\n",
    )


@pytest.mark.parametrize("name", ["", "Acme", "acme eu", "../acme", "acme.eu", "a" * 64])
def test_name_that_cannot_stand_in_an_address_is_refused(log_in, port, name):
    status, err = log_in(name)
    assert status == 2
    assert "cannot name a profile" in err
    assert port.requests == []


def test_unknown_profile_lists_the_real_ones(log_in, capsys):
    log_in("acme-eu")
    status, _, err = run(capsys, "whoami", "--profile", "acme")
    assert (status, err) == (2, "quaymaster: unknown profile 'acme'; there are: acme-eu\n")


@pytest.mark.parametrize("text", ["", "only-an-id\n", "a\nb\nc\n"])
def test_what_is_no_credential_is_refused(port, keyring_file, home, monkeypatch, capsys, text):
    monkeypatch.setattr(sys, "stdin", StandardInput(text))
    status, _, err = run(capsys, "login", "acme-eu", "--base-url", port.url)
    assert (status, err) == (
        2,
        "quaymaster: a credential is two lines, the client id and the client secret. Nothing was sent or stored\n",
    )
    assert port.requests == []
