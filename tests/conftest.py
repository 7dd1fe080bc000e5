"""What every test shares."""

import os

import hypothesis
import pytest

hypothesis.settings.register_profile("desk", deadline=None)  # a busy machine is no defect
hypothesis.settings.register_profile("ci", derandomize=True, deadline=None)
hypothesis.settings.load_profile("desk")
if "CI" in os.environ:
    hypothesis.settings.load_profile("ci")  # the same examples in every run; new ones are looked for at the desk


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """Runs async tests on asyncio alone: the SDK's server does."""
    return "asyncio"


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Keeps the settings of whoever runs the tests out of them."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path_factory.getbasetemp() / "no-settings"))
    for name in os.environ:
        if name.startswith(("QUAYMASTER_", "PORT_")) and name != "QUAYMASTER_PORT_OPENAPI":
            monkeypatch.delenv(name)
