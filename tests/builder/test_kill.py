"""A process that applies a plan is killed (SIGKILL) at every write: resume or undo completes what it left."""

import os
import signal
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from tests.builder.conftest import id_in
from tests.builder.documents import NUMBER, TEXT, blueprint, rule, scorecard
from tests.builder.faulty import READS
from tests.loopback import listening, serving

from quaymaster_sandbox.app import create_app
from quaymaster_sandbox.sandbox import CLIENT_ID, CLIENT_SECRET

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
SERVICE = {"blueprint": "service"}
OPERATIONS = [
    {"op": "create", "kind": "blueprint", "document": blueprint("squad", lead=TEXT)},
    {"op": "create", "kind": "relation", **SERVICE, "identifier": "squad", "document": {"target": "squad"}},
    {"op": "rename", "kind": "property", **SERVICE, "identifier": "tier", "to": "level"},
    {"op": "update", "kind": "property", **SERVICE, "identifier": "cost", "document": NUMBER},
    {
        "op": "create",
        "kind": "scorecard",
        **SERVICE,
        "document": scorecard("ready", rule("owned", property="level", operator="isNotEmpty")),
    },
    {"op": "create", "kind": "entity", **SERVICE, "document": {"identifier": "new", "properties": {"level": "T3"}}},
    {"op": "delete", "kind": "entity", **SERVICE, "identifier": "pay"},
]
WRITES = 7
"""One a step."""


class KillingPort:
    """Answers like the sandbox, but kills the process that writes when it is about to answer one of its writes."""

    def __init__(self, sandbox, at, *, before):
        self._app = create_app(sandbox)
        self._at, self._before = at, before
        self._writes = 0
        self._child = None
        self._started = threading.Event()

    def watch(self, child):
        self._child = child
        self._started.set()

    async def __call__(self, scope, receive, send):
        if scope["type"] != "http" or scope["method"] == "GET" or scope["path"].endswith(READS):
            return await self._app(scope, receive, send)
        place, self._writes = self._writes, self._writes + 1
        if place != self._at:
            return await self._app(scope, receive, send)
        if not self._before:
            await self._app(scope, receive, _drop)
        self._started.wait(10)
        os.kill(self._child.pid, signal.SIGKILL)
        return await _end(send)


async def _drop(message):
    pass


async def _end(send):
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body"})


def apply_in_a_child(killing, plan, folder):
    """Returns the exit code of a process that applies a plan against a sandbox on loopback."""
    with listening() as (listener, address), serving(killing, listener):
        settings = {"QUAYMASTER_BASE_URL": address, "QUAYMASTER_BUILDER__DATA_DIR": str(folder)}
        settings["QUAYMASTER_BUILDER__CONSENT"] = "plan"
        credentials = {"PORT_CLIENT_ID": CLIENT_ID, "PORT_CLIENT_SECRET": CLIENT_SECRET}
        command = [sys.executable, "-m", "quaymaster", "call", "apply_plan", f"plan={plan}"]
        child = subprocess.Popen(
            command, env={**os.environ, **settings, **credentials}, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL
        )
        killing.watch(child)
        return child.wait(timeout=60)


@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
@pytest.mark.parametrize("at", range(WRITES))
def test_plan_whose_process_is_killed_is_finished_or_taken_back(quay, port, plan, tmp_path, at, before):
    quay.seed("service", {"identifier": "cart", "tier": "T1", "cost": "3"}, {"identifier": "pay", "tier": "T2"})
    untouched = port.state()
    made = plan(*OPERATIONS)
    assert apply_in_a_child(KillingPort(quay._sandbox, at, before=before), made, tmp_path / "plans") == -signal.SIGKILL
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=2)):  # the lease of the killed process has run out
        if before == (at % 2 == 0):
            assert quay.call("apply_plan", plan=made).startswith(f"applied: {WRITES} steps")
            assert set(port.state()["blueprints"]["service"]["schema"]["properties"]) == {"level", "cost"}
        else:
            assert quay.call("apply_plan", plan=id_in(quay.call("undo", plan=made))).startswith("applied")
            assert port.state() == untouched
