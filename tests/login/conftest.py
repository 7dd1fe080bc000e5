"""A sandbox with two organisations over loopback HTTP, and a keyring."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from tests.login.keyring_for_tests import FileKeyring
from tests.login.organizations import Port
from tests.loopback import listening, serving


@pytest.fixture
def port() -> Iterator[Port]:
    with listening() as (listener, url):
        port = Port(url)
        with serving(port, listener):
            yield port


@pytest.fixture
def keyring_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Makes the keyring a file of the test's; yields the file."""
    path = tmp_path / "keyring.json"
    monkeypatch.setenv("QUAYMASTER_TEST_KEYRING", str(path))
    before = keyring.get_keyring()
    keyring.set_keyring(FileKeyring())
    yield path
    keyring.set_keyring(before)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The settings file of a person, who works in an empty folder."""
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    return tmp_path / "config" / "quaymaster" / "quaymaster.toml"


@pytest.fixture
def log_in(port, keyring_file, home, monkeypatch, capsys):
    """Returns a function that logs in with a credential on standard input; it returns the exit status and stderr."""
    from quaymaster.cli import main

    def log_in(name: str, *options: str, client: str = "acme") -> tuple[int, str]:
        monkeypatch.setattr(sys, "stdin", StandardInput(f"{client}-id\n{client}-secret\n"))
        status = main(["login", name, "--base-url", port.url, *options])
        return status, capsys.readouterr().err

    return log_in


class StandardInput:
    """A standard input that is no terminal."""

    def __init__(self, text: str) -> None:
        self._text = text

    def isatty(self) -> bool:
        return False

    def read(self) -> str:
        return self._text


def entries(path: Path) -> dict[str, dict[str, str]]:
    return {name: json.loads(entry) for name, entry in json.loads(path.read_text(encoding="utf-8")).items()}
