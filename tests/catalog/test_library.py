"""Resources, prompts and completions of the catalog."""

import json

import mcp.types as t
import pytest
from mcp.client import Client

from quaymaster.server.adapter import build_server


@pytest.fixture
async def client(application):
    async with Client(build_server(application, "0")) as client:
        yield client


async def test_long_answers_end_with_a_link_to_the_document(client, truth):
    for tool, arguments in (
        ("describe_entity", {"blueprint": "service", "identifier": "InventoryService"}),
        ("get_entities_by_identifiers", {"blueprint": "service", "identifiers": ["InventoryService"]}),
    ):
        *_, link = (await client.call_tool(tool, arguments)).content
        assert str(link.uri) == "port://default/entity/service/InventoryService"
    (content,) = (await client.read_resource(str(link.uri))).contents
    document = json.loads(content.text)
    assert document["properties"]["bug_count"] == truth.services["InventoryService"]["properties"]["bug_count"]
    assert "production_readiness" in document["scorecards"]


async def test_blueprint_links_to_its_document(client, truth):
    *_, link = (await client.call_tool("get_blueprint", {"blueprint": "service"})).content
    (content,) = (await client.read_resource(str(link.uri))).contents
    service = next(it for it in truth.organisation.blueprints if it["identifier"] == "service")
    assert json.loads(content.text)["relations"] == service["relations"]


async def test_identifier_with_a_slash_is_one_segment_of_an_address(client):
    arguments = {"blueprint": "workload", "identifier": "production/inventory/inventory-service"}
    *_, link = (await client.call_tool("describe_entity", arguments)).content
    (content,) = (await client.read_resource(str(link.uri))).contents
    assert json.loads(content.text)["identifier"] == arguments["identifier"]


async def test_addresses_are_completed(client):
    entity = t.ResourceTemplateReference(type="ref/resource", uri="port://{profile}/entity/{blueprint}/{identifier}")

    async def complete(name, value, **given):
        answer = await client.complete(entity, {"name": name, "value": value}, context_arguments=given)
        return answer.completion.values

    assert await complete("profile", "") == ["default"]
    assert await complete("blueprint", "oncall") == ["oncall_schedule", "oncall_shift"]
    assert await complete("identifier", "InventoryS", blueprint="service") == ["InventoryService"]
    assert "InventoryService" in await complete("identifier", "inventoryservice", blueprint="service")
    assert len(await complete("identifier", "", blueprint="service")) == 50


async def test_prompts_are_written_from_what_is_there(client):
    async def write(name, **arguments):
        (message,) = (await client.get_prompt(name, arguments)).messages
        return message.content.text

    explore = await write("explore_my_catalog")
    assert "service (1,000)" in explore
    ideas = [line for line in explore.splitlines() if line.startswith("- ")]
    assert len(ideas) >= 8
    assert any("Service entities" in idea for idea in ideas)
    onboarding = await write("onboard_me", service="inventoryservice")
    assert 'describe_entity(blueprint="service", identifier="InventoryService")' in onboarding
    incident = await write("incident_context", service="InventoryService")
    assert 'who_is_on_call(blueprint="service", identifier="InventoryService")' in incident
    assert 'where={"service": "InventoryService"}, columns=["created_at", "status"], sort="-created_at"' in incident


async def test_calls_in_prompts_can_be_made(client):
    text = (await client.get_prompt("incident_context", {"service": "OrderProcessing"})).messages[0].content.text
    calls = [line.removeprefix("- ") for line in text.splitlines() if line.startswith("- ")]
    assert len(calls) >= 7
    for call in calls:
        name, _, arguments = call.removesuffix(")").partition("(")
        given = eval(f"dict({arguments})")
        result = await client.call_tool(name, given)
        assert not result.is_error, result.content[0].text


async def test_arguments_of_prompts_are_completed(client):
    prompt = t.PromptReference(type="ref/prompt", name="onboard_me")
    answer = await client.complete(prompt, {"name": "service", "value": "OrderP"})
    assert answer.completion.values == ["OrderProcessing"]
