"""Prompts, resources and completions, as an MCP client sees them, in both protocol eras."""

import mcp.types as t
import pytest
from mcp.client import Client
from mcp.shared.exceptions import MCPError

from quaymaster.application import Application
from quaymaster.host import State, load_host
from quaymaster.server.adapter import build_server
from quaymaster.settings import load_settings

PACK = """
async def complete_quay(value: str, harbour: str):
    return [it for it in (f"{harbour} north", f"{harbour} south") if it.startswith(value)]

@prompt(title="Load a ship", complete={"quay": complete_quay})
async def load(harbour: str, quay: str | None = None) -> str:
    '''Starts loading
    a ship.'''
    return f"Load at {quay} of {harbour}\\u200b."

@prompt()
async def sink() -> str:
    '''Sinks.'''
    raise RuntimeError("secret cause")

async def complete_berth(port: PortClient, value: str):
    return [f"{port.profile}-{value}"]

@resource("acme://{profile}/berth/{berth}", complete={"berth": complete_berth})
async def berth(port: PortClient, berth: str) -> object:
    '''A berth.'''
    return {"berth": berth, "of": port.profile}

@resource("acme://rules", title="Rules", mime_type="text/plain")
async def rules() -> str:
    '''The rules.'''
    return "Mind the gap."

@hookimpl
def register_prompts() -> Prompts:
    return [sink, load]

@hookimpl
def register_resources() -> Resources:
    return [rules, berth]
"""
BROKEN = """
@prompt()
async def count(number: int) -> str:
    '''Counts.'''

@prompt(complete={"none": None})
async def greet(name: str) -> str:
    '''Greets.'''

@resource("port://x")
async def stolen() -> str:
    '''Stolen.'''

@resource("acme://{one}")
async def torn(two: str) -> str:
    '''Torn.'''

@hookimpl
def register_prompts() -> Prompts:
    return [count, greet, "no prompt"]

@hookimpl
def register_resources() -> Resources:
    return [stolen, torn, "no resource"]
"""
PROFILES = {"east": {"base_url": "http://east.invalid"}, "west": {"base_url": "http://west.invalid"}}

modes = pytest.mark.parametrize("mode", ["auto", "legacy"])


def connect(make_pack, mode="auto", source=PACK):
    settings = load_settings(profiles=PROFILES)
    header = "from quaymaster import Prompts, Resources, prompt, resource\n"
    host = load_host(settings, [make_pack("acme", header + source)])
    return Client(build_server(Application(settings, host), "1"), mode=mode), host


@modes
async def test_prompts_are_listed_by_name_with_their_arguments(make_pack, mode):
    client, _ = connect(make_pack, mode)
    async with client:
        load, sink = (await client.list_prompts()).prompts
    assert (load.name, load.title, load.description) == ("acme_load", "Load a ship", "Starts loading a ship.")
    assert [(it.name, it.required) for it in load.arguments] == [("harbour", True), ("quay", False)]
    assert (sink.name, sink.arguments) == ("acme_sink", [])


@modes
async def test_prompt_is_written_without_hidden_characters(make_pack, mode):
    client, _ = connect(make_pack, mode)
    async with client:
        result = await client.get_prompt("acme_load", {"harbour": "Ems", "quay": "north"})
    assert [it.content.text for it in result.messages] == ["Load at north of Ems."]


@pytest.mark.parametrize(
    ("name", "arguments", "told"),
    [
        ("acme_lode", {}, "unknown prompt 'acme_lode'; there are: acme_load, acme_sink"),
        ("acme_load", {}, "missing argument 'harbour' of prompt 'acme_load'"),
        ("acme_load", {"harbour": "x", "kay": "y"}, "unknown argument 'kay'; prompt 'acme_load' takes: harbour, quay"),
        ("acme_sink", {}, "this failed unexpectedly; the server's log has the cause (plugin 'acme' of acme-tools 1.0)"),
    ],
)
async def test_prompt_that_cannot_be_written_says_why(make_pack, name, arguments, told):
    client, _ = connect(make_pack)
    async with client:
        with pytest.raises(MCPError) as caught:
            await client.get_prompt(name, arguments)
    assert str(caught.value) == told


@modes
async def test_resources_and_templates_are_listed_apart(make_pack, mode):
    client, _ = connect(make_pack, mode)
    async with client:
        resources = (await client.list_resources()).resources
        templates = (await client.list_resource_templates()).resource_templates
    assert [(str(it.uri), it.title, it.mime_type) for it in resources] == [("acme://rules", "Rules", "text/plain")]
    assert [(it.uri_template, it.name) for it in templates] == [("acme://{profile}/berth/{berth}", "berth")]


@modes
async def test_resource_is_read_from_the_profile_in_its_address(make_pack, mode):
    client, _ = connect(make_pack, mode)
    async with client:
        (content,) = (await client.read_resource("acme://west/berth/7%2F8%20b")).contents
        (plain,) = (await client.read_resource("acme://rules")).contents
    assert content.text == '{\n "berth": "7/8 b",\n "of": "west"\n}'
    assert (plain.text, plain.mime_type) == ("Mind the gap.", "text/plain")


@pytest.mark.parametrize(
    ("uri", "told"),
    [
        ("acme://none", "unknown resource 'acme://none'; there are: acme://rules, acme://{profile}/berth/{berth}"),
        ("acme://west/berth/a/b", "unknown resource 'acme://west/berth/a/b'"),
        ("acme://wets/berth/a", "unknown profile 'wets'; choose from: west, east"),
    ],
)
async def test_address_of_nothing_is_refused(make_pack, uri, told):
    client, _ = connect(make_pack)
    async with client:
        with pytest.raises(MCPError) as caught:
            await client.read_resource(uri)
    assert str(caught.value).startswith(told)


@modes
async def test_arguments_and_placeholders_are_completed(make_pack, mode):
    client, _ = connect(make_pack, mode)
    load = t.PromptReference(type="ref/prompt", name="acme_load")
    berth = t.ResourceTemplateReference(type="ref/resource", uri="acme://{profile}/berth/{berth}")

    async def complete(ref, name, value, **given):
        found = await client.complete(ref, {"name": name, "value": value}, context_arguments=given)
        return found.completion.values

    async with client:
        assert await complete(load, "quay", "Ems s", harbour="Ems") == ["Ems south"]
        assert await complete(load, "harbour", "E") == []
        assert await complete(berth, "profile", "e") == ["east"]
        assert await complete(berth, "berth", "9", profile="west") == ["west-9"]


async def test_server_without_prompts_and_resources_declares_none(make_pack):
    client, _ = connect(make_pack, source="")
    async with client:
        capabilities = client.server_capabilities
    assert (capabilities.prompts, capabilities.resources, capabilities.completions) == (None, None, None)


def test_broken_prompts_and_resources_are_named_and_left_out(make_pack):
    _, host = connect(make_pack, source=BROKEN)
    (record,) = host.records
    assert (host.prompts, host.resources, record.state) == ({}, {}, State.PARTIAL)
    assert record.reasons == [
        "prompt 'count': parameter 'number' must be `str`, or of a type that can be injected",
        "prompt 'greet': it completes 'none', which it does not take",
        "register_prompts returned a str; decorate it with @prompt",
        "resource 'port://x' must begin with the pack's name: acme://",
        "resource 'acme://{one}': its placeholders are ['one'], and its function takes ['two']",
        "register_resources returned a str; decorate it with @resource",
    ]


def test_same_names_are_not_given_out_twice(make_pack):
    settings = load_settings()
    header = "from quaymaster import Prompts, Resources, prompt, resource\n"
    packs = [make_pack("acme", header + PACK), make_pack("acme-x", header + PACK.replace("acme://", "acme-x://"))]
    host = load_host(settings, packs)
    assert sorted(host.prompts) == ["acme_load", "acme_sink", "acme_x_load", "acme_x_sink"]
    assert sorted(host.resources)[0] == "acme-x://rules"
