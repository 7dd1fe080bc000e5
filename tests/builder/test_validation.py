"""The verdict on documents, through an MCP client; no Port is needed for it."""

import pytest
from mcp.client import Client

from quaymaster.application import Application
from quaymaster.host import load_host
from quaymaster.host.discovery import find_candidates
from quaymaster.server.adapter import build_server
from quaymaster.settings import load_settings


@pytest.fixture
def client() -> Client:
    settings = load_settings()
    host = load_host(settings, [candidate for candidate in find_candidates() if candidate.name == "builder"])
    return Client(build_server(Application(settings, host), "0"))


async def verdict(client: Client, kind: str, document: object) -> str:
    async with client:
        result = await client.call_tool("validate_document", {"kind": kind, "document": document})
    return result.content[0].text


async def test_good_document_is_valid(client):
    document = {"identifier": "berth", "title": "Berth", "schema": {"properties": {"length": {"type": "number"}}}}
    assert await verdict(client, "blueprint", document) == (
        "valid: Port accepts this blueprint, as far as the document alone decides"
    )


async def test_every_problem_is_listed_with_place_and_remedy(client):
    document = {
        "identifier": "berth",
        "title": "Berth",
        "schema": {"properties": {"length": {"type": "integer"}}, "required": ["lenght"]},
        "relations": {"_quay": {"target": "quay", "many": "yes"}},
    }
    assert await verdict(client, "blueprint", document) == (
        "4 problems in this blueprint; nothing was written\n"
        "```tsv\n"
        "place\tproblem\tremedy\n"
        "relations._quay.many\tmust be boolean\tit is string\n"
        "schema.properties.length.type\tmust be equal to one of the allowed values\t"
        "one of: string, number, boolean, object, array\n"
        'schema.required.0\tThe blueprint does not have Property with identifier "lenght"\tits properties: length\n'
        'relations._quay\tRelation identifiers cannot start with "_"\t\n'
        "```"
    )


async def test_part_of_a_document_can_be_checked_alone(client):
    rule = {"identifier": "has-owner", "title": "Has an owner", "level": "Gold", "query": {"combinator": "and"}}
    assert await verdict(client, "rule", rule) == (
        "1 problem in this rule; nothing was written\n"
        "```tsv\nplace\tproblem\tremedy\nquery\tmust have required property 'conditions'\t\n```"
    )


async def test_unknown_kind_is_answered_with_the_kinds(client):
    text = await verdict(client, "widgit", {})
    assert "argument 'kind'" in text
    assert "'blueprint'" in text
