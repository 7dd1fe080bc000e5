"""The SDK's client over a real connection, in both protocol eras."""

import httpx2
import mcp.types as t
import pytest
from mcp.shared.exceptions import MCPError
from tests.http.serving import connect, serving

from quaymaster.isolation.names import FIELD

PACK = """
@tool(read_only=True)
async def count_berths(quay: str) -> str:
    '''Counts the berths of a quay.'''
    return f"3 berths at {quay}"

@tool(scope="delete")
async def sink(ship: str, call: Call) -> str:
    '''Sinks a ship.'''
    await call.confirm(f"Sink {ship}?", otherwise="leave it")
    return f"{ship} is at the bottom, says {call.principal.name}"

@tool(read_only=True)
async def row(call: Call) -> str:
    '''Rows across.'''
    await call.report_progress(1, 2, "half way")
    return "across"

@hookimpl
def register_tools():
    return [count_berths, sink, row]
"""

pytestmark = pytest.mark.parametrize("mode", ["auto", "legacy"])


async def agree(context, params: t.ElicitRequestParams) -> t.ElicitResult:
    return t.ElicitResult(action="accept", content={FIELD: True})


@pytest.fixture
async def served(make_pack):
    async with serving([make_pack("acme", PACK)]) as it:
        yield it


async def test_tools_are_listed_and_called(served, mode):
    async with connect(f"{served.url}/mcp", mode) as client:
        names = [tool.name for tool in (await client.list_tools()).tools]
        result = await client.call_tool("acme_count_berths", {"quay": "north"})
    assert names == ["acme_count_berths", "acme_row", "acme_sink"]
    assert result.content == [t.TextContent(type="text", text="3 berths at north")]


async def test_person_is_asked(served, mode):
    async with connect(f"{served.url}/mcp/default", mode, elicitation_callback=agree) as client:
        result = await client.call_tool("acme_sink", {"ship": "Ida"})
    assert result.content[0].text == "Ida is at the bottom, says local"


async def test_progress_is_told(served, mode):
    told = []

    async def note(progress: float, total: float | None, message: str | None) -> None:
        told.append((progress, total, message))

    async with connect(f"{served.url}/mcp", mode) as client:
        await client.call_tool("acme_row", {}, progress_callback=note)
    assert told == [(1, 2, "half way")]


async def test_lists_are_private_to_their_caller(served, mode):
    async with connect(f"{served.url}/mcp", mode) as client:
        listed = await client.list_tools()
    assert listed.cache_scope == "private"


async def test_a_path_of_no_profile_is_not_found(served, mode):
    async with httpx2.AsyncClient() as client:
        answer = await client.post(f"{served.url}/mcp/nobody", json={})
    assert answer.status_code == 404


async def test_body_over_the_limit_is_refused_before_it_is_read(make_pack, mode):
    async with serving([make_pack("acme", PACK)], http={"max_body_bytes": 2000}) as served:
        async with connect(f"{served.url}/mcp", mode) as client:
            await client.call_tool("acme_count_berths", {"quay": "n" * 500})
            with pytest.raises(MCPError):
                await client.call_tool("acme_count_berths", {"quay": "n" * 2000})
        async with httpx2.AsyncClient() as client:
            untold = await client.post(f"{served.url}/mcp", content=chunks())
    assert untold.status_code == 413


async def chunks():
    for _ in range(4):
        yield b"x" * 1000
