"""The state of the servers of this machine, for commands that look into it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from quaymaster.settings import load_settings
from quaymaster.state import Store, open_store

__all__ = ["opened_store"]


@asynccontextmanager
async def opened_store() -> AsyncIterator[Store]:
    """Yields the store that the settings name, and lets go of it."""
    url = load_settings().state_url
    store = open_store(None if url is None else url.get_secret_value())
    try:
        yield store
    finally:
        await store.aclose()
