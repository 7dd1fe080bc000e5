"""Scorecards of a large catalog, against the bare requests that it takes: requests, time, the memory of the server."""

import json
import os
import statistics
import sys
import time
from collections.abc import Sequence
from typing import Any

import anyio
import httpx2

from benchmarks.recording_sandbox import Recorded, open_sandbox, recorded
from benchmarks.wire import StdioServer

_ROUNDS = 3
_CREDENTIALS = {"clientId": "sandbox", "clientSecret": "sandbox"}
_RULES: Sequence[tuple[str, str, str, Any]] = (
    ("owned", "Bronze", "$team", None),
    ("documented", "Bronze", "readme", None),
    ("tiered", "Bronze", "tier", None),
    ("scanned", "Bronze", "secret_scanning", True),
    ("tested", "Silver", "test_coverage", 60),
    ("no_critical", "Silver", "critical_vulnerabilities", 0),
    ("runbook", "Silver", "runbook", None),
    ("protected", "Silver", "branch_protection", True),
    ("analysed", "Gold", "static_analysis", True),
    ("well_tested", "Gold", "test_coverage", 80),
    ("watched", "Gold", "slo_dashboard", None),
    ("reviewed", "Gold", "last_security_review", None),
)
_NEW_RULE = {
    "identifier": "on_call",
    "level": "Silver",
    "conditions": [{"relation": "on_call", "operator": "isNotEmpty"}],
}
_REPORTS: dict[str, tuple[str, dict[str, Any]]] = {
    "a report that Port aggregates": ("scorecard_report", {}),
    "a report read page by page: aggregates cannot say the filter": (
        "scorecard_report",
        {"where": {"production_readiness": {"<": "Gold"}}},
    ),
}
_PLANS: dict[str, tuple[str, dict[str, Any]]] = {
    "a simulation of one more rule": ("simulate_scorecard", {"rules": [_NEW_RULE]}),
    "next steps": ("suggest_next_steps", {}),
}
_SIZES = {1_000: _REPORTS, 20_000: _REPORTS | _PLANS, 100_000: _REPORTS}


def measure() -> dict[str, Any]:
    """Returns the figures of each call, by number of services."""
    return {f"{services:,} services": _at(services, calls) for services, calls in _SIZES.items()}


def _at(services: int, calls: dict[str, tuple[str, dict[str, Any]]]) -> dict[str, Any]:
    with open_sandbox(services) as base_url:
        _create_scorecard(base_url)
        access = {"PORT_BASE_URL": base_url, "PORT_CLIENT_ID": "sandbox", "PORT_CLIENT_SECRET": "sandbox"}
        environment = {**os.environ, **access, "QUAYMASTER_TIMEOUT_S": "600"}
        with StdioServer([sys.executable, "-m", "quaymaster", "serve"], environment) as server:
            server.call("scorecard_report", {"scorecard": "twelve_rules", "limit": 1})
            return {name: _compare(server, base_url, tool, more) for name, (tool, more) in calls.items()}


def _compare(server: StdioServer, base_url: str, tool: str, more: dict[str, Any]) -> dict[str, Any]:
    """Measures a call and its bare requests in turn."""
    before_mb = server.memory_mb()
    pairs = []
    for _ in range(_ROUNDS):
        recorded(base_url)
        started = time.perf_counter()
        server.call(tool, {"scorecard": "twelve_rules", **more})
        ours_s = time.perf_counter() - started
        requests = recorded(base_url)
        pairs.append((ours_s, anyio.run(_send_bare, base_url, requests)))
    ours, bare = (statistics.median(side) for side in zip(*pairs, strict=True))
    return {
        "requests": len(requests),
        "ours_ms": round(ours * 1000),
        "bare_requests_ms": round(bare * 1000),
        "ratio": round(statistics.median(one / other for one, other in pairs), 2),
        "server_memory_mb": {"before": round(before_mb), "after": round(server.memory_mb())},
        "target": "at most 1.3 times the bare requests",
    }


async def _send_bare(base_url: str, requests: Sequence[Recorded]) -> float:
    """Returns the seconds that the requests take: at once, but for pages, each of which names the one before."""
    async with httpx2.AsyncClient(base_url=base_url, timeout=600) as client:
        answer = await client.post("/v1/auth/access_token", json=_CREDENTIALS)
        client.headers["Authorization"] = f"Bearer {answer.json()['accessToken']}"
        client.headers["Content-Type"] = "application/json"

        async def send(request: Recorded) -> None:
            (await client.request(request.method, request.path, content=request.body)).json()

        started = time.perf_counter()
        async with anyio.create_task_group() as tasks:
            for request in requests:
                if not _is_page(request):
                    tasks.start_soon(send, request)
        for request in filter(_is_page, requests):
            await send(request)
        return time.perf_counter() - started


def _is_page(request: Recorded) -> bool:
    return bool(request.body) and "from" in json.loads(request.body)


def _create_scorecard(base_url: str) -> None:
    rules = [
        {"identifier": name, "title": name, "level": level, "query": {"combinator": "and", "conditions": [condition]}}
        for name, level, prop, value in _RULES
        for condition in [_condition(prop, value)]
    ]
    with httpx2.Client(base_url=base_url, timeout=600) as client:
        token = client.post("/v1/auth/access_token", json=_CREDENTIALS).json()["accessToken"]
        client.post(
            "/v1/blueprints/service/scorecards",
            json={"identifier": "twelve_rules", "title": "Twelve rules", "rules": rules},
            headers={"Authorization": f"Bearer {token}"},
        ).raise_for_status()


def _condition(prop: str, value: Any) -> dict[str, Any]:
    if value is None:
        return {"property": prop, "operator": "isNotEmpty"}
    operator = "=" if isinstance(value, bool) else "<=" if value == 0 else ">="
    return {"property": prop, "operator": operator, "value": value}


if __name__ == "__main__":
    print(json.dumps(measure(), indent=2))
