"""What the tests of the HTTP server share."""

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.core.conftest import make_pack  # noqa: F401 - a fixture
from tests.state.conftest import redis_url  # noqa: F401 - a fixture

from quaymaster.auth.static_tokens import digest_of


@pytest.fixture(autouse=True)
def _state_of_the_test_alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("QUAYMASTER_STATE_URL", f"sqlite://{tmp_path}/state.sqlite")


@pytest.fixture
def token_table() -> Callable[..., dict[str, object]]:
    """Returns a function that makes the table of a token, as settings have it."""

    def table(token: str, profile: str = "default", *scopes: str, **more: object) -> dict[str, object]:
        return {
            "name": f"job of {profile}",
            "profile": profile,
            "scopes": scopes or ("read",),
            "sha256": digest_of(token),
            **more,
        }

    return table
