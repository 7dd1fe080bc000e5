"""The suite's scenarios for authorization servers, against the built-in approval; a scripted browser approves."""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

import anyio
import httpx2
from starlette.applications import Starlette
from tests.approval.browser import Browser
from tests.approval.client import Client
from tests.approval.conftest import Server, approval_of
from tests.http.serving import free_port
from tests.loopback import listening, serving

from quaymaster.state.sqlite import SqliteStore

__all__ = ["run_authorization"]

_LINK = re.compile(r"http://127\.0\.0\.1:\d+/authorize\?\S+")
"""What the suite prints for a person to open."""


def run_authorization(node: str, program: Path) -> int:
    """Returns 0 if every scenario passes."""
    with tempfile.TemporaryDirectory() as folder, listening() as (listener, origin):
        state = Path(folder) / "state.sqlite"
        store = SqliteStore(state)
        approval = approval_of(origin, store)
        with serving(Starlette(routes=approval.routes()), listener):
            status = _run(node, program, Server(origin, approval, state))
        anyio.run(store.aclose)
    return status


def _run(node: str, program: Path, server: Server) -> int:
    port = free_port()
    client = Client(server.origin, f"{server.origin}/mcp/acme", f"http://127.0.0.1:{port}/callback")
    command = [node, str(program), "authorization", "--url", server.origin, "--client-id", client.id]
    command += ["--resource", client.resource, "--port", str(port)]
    print("conformance: authorization server", file=sys.stderr)  # noqa: T201
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as suite:
        assert suite.stdout is not None
        for line in suite.stdout:
            print(line, end="")  # noqa: T201
            if link := _LINK.search(line):
                with Browser() as browser:
                    answer = browser.answer(browser.open(link[0]), code=server.code_for())
                httpx2.get(answer.headers["location"], trust_env=False)
    return suite.returncode
