"""Two servers that share a Redis, with a proxy before them that asks each in turn."""

import os
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx2
from tests.http.serving import free_port

__all__ = ["Replicas", "RoundRobin", "replicas"]

PUBLIC = "http://mcp.example.com"
"""Where clients reach the proxy."""


class RoundRobin(httpx2.AsyncBaseTransport):
    """A proxy: sends each request to the next server that is there, whoever asks.

    Attributes:
        answered: How many requests each server has answered.
    """

    def __init__(self, origins: Sequence[str]) -> None:
        self.answered: Counter[str] = Counter()
        self._origins = list(origins)
        self._inner = httpx2.AsyncHTTPTransport()

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        for _ in tuple(self._origins):
            origin = self._origins.pop(0)
            self._origins.append(origin)
            try:
                answer = await self._inner.handle_async_request(_for(origin, request))
            except httpx2.ConnectError:
                continue
            self.answered[origin] += 1
            return answer
        raise httpx2.ConnectError("no server is there")

    async def aclose(self) -> None:
        await self._inner.aclose()


def _for(origin: str, request: httpx2.Request) -> httpx2.Request:
    """Returns the request as it goes to one server: to its address, with the Host that the client sent."""
    url = httpx2.URL(origin).copy_with(raw_path=request.url.raw_path)
    return httpx2.Request(
        request.method, url, headers=request.headers, stream=request.stream, extensions=request.extensions
    )


class Replicas:
    """The servers, by where they listen."""

    def __init__(self, processes: dict[str, subprocess.Popen[bytes]]) -> None:
        self.processes = processes

    def proxy(self) -> RoundRobin:
        """Returns a proxy before them."""
        return RoundRobin(list(self.processes))

    def kill(self, origin: str) -> None:
        """Kills one, without a word."""
        self.processes[origin].send_signal(signal.SIGKILL)
        self.processes[origin].wait(10)


@contextmanager
def replicas(redis_url: str, folder: Path, **environment: str) -> Iterator[Replicas]:
    """Serves the demo organisation with two servers while the block runs."""
    with ExitStack() as closing:
        sandbox = f"http://127.0.0.1:{free_port()}"
        closing.enter_context(_process(folder, {}, "sandbox", "serve", "--services", "60", "--port", _port(sandbox)))
        shared = {
            "QUAYMASTER_STATE_URL": redis_url,
            "QUAYMASTER_HTTP__SEALING_KEYS": '["the key that both servers have, long enough"]',
            "QUAYMASTER_HTTP__PUBLIC_URL": PUBLIC,
            "QUAYMASTER_BUILDER__DATA_DIR": str(folder),
            "PORT_BASE_URL": sandbox,
            "PORT_CLIENT_ID": "sandbox",
            "PORT_CLIENT_SECRET": "sandbox",
            **environment,
        }
        processes = {}
        for origin in [f"http://127.0.0.1:{free_port()}" for _ in range(2)]:
            command = ("serve", "--http", "--port", _port(origin))
            processes[origin] = closing.enter_context(_process(folder, shared, *command))
        for url in (f"{sandbox}/__sandbox/health", *(f"{origin}/ready" for origin in processes)):
            _wait_for(url)
        yield Replicas(processes)


def _port(origin: str) -> str:
    return re.sub(r".*:", "", origin)


@contextmanager
def _process(folder: Path, variables: dict[str, str], *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    with (folder / f"{arguments[0]}-{arguments[-1]}.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "quaymaster", *arguments], stderr=log, env={**os.environ, **variables}
        )
        try:
            yield process
        finally:
            process.terminate()
            process.wait(20)


def _wait_for(url: str) -> None:
    headers = {"Host": "mcp.example.com"}
    with httpx2.Client(timeout=2) as client:
        for _ in range(600):
            try:
                if client.get(url, headers=headers).status_code == 200:
                    return
            except httpx2.TransportError:
                pass
            time.sleep(0.1)
    raise AssertionError(f"{url} did not become ready")
