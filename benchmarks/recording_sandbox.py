"""A sandbox behind a socket that records its requests: `python -m benchmarks.recording_sandbox PORT SERVICES`."""

import json
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import uvicorn

from quaymaster_sandbox.serve import LazyApplication, SandboxOptions

__all__ = ["Recorded", "open_sandbox", "recorded"]

_PATH = "/__requests"
_READY_S = 600


@dataclass(frozen=True)
class Recorded:
    """A request as it came."""

    method: str
    path: str
    body: str


@contextmanager
def open_sandbox(services: int) -> Iterator[str]:
    """Runs the demo organisation, of so many services, in a process of its own and yields its base URL."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    base_url = f"http://127.0.0.1:{port}"
    with subprocess.Popen([sys.executable, "-m", "benchmarks.recording_sandbox", str(port), str(services)]) as process:
        try:
            _wait_until_ready(base_url)
            yield base_url
        finally:
            process.terminate()


def recorded(base_url: str) -> list[Recorded]:
    """Returns the requests that came since the last time, those for tokens left out."""
    with urllib.request.urlopen(base_url + _PATH, timeout=10) as answer:
        return [Recorded(*it) for it in json.load(answer)]


def _wait_until_ready(base_url: str) -> None:
    deadline = time.monotonic() + _READY_S
    while time.monotonic() < deadline:
        try:
            recorded(base_url)
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.2)
        else:
            return
    raise TimeoutError(f"the sandbox was not ready within {_READY_S} s")


class _Recording:
    """Answers as the sandbox does, and GET /__requests with what came since the last time."""

    def __init__(self, services: int) -> None:
        self._app = LazyApplication(SandboxOptions(services=services))
        self._requests: list[tuple[str, str, str]] = []
        self._app.open()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answers one request."""
        if scope["path"] == _PATH:
            body = json.dumps(self._requests).encode()
            self._requests.clear()
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": body})
            return
        came = b""

        async def listen() -> Any:
            nonlocal came
            message = await receive()
            came += message.get("body", b"")
            return message

        await self._app(scope, listen, send)
        if "access_token" not in scope["path"]:
            path = scope["raw_path"].decode() + (f"?{scope['query_string'].decode()}" if scope["query_string"] else "")
            self._requests.append((scope["method"], path, came.decode()))


if __name__ == "__main__":
    app = _Recording(int(sys.argv[2]))
    uvicorn.run(app, port=int(sys.argv[1]), log_level="warning", access_log=False, lifespan="off")
