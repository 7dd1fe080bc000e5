"""What packs add to the start, from launch to the tool list: twenty with 500 tools, and none at all."""

import json
import os
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.wire import StdioServer

_PACKS = 20
_TOOLS = 25
_ROUNDS = 9
_SERVE = [sys.executable, "-m", "quaymaster", "serve"]
_LOAD = """
import time
from quaymaster.host import load_host
from quaymaster.settings import load_settings

settings = load_settings()
started, used = time.perf_counter(), time.process_time()
host = load_host(settings)
print((time.perf_counter() - started) * 1000, (time.process_time() - used) * 1000)
assert not host.tools
"""

_TOOL = '''
@tool(read_only=True)
async def count_berths_{number}(
    port: PortClient,
    quay: Annotated[str, Field(description="the quay's identifier", max_length=40)],
    kind: Literal["ship", "boat", "barge"] = "ship",
    limit: Annotated[int, Field(ge=1, le=100)] = 20,
    teams: list[str] | None = None,
) -> int:
    """Counts the berths of a quay that are taken; free ones are counted by another tool of this pack."""
    return {number}
'''
_HEADER = """
from typing import Annotated, Literal

from pydantic import Field

from quaymaster import PortClient, Tools, hookimpl, tool
"""
_HOOK = """
@hookimpl
def register_tools() -> Tools:
    return [{names}]
"""


@dataclass(frozen=True)
class _Start:
    wall_ms: float
    cpu_ms: float
    tools: int


def measure() -> dict[str, Any]:
    """Returns medians over rounds in which all sides take turns, and what twenty packs add to those of this project.

    What none adds is far below the noise of a whole start, so the loader is timed alone, in a fresh process
    that has this project's packs installed and allows none of them.
    """
    with tempfile.TemporaryDirectory() as folder:
        for number in range(_PACKS):
            _install(Path(folder), f"pack{number:02}")
        without = {**os.environ, "QUAYMASTER_SETTINGS": os.devnull}
        installed = {**without, "PYTHONPATH": folder}
        none_allowed = {**without, "QUAYMASTER_PLUGINS__ALLOW": ","}
        rounds = [(_start(installed), _start(without), _load_ms(none_allowed)) for _ in range(_ROUNDS)]
    return {
        "rounds": _ROUNDS,
        "tools": {"with": rounds[0][0].tools, "without": rounds[0][1].tools},
        "start_with_ms": round(statistics.median(it[0].wall_ms for it in rounds)),
        "start_without_ms": round(statistics.median(it[1].wall_ms for it in rounds)),
        "twenty_packs_add_ms": round(statistics.median(it[0].wall_ms - it[1].wall_ms for it in rounds)),
        "twenty_packs_add_cpu_ms": round(statistics.median(it[0].cpu_ms - it[1].cpu_ms for it in rounds)),
        "loading_none_ms": round(statistics.median(it[2][0] for it in rounds), 1),
        "loading_none_cpu_ms": round(statistics.median(it[2][1] for it in rounds), 1),
        "target": "twenty packs with 500 tools add under 1,000 ms to the start, loading none takes under 20 ms",
    }


def _load_ms(environment: dict[str, str]) -> tuple[float, float]:
    """Returns the milliseconds that the loader takes when no pack may load: wall clock, processor."""
    done = subprocess.run(
        [sys.executable, "-c", _LOAD], env=environment, capture_output=True, text=True, check=True, timeout=60
    )
    wall, cpu = done.stdout.split()
    return float(wall), float(cpu)


def _start(environment: dict[str, str]) -> _Start:
    with StdioServer(_SERVE, environment) as server:
        tools = server.request("tools/list")["tools"]
        return _Start(server.since_launch_ms(), server.cpu_ms(), len(tools))


def _install(folder: Path, name: str) -> None:
    """Writes a pack's module and the metadata by which it is found."""
    tools = "".join(_TOOL.format(number=number) for number in range(_TOOLS))
    names = ", ".join(f"count_berths_{number}" for number in range(_TOOLS))
    (folder / f"{name}.py").write_text(_HEADER + tools + _HOOK.format(names=names), encoding="utf-8")
    metadata = folder / f"{name}_tools-1.0.dist-info"
    metadata.mkdir()
    described = f"Metadata-Version: 2.1\nName: {name}-tools\nVersion: 1.0\nRequires-Dist: quaymaster>=0.1,<0.2\n"
    (metadata / "METADATA").write_text(described, encoding="utf-8")
    (metadata / "entry_points.txt").write_text(f"[quaymaster.plugins]\n{name} = {name}\n", encoding="utf-8")


if __name__ == "__main__":
    print(json.dumps(measure(), indent=2))
