"""What a tool can know of its call, and the person behind it."""

import anyio
import mcp.types as t
import pytest
from mcp.client import Client
from mcp.shared.exceptions import MCPError

from quaymaster.application import Application
from quaymaster.host import load_host
from quaymaster.server.adapter import build_server
from quaymaster.settings import load_settings

HEADER = """
from contextlib import asynccontextmanager
from collections.abc import AsyncIterator
from dataclasses import dataclass
import logging
from quaymaster import App, Call, CallNext, Middlewares, Principal, RefusedError
"""

SINK = """
sunk = []

@tool
async def sink(call: Call, ship: str, typed: bool = False) -> str:
    'Sinks a ship.'
    await call.confirm(f"Sink {ship}?", otherwise="call plan_sinking", typed=ship if typed else None)
    sunk.append(ship)
    await call.confirm("Sink its boat too?", otherwise="call plan_sinking")
    return f"{call.tool} sank {ship} and its boat for {call.principal.name} in {call.profile.name}"

@tool(read_only=True)
async def count(call: Call) -> str:
    'Counts slowly.'
    for done, total, message in ((1, 4, "one"), (1, 4, "again"), (3, None, None)):
        await call.report_progress(done, total, message)
    return "counted"

@hookimpl
def register_tools():
    return [sink, count]
"""

BOTH_ERAS = pytest.mark.parametrize("mode", ["auto", "legacy"])
pytestmark = pytest.mark.filterwarnings("ignore::mcp.shared.exceptions.MCPDeprecationWarning")


def connect(candidates, mode, callback=None, **settings):
    loaded = load_settings(**settings)
    application = Application(loaded, load_host(loaded, candidates))
    return Client(build_server(application, "0"), mode=mode, elicitation_callback=callback)


def answering(asked, *answers):
    """Returns a client's callback that gives the answers in turn and notes what it was asked."""
    left = list(answers)

    async def callback(context, params):
        asked.append((params.message, params.requested_schema["properties"]["agreed"]["title"]))
        return left.pop(0)

    return callback


def agreed(value: bool | str = True) -> t.ElicitResult:
    return t.ElicitResult(action="accept", content={"agreed": value})


@BOTH_ERAS
async def test_person_is_asked_once_for_each_question(make_pack, mode):
    asked: list[tuple[str, str]] = []
    callback = answering(asked, agreed("titanic"), agreed())
    async with connect([make_pack("acme", HEADER + SINK)], mode, callback) as client:
        result = await client.call_tool("acme_sink", {"ship": "titanic", "typed": True})
    assert asked == [("Sink titanic?", "Type this to agree"), ("Sink its boat too?", "Yes, do it")]
    assert result.content[0].text == "acme_sink sank titanic and its boat for local in default"


@BOTH_ERAS
@pytest.mark.parametrize(
    ("answer", "typed"),
    [
        (t.ElicitResult(action="decline"), False),
        (t.ElicitResult(action="cancel"), False),
        (agreed(False), False),
        (agreed("yes"), False),
        (t.ElicitResult(action="accept"), False),
        (agreed("titanik"), True),
        (agreed(True), True),
    ],
)
async def test_anything_but_consent_is_a_no(make_pack, mode, answer, typed):
    callback = answering([], answer)
    async with connect([make_pack("acme", HEADER + SINK)], mode, callback) as client:
        result = await client.call_tool("acme_sink", {"ship": "titanic", "typed": typed})
    assert result.is_error
    assert result.content[0].text == "the person was asked (Sink titanic?) and did not agree. It was not done"


@BOTH_ERAS
async def test_client_that_cannot_ask_is_told_the_other_way(make_pack, mode):
    async with connect([make_pack("acme", HEADER + SINK)], mode) as client:
        result = await client.call_tool("acme_sink", {"ship": "titanic"})
    assert result.is_error
    assert result.content[0].text == (
        "this needs a person's consent (Sink titanic?), and this client cannot ask for it. Nothing was done; "
        "call plan_sinking"
    )


async def first_round(client, ship="titanic"):
    result = await client.session.call_tool("acme_sink", {"ship": ship}, allow_input_required=True)
    return next(iter(result.input_requests)), result.request_state


async def again(client, key, state, ship="titanic"):
    return await client.session.call_tool(
        "acme_sink", {"ship": ship}, input_responses={key: agreed()}, request_state=state, allow_input_required=True
    )


@pytest.mark.parametrize("case", ["flipped", "for another ship", "made up"])
async def test_state_that_was_tampered_with_is_refused(make_pack, case):
    async with connect([make_pack("acme", HEADER + SINK)], "auto", answering([])) as client:
        key, state = await first_round(client)
        ship = "boat" if case == "for another ship" else "titanic"
        forged = {"flipped": state[:-1] + ("A" if state[-1] != "A" else "B"), "made up": '{"answers": {}}'}
        with pytest.raises(MCPError, match="Invalid or expired requestState"):
            await again(client, key, forged.get(case, state), ship)


async def test_answer_without_its_question_does_not_count(make_pack):
    async with connect([make_pack("acme", HEADER + SINK)], "auto", answering([])) as client:
        key, _ = await first_round(client)
        result = await again(client, key, None)
    assert isinstance(result, t.InputRequiredResult)


async def test_state_shows_nothing_of_its_content(make_pack):
    async with connect([make_pack("acme", HEADER + SINK)], "auto", answering([])) as client:
        _, state = await first_round(client)
    assert state.startswith("v1.")
    assert "asked" not in state


async def test_waiting_for_a_person_does_not_use_up_the_calls_time(make_pack):
    async def slow(context, params):
        await anyio.sleep(0.4)
        return agreed()

    async with connect([make_pack("acme", HEADER + SINK)], "legacy", slow, timeout_s=0.3) as client:
        result = await client.call_tool("acme_sink", {"ship": "titanic"})
    assert not result.is_error


@BOTH_ERAS
async def test_progress_reaches_who_asked_for_it_and_only_ever_grows(make_pack, mode):
    heard = []

    async def hear(done, total, message):
        heard.append((done, total, message))

    async with connect([make_pack("acme", HEADER + SINK)], mode) as client:
        await client.call_tool("acme_count", {}, progress_callback=hear)
        assert not (await client.call_tool("acme_count", {})).is_error
    assert heard == [(1, 4, "one"), (3, None, None)]
