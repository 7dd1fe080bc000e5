"""Counts, groups, pages and traces at 100,000 services: requests to Port, and the server's own processor time."""

import json
import os
import sys
from typing import Any

from benchmarks.recording_sandbox import open_sandbox, recorded
from benchmarks.wire import StdioServer

_SERVICES = 100_000
_ROUNDS = 20
_FEW = {"team": "SRE", "tier": "Tier 1", "language": "Go"}
_MANY = {"team": "backend", "type": "microservice"}
_TRACE = {"blueprint": "service", "identifier": "PaymentGateway", "depth": 4}
_CALLS: dict[str, tuple[str, dict[str, Any]]] = {
    "count": ("count_entities", {"blueprint": "service", "where": _MANY}),
    "group by a property": ("count_entities", {"blueprint": "service", "group_by": "language", "where": _MANY}),
    "group by a list": ("count_entities", {"blueprint": "service", "group_by": "team"}),
    "page of 50 with its total": ("list_entities", {"blueprint": "service", "where": _FEW}),
    "page of 50 of thousands": ("list_entities", {"blueprint": "service", "where": _MANY}),
    "page of 50, sorted": ("list_entities", {"blueprint": "service", "where": _MANY, "sort": "-bug_count"}),
    "trace of depth 4, upstream": ("trace_dependencies", {**_TRACE, "direction": "upstream"}),
    "trace of depth 4, downstream": ("trace_dependencies", {**_TRACE, "direction": "downstream"}),
    "trace of depth 4, both ways": ("trace_dependencies", _TRACE),
}


def measure() -> dict[str, Any]:
    """Returns requests and own milliseconds of each call."""
    with open_sandbox(_SERVICES) as base_url:
        access = {"PORT_BASE_URL": base_url, "PORT_CLIENT_ID": "sandbox", "PORT_CLIENT_SECRET": "sandbox"}
        with StdioServer([sys.executable, "-m", "quaymaster", "serve"], {**os.environ, **access}) as server:
            return {name: _ask(server, base_url, *call) for name, call in _CALLS.items()}


def _ask(server: StdioServer, base_url: str, tool: str, arguments: dict[str, Any]) -> dict[str, Any]:
    server.call("list_blueprints", {})  # the data model is read beforehand
    server.call(tool, arguments)
    recorded(base_url)
    server.call(tool, arguments)
    requests = len(recorded(base_url))
    before_s = server.cpu_s()
    for _ in range(_ROUNDS):
        server.call(tool, arguments)
    return {"requests": requests, "own_ms": round((server.cpu_s() - before_s) * 1000 / _ROUNDS, 1)}


if __name__ == "__main__":
    print(json.dumps(measure(), indent=2))
