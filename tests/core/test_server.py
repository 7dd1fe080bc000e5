"""The server as an MCP client sees it, in both protocol eras."""

import mcp.types as t
import pytest
from mcp.client import Client
from mcp.shared.exceptions import MCPError

from quaymaster.application import Application, Caller
from quaymaster.host import load_host
from quaymaster.policy import Policy
from quaymaster.server.adapter import build_server
from quaymaster.settings import load_settings

PACK = """
@tool(read_only=True)
async def count_berths(quay: str) -> Answer:
    '''Counts the berths of a quay.'''
    print("noise")
    return Answer(f"3 berths at {inline(quay)}")

@tool
async def sink(ship: str) -> str:
    '''Sinks a ship.'''
    raise RuntimeError("secret cause")

@tool(read_only=True)
async def ask_port(port: PortClient) -> int:
    '''Asks Port.'''
    return await port.entities.count("service")

@hookimpl
def pack_info():
    return PackInfo(title="Acme", instructions="Berths have numbers.")

@hookimpl
def register_tools():
    return [sink, count_berths, ask_port]
"""

pytestmark = pytest.mark.parametrize("mode", ["auto", "legacy"])


def connect(make_pack, mode: str, **settings: object) -> Client:
    loaded = load_settings(**settings)
    host = load_host(loaded, [make_pack("acme", PACK)])
    return Client(build_server(Application(loaded, host), "1.2.3"), mode=mode)


async def test_tools_are_listed_by_name_with_all_four_hints(make_pack, mode):
    async with connect(make_pack, mode) as client:
        tools = (await client.list_tools()).tools
    assert [tool.name for tool in tools] == ["acme_ask_port", "acme_count_berths", "acme_sink"]
    assert tools[1].input_schema["properties"] == {"quay": {"type": "string"}}
    assert tools[1].annotations == t.ToolAnnotations(
        read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=True
    )
    assert tools[2].annotations == t.ToolAnnotations(
        read_only_hint=False, destructive_hint=True, idempotent_hint=False, open_world_hint=True
    )


async def test_answer_is_sent_once_as_text(make_pack, mode):
    async with connect(make_pack, mode) as client:
        result = await client.call_tool("acme_count_berths", {"quay": "north"})
    assert (result.content, result.structured_content, result.is_error) == (
        [t.TextContent(type="text", text="3 berths at north")],
        None,
        False,
    )


async def test_bad_argument_is_an_error_that_the_model_reads(make_pack, mode):
    async with connect(make_pack, mode) as client:
        result = await client.call_tool("acme_count_berths", {"key": "north"})
    assert result.is_error
    assert result.content[0].text == ("missing argument 'quay'; unknown argument 'key'; this tool takes: quay")


async def test_unknown_tool_is_a_protocol_error_with_the_nearest_names(make_pack, mode):
    async with connect(make_pack, mode) as client:
        with pytest.raises(MCPError) as caught:
            await client.call_tool("acme_count_berth", {})
    assert caught.value.code == t.INVALID_PARAMS
    assert caught.value.message == (
        "unknown tool 'acme_count_berth'; there are: acme_count_berths, acme_ask_port, acme_sink"
    )


async def test_unexpected_failure_shows_no_cause(make_pack, mode, caplog):
    async with connect(make_pack, mode) as client:
        result = await client.call_tool("acme_sink", {"ship": "a"})
    assert result.is_error
    assert result.content[0].text == (
        "acme_sink failed unexpectedly; the server's log has the cause (pack acme (acme-tools 1.0))"
    )
    assert "secret cause" in caplog.text


async def test_without_credentials_a_call_says_what_to_set(make_pack, mode):
    async with connect(make_pack, mode) as client:
        result = await client.call_tool("acme_ask_port", {})
    assert result.is_error
    assert result.content[0].text.startswith("no credentials for Port: set PORT_CLIENT_ID and PORT_CLIENT_SECRET")


async def test_unreachable_port_is_said(make_pack, mode, monkeypatch):
    monkeypatch.setenv("PORT_CLIENT_ID", "id")
    monkeypatch.setenv("PORT_CLIENT_SECRET", "secret")
    async with connect(make_pack, mode, base_url="http://127.0.0.1:9", timeout_s=5) as client:
        assert len((await client.list_tools()).tools) == 3
        result = await client.call_tool("acme_ask_port", {})
    assert result.is_error
    assert "cannot reach Port at http://127.0.0.1:9" in result.content[0].text


async def test_address_that_no_pack_serves_is_named(make_pack, mode):
    async with connect(make_pack, mode, base_url="sandbox://demo") as client:
        result = await client.call_tool("acme_ask_port", {})
    assert result.content[0].text == (
        "no pack serves 'sandbox://demo'; for sandbox: addresses, pip install quaymaster-sandbox"
    )


async def test_read_only_hides_and_refuses(make_pack, mode):
    async with connect(make_pack, mode, read_only=True) as client:
        tools = (await client.list_tools()).tools
        result = await client.call_tool("acme_sink", {"ship": "a"})
    assert [tool.name for tool in tools] == ["acme_ask_port", "acme_count_berths"]
    assert result.is_error
    assert result.content[0].text == (
        "tool 'acme_sink' can change Port, and this server is read-only. Nothing was done"
    )


async def test_instructions_are_the_packs_own(make_pack, mode):
    async with connect(make_pack, mode) as client:
        assert client.instructions == "Berths have numbers."


async def test_limits_of_a_caller_only_tighten(make_pack, mode):
    settings = load_settings(deny_tools=("acme_ask_*",))
    application = Application(settings, load_host(settings, [make_pack("acme", PACK)]))
    assert [it.name for it in application.list_tools(Caller(limits=Policy(read_only=True)))] == ["acme_count_berths"]
