"""Whichever of two servers answers: questions, plans, sealed state; and what the death of one takes along."""

import re
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager

import anyio
import httpx2
import mcp.types as t
import pytest
from mcp.client import Client
from mcp.client.streamable_http import streamable_http_client
from tests.http.replicas import PUBLIC, Replicas, RoundRobin, replicas

from quaymaster.isolation.names import FIELD

RENAME = {
    "op": "upsert",
    "kind": "entity",
    "blueprint": "service",
    "document": {"identifier": "InventoryService", "title": "Renamed"},
}
DELETE = {"op": "delete", "kind": "entity", "blueprint": "service", "identifier": "OrderProcessing"}


@pytest.fixture
def two(redis_url, tmp_path) -> Iterator[Replicas]:
    with replicas(redis_url, tmp_path, QUAYMASTER_BUILDER__CONSENT="plan") as it:
        yield it


async def agree(context, params: t.ElicitRequestParams) -> t.ElicitResult:
    field = params.requested_schema["properties"][FIELD]
    return t.ElicitResult(action="accept", content={FIELD: field.get("description", True)})


@asynccontextmanager
async def connected(proxy: RoundRobin, mode: str) -> AsyncIterator[Client]:
    async with (
        httpx2.AsyncClient(transport=proxy, timeout=60) as http_client,
        Client(
            streamable_http_client(f"{PUBLIC}/mcp", http_client=http_client), mode=mode, elicitation_callback=agree
        ) as client,
    ):
        yield client


async def planned(client: Client, *operations: dict[str, object]) -> str:
    answer = await client.call_tool("plan_changes", {"operations": list(operations)})
    return re.search(r"^plan ([a-z2-7]{16}):", answer.content[0].text)[1]


async def applied(client: Client, plan: str) -> str:
    answer = await client.call_tool("apply_plan", {"plan": plan})
    assert not answer.is_error, answer.content[0].text
    return answer.content[0].text


@pytest.mark.parametrize("mode", ["auto", "legacy"])
async def test_plan_made_at_one_is_applied_at_the_other(two, mode):
    """In the newer protocol the person is asked in between: one server asks, the other takes the answer."""
    proxy = two.proxy()
    async with connected(proxy, mode) as client:
        plan = await planned(client, RENAME)
        await applied(client, plan)
        found = await client.call_tool("list_entities", {"blueprint": "service", "where": {"title": "Renamed"}})
        assert "InventoryService" in found.content[0].text
        await applied(client, await planned(client, DELETE))
        gone = await client.call_tool(
            "get_entities_by_identifiers", {"blueprint": "service", "identifiers": ["OrderProcessing"]}
        )
        assert "OrderProcessing" in gone.content[0].text
    assert min(proxy.answered[origin] for origin in two.processes) >= 3


async def test_death_of_a_server_loses_nothing_that_it_has_acknowledged(two):
    proxy = two.proxy()
    async with connected(proxy, "auto") as client:
        plans = [await planned(client, RENAME), await planned(client, DELETE)]
        two.kill(next(iter(two.processes)))
        for plan in plans:
            assert "done" in (await applied(client, plan)).lower()


async def test_change_made_at_one_is_heard_at_both(two):
    """Two clients listen, one at each server; a write at either wakes both, and what both keep is forgotten."""
    proxy, blueprint = two.proxy(), "port://default/blueprint/service"
    document = {"op": "upsert", "kind": "blueprint", "document": {"identifier": "service", "description": "Changed"}}
    async with connected(proxy, "auto") as client, AsyncExitStack() as listening:
        streams = [
            await listening.enter_async_context(client.listen(resource_subscriptions=[blueprint]))
            for _ in two.processes
        ]
        assert min(proxy.answered[origin] for origin in two.processes) >= 1
        await applied(client, await planned(client, document))
        with anyio.fail_after(20):
            assert [(await anext(aiter(it))).uri for it in streams] == [blueprint] * 2
        for _ in two.processes:
            assert '"Changed"' in (await client.read_resource(blueprint)).contents[0].text
