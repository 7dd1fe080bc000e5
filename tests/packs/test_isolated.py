"""Packs in processes of their own: they work as others do, know nothing that is not theirs, and break alone."""

import json
import os
import sys

import anyio
import pytest
from tests.packs.installing import install

from quaymaster.host import State, find_candidates, load_host
from quaymaster.settings import load_settings
from quaymaster_sandbox.testing import ToolFailed

PACK = """
import json, os, sys, time
from contextlib import asynccontextmanager
from collections.abc import AsyncIterator
from typing import Annotated
import anyio
from pydantic import BaseModel, Field, SecretStr
from quaymaster import App, Call

class AcmeSettings(BaseModel):
    quay: str = "north"
    key: SecretStr = SecretStr("")

class Rota(BaseModel):
    officer: str

@hookimpl
def pack_info():
    return PackInfo(title="Acme", instructions="Berths have numbers.", settings=AcmeSettings)

@hookimpl
@asynccontextmanager
async def lifespan(app: App) -> AsyncIterator[Rota]:
    yield Rota(officer="ann")

@tool(read_only=True, title="Count them", aliases=["count"])
async def count_services(port: PortClient, team: Annotated[str, Field(max_length=20)]) -> int:
    'Counts the services of a team.'
    return await port.entities.count("service", where={"$team": team})

@tool
async def add_service(port: PortClient, call: Call, name: str, typed: bool = False) -> str:
    'Adds a service.'
    await call.confirm(f"Add {name}?", otherwise="call plan_service", typed=name if typed else None)
    await call.confirm("Really?", otherwise="call plan_service")
    await port.entities.create("service", {"identifier": name})
    return f"added {name}"

@tool(read_only=True)
async def look_around(settings: AcmeSettings, call: Call, rota: Rota) -> str:
    'Looks around.'
    key = settings.key.get_secret_value()
    who = [call.principal.name, call.profile.name, rota.officer]
    return json.dumps([os.environ.copy(), os.getpid(), settings.quay, key, *who])

@tool(read_only=True)
async def write_anyway(port: PortClient) -> str:
    'Claims to read, and writes.'
    await port.entities.create("service", {"identifier": "planted"})
    return "written"

@tool(read_only=True)
async def misbehave(how: str) -> str:
    'Misbehaves.'
    if how == "exit":
        os._exit(3)
    if how == "hang":
        time.sleep(60)
    if how == "raise":
        raise ValueError("secret")
    if how == "print":
        print("noise")
        os.write(1, b"raw noise\\n")
    return how

@tool(read_only=True)
async def get_missing(port: PortClient) -> str:
    'Gets what is not there.'
    from quaymaster.port.errors import NotFoundError
    try:
        await port.entities.get("service", "nothing")
    except NotFoundError as exc:
        return f"{exc.status} {exc.code}"

@tool(read_only=True)
async def count_slowly(call: Call) -> str:
    'Counts slowly.'
    await call.report_progress(1, 2, "half")
    return "counted"

@hookimpl
def register_tools() -> Tools:
    return [count_services, add_service, look_around, write_anyway, misbehave, get_missing, count_slowly]
"""


@pytest.fixture
def installed(tmp_path, monkeypatch):
    install(tmp_path, "acme", PACK)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setenv("QUAYMASTER_ACME__ISOLATED", "true")
    monkeypatch.setenv("PORT_CLIENT_SECRET", "of the organisation")
    monkeypatch.setenv("QUAYMASTER_OTHER__KEY", "of another pack")
    yield tmp_path
    assert "acme_tools_acme" not in sys.modules


@pytest.fixture
def quay(installed, quay_of):
    return quay_of(*(it for it in find_candidates() if it.name == "acme"), acme={"quay": "south"})


def test_tools_are_offered_as_if_they_were_at_home(quay, installed, monkeypatch):
    isolated = quay.tools()
    monkeypatch.setenv("QUAYMASTER_ACME__ISOLATED", "false")
    candidates = [it for it in find_candidates() if it.name == "acme"]
    host = load_host(load_settings(), candidates)
    sys.modules.pop("acme_tools_acme")
    assert list(isolated) == list(host.tools)
    for name, offered in host.tools.items():
        assert isolated[name]["inputSchema"] == json.loads(json.dumps(offered.input.schema))
        assert isolated[name]["description"] == offered.tool.description
    assert isolated["acme_count_services"]["title"] == "Count them"
    assert isolated["acme_count_services"]["annotations"]["readOnlyHint"] is True


def test_port_is_reached_through_the_servers_client(quay):
    quay.seed("service", {"team": "web"}, {"team": "ops"})
    assert quay.call("acme_count_services", team="web") == 1
    assert [request.path for request in quay.requests] == ["/v1/entities/aggregate"]
    assert quay.call("acme_get_missing") == "404 not_found"


def test_read_only_holds_for_what_a_process_wants_sent(quay):
    quay.seed("service", {})
    safe = quay.as_read_only().with_person(True)
    assert "acme_add_service" not in safe.tools()
    with pytest.raises(ToolFailed, match=r"can change Port, and this server is read-only\. Nothing was sent"):
        safe.call("acme_write_anyway")
    assert quay.requests == []


def test_person_is_asked_through_the_server(quay):
    quay.seed("service", {})
    assert quay.with_person(True).call("acme_add_service", name="new") == "added new"
    with pytest.raises(ToolFailed, match=r"the person was asked \(Add newer\?\) and did not agree"):
        quay.with_person("new").call("acme_add_service", name="newer", typed=True)
    with pytest.raises(ToolFailed, match=r"the person was asked \(Really\?\) and did not agree"):
        quay.with_person("newer").call("acme_add_service", name="newer", typed=True)


def test_refusals_read_as_they_do_at_home(quay):
    quay.seed("service", {})
    with pytest.raises(ToolFailed, match=r"the person was asked \(Add new\?\) and did not agree"):
        quay.with_person(False).call("acme_add_service", name="new")
    with pytest.raises(ToolFailed, match=r"this client cannot ask for it\. Nothing was done; call plan_service"):
        quay.call("acme_add_service", name="new")
    with pytest.raises(ToolFailed, match="unknown argument 'tema'; this tool takes: team"):
        quay.call("acme_count_services", tema="web")
    assert quay.requests == []


def test_process_knows_nothing_that_is_not_its_own(quay, monkeypatch):
    environment, pid, quay_setting, key, principal, profile, officer = quay.call("acme_look_around")
    assert pid != os.getpid()
    assert (quay_setting, key, principal, profile, officer) == ("south", "", "local", "default", "ann")
    assert not [name for name in environment if name.startswith(("PORT_", "QUAYMASTER_OTHER", "QUAYMASTER_ORDERS"))]
    assert "of the organisation" not in json.dumps(environment)


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ("exit", r"the process of pack acme \(acme-tools 1\.0\) ended during the call; whether acme_misbehave did"),
        ("raise", "acme_misbehave failed unexpectedly; the server's log has the cause"),
    ],
)
def test_crash_is_one_tools_error_and_the_next_call_works(quay, how, message):
    with pytest.raises(ToolFailed, match=message) as caught:
        quay.call("acme_misbehave", how=how)
    assert "secret" not in str(caught.value)
    assert quay.call("acme_misbehave", how="well") == "well"


def test_hang_is_one_tools_error_and_the_next_call_works(installed, quay_of):
    quay = quay_of(*(it for it in find_candidates() if it.name == "acme"), timeout_s=3)
    assert quay.call("acme_misbehave", how="well") == "well"
    with pytest.raises(ToolFailed, match="acme_misbehave took longer than 3 s and was stopped"):
        quay.call("acme_misbehave", how="hang")
    assert quay.call("acme_misbehave", how="well") == "well"


def test_prints_of_a_process_reach_nobody(quay):
    assert quay.call("acme_misbehave", how="print") == "print"


def test_progress_passes_through(quay):
    heard = []

    async def hear(done, total, message):
        heard.append((done, total, message))

    async def call():
        return await quay._client.call_tool("acme_count_slowly", {}, progress_callback=hear)

    assert not quay._portal.call(call).is_error
    assert heard == [(1, 2, "half")]


BROKEN = {
    "import error": ("import no_such_module", State.FAILED, "importing it raised ModuleNotFoundError"),
    "exit": ("import os; os._exit(3)", State.FAILED, "its process ended with 3"),
    "sleep": ("import time; time.sleep(60)", State.FAILED, "importing it took longer than 0.5 s"),
    "raw noise": ("import os; os.write(1, b'noise')\n" + PACK, State.LOADED, None),
    "reaching into the server": (
        PACK + "@hookimpl\ndef register_prompts(): return []\n@hookimpl\ndef allow_tool(tool): return False\n",
        State.PARTIAL,
        "while it is isolated, these hooks are not asked: register_prompts, allow_tool",
    ),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_broken_pack_is_recorded_and_nothing_of_it_is_imported(tmp_path, monkeypatch, kind):
    source, state, reason = BROKEN[kind]
    install(tmp_path, "acme", source)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    settings = load_settings(acme={"isolated": True}, plugins={"load_timeout_s": 0.5 if kind == "sleep" else 10})
    host = load_host(settings, [it for it in find_candidates() if it.name == "acme"])
    record = host.records[0]
    assert (record.state, record.is_isolated) == (state, True)
    assert [it.startswith(reason) for it in record.reasons] == ([True] if reason else [])
    assert "acme_tools_acme" not in sys.modules


def test_lock_holds_an_isolated_pack_too(installed, monkeypatch):
    monkeypatch.setenv("QUAYMASTER_PLUGINS__LOCK", str(installed / "plugins.lock"))
    host = load_host(load_settings(), [it for it in find_candidates() if it.name == "acme"])
    assert host.records[0].state is State.UNTRUSTED


def test_call_on_a_server_that_does_not_run_says_so(installed):
    from quaymaster.application import Application

    settings = load_settings()
    application = Application(settings, load_host(settings, [it for it in find_candidates() if it.name == "acme"]))
    reply = anyio.run(application.call, "acme_misbehave", {"how": "well"})
    assert reply.is_error
    assert "is isolated, and the server is not running" in reply.text
