"""The demo's questions at 1,000 and at 100,000 services: requests, milliseconds, and the memory of the server."""

import json
import os
import socket
import statistics
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from benchmarks.counting_sandbox import COUNT_PATH
from benchmarks.wire import StdioServer
from quaymaster.cli.questions import QUESTIONS

_SIZES = (1_000, 100_000)
_ROUNDS = 5
_READY_S = 600


def measure() -> dict[str, Any]:
    """Returns the figures by number of services."""
    return {f"{services:,} services": _at(services) for services in _SIZES}


def _at(services: int) -> dict[str, Any]:
    with _sandbox(services) as base_url:
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
    _requests(base_url)
    times = []
    for _ in range(_ROUNDS):
        started = time.perf_counter()
        server.call(question.tool, question.arguments)
        times.append((time.perf_counter() - started) * 1000)
    return {"requests": _requests(base_url) / _ROUNDS, "median_ms": round(statistics.median(times), 1)}


@contextmanager
def _sandbox(services: int) -> Iterator[str]:
    """Runs a counting sandbox in a process of its own and yields its base URL."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    base_url = f"http://127.0.0.1:{port}"
    with subprocess.Popen([sys.executable, "-m", "benchmarks.counting_sandbox", str(port), str(services)]) as process:
        try:
            _wait_until_ready(base_url)
            yield base_url
        finally:
            process.terminate()


def _wait_until_ready(base_url: str) -> None:
    deadline = time.monotonic() + _READY_S
    while time.monotonic() < deadline:
        try:
            _requests(base_url)
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.2)
        else:
            return
    raise TimeoutError(f"the sandbox was not ready within {_READY_S} s")


def _requests(base_url: str) -> int:
    """Returns how many requests came since the last time."""
    with urllib.request.urlopen(base_url + COUNT_PATH, timeout=10) as answer:
        return int(answer.read())


if __name__ == "__main__":
    print(json.dumps(measure(), indent=2))
