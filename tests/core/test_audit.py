"""The audit trail: one line a call, whole, and without what was asked or answered."""

import json
import logging
from pathlib import Path

import anyio
import pytest

from quaymaster.application import Application, Caller
from quaymaster.audit import AuditTrail
from quaymaster.calls import Principal
from quaymaster.errors import RefusedError
from quaymaster.host import load_host
from quaymaster.policy import Policy
from quaymaster.settings import load_settings

PACK = """
@tool(read_only=True)
async def greet(name: str) -> str:
    '''Greets.'''
    return f"hello {name}"

@tool
async def sink(ship: str) -> str:
    '''Sinks a ship.'''
    raise RuntimeError(ship)

@hookimpl
def register_tools():
    return [greet, sink]
"""


def lines_of(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


async def test_each_call_leaves_one_line_without_its_content(make_pack, tmp_path):
    trail = tmp_path / "audit.jsonl"
    settings = load_settings(audit_file=trail)
    application = Application(settings, load_host(settings, [make_pack("acme", PACK)]))
    caller = Caller(Principal("ada", frozenset({"read", "write"})))
    await application.call("acme_greet", {"name": "canary"}, caller)
    await application.call("acme_greet", {"nmae": "canary"}, caller)
    await application.call("acme_sink", {"ship": "canary"}, caller)
    await application.call("acme_sink", {"ship": "canary"}, Caller(limits=Policy(read_only=True)))
    with pytest.raises(Exception, match="unknown tool"):
        await application.call("acme_swim", {}, caller)
    lines = lines_of(trail)
    assert [(it["who"], it["tool"], it["decision"], it["outcome"]) for it in lines] == [
        ("ada", "acme_greet", "allowed", "ok"),
        ("ada", "acme_greet", "allowed", "InputError"),
        ("ada", "acme_sink", "allowed", "failed"),
        ("local", "acme_sink", "refused", "RefusedError"),
        ("ada", "acme_swim", "allowed", "UnknownToolError"),
    ]
    assert all(set(it) == {"at", "who", "profile", "tool", "decision", "outcome", "duration_ms"} for it in lines)
    assert "canary" not in trail.read_text(encoding="utf-8")


def test_line_is_as_documented(tmp_path):
    ticks = iter([10.0, 10.25])
    trail = AuditTrail(tmp_path / "a", wall_clock=lambda: 1795348800.0, clock=lambda: next(ticks))
    with trail.entry("ada", "acme-eu", "list_entities"):
        pass
    assert (tmp_path / "a").read_text(encoding="utf-8") == (
        '{"at": "2026-11-22T12:00:00.000+00:00", "who": "ada", "profile": "acme-eu", "tool": "list_entities", '
        '"decision": "allowed", "outcome": "ok", "duration_ms": 250.0}\n'
    )
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o600


def test_refusal_is_a_decision(tmp_path):
    with pytest.raises(RefusedError), AuditTrail(tmp_path / "a").entry("ada", "p", "t"):
        raise RefusedError("no")
    assert (lines_of(tmp_path / "a")[0]["decision"], lines_of(tmp_path / "a")[0]["outcome"]) == (
        "refused",
        "RefusedError",
    )


async def test_cancelled_call_leaves_a_line(tmp_path):
    with anyio.move_on_after(0), AuditTrail(tmp_path / "a").entry("ada", "p", "t"):
        await anyio.sleep_forever()
    assert lines_of(tmp_path / "a")[0]["outcome"] == "cancelled"


def test_name_from_outside_cannot_make_a_line_of_its_own(tmp_path):
    with AuditTrail(tmp_path / "a").entry("x\n{}", "p", "t\n" + "y" * 5000):
        pass
    (line,) = lines_of(tmp_path / "a")
    assert (line["who"], len(line["tool"])) == ("x\n{}", 200)


def test_trail_that_cannot_be_written_is_said_once_and_stops_nothing(tmp_path, caplog):
    trail = AuditTrail(tmp_path / "missing" / "a")
    with caplog.at_level(logging.ERROR):
        for _ in range(3):
            with trail.entry("ada", "p", "t"):
                pass
    assert len(caplog.records) == 1
    assert "calls go on without it" in caplog.text


def test_without_a_file_nothing_is_written(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with AuditTrail(None).entry("ada", "p", "t"):
        pass
    assert list(tmp_path.iterdir()) == []
