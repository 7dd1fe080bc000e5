"""How long a client waits from launching the server to the tool list, against a bare SDK server with as many tools."""

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

_ROUNDS = 11
_BARE = [sys.executable, str(Path(__file__).with_name("bare_server.py"))]
_OURS = [sys.executable, "-m", "quaymaster", "serve"]


def measure() -> dict[str, Any]:
    """Returns medians in milliseconds over rounds in which both sides take turns, and their ratio."""
    tools = len(_list_tools(_OURS)[1])
    bare = [*_BARE, str(tools)]
    pairs = [(_list_tools(_OURS)[0], _list_tools(bare)[0]) for _ in range(_ROUNDS)]
    ours, theirs = (statistics.median(side) for side in zip(*pairs, strict=True))
    return {
        "tools": tools,
        "rounds": _ROUNDS,
        "ours_ms": round(ours),
        "bare_sdk_ms": round(theirs),
        "ratio": round(statistics.median(one / other for one, other in pairs), 3),
        "target": "at most 1.15",
    }


def _list_tools(command: Sequence[str]) -> tuple[float, list[Any]]:
    """Returns the milliseconds from launch to the tool list, and the list."""
    meta = {
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientCapabilities": {},
    }
    request = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {"_meta": meta}}
    started = time.perf_counter()
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        server.stdin.write(json.dumps(request) + "\n")
        server.stdin.flush()
        answer = json.loads(server.stdout.readline())
        took_ms = (time.perf_counter() - started) * 1000
        server.stdin.close()
    return took_ms, answer["result"]["tools"]


if __name__ == "__main__":
    print(json.dumps(measure(), indent=2))
