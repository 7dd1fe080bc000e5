"""The server as a child process, spoken to without an SDK, so that a benchmark measures the server alone."""

import json
import os
import re
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

__all__ = ["StdioServer", "cpu_s", "memory_mb"]

_META = {"io.modelcontextprotocol/protocolVersion": "2026-07-28", "io.modelcontextprotocol/clientCapabilities": {}}


class StdioServer:
    """A running MCP server; leaving the context ends it."""

    def __init__(self, command: Sequence[str], environment: dict[str, str] | None = None) -> None:
        self._started = time.perf_counter()
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env=environment,
        )

    def __enter__(self) -> Self:
        """Returns the server."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Closes standard input, as a client does, and waits for the end."""
        self._process.communicate(timeout=10)

    def since_launch_ms(self) -> float:
        """Returns the milliseconds since the launch."""
        return (time.perf_counter() - self._started) * 1000

    def request(self, method: str, **params: Any) -> Any:
        """Returns the result of one request."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        message = {"jsonrpc": "2.0", "id": 1, "method": method, "params": {**params, "_meta": _META}}
        self._process.stdin.write(json.dumps(message) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())["result"]

    def call(self, tool: str, arguments: Any) -> str:
        """Returns the text of a tool's answer; a call that fails must not pass for a fast one."""
        result = self.request("tools/call", name=tool, arguments=arguments)
        assert not result["isError"], result
        return str(result["content"][0]["text"])

    def cpu_ms(self) -> float:
        """Returns the processor time that the process has used, in milliseconds."""
        return cpu_s(self._process.pid) * 1000

    def memory_mb(self) -> float:
        """Returns the resident memory of the process, in MB."""
        return memory_mb(str(self._process.pid), "VmRSS")

    def cpu_s(self) -> float:
        """Returns the processor time that the process has used, in seconds."""
        return cpu_s(self._process.pid)


def cpu_s(process_id: int) -> float:
    """Returns the processor time that a process has used, in seconds (Linux)."""
    fields = Path(f"/proc/{process_id}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory_mb(process: str, kind: Literal["VmRSS", "VmHWM"]) -> float:
    """Returns the resident memory of a process, now or at its peak, in MB (Linux)."""
    status = Path(f"/proc/{process}/status").read_text(encoding="utf-8")
    match = re.search(rf"{kind}:\s+(\d+) kB", status)
    assert match is not None
    return int(match[1]) / 1024
