"""What every test shares."""

import os

import pytest


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """Runs async tests on asyncio alone: the SDK's server does."""
    return "asyncio"


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keeps the settings of whoever runs the tests out of them."""
    for name in os.environ:
        if name.startswith(("QUAYMASTER_", "PORT_")) and name != "QUAYMASTER_PORT_OPENAPI":
            monkeypatch.delenv(name)
