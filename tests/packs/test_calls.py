"""What a tool can know of its call, and what packs can put around every call."""

import logging

import anyio
import mcp.types as t
import pytest
from mcp.client import Client
from mcp.shared.exceptions import MCPError

from quaymaster.application import Application
from quaymaster.host import load_host
from quaymaster.server.adapter import build_server
from quaymaster.settings import load_settings
from quaymaster_sandbox.testing import ToolFailed

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


AROUND = """
@tool(read_only=True)
async def speak(word: str) -> str:
    'Speaks.'
    if word == "raise":
        raise RuntimeError("the tool's own")
    return word

async def mark(call: Call, call_next: CallNext) -> object:
    return f"<{NAME} {call.tool} {dict(call.arguments)} {await call_next()}>"

async def refuse(call: Call, call_next: CallNext) -> object:
    if call.arguments.get("word") == "forbidden":
        raise RefusedError("not that word. Nothing was done")
    if call.arguments.get("word") == "break":
        raise ValueError("secret")
    return await call_next()

@hookimpl
def register_tools():
    return [speak]

@hookimpl
def register_middleware():
    return [mark, refuse]
"""


def around(make_pack, name):
    return make_pack(name, f"{HEADER}\nNAME = {name!r}\n{AROUND}")


def test_middleware_runs_in_the_order_of_the_packs_names(make_pack, quay_of):
    quay = quay_of(around(make_pack, "zulu"), around(make_pack, "acme"))
    arguments = "{'word': 'hi'}"
    assert quay.call("acme_speak", word="hi") == f"<acme acme_speak {arguments} <zulu acme_speak {arguments} hi>>"


def test_middleware_can_refuse(make_pack, quay_of):
    with pytest.raises(ToolFailed, match=r"^not that word\. Nothing was done$"):
        quay_of(around(make_pack, "acme")).call("acme_speak", word="forbidden")


@pytest.mark.parametrize(("word", "blamed"), [("break", "acme"), ("raise", "zulu")])
def test_failure_is_laid_at_the_door_of_the_pack_that_failed(make_pack, quay_of, word, blamed, caplog):
    quay = quay_of(
        around(make_pack, "acme"), make_pack("zulu", HEADER + AROUND.partition("@hookimpl\ndef register_m")[0])
    )
    with pytest.raises(ToolFailed) as caught:
        quay.call("zulu_speak", word=word)
    assert str(caught.value) == (
        f"zulu_speak failed unexpectedly; the server's log has the cause (pack {blamed} ({blamed}-tools 1.0))"
    )
    assert ("secret" if word == "break" else "the tool's own") in caplog.text


def test_middleware_with_a_parameter_that_nothing_fills_is_left_out(make_pack):
    source = HEADER + "async def odd(call, call_next, port: PortClient, what: int): ...\n"
    host = load_host(
        load_settings(), [make_pack("acme", source + "@hookimpl\ndef register_middleware(): return [odd]")]
    )
    assert host.middleware == []
    assert host.records[0].reasons == ["middleware 'odd': parameter 'what' is of no type that can be injected"]


LIFESPAN = """
log = logging.getLogger("rota").warning

@dataclass
class Rota:
    officer: str

@hookimpl
@asynccontextmanager
async def lifespan(app: App) -> AsyncIterator[Rota]:
    log(f"{NAME} begins for {', '.join(app.profiles)}, on {app.port('default').profile}")
    yield Rota(NAME)
    log(f"{NAME} ends")

@tool(read_only=True)
async def on_call(rota: Rota) -> str:
    'Says who is on call.'
    return rota.officer

async def greet(call: Call, call_next: CallNext, rota: Rota) -> object:
    return f"{rota.officer}: {await call_next()}"

@hookimpl
def register_tools():
    return [on_call]

@hookimpl
def register_middleware():
    return [greet]
"""


def test_what_a_lifespan_yields_is_injected_by_its_type(make_pack, quay_of):
    quay = quay_of(make_pack("acme", f"{HEADER}NAME = 'ann'{LIFESPAN}"))
    assert quay.tools()["acme_on_call"]["inputSchema"]["properties"] == {}
    assert quay.call("acme_on_call") == "ann: ann"


async def run_lifespans(*candidates):
    settings = load_settings()
    async with Application(settings, load_host(settings, candidates)).running():
        pass


async def test_lifespans_are_entered_by_name_and_left_in_reverse(make_pack, caplog):
    await run_lifespans(*(make_pack(name, f"{HEADER}NAME = {name!r}{LIFESPAN}") for name in ("zulu", "acme")))
    assert [record.message for record in caplog.records if record.name == "rota"] == [
        "acme begins for default, on default",
        "zulu begins for default, on default",
        "zulu ends",
        "acme ends",
    ]


@pytest.mark.parametrize("broken", ["raise OSError('no rota')", "await anyio.sleep(60)", "raise SystemExit(3)"])
def test_lifespan_that_fails_loses_only_what_needs_it(make_pack, quay_of, broken, caplog):
    source = f"{HEADER}import anyio\nNAME = 'ann'{LIFESPAN}".replace(
        "yield Rota(NAME)", f"{broken}\n    yield Rota(NAME)"
    )
    source = source.replace("return [greet]", "return []")
    quay = quay_of(make_pack("acme", source), around(make_pack, "beta"), plugins={"load_timeout_s": 0.5})
    assert quay.call("beta_speak", word="hi").startswith("<beta")
    with pytest.raises(ToolFailed, match=r"what pack acme \(acme-tools 1.0\) needs could not be opened"):
        quay.call("acme_on_call")
    assert "the lifespan of pack acme (acme-tools 1.0) failed to begin" in caplog.messages


async def test_lifespan_that_fails_to_end_does_not_keep_the_others_from_it(make_pack, caplog):
    stuck = LIFESPAN.replace('log(f"{NAME} ends")', "raise OSError('stuck')")
    good = make_pack("acme", f"{HEADER}NAME = 'acme'{LIFESPAN}")
    await run_lifespans(good, make_pack("zulu", f"{HEADER}NAME = 'zulu'{stuck}"))
    assert caplog.messages[-2:] == ["the lifespan of pack zulu (zulu-tools 1.0) failed to end", "acme ends"]


GATE = """
@tool
async def sink() -> str:
    'Sinks.'
    return "sunk"

@hookimpl
def register_tools():
    return [sink]

@hookimpl
def allow_tool(tool, principal):
    ANSWER
"""


@pytest.mark.parametrize(
    "answer", ["return tool.name != 'zulu_sink'", "raise ValueError('secret')", "raise SystemExit"]
)
def test_tool_that_one_pack_does_not_allow_is_hidden_and_refused(make_pack, quay_of, answer, caplog):
    caplog.set_level(logging.ERROR)
    others = make_pack("zulu", GATE.replace("ANSWER", "return True"))
    quay = quay_of(make_pack("acme", GATE.replace("ANSWER", answer)), others)
    assert "zulu_sink" not in quay.tools()
    with pytest.raises(ToolFailed) as caught:
        quay.call("zulu_sink")
    assert str(caught.value) == (
        "tool 'zulu_sink' is not for caller 'local' by a rule of this server's packs. Nothing was done"
    )


@pytest.mark.parametrize("answer", ["return None", "return True", "return 0"])
def test_tool_that_no_pack_objects_to_is_offered(make_pack, quay_of, answer):
    quay = quay_of(make_pack("acme", GATE.replace("ANSWER", answer)))
    assert quay.call("acme_sink") == "sunk"


def test_no_pack_can_allow_what_the_policy_refuses(make_pack, quay_of):
    quay = quay_of(make_pack("acme", GATE.replace("ANSWER", "return True")), read_only=True)
    assert quay.tools() == {}
