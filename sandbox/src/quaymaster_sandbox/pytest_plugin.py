"""The pytest plugin: `quay`, a server with the installed packs on an empty sandbox.

What it stands on is imported when a test first asks for it: pytest loads this module before coverage starts to measure,
and in projects that have nothing to do with Port.
"""

import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from quaymaster_sandbox.testing import Quay

__all__ = ["check_definitions", "pytest_addoption", "quay", "quay_settings"]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Adds --update-definitions."""
    group = parser.getgroup("quaymaster")
    group.addoption("--update-definitions", action="store_true", help="write the files of tool definitions anew")


@pytest.fixture
def quay_settings() -> Mapping[str, object]:
    """Returns the settings that `quay` works with, a mapping for each pack by its name; tests override it."""
    return {}


@pytest.fixture
def quay(quay_settings: Mapping[str, object], monkeypatch: pytest.MonkeyPatch) -> "Iterator[Quay]":
    """Yields a server with the installed packs, on a sandbox of its own that is empty at first."""
    from quaymaster_sandbox.testing import open_quay  # lazily: see above

    monkeypatch.setenv("QUAYMASTER_SETTINGS", os.devnull)  # a developer's own settings are no part of a test
    with open_quay(quay_settings) as opened:
        yield opened


@pytest.fixture
def check_definitions(quay: "Quay", request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Returns a function that compares a pack's tool definitions with `PACK.definitions.json` beside the test."""
    update = bool(request.config.getoption("--update-definitions"))

    def check(pack: str) -> None:
        path = Path(request.path).with_name(f"{pack}.definitions.json")
        quay.check_definitions(pack, path, update=update)

    return check
