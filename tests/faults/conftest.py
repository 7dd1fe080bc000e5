"""The sandbox that the battery goes against, one for all."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.faults.sandbox import SandboxServer, open_sandbox

_HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Lets sockets be collected unclosed: the proxy cuts connections under a server that runs in this same process."""
    for item in items:
        if _HERE in item.path.parents:
            item.add_marker(pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"))


@pytest.fixture(scope="session")
async def sandbox() -> AsyncIterator[SandboxServer]:
    """Yields a running sandbox."""
    async with open_sandbox() as server:
        yield server
