"""What a client carries between a question and its answer: good for its own caller, call and server, and unchanged."""

import base64
import random
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx2
import mcp.types as t
import pytest
from mcp.server.request_state import AESGCMRequestStateCodec, InvalidRequestState
from tests.http.rpc import request
from tests.http.serving import SEALING_KEY, build

from quaymaster.isolation.names import FIELD

PACK = """
@tool
async def sink(ship: str, call: Call) -> str:
    '''Sinks a ship.'''
    await call.confirm(f"Sink {ship}?", otherwise="leave it")
    return f"{ship} was sunk by {call.principal.name}"

@tool
async def raze(ship: str, call: Call) -> str:
    '''Asks the same.'''
    await call.confirm(f"Sink {ship}?", otherwise="leave it")
    return f"{ship} was razed by {call.principal.name}"

@hookimpl
def register_tools():
    return [sink, raze]
"""
MUTATIONS = 5000
Ask = Callable[..., Any]


@pytest.fixture
async def ask(make_pack, token_table) -> AsyncIterator[Ask]:
    """Returns a function that calls a tool in Ann's name, or another's, and returns the error or the result."""
    people = [("ann", "acme"), ("bob", "acme"), ("ann", "globex")]
    tokens = [
        {**token_table(f"{name} at {profile}", profile, "read", "write"), "name": name} for name, profile in people
    ]
    profiles = {"acme": {"base_url": "http://127.0.0.1:9"}, "globex": {"base_url": "http://127.0.0.1:9"}}
    app, settings = build([make_pack("acme", PACK)], profiles=profiles, http={"tokens": tokens})
    transport = httpx2.ASGITransport(app=app)
    async with (
        app.router.lifespan_context(app),
        httpx2.AsyncClient(transport=transport, base_url=settings.http.origin) as client,
    ):

        async def ask(
            tool: str = "sink", ship: str = "Ida", who: str = "ann", profile: str = "acme", path: str = "", **more: Any
        ) -> Any:
            headers = {"Authorization": f"Bearer {who} at {profile}"}
            url = f"/mcp/{profile}{path}"
            answer = await request(
                client, url, "tools/call", headers, name=f"acme_{tool}", arguments={"ship": ship}, **more
            )
            return answer.json().get("result") or answer.json()["error"]

        yield ask


async def agreed(ask: Ask) -> dict[str, Any]:
    """Returns the yes to a question, as a client sends it back."""
    question = await ask()
    (key,) = question["inputRequests"]
    answers = {key: {"action": "accept", "content": {FIELD: True}}}
    return {"inputResponses": answers, "requestState": question["requestState"]}


async def test_answer_counts_for_the_call_that_asked(ask):
    assert (await ask(**await agreed(ask)))["content"][0]["text"] == "Ida was sunk by ann"


@pytest.mark.parametrize(
    "elsewhere",
    [{"who": "bob"}, {"profile": "globex"}, {"tool": "raze"}, {"ship": "Eva"}],
    ids=["another person", "another organisation", "another tool", "other arguments"],
)
async def test_answer_counts_nowhere_else(ask, elsewhere):
    assert (await ask(**await agreed(ask), **elsewhere))["code"] == t.INVALID_PARAMS


async def test_an_answer_without_its_state_is_asked_again(ask):
    answer = await agreed(ask)
    assert "inputRequests" in await ask(inputResponses=answer["inputResponses"])


async def test_every_mutation_of_the_state_is_refused(ask):
    answer = await agreed(ask)
    codec = AESGCMRequestStateCodec([SEALING_KEY])
    codec.unseal(answer["requestState"])
    for number, mutated in enumerate(mutations(answer["requestState"], random.Random(8))):
        with pytest.raises(InvalidRequestState):
            codec.unseal(mutated)
        if number % 20 == 0:  # the whole way takes its time
            refusal = await ask(inputResponses=answer["inputResponses"], requestState=mutated)
            assert refusal.get("code") == t.INVALID_PARAMS, mutated
    assert (await ask(**answer))["content"][0]["text"] == "Ida was sunk by ann"


def mutations(state: str, draw: random.Random):
    """Yields changed states: bits turned, parts cut, doubled, swapped and made up."""
    version, _, sealed = state.partition(".")
    content = base64.urlsafe_b64decode(sealed + "=" * (-len(sealed) % 4))
    made = 0
    while made < MUTATIONS:
        changed = bytearray(content)
        match made % 5:
            case 0 | 1:
                changed[draw.randrange(len(changed))] ^= 1 << draw.randrange(8)
            case 2:
                del changed[draw.randrange(len(changed)) :]
            case 3:
                place = draw.randrange(len(changed))
                changed[place:place] = draw.randbytes(draw.randrange(1, 9))
            case 4:
                changed = bytearray(draw.randbytes(draw.randrange(0, 2 * len(changed))))
        if changed != content:
            yield f"{version}.{base64.urlsafe_b64encode(bytes(changed)).decode().rstrip('=')}"
            made += 1
