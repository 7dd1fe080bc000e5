"""What `--sandbox` adds to the start of the server: until the tool list, and until the first answer."""

import json
import os
import statistics
import sys
from typing import Any

from benchmarks.wire import StdioServer

__all__ = ["measure_start"]

_ROUNDS = 9
_SERVE = [sys.executable, "-m", "quaymaster", "serve"]
_SANDBOX = [*_SERVE, "--sandbox", "--services", "1000"]
_COUNT = {"blueprint": "service", "where": {"lifecycle": "Production"}}


def measure_start() -> dict[str, Any]:
    """Returns medians over rounds in which the server with and without `--sandbox` take turns.

    The demo organisation is loaded when the first call needs it: its price is in the first answer, not in the list.
    """
    pairs = [(_start(_SERVE)[0], _start(_SANDBOX)) for _ in range(_ROUNDS)]
    plain = statistics.median(listed for listed, _ in pairs)
    return {
        "until_the_tool_list_ms": {"without": round(plain), "with": round(statistics.median(it[0] for _, it in pairs))},
        "added_ms": round(statistics.median(it[0] - listed for listed, it in pairs)),
        "target": "at most 150 ms added",
        "first_call_after_the_list_ms": round(statistics.median(it[1] for _, it in pairs)),
        "second_call_ms": round(statistics.median(it[2] for _, it in pairs), 1),
    }


def _start(command: list[str]) -> tuple[float, float, float]:
    """Returns the milliseconds from launch to the tool list, and those of the first and the second call after it."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PORT_")}
    with StdioServer(command, environment) as server:
        server.request("tools/list")
        listed_ms = server.since_launch_ms()
        if "--sandbox" not in command:
            return listed_ms, 0.0, 0.0
        server.call("count_entities", _COUNT)
        first_ms = server.since_launch_ms() - listed_ms
        server.call("count_entities", _COUNT)
        return listed_ms, first_ms, server.since_launch_ms() - listed_ms - first_ms


if __name__ == "__main__":
    print(json.dumps(measure_start(), indent=2))
