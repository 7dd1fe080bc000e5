"""The sandbox that the battery goes against, one for all."""

from collections.abc import AsyncIterator

import pytest
from tests.faults.sandbox import SandboxServer, open_sandbox


@pytest.fixture(scope="session")
async def sandbox() -> AsyncIterator[SandboxServer]:
    """Yields a running sandbox."""
    async with open_sandbox() as server:
        yield server
