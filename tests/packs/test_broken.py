"""Twelve ways for a pack to be broken: each affects only itself, and each is said once."""

import json
import os
import random
import subprocess
import sys

import anyio
import pytest
from mcp.client import Client
from tests.packs.installing import install

from quaymaster.application import Application
from quaymaster.host import load_host
from quaymaster.server.adapter import build_server
from quaymaster.settings import load_settings

GOOD = """
@tool(read_only=True)
async def count_berths(quay: str) -> int:
    'Counts the berths of a quay.'
    return 3

@hookimpl
def register_tools() -> Tools:
    return [count_berths]
"""
SECOND = """
@tool(name={name!r})
async def other() -> int:
    'Does something else.'
    return 4

@hookimpl
def register_tools() -> Tools:
    return [count_berths, other]
"""
SETTINGS = """
from pydantic import BaseModel

class Settings(BaseModel):
    quays: int

@hookimpl
def pack_info():
    return PackInfo(title="Broken", settings=Settings)
"""

BROKEN = {
    "import-error": ("import no_such_module", "failed", "importing it raised ModuleNotFoundError: No module named"),
    "exit-at-import": ("raise SystemExit(3)", "failed", "importing it raised SystemExit: 3"),
    "wrong-argument": ("@hookimpl\ndef open_transport(profil): ...", "failed", "a hook does not fit its specification"),
    "misspelled-hook": ("@hookimpl\ndef register_tool(): ...", "failed", "unknown hook 'register_tool'; there are: "),
    "raising-hook": (
        "@hookimpl\ndef register_tools(): raise RuntimeError('no')",
        "partial",
        "hook register_tools raised RuntimeError: no (plugin 'raising-hook' of raising-hook-tools 1.0)",
    ),
    "duplicate-tool": (
        GOOD + SECOND.format(name="count_berths"),
        "partial",
        "tool name 'duplicate_tool_count_berths' of duplicate-tool-tools is taken, a tool of duplicate-tool-tools",
    ),
    "confusable-tool": (
        GOOD + SECOND.format(name="c0unt_berths"),
        "partial",
        "tool name 'confusable_tool_c0unt_berths' of confusable-tool-tools looks like 'confusable_tool_count_berths'",
    ),
    "catalog": ("raise RuntimeError('never imported')", "failed", "the name 'catalog' belongs to quaymaster-catalog"),
    "incompatible": ("raise RuntimeError('never imported')", "incompatible", "it needs quaymaster >=9; this is "),
    "bad-settings": (GOOD + SETTINGS, "misconfigured", "setting 'quays' (QUAYMASTER_BAD_SETTINGS__QUAYS): "),
    "printing": ("print('hello from a pack')\n" + GOOD, "loaded", "it printed while it was imported, to stderr"),
    "sleeping": ("import time\ntime.sleep(60)", "failed", "importing it took longer than 1 s"),
}
REQUIRES = {"incompatible": "quaymaster>=9"}
DISTRIBUTIONS = {"catalog": "squatter"}


@pytest.fixture
def all_of_them(tmp_path):
    """A process's environment in which all twelve are installed, between two packs that are good."""
    for name in ("aaa", "zzz"):
        install(tmp_path, name, GOOD)
    for name, (source, _, _) in BROKEN.items():
        requires = REQUIRES.get(name, "quaymaster>=0.1")
        install(tmp_path, name, source, distribution=DISTRIBUTIONS.get(name), requires=requires)
    return {
        **os.environ,
        "PYTHONPATH": str(tmp_path),
        "QUAYMASTER_BAD_SETTINGS__QUAYS": "many",
        "QUAYMASTER_PLUGINS__LOAD_TIMEOUT_S": "1",
    }


def test_each_is_said_once_on_stderr_and_in_the_list(all_of_them):
    command = [sys.executable, "-m", "quaymaster", "plugins", "list", "--json"]
    done = subprocess.run(command, env=all_of_them, capture_output=True, text=True, timeout=60, check=True)
    packs = {pack["distribution"]: pack for pack in json.loads(done.stdout)["packs"]}
    errors = [line for line in done.stderr.splitlines() if line.startswith("quaymaster: pack ")]
    assert len(errors) == len(BROKEN)
    for name, (_, state, reason) in BROKEN.items():
        distribution = DISTRIBUTIONS.get(name, f"{name}-tools")
        assert packs[distribution]["state"] == state
        assert [it.startswith(reason) for it in packs[distribution]["reasons"]] == [True], packs[distribution]
        assert [reason in line for line in errors if f"({distribution} 1.0)" in line] == [True]
    for name in ("aaa", "zzz"):
        assert (packs[f"{name}-tools"]["state"], packs[f"{name}-tools"]["reasons"]) == ("loaded", [])
    assert packs["quaymaster-catalog"]["state"] == "loaded"


def test_strict_server_does_not_start_with_them(all_of_them):
    command = [sys.executable, "-m", "quaymaster", "serve", "--strict"]
    done = subprocess.run(command, env=all_of_them, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert "--strict: not every pack could be loaded (see above)" in done.stderr


def tool_list(candidates, **settings) -> str:
    """Returns tools/list as it goes over the wire."""

    async def list_tools() -> str:
        loaded = load_settings(**settings)
        application = Application(loaded, load_host(loaded, candidates))
        async with Client(build_server(application, "0")) as client:
            return (await client.list_tools()).model_dump_json(by_alias=True)

    return anyio.run(list_tools)


@pytest.mark.parametrize("name", BROKEN)
def test_each_affects_only_itself(make_pack, name):
    good = [make_pack(it, GOOD) for it in ("acme", "quays")]
    source, _, _ = BROKEN[name]
    broken = make_pack(
        name, source, distribution=DISTRIBUTIONS.get(name), requires=(REQUIRES.get(name, "quaymaster>=0.1"),)
    )
    patience_s = 0.5 if name == "sleeping" else 10
    shown = json.loads(tool_list([good[0], broken, good[1]], plugins={"load_timeout_s": patience_s}))["tools"]
    others = [tool for tool in shown if not tool["name"].startswith(name.replace("-", "_"))]
    assert others == json.loads(tool_list(good))["tools"]


def test_fifty_load_orders_give_the_same_bytes(make_pack):
    candidates = [make_pack(name, GOOD) for name in ("acme", "beta", "gamma", "delta")]
    candidates.append(make_pack("acme", GOOD, distribution="other-acme"))
    candidates.append(make_pack("gamma-2", GOOD))
    candidates += [make_pack(name, *BROKEN[name][:1]) for name in ("raising-hook", "duplicate-tool", "confusable-tool")]
    lists = set()
    for seed in range(50):
        random.Random(seed).shuffle(candidates)
        lists.add(tool_list(candidates))
    assert len(lists) == 1
