"""The servers of the HTTP benchmark, one trivial tool each: `python -m benchmarks.serving_servers KIND PORT WORKERS`.

`bare` is the SDK's own low-level server, `ours` is what `serve --http` builds, and `token` is that with tokens.
"""

import gc
import os
import sys
import tempfile
from typing import Any

import mcp.types as t
import uvicorn
from importlib_metadata import EntryPoint
from mcp.server.lowlevel import Server
from starlette.applications import Starlette

from quaymaster import Tools, hookimpl, tool
from quaymaster.application import Application
from quaymaster.auth.static_tokens import digest_of
from quaymaster.connections import Connections
from quaymaster.host import Candidate, load_host
from quaymaster.server.http.app import build_app
from quaymaster.server.http.signing_in import access_of
from quaymaster.settings import load_settings
from quaymaster.state import open_store

TOKEN = "qm_a-token-of-the-benchmark"
TOOL = {"bare": "count", "ours": "bench_count", "token": "bench_count"}
"""What the tool is called at each."""


@tool(read_only=True)
async def count(team: str) -> str:
    """Counts the services of a team."""
    return f"3 services of {team}"


@hookimpl
def register_tools() -> Tools:
    """Returns the tool."""
    return [count]


def build() -> Starlette:
    """Returns the application that the environment names; in each worker."""
    app = build_bare() if os.environ["BENCH_KIND"] == "bare" else build_ours(os.environ["BENCH_KIND"])
    gc.collect()
    gc.freeze()
    return app


def build_bare() -> Starlette:
    """Returns the SDK's own application."""

    async def call_tool(context: Any, params: t.CallToolRequestParams) -> t.CallToolResult:
        text = f"3 services of {(params.arguments or {})['team']}"
        return t.CallToolResult(content=[t.TextContent(type="text", text=text)])

    server: Server[Any] = Server("bare", on_call_tool=call_tool, get_tool_input_schema=lambda name: None)
    return server.streamable_http_app(stateless_http=True)


def build_ours(kind: str) -> Starlette:
    """Returns our application, with a pack of one tool."""
    port, workers = int(os.environ["BENCH_PORT"]), int(os.environ["BENCH_WORKERS"])
    known = [{"name": "bench", "profile": "default", "sha256": digest_of(TOKEN)}] if kind == "token" else []
    sealing = ["the sealing key of the benchmark, long enough"]
    http = {"port": port, "workers": workers, "sealing_keys": sealing, "tokens": known}
    settings = load_settings(base_url="http://127.0.0.1:9", http=http)
    entry_point = EntryPoint(name="bench", value=__name__, group="quaymaster.plugins")
    host = load_host(settings, [Candidate("bench", "bench", "1", ("quaymaster>=0.1",), entry_point)])
    store = open_store(f"sqlite://{tempfile.gettempdir()}/quaymaster-bench-{os.getpid()}.sqlite")
    connections = Connections(settings, host)
    application = Application(settings, host, connections)
    access = access_of(settings, store, application, connections)
    return build_app(application, "0", settings, access, store, connections)


def main() -> None:
    """Serves until it is told to stop."""
    kind, port, workers = sys.argv[1:]
    os.environ.update(BENCH_KIND=kind, BENCH_PORT=port, BENCH_WORKERS=workers)
    uvicorn.run(
        "benchmarks.serving_servers:build",
        factory=True,
        port=int(port),
        workers=int(workers),
        log_config=None,
        access_log=False,
    )


if __name__ == "__main__":
    main()
