"""MCP over HTTP: what we add to a bare server of the SDK with one trivial tool.

Requests a second and the slowest are what clients feel; the processor time of a request tells as much where other
programs run on the machine.
"""

import asyncio
import json
import os
import re
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from benchmarks.serving_servers import TOKEN, TOOL

_ROUNDS = 5
"""How often each side is measured, in turn."""
_REQUESTS = 1500
_CONCURRENCY = 64
_SOAK = 100_000
"""How many calls the memory must stay flat over."""
_META = {"io.modelcontextprotocol/protocolVersion": "2026-07-28", "io.modelcontextprotocol/clientCapabilities": {}}


def measure() -> dict[str, Any]:
    """Returns the ratios: ours to bare, with tokens to bare, two workers to one, and the memory over many calls."""
    sides = {"bare": ("bare", 1), "ours": ("ours", 1), "token": ("token", 1), "two workers": ("ours", 2)}
    rates: dict[str, list[float]] = {name: [] for name in sides}
    slowest: dict[str, list[float]] = {name: [] for name in sides}
    worked: dict[str, list[float]] = {name: [] for name in sides}
    with ExitStack() as closing:
        served = {name: closing.enter_context(_serving(*side)) for name, side in sides.items()}
        for round_ in range(_ROUNDS + 1):
            for name, (kind, _) in sides.items():
                port, process = served[name]
                before_ms = _worked_ms(process)
                rate, p99_ms = asyncio.run(_load(port, kind, _REQUESTS))
                if round_:  # the first one warms up
                    rates[name].append(rate)
                    slowest[name].append(p99_ms)
                    worked[name].append((_worked_ms(process) - before_ms) / _REQUESTS)
    rate = {name: statistics.median(values) for name, values in rates.items()}
    p99_ms = {name: statistics.median(values) for name, values in slowest.items()}
    cpu_ms = {name: statistics.median(worked[name]) for name in ("bare", "ours", "token")}
    return {
        "cpu_ms_per_request": {name: round(value, 2) for name, value in cpu_ms.items()},
        "cpu_bare_to_ours": round(cpu_ms["bare"] / cpu_ms["ours"], 2),
        "cpu_bare_to_token": round(cpu_ms["bare"] / cpu_ms["token"], 2),
        "requests_per_s": {name: round(value) for name, value in rate.items()},
        "p99_ms": {name: round(value, 1) for name, value in p99_ms.items()},
        "ours_to_bare": round(rate["ours"] / rate["bare"], 2),
        "token_to_bare": round(rate["token"] / rate["bare"], 2),
        "p99_ours_to_bare": round(p99_ms["ours"] / p99_ms["bare"], 2),
        "two_workers_to_one": round(rate["two workers"] / rate["ours"], 2),
        "memory": _soak(),
    }


def _soak() -> dict[str, float]:
    """Returns the resident memory early and late in a long run, in MB."""
    with _serving("token", 1) as (port, process):
        asyncio.run(_load(port, "token", _SOAK // 10))
        early_mb = _memory_mb(process)
        asyncio.run(_load(port, "token", _SOAK - _SOAK // 10))
        return {"calls": _SOAK, "early_mb": early_mb, "late_mb": _memory_mb(process)}


@contextmanager
def _serving(kind: str, workers: int) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    command = [sys.executable, "-m", "benchmarks.serving_servers", kind, str(port), str(workers)]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        for _ in range(600):
            with socket.socket() as attempt:
                if attempt.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        time.sleep(workers - 1)  # the socket is there before the second worker is
        yield port, process
    finally:
        process.terminate()
        process.wait(20)


async def _load(port: int, kind: str, requests: int) -> tuple[float, float]:
    """Returns the requests a second and the 99th percentile of the time that one takes, in milliseconds."""
    message = _message(port, kind)
    took: list[float] = []

    async def ask(share: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for _ in range(share):
            began = time.perf_counter()
            writer.write(message)
            head = await reader.readuntil(b"\r\n\r\n")
            length = re.search(rb"content-length: (\d+)", head)
            assert length is not None, head
            body = await reader.readexactly(int(length[1]))
            took.append((time.perf_counter() - began) * 1000)
            assert b"3 services of web" in body, (head, body)
        writer.close()

    began = time.perf_counter()
    await asyncio.gather(*(ask(requests // _CONCURRENCY) for _ in range(_CONCURRENCY)))
    elapsed_s = time.perf_counter() - began
    return len(took) / elapsed_s, statistics.quantiles(took, n=100)[98]


def _message(port: int, kind: str) -> bytes:
    name = TOOL[kind]
    params = {"name": name, "arguments": {"team": "web"}, "_meta": _META}
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}).encode()
    head = [
        "POST /mcp HTTP/1.1",
        f"Host: 127.0.0.1:{port}",
        "Content-Type: application/json",
        "Accept: application/json, text/event-stream",
        "MCP-Protocol-Version: 2026-07-28",
        "Mcp-Method: tools/call",
        f"Mcp-Name: {name}",
        f"Authorization: Bearer {TOKEN}",
        f"Content-Length: {len(body)}",
    ]
    return "\r\n".join([*head, "", ""]).encode() + body


def _worked_ms(process: subprocess.Popen[bytes]) -> float:
    """Returns how long a process (without its workers) has had a processor, in milliseconds."""
    fields = Path(f"/proc/{process.pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * 1000 / os.sysconf("SC_CLK_TCK")


def _memory_mb(process: subprocess.Popen[bytes]) -> float:
    status = Path(f"/proc/{process.pid}/status").read_text(encoding="utf-8")
    match = re.search(r"VmRSS:\s+(\d+) kB", status)
    assert match is not None
    return round(int(match[1]) / 1024, 1)
