"""A profile that names its packs offers nothing of the others: no tool, no prompt, no resource."""

import re

import pytest
from mcp.client import Client
from mcp.shared.exceptions import MCPError

from quaymaster.application import Application
from quaymaster.host import load_host
from quaymaster.server.adapter import build_server
from quaymaster.settings import load_settings

PACK = """
@tool(read_only=True)
async def look() -> str:
    "Looks."
    return "seen"

@prompt()
async def greet() -> str:
    "Greets."
    return "Hello."

@resource("{name}://rules")
async def rules() -> str:
    "The rules."
    return "Mind the gap."

@resource("{name}://{{profile}}/berths")
async def berths(port: PortClient) -> str:
    "The berths."
    return port.profile

@hookimpl
def register_tools() -> Tools:
    return [look]

@hookimpl
def register_prompts() -> Prompts:
    return [greet]

@hookimpl
def register_resources() -> Resources:
    return [rules, berths]
"""


async def offered(make_pack, packs):
    candidates = [make_pack(name, PACK.format(name=name)) for name in ("acme", "umbra")]
    settings = load_settings(profiles={"one": {"base_url": "http://127.0.0.1:9", "packs": packs}})
    async with Client(build_server(Application(settings, load_host(settings, candidates)), "0")) as client:
        names = [it.name for it in (await client.list_tools()).tools]
        names += [it.name for it in (await client.list_prompts()).prompts]
        names += [str(it.uri) for it in (await client.list_resources()).resources]
        names += [it.uri_template for it in (await client.list_resource_templates()).resource_templates]
        refused = 0
        for use in (client.get_prompt("umbra_greet"), client.read_resource("umbra://rules")):
            try:
                await use
            except MCPError:
                refused += 1
    return names, refused


@pytest.mark.parametrize(
    ("packs", "prefixes", "refused"),
    [(None, {"acme", "umbra"}, 0), (["acme"], {"acme"}, 2), ([], set(), 2), ("umbra", {"umbra"}, 0)],
)
async def test_only_the_packs_of_the_profile_are_offered(make_pack, packs, prefixes, refused):
    names, not_given = await offered(make_pack, packs)
    assert {re.split("[_:]", name)[0] for name in names} == prefixes
    assert len(names) == 4 * len(prefixes)
    assert not_given == refused
