"""Where settings come from, and what is said about wrong ones."""

from pathlib import Path

import pytest

from quaymaster.auth import Credentials, read_environment
from quaymaster.errors import NotConfiguredError, SettingsError
from quaymaster.policy import Policy
from quaymaster.settings import Profile, load_settings


@pytest.mark.parametrize(
    ("environment", "base_url"),
    [
        ({}, "https://api.port.io"),
        ({"PORT_REGION": "US"}, "https://api.us.port.io"),
        ({"QUAYMASTER_REGION": " eu ", "PORT_REGION": "us"}, "https://api.port.io"),
        ({"PORT_BASE_URL": "http://127.0.0.1:8765/v1/", "PORT_REGION": "us"}, "http://127.0.0.1:8765"),
        ({"QUAYMASTER_BASE_URL": "http://a", "PORT_BASE_URL": "http://b"}, "http://a"),
        ({"PORT_BASE_URL": ""}, "https://api.port.io"),
    ],
)
def test_base_url_comes_from_the_environment(monkeypatch, environment, base_url):
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert load_settings().all_profiles() == {"default": Profile("default", base_url, "env:PORT", Policy())}


@pytest.mark.parametrize(
    ("environment", "message"),
    [
        (
            {"PORT_REGION": "mars"},
            "setting 'region' (QUAYMASTER_REGION): 'mars' is not a region of Port's; choose 'eu' or 'us'",
        ),
        (
            {"PORT_BASE_URL": "localhost"},
            "setting 'base_url' (QUAYMASTER_BASE_URL): 'localhost' is not a URL; write it as https://HOST",
        ),
        ({"QUAYMASTER_TIMEOUT_S": "0"}, "setting 'timeout_s' (QUAYMASTER_TIMEOUT_S): Input should be greater than 0"),
    ],
)
def test_wrong_value_is_named_with_its_variable(monkeypatch, environment, message):
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as caught:
        load_settings()
    assert str(caught.value) == message


@pytest.fixture
def settings_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "quaymaster.toml"
    monkeypatch.setenv("QUAYMASTER_SETTINGS", str(path))
    return path


def test_profiles_are_tightened_by_the_top_level(settings_file):
    settings_file.write_text(
        """
        deny_tools = ["delete_*"]
        default_profile = "acme-us"
        [profiles.acme-eu]
        credentials = "env:ACME_EU"
        [profiles.acme-us]
        region = "us"
        read_only = true
        """,
        encoding="utf-8",
    )
    profiles = load_settings().all_profiles()
    assert list(profiles) == ["acme-us", "acme-eu"]
    assert profiles["acme-us"].policy == Policy(read_only=True, deny_tools=("delete_*",))
    assert profiles["acme-eu"] == Profile(
        "acme-eu", "https://api.port.io", "env:ACME_EU", Policy(deny_tools=("delete_*",))
    )


def test_environment_wins_over_the_file(settings_file, monkeypatch):
    settings_file.write_text('region = "us"\ntimeout_s = 5\n', encoding="utf-8")
    monkeypatch.setenv("QUAYMASTER_TIMEOUT_S", "7")
    settings = load_settings()
    assert (settings.region, settings.timeout_s) == ("us", 7.0)


def test_unknown_default_profile_lists_the_real_ones(settings_file):
    settings_file.write_text('default_profile = "acme"\n[profiles.acme-eu]\n', encoding="utf-8")
    with pytest.raises(SettingsError, match="default_profile 'acme' is not a profile; there are: acme-eu"):
        load_settings().all_profiles()


def test_broken_file_is_named(settings_file):
    settings_file.write_text("region = ", encoding="utf-8")
    with pytest.raises(SettingsError, match=r"cannot read .*quaymaster\.toml: "):
        load_settings()


@pytest.mark.parametrize(
    "environment",
    [
        {"PORT_CLIENT_ID": "id", "PORT_CLIENT_SECRET": "secret"},
        {"QUAYMASTER_CLIENT_ID": "id", "QUAYMASTER_CLIENT_SECRET": "secret", "PORT_CLIENT_ID": "other"},
        {"PORT_CLIENT_ID": "id", "QUAYMASTER_CLIENT_SECRET": " secret "},
    ],
)
def test_credentials_come_from_the_environment(environment):
    assert read_environment("env:PORT", environment) == Credentials("id", "secret")


def test_credentials_come_from_files(tmp_path):
    (tmp_path / "secret").write_text("from file\n", encoding="utf-8")
    environment = {"ACME_CLIENT_ID": "id", "ACME_CLIENT_SECRET_FILE": str(tmp_path / "secret")}
    assert read_environment("env:ACME", environment) == Credentials("id", "from file")


def test_missing_credentials_say_what_to_set():
    with pytest.raises(NotConfiguredError) as caught:
        read_environment("env:PORT", {"PORT_CLIENT_ID": "id"})
    assert str(caught.value) == (
        "no credentials for Port: set PORT_CLIENT_SECRET (or the same names with _FILE) in the environment of this "
        "server; in Port they are under Settings, Credentials. Or run `quaymaster login` and start it with --profile, "
        "or with --sandbox to work on demo data. Nothing was sent"
    )


def test_unreadable_secret_file_is_named_by_its_variable():
    with pytest.raises(SettingsError, match="cannot read the file that PORT_CLIENT_ID_FILE names: No such file"):
        read_environment("env:PORT", {"PORT_CLIENT_ID_FILE": "/no/such/file"})


def test_secret_does_not_show_in_a_repr():
    assert repr(Credentials("id", "secret")) == "Credentials(client_id='id')"
