"""Both stores: one in a file, one in a Redis server of our own on loopback."""

import socket
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from shutil import which

import pytest

from quaymaster.state import Store, open_store


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Returns the address of a Redis server that lives as long as the tests."""
    if (program := which("redis-server")) is None:
        pytest.skip("redis-server is not installed (Debian: apt-get install redis-server)")
    folder = tmp_path_factory.mktemp("redis")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", str(folder)]
    server = subprocess.Popen([program, *options], stdout=subprocess.DEVNULL)
    _wait_for(port)
    yield f"redis://127.0.0.1:{port}/0"
    server.terminate()
    server.wait(10)


@pytest.fixture(params=["sqlite", "redis"])
def state_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Returns the address of an empty store of each kind."""
    if request.param == "redis":
        return str(request.getfixturevalue("redis_url"))
    return f"sqlite://{tmp_path}/state/it.sqlite"


@pytest.fixture
async def store(state_url: str) -> AsyncIterator[Store]:
    """Returns an empty store."""
    opened = open_store(state_url)
    for key in await opened.list_keys(""):
        await opened.delete(key)
    yield opened
    await opened.aclose()


def _wait_for(port: int) -> None:
    for _ in range(100):
        with socket.socket() as attempt:
            if attempt.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError("redis-server did not start")
