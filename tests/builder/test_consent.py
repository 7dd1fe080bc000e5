"""Who lets a plan be applied: a person whom the client asks, or whom the terminal asks."""

import os
import subprocess
import sys

import pytest
from tests.builder.conftest import Port, id_in
from tests.builder.documents import NUMBER, blueprint
from tests.loopback import listening, serving

from quaymaster_sandbox.app import create_app
from quaymaster_sandbox.sandbox import CLIENT_ID, CLIENT_SECRET
from quaymaster_sandbox.testing import ToolFailed, open_quay

ADDS = {"op": "create", "kind": "blueprint", "document": blueprint("quay", length=NUMBER)}
DESTROYS = {"op": "delete", "kind": "blueprint", "identifier": "service"}


@pytest.fixture
def quay(tmp_path):
    with open_quay({"builder": {"data_dir": tmp_path / "plans"}}) as opened:
        opened.seed("service", {"identifier": "cart"})
        yield opened


@pytest.mark.parametrize("operation", [ADDS, DESTROYS], ids=["adds", "destroys"])
def test_plans_id_alone_applies_nothing(quay, operation):
    before = Port(quay).state()
    made = id_in(quay.call("plan_changes", operations=[operation]))
    with pytest.raises(ToolFailed, match="this client cannot ask for it"):
        quay.call("apply_plan", plan=made)
    assert Port(quay).state() == before


def test_person_agrees_to_what_only_adds_with_a_tick(quay):
    made = id_in(quay.call("plan_changes", operations=[ADDS]))
    with pytest.raises(ToolFailed, match="did not agree"):
        quay.with_person(False).call("apply_plan", plan=made)
    assert quay.with_person(True).call("apply_plan", plan=made).startswith("applied")


@pytest.mark.skipif(os.name == "nt", reason="Windows has no pseudo-terminals")
@pytest.mark.parametrize(("typed", "code"), [("service", 0), ("yes", 1)])
def test_person_at_a_terminal_is_asked_there(quay, tmp_path, typed, code):
    made = id_in(quay.call("plan_changes", operations=[DESTROYS]))
    ours, theirs = os.openpty()
    with listening() as (listener, address), serving(create_app(quay._sandbox), listener):
        settings = {"QUAYMASTER_BASE_URL": address, "QUAYMASTER_BUILDER__DATA_DIR": str(tmp_path / "plans")}
        credentials = {"PORT_CLIENT_ID": CLIENT_ID, "PORT_CLIENT_SECRET": CLIENT_SECRET}
        command = [sys.executable, "-m", "quaymaster", "call", "apply_plan", f"plan={made}"]
        os.write(ours, f"{typed}\n".encode())
        terminal = {"stdin": theirs, "stdout": theirs, "stderr": theirs}
        child = subprocess.run(command, env={**os.environ, **settings, **credentials}, timeout=60, **terminal)
    said = os.read(ours, 65536).decode()
    os.close(ours)
    os.close(theirs)
    assert "Type 'service' to agree" in said
    assert (child.returncode, "service" in Port(quay).state()["blueprints"]) == (code, code == 1)
