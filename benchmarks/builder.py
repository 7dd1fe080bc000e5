"""A plan of 50 operations on a model of 200 blueprints, at 100,000 services: requests to Port, and our own time."""

import json
import os
import statistics
import sys
import tempfile
import urllib.request
from pathlib import Path
from typing import Any

from benchmarks.recording_sandbox import open_sandbox, recorded
from benchmarks.wire import StdioServer

_SERVICES = 100_000
_BLUEPRINTS = 200
_ROUNDS = 5
_TEXT = {"type": "string"}
_PROPERTIES = {f"p{place}": _TEXT for place in range(8)}


def measure() -> dict[str, Any]:
    """Returns what planning and applying 50 operations takes."""
    with open_sandbox(_SERVICES) as base_url, tempfile.TemporaryDirectory() as folder:
        _fill(base_url)
        access = {"PORT_BASE_URL": base_url, "PORT_CLIENT_ID": "sandbox", "PORT_CLIENT_SECRET": "sandbox"}
        ours = {"QUAYMASTER_BUILDER__DATA_DIR": str(Path(folder)), "QUAYMASTER_BUILDER__CONSENT": "plan"}
        with StdioServer([sys.executable, "-m", "quaymaster", "serve"], {**os.environ, **access, **ours}) as server:
            return _plan(server, base_url)


def _plan(server: StdioServer, base_url: str) -> dict[str, Any]:
    operations = {"operations": _operations()}
    server.call("plan_changes", operations)
    recorded(base_url)
    times = []
    for _ in range(_ROUNDS):
        before_s = server.cpu_s()
        answer = server.call("plan_changes", operations)
        times.append((server.cpu_s() - before_s) * 1000)
    requests = len(recorded(base_url)) / _ROUNDS
    before_s = server.cpu_s()
    server.call("apply_plan", {"plan": answer.split()[1].rstrip(":")})
    applied_ms = (server.cpu_s() - before_s) * 1000
    return {
        "operations": len(operations["operations"]),
        "plan": {"requests": requests, "own_ms": round(statistics.median(times), 1)},
        "apply, with the same reads again": {"requests": len(recorded(base_url)), "own_ms": round(applied_ms, 1)},
    }


def _operations() -> list[dict[str, Any]]:
    """Returns ten changes of each sort that has to be counted, compared or followed, some of them of services."""
    of = [{"blueprint": f"model-{place}"} for place in range(10)]
    service = {"blueprint": "service"}
    return [
        *({"op": "create", "kind": "property", **it, "identifier": "new", "document": _TEXT} for it in of),
        *({"op": "rename", "kind": "property", **it, "identifier": "p0", "to": "first"} for it in of),
        *({"op": "update", "kind": "property", **it, "identifier": "p1", "document": {"type": "number"}} for it in of),
        *({"op": "delete", "kind": "property", **it, "identifier": "p2"} for it in of),
        *({"op": "create", "kind": "entity", **it, "document": {"identifier": "bench"}} for it in of[:8]),
        {"op": "delete", "kind": "property", **service, "identifier": "runbook"},
        {"op": "update", "kind": "property", **service, "identifier": "bug_count", "document": _TEXT},
    ]


def _fill(base_url: str) -> None:
    """Adds blueprints, each related to the one before it and showing a property of it, up to the number wanted."""
    login = {"clientId": "sandbox", "clientSecret": "sandbox"}
    token = _send(base_url, "POST", "/v1/auth/access_token", login, "")["accessToken"]
    there = len(_send(base_url, "GET", "/v1/blueprints", None, token)["blueprints"])
    for place in range(_BLUEPRINTS - there):
        document: dict[str, Any] = {
            "identifier": f"model-{place}",
            "title": "Model",
            "schema": {"properties": _PROPERTIES},
        }
        if place:
            document["relations"] = {"before": {"target": f"model-{place - 1}"}}
            document["mirrorProperties"] = {"shown": {"path": "before.p3"}}
        _send(base_url, "POST", "/v1/blueprints", document, token)


def _send(base_url: str, method: str, path: str, body: Any, token: str) -> Any:
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
    content = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(base_url + path, content, headers, method=method)
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)


if __name__ == "__main__":
    print(json.dumps(measure(), indent=2))
