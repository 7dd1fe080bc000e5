"""What packs can put around every call: middleware, lifespans, and a say in which tools there are."""

import logging

import pytest

from quaymaster.application import Application
from quaymaster.host import load_host
from quaymaster.settings import load_settings
from quaymaster_sandbox.testing import ToolFailed

HEADER = """
from contextlib import asynccontextmanager
from collections.abc import AsyncIterator
from dataclasses import dataclass
import logging
from quaymaster import App, Call, CallNext, Middlewares, Principal, RefusedError
"""

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


MARKED = """
@tool(read_only=True)
async def look() -> str:
    'Looks.'
    return "looked"

@tool
async def sink() -> str:
    'Sinks.'
    return "sunk"

async def tell(call, call_next, mine: Call):
    return f"{await call_next()}, {mine.tool} {'reads' if mine.read_only else 'may write'}"

@hookimpl
def register_tools():
    return [look, sink]

@hookimpl
def register_middleware():
    return [tell]
"""


def test_middleware_knows_whether_a_tool_only_reads(make_pack, quay_of):
    quay = quay_of(make_pack("acme", HEADER + MARKED))
    assert quay.call("acme_look") == "looked, acme_look reads"
    assert quay.call("acme_sink") == "sunk, acme_sink may write"


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


CLOSED = """
from pydantic import BaseModel

class GateSettings(BaseModel):
    closed: list[str] = []

@hookimpl
def pack_info():
    return PackInfo(title="Gate", settings=GateSettings)
"""


def test_settings_of_a_pack_can_say_what_it_allows(make_pack, quay_of):
    answer = "return tool.name not in settings.closed"
    gate = make_pack("acme", CLOSED + GATE.replace("principal)", "settings)").replace("ANSWER", answer))
    quay = quay_of(gate, make_pack("zulu", GATE.replace("ANSWER", "return None")), acme={"closed": ["zulu_sink"]})
    assert list(quay.tools()) == ["acme_sink"]


def test_no_pack_can_allow_what_the_policy_refuses(make_pack, quay_of):
    quay = quay_of(make_pack("acme", GATE.replace("ANSWER", "return True")), read_only=True)
    assert quay.tools() == {}
