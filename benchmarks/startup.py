"""How long a client waits from launching the server to the tool list, against a bare SDK server with as many tools."""

import json
import os
import statistics
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.wire import StdioServer

_ROUNDS = 15
_BARE = [sys.executable, str(Path(__file__).with_name("bare_server.py"))]
_OURS = [sys.executable, "-m", "quaymaster", "serve"]
_ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
"""Both sides run from cached bytecode, as they do once installed; the first launch, which writes it, is not counted."""


def measure() -> dict[str, Any]:
    """Returns medians in milliseconds over rounds in which both sides take turns, and their ratio."""
    _, tools = _list_tools(_OURS)
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


def _list_tools(command: Sequence[str]) -> tuple[float, int]:
    """Returns the milliseconds from launch to the tool list, and how many tools it has."""
    with StdioServer(command, _ENVIRONMENT) as server:
        tools = server.request("tools/list")["tools"]
        return server.since_launch_ms(), len(tools)


if __name__ == "__main__":
    print(json.dumps(measure(), indent=2))
