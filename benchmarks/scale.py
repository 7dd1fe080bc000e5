"""The demo's questions at 1,000 and at 100,000 services: requests, milliseconds, and the memory of the server."""

import json
import os
import statistics
import sys
import time
from typing import Any

from benchmarks.recording_sandbox import open_sandbox, recorded
from benchmarks.wire import StdioServer
from quaymaster.cli.questions import QUESTIONS

_SIZES = (1_000, 100_000)
_ROUNDS = 5


def measure() -> dict[str, Any]:
    """Returns the figures by number of services."""
    return {f"{services:,} services": _at(services) for services in _SIZES}


def _at(services: int) -> dict[str, Any]:
    with open_sandbox(services) as base_url:
        environment = {
            **os.environ,
            "PORT_BASE_URL": base_url,
            "PORT_CLIENT_ID": "sandbox",
            "PORT_CLIENT_SECRET": "sandbox",
        }
        with StdioServer([sys.executable, "-m", "quaymaster", "serve"], environment) as server:
            server.call(QUESTIONS[0].tool, QUESTIONS[0].arguments)
            before_mb = server.memory_mb()
            questions = {question.text: _ask(server, base_url, question) for question in QUESTIONS}
            return {
                "questions": questions,
                "server_memory_mb": {"after the first call": round(before_mb), "at the end": round(server.memory_mb())},
            }


def _ask(server: StdioServer, base_url: str, question: Any) -> dict[str, Any]:
    recorded(base_url)
    times = []
    for _ in range(_ROUNDS):
        started = time.perf_counter()
        server.call(question.tool, question.arguments)
        times.append((time.perf_counter() - started) * 1000)
    return {"requests": len(recorded(base_url)) / _ROUNDS, "median_ms": round(statistics.median(times), 1)}


if __name__ == "__main__":
    print(json.dumps(measure(), indent=2))
