"""No text from the catalog leaves its place in an answer, whatever it is, in any tool of any installed pack."""

import json
import re
import unicodedata

import anyio
import pytest
from mcp.client import Client
from tests.injection.hostile import HOSTILE, MARK
from tests.injection.organisation import HostileOrganisation

from quaymaster import Credentials, PortClient
from quaymaster.application import Application
from quaymaster.host import load_host
from quaymaster.policy import Policy
from quaymaster.port.transport import PortTransport
from quaymaster.server.adapter import build_server
from quaymaster.settings import load_settings
from quaymaster_sandbox.app import create_app
from quaymaster_sandbox.sandbox import CLIENT_ID, CLIENT_SECRET, Sandbox

HIDDEN_CATEGORIES = {"Cc", "Cf", "Co", "Cs", "Cn"}
HIDDEN_LETTERS = set("\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0\u2800\u2028\u2029")
FENCES = {"```", "```tsv", "```json", "```diff", "```hcl", "```markdown", "```text"}

VALUES = {
    "blueprint": "service",
    "blueprints": ["service"],
    "identifier": "s120",
    "identifiers": ["s0", "s120", "s200"],
    "entities": ["s0"],
    "entity": "s0",
    "scorecard": "quality",
    "measures": ["count", "average(bugs)"],
    "text": "plain words",
    "document": {"identifier": HOSTILE[140], "title": HOSTILE[140]},
    "kind": "blueprint",
    "operations": [{"op": "delete", "kind": "blueprint", "identifier": "service"}],
    "plan": "none",
    "plan_id": "none",
    "path": "blueprint",
    "rule": "rule150",
    "team": "team-0",
    "level": "Gold",
}
"""A value for required arguments by their names; others get one of their type, so that any pack's tools are walked."""

BY_TYPE = {"string": "none", "array": [], "object": {}, "integer": 1, "number": 1, "boolean": False}

FURTHER = {
    "list_entities": [
        {"columns": ["title", "note", "kind", "tags", "lead", "facts", "team", "quality"], "limit": 400},
        {"columns": ["note", "facts"], "output": "json", "limit": 200},
        {"columns": ["needs.title", "needs.note", "needs.tags"], "limit": 100},
        {"sort": "note", "columns": ["note"], "limit": 100},
        {"where": {"note": HOSTILE[150]}},
        {"where": {"kind": "nothing"}},
        {"where": {"note": "no such note"}},
        {"where": {"team": "nobody"}},
        {"blueprint": "Twin."},
    ],
    "count_entities": [{"group_by": it} for it in ("note", "kind", "team", "tags", "lead", ["kind", "team"], "needs")],
    "get_blueprint": [{"part": "document"}, {"part": "scorecards"}, {"blueprint": "oncall_shift"}],
    "get_entities_by_identifiers": [
        {"identifiers": [f"s{number}"], **columns}
        for number in range(0, len(HOSTILE), 3)
        for columns in ({}, {"columns": ["title", "note", "team", "quality"]})
    ],
    "describe_entity": [{"identifier": f"s{number}"} for number in range(0, len(HOSTILE), 4)],
    "entity_history": [{"identifier": f"s{number}"} for number in (1, 2, 3)],
    "search_catalog": [{"text": text[:300]} for text in HOSTILE[::7]],
    "who_is_on_call": [{}, {"team": "team-0"}, {"blueprint": "service", "identifier": "s1"}],
    "list_teams": [{}, {"team": "team-0"}],
    "describe_user_details": [{"user": "eve@evil.invalid"}],
    "trace_dependencies": [{"depth": 15}, {"to": "s118"}, {"relation": "all", "direction": "upstream"}],
    "list_scorecards": [{"identifiers": ["quality"]}],
}
"""More calls for some tools: the merged arguments win over the ones made up."""


class Clients:
    """The way to one sandbox, whatever profile is asked for."""

    def __init__(self, sandbox):
        credentials = Credentials(CLIENT_ID, CLIENT_SECRET)
        self.app = create_app(sandbox)
        self.credentials = credentials

    def client(self, profile, limits):
        transport = PortTransport("http://x", lambda: self.credentials, policy=limits, timeout_s=60, app=self.app)
        return PortClient(transport, "default")

    async def aclose(self):
        pass


@pytest.fixture(scope="module")
def application():
    sandbox = Sandbox()
    sandbox.load(HostileOrganisation())
    settings = load_settings(base_url="http://x", answer_tokens=50_000)
    clients = Clients(sandbox)
    anyio.run(change_some, clients.client("default", Policy()))
    return Application(settings, load_host(settings), clients)


ACTION = {
    "identifier": "restart",
    "title": HOSTILE[140],
    "trigger": {
        "type": "self-service",
        "operation": "DAY-2",
        "blueprintIdentifier": "service",
        "userInputs": {"properties": {}},
    },
    "invocationMethod": {"type": "KAFKA"},
    "requiredApproval": True,
}


async def change_some(port):
    """Puts hostile texts into the audit log, and into what waits for an approval."""
    await port.actions.create(ACTION)
    await port.permissions.update_of_action("restart", {"approve": {"users": ["eve@evil.invalid"]}})
    await port.runs.start("restart", {}, entity="s120")
    for number in (1, 2, 3):
        await port.entities.update("service", f"s{number}", {"properties": {"note": HOSTILE[-number]}})


def made_up(schema):
    """Returns a value for each required argument."""
    types = {name: it.get("type", "string") for name, it in schema.get("properties", {}).items()}
    return {name: VALUES.get(name, BY_TYPE[types[name]]) for name in schema.get("required", ())}


def hidden_in(text):
    """Returns the characters that nobody sees."""
    return {
        f"U+{ord(it):04X}"
        for it in text
        if it not in "\n\t"
        and (
            unicodedata.category(it) in HIDDEN_CATEGORIES
            or it in HIDDEN_LETTERS
            or "\ufe00" <= it <= "\ufe0f"
            or "\U000e0100" <= it <= "\U000e01ef"
        )
    }


def check(text):
    """Holds that an answer has no hidden character, and that its fences are its own and keep the texts in."""
    assert not hidden_in(text)
    inside = False
    for line in text.split("\n"):
        if line.startswith("```"):
            assert line == "```" if inside else line in FENCES, line
            inside = not inside
        elif inside:
            assert "```" not in line
        elif MARK in line or "SYSTEM" in line:
            assert "`" not in line, line
            assert not re.search(r"\]\(|<[a-zA-Z/!|]", line), line
            assert not re.match(r"\s*(SYSTEM|System:|Human:|Assistant:|#|>|\||---|~~~)", line), line
    assert not inside


def test_corpus_is_large():
    assert len(set(HOSTILE)) == len(HOSTILE) >= 200


async def test_every_tool_keeps_hostile_text_in_its_place(application):
    walked, marked = set(), set()
    async with Client(build_server(application, "0")) as client:
        for tool in (await client.list_tools()).tools:
            for further in ({}, *FURTHER.get(tool.name, [])):
                arguments = {**made_up(tool.input_schema), **further}
                result = await client.call_tool(tool.name, arguments)
                text = "\n".join(block.text for block in result.content if block.type == "text")
                try:
                    check(text)
                except AssertionError as exc:
                    raise AssertionError(f"{tool.name}({json.dumps(arguments)[:300]})") from exc
                walked.add(tool.name)
                marked |= set(re.findall(rf"{MARK}\d+", text))
    assert walked == set(application.host.tools)
    assert len(marked) > 200  # the texts were really there


async def test_hostile_arguments_are_refused_without_hidden_characters(application):
    async with Client(build_server(application, "0")) as client:
        for text in HOSTILE[::5]:
            for tool, arguments in (
                ("count_entities", {"blueprint": text}),
                ("count_entities", {"blueprint": "service", "where": {text: 1}}),
                ("count_entities", {"blueprint": "service", "where": {"note": {text: 1}}}),
                ("list_entities", {"blueprint": "service", "cursor": text}),
                ("get_entities_by_identifiers", {"blueprint": "service", "identifiers": [text]}),
                ("trace_dependencies", {"blueprint": "service", "identifier": text}),
            ):
                text = (await client.call_tool(tool, arguments)).content[0].text
                assert not hidden_in(text)
                assert not any(line.startswith("```") for line in text.split("\n")[:1])


async def test_prompts_and_resources_are_clean_too(application):
    async with Client(build_server(application, "0")) as client:
        for prompt in (await client.list_prompts()).prompts:
            arguments = {it.name: VALUES.get(it.name, "s120") for it in prompt.arguments or () if it.required}
            (message,) = (await client.get_prompt(prompt.name, arguments)).messages
            check(message.content.text)
        for uri in ("port://default/blueprint/service", "port://default/entity/service/s120"):
            (content,) = (await client.read_resource(uri)).contents
            assert not hidden_in(content.text)
