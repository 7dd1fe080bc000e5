"""Two organisations on one server: nothing of one is ever seen by a caller of the other."""

import random
from collections.abc import AsyncIterator

import anyio
import httpx2
import pytest
from tests.http.rpc import call, request
from tests.http.serving import Served, serving

from quaymaster.host import find_candidates

PACK = """
async def _read_canary(port: PortClient) -> str:
    return (await port.entities.get("bird", "canary")).title

@tool
async def plant(port: PortClient, title: str) -> str:
    '''Plants a canary.'''
    await port.blueprints.create({"identifier": "bird", "title": "Bird", "schema": {"properties": {}, "required": []}})
    await port.entities.create("bird", {"identifier": "canary", "title": title})
    return "planted"

@tool(read_only=True)
async def read(port: PortClient) -> str:
    '''Reads the canary.'''
    return await _read_canary(port)

@tool(read_only=True)
async def remember(port: PortClient) -> str:
    '''Reads the canary, or what is kept of it.'''
    return await port.remember(_read_canary)

@tool(read_only=True)
async def survey(ports: PortClients, call: Call) -> str:
    '''Reads the canaries of all organisations that there are.'''
    canaries = [await _read_canary(port) for port in ports.values()]
    return f"{call.principal.name}: {call.profile.name}: {', '.join(ports)}: {', '.join(canaries)}"

@tool(read_only=True)
async def reach(ports: PortClients, other: str) -> str:
    '''Reads the canary of an organisation.'''
    return await _read_canary(ports.choose([other])[0])

@resource("acme://{profile}/canary")
async def canary(port: PortClient) -> object:
    '''The canary.'''
    return await _read_canary(port)

@hookimpl
def register_resources():
    return [canary]

@hookimpl
def register_tools():
    return [plant, read, remember, survey, reach]
"""
CANARIES = {"acme": "canary-of-acme-7f3a", "globex": "canary-of-globex-91bd"}
TENANTS = list(CANARIES)
OTHER = dict(zip(TENANTS, reversed(TENANTS), strict=True))
CALLS = 1000


@pytest.fixture
async def served(make_pack, token_table) -> AsyncIterator[Served]:
    profiles = {name: {"base_url": f"sandbox://demo?services=20&seed={seed}"} for seed, name in enumerate(TENANTS)}
    tokens = [token_table(f"token of {name}", name, "read", "write") for name in TENANTS]
    sandbox = [it for it in find_candidates() if it.name == "sandbox"]
    async with serving([make_pack("acme", PACK), *sandbox], profiles=profiles, http={"tokens": tokens}) as it:
        async with httpx2.AsyncClient() as client:
            for name, canary in CANARIES.items():
                assert await call(client, f"{it.url}/mcp/{name}", "acme_plant", bearer(name), title=canary) == "planted"
        yield it


def bearer(tenant: str) -> dict[str, str]:
    return {"Authorization": f"Bearer token of {tenant}"}


async def ask(client: httpx2.AsyncClient, url: str, tenant: str, what: str) -> httpx2.Response:
    """Asks in one of the ways in which something could cross."""
    at, other = f"{url}/mcp/{tenant}", OTHER[tenant]
    if what == "resource":
        return await request(client, at, "resources/read", {**bearer(tenant), "Mcp-Name": f"acme://{other}/canary"},
                             uri=f"acme://{other}/canary")  # fmt: skip
    if what == "own resource":
        return await request(client, at, "resources/read", {**bearer(tenant), "Mcp-Name": f"acme://{tenant}/canary"},
                             uri=f"acme://{tenant}/canary")  # fmt: skip
    if what == "completion":
        reference = {"type": "ref/resource", "uri": "acme://{profile}/canary"}
        return await request(client, at, "completion/complete", bearer(tenant), ref=reference,
                             argument={"name": "profile", "value": ""})  # fmt: skip
    if what == "path":
        return await request(client, f"{url}/mcp/{other}", "tools/call", bearer(tenant), name="acme_read", arguments={})
    arguments = {"other": other} if what == "acme_reach" else {}
    return await request(client, at, "tools/call", bearer(tenant), name=what, arguments=arguments)


OWN = ("acme_read", "acme_remember", "acme_survey", "own resource")
"""The ways that answer with the caller's own canary; the others are refused."""
WAYS = (*OWN, "acme_reach", "resource", "completion", "path")


async def test_no_canary_crosses_in_a_thousand_interleaved_calls(served):
    asked = [(tenant, way) for tenant in TENANTS for way in WAYS] * (CALLS // (len(TENANTS) * len(WAYS)) + 1)
    random.Random(8).shuffle(asked)
    answers: list[tuple[str, str, httpx2.Response]] = []

    async def ask_some(client: httpx2.AsyncClient, share: list[tuple[str, str]]) -> None:
        for tenant, way in share:
            answers.append((tenant, way, await ask(client, served.url, tenant, way)))

    async with httpx2.AsyncClient(timeout=60) as client, anyio.create_task_group() as tasks:
        for number in range(16):
            tasks.start_soon(ask_some, client, asked[number::16])
    assert len(answers) >= CALLS
    for tenant, way, answer in answers:
        heard = f"{answer.headers} {answer.text}"
        assert CANARIES[OTHER[tenant]] not in heard, (tenant, way)
        assert (CANARIES[tenant] in heard) is (way in OWN), (tenant, way, heard)
        if way == "path":
            assert answer.status_code == 401
    surveys = {answer.json()["result"]["content"][0]["text"] for _, way, answer in answers if way == "acme_survey"}
    assert surveys == {f"job of {name}: {name}: {name}: {canary}" for name, canary in CANARIES.items()}


async def test_other_organisations_are_not_even_named(served):
    async with httpx2.AsyncClient() as client:
        reach = (await ask(client, served.url, "acme", "acme_reach")).json()
        resource = (await ask(client, served.url, "acme", "resource")).json()
        completion = (await ask(client, served.url, "acme", "completion")).json()
    assert reach["result"]["content"][0]["text"] == "unknown profile 'globex'; choose from: acme, '*'"
    assert resource["error"]["message"] == "unknown profile 'globex'; choose from: acme"
    assert completion["result"]["completion"]["values"] == ["acme"]


async def test_session_is_its_owners_alone(served):
    """A session of the older protocol, taken to the other tenant's path or used with the other's token."""
    body = {"jsonrpc": "2.0", "id": 2, "method": "tools/list", "params": {}}
    sessions: dict[str, str] = {}

    async def remember_session(answer: httpx2.Response) -> None:
        if session := answer.headers.get("mcp-session-id"):
            sessions[answer.request.headers["authorization"]] = session

    async with httpx2.AsyncClient(
        headers={**bearer("acme"), "Accept": "application/json, text/event-stream"},
        event_hooks={"response": [remember_session]},
        timeout=30,
    ) as client:
        opening = {
            "protocolVersion": "2025-11-25",
            "capabilities": {},
            "clientInfo": {"name": "test", "version": "0"},
        }
        first = {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": opening}
        assert (await client.post(f"{served.url}/mcp/acme", json=first)).status_code == 200
        session = {"Mcp-Session-Id": sessions["Bearer token of acme"], "MCP-Protocol-Version": "2025-11-25"}
        stolen = await client.post(f"{served.url}/mcp/globex", json=body, headers={**session, **bearer("globex")})
        own = await client.post(f"{served.url}/mcp/acme", json=body, headers=session)
    assert (stolen.status_code, own.status_code) == (404, 200)
