"""What is read again and again: kept for a while, read once for many, forgotten when something may have changed."""

import anyio
import anyio.lowlevel
import pytest

from quaymaster.port import PortClient
from quaymaster.port.cache import Cache


class Sender:
    """Counts what it sends."""

    def __init__(self):
        self.sent = []

    async def send(self, method, route, identifiers=None, **_):
        self.sent.append(f"{method} {route}")
        await anyio.lowlevel.checkpoint()
        return {"blueprints": [], "blueprint": {"identifier": "x", "title": "X", "schema": {"properties": {}}}}


async def load(port):
    return await port.blueprints.list_all()


@pytest.fixture
def clock():
    return [0.0]


@pytest.fixture
def sender():
    return Sender()


@pytest.fixture
def client(sender, clock):
    cache = Cache(lambda: clock[0])
    return lambda: PortClient(sender, "acme", cache)


async def test_what_is_remembered_is_read_once(client, sender, clock):
    for seconds in (0, 30, 60):
        clock[0] = seconds
        assert await client().remember(load) == []
    assert sender.sent == ["GET /v1/blueprints"]
    clock[0] = 61
    await client().remember(load)
    assert len(sender.sent) == 2


async def test_many_at_once_share_one_reading(client, sender):
    async with anyio.create_task_group() as tasks:
        for _ in range(10):
            tasks.start_soon(client().remember, load)
    assert len(sender.sent) == 1


async def test_zero_seconds_read_anew(client, sender, clock):
    await client().remember(load)
    clock[0] = 0.1
    await client().remember(load, max_age_s=0)
    assert len(sender.sent) == 2


async def test_write_makes_it_forgotten(client, sender):
    await client().remember(load)
    await client().blueprints.create({"identifier": "x", "title": "X", "schema": {"properties": {}}})
    await client().remember(load)
    assert [it for it in sender.sent if it.startswith("GET")] == ["GET /v1/blueprints"] * 2


async def test_search_leaves_it_as_it_is(client, sender):
    await client().remember(load)
    with pytest.raises(KeyError):
        await client().entities.search("x")
    await client().remember(load)
    assert sender.sent.count("GET /v1/blueprints") == 1


async def test_error_is_not_kept(client, sender):
    async def fail(port):
        raise ValueError

    for _ in range(2):
        with pytest.raises(ValueError, match=r"^$"):
            await client().remember(fail)
    assert await client().remember(load) == []
