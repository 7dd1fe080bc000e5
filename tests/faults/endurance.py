"""What else the client promises: one token for all, a pool that stays whole, and no answer that fills the memory."""

import asyncio
import gzip
import json
import random
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import anyio
from tests.faults.faults import BY_NAME
from tests.faults.proxy import Phase, open_proxy
from tests.faults.sandbox import BLUEPRINT, SandboxServer, credentials

from quaymaster.policy import Policy
from quaymaster.port import PortClient
from quaymaster.port.bounds import Bounds
from quaymaster.port.errors import PortError
from quaymaster.port.transport import PortTransport

__all__ = ["BOMBS", "cancel_at_random", "exchanges_at_expiry", "growth_mib", "longest_overrun_s"]

_TOKEN = ("POST", "/v1/auth/access_token")


async def exchanges_at_expiry(sandbox: SandboxServer, callers: int) -> int:
    """Returns how many tokens are asked for when so many calls come at once and the token has just expired."""
    async with open_proxy(sandbox.address) as proxy:
        transport = PortTransport(proxy.url, credentials, policy=Policy(), timeout_s=60)
        await transport.send("GET", "/v1/blueprints")
        await sandbox.expire_tokens()
        before = proxy.asked[_TOKEN]
        async with anyio.create_task_group() as tasks:
            for _ in range(callers):
                tasks.start_soon(transport.send, "GET", "/v1/organization")
        await transport.aclose()
        return proxy.asked[_TOKEN] - before


async def cancel_at_random(sandbox: SandboxServer, times: int, *, seed: int = 1) -> tuple[int, int]:
    """Cancels so many calls at random moments.

    Returns:
        How many tasks are left behind, and how many of 16 calls at once succeed then: with a pool of 4 connections that
        is not whole, they would wait for ever.
    """
    dice = random.Random(seed)
    bounds = Bounds(concurrency=4)
    async with open_proxy(sandbox.address) as proxy:
        transport = PortTransport(proxy.url, credentials, policy=Policy(), timeout_s=30, bounds=bounds)
        await transport.send("GET", "/v1/blueprints")
        tasks_before = len(asyncio.all_tasks()) - len(proxy.clients)

        async def call(patience_s: float) -> None:
            with anyio.CancelScope() as scope:
                asyncio.get_running_loop().call_later(patience_s, scope.cancel)
                await transport.send("GET", "/v1/organization")

        for _ in range(0, times, 20):
            async with anyio.create_task_group() as tasks:
                for _ in range(20):
                    tasks.start_soon(call, dice.uniform(0, 0.05))
        done = 0

        async def count() -> None:
            nonlocal done
            await transport.send("GET", "/v1/organization")
            done += 1

        with anyio.move_on_after(10):
            async with anyio.create_task_group() as tasks:
                for _ in range(16):
                    tasks.start_soon(count)
        await transport.aclose()
        while proxy.clients:  # noqa: ASYNC110 - each connection's own task takes it out
            await anyio.sleep(0.001)
        return len(asyncio.all_tasks()) - tasks_before, done


async def longest_overrun_s(sandbox: SandboxServer, timeout_s: float) -> float:
    """Returns by how much the slowest call overran its time, in seconds, where Port falls silent in every phase."""
    overruns: list[float] = []

    async def overrun(phase: Phase, call: Callable[[PortClient], Awaitable[object]]) -> None:
        async with open_proxy(sandbox.address) as proxy:
            transport = PortTransport(proxy.url, credentials, policy=Policy(), timeout_s=timeout_s)
            await transport.send("GET", "/v1/organization")
            await proxy.drop_kept_connections()
            proxy.plan = lambda _method, path: (BY_NAME["silence"], phase) if path or phase is Phase.CONNECT else None
            began = anyio.current_time()
            with suppress(PortError):
                await call(PortClient(transport, "overrun"))
            overruns.append(anyio.current_time() - began - timeout_s)
            await transport.aclose()

    async with anyio.create_task_group() as tasks:
        for phase in Phase:
            name = f"late-{phase.name}"
            tasks.start_soon(overrun, phase, lambda port, name=name: port.entities.get(BLUEPRINT, name))
            tasks.start_soon(overrun, phase, lambda port, name=name: port.entities.update(BLUEPRINT, name, {}))
            tasks.start_soon(
                overrun, phase, lambda port, name=name: port.entities.create(BLUEPRINT, {"identifier": name})
            )
    return max(overruns)


def _plain(body: bytes, status: bytes = b"200 OK") -> Callable[[], Iterator[bytes]]:
    def pieces() -> Iterator[bytes]:
        yield b"HTTP/1.1 " + status + b"\r\ncontent-type: application/json\r\n\r\n"
        for start in range(0, len(body), 1 << 16):
            yield body[start : start + (1 << 16)]

    return pieces


def _gzip_bomb() -> Iterator[bytes]:
    """Yields an answer of 250 KiB that decodes to 256 MiB."""
    yield b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\n\r\n"
    yield gzip.compress(bytes(1 << 28), 6)


def _endless() -> Iterator[bytes]:
    """Yields an answer that never ends."""
    yield b'HTTP/1.1 200 OK\r\n\r\n{"a":"'
    while True:
        yield b"x" * (1 << 16)


def _announced() -> Iterator[bytes]:
    """Yields an answer that announces a terabyte."""
    yield b"HTTP/1.1 200 OK\r\ncontent-length: 1099511627776\r\n\r\n{"


BOMBS: dict[str, Callable[[], Iterator[bytes]]] = {
    "256 MiB in 250 KiB of gzip": _gzip_bomb,
    "an answer without end": _endless,
    "a terabyte announced": _announced,
    "a million levels of nesting": _plain(b'{"a":' * 1_000_000),
    "four million empty lists": _plain(b'{"a":[' + b"[]," * 3_900_000 + b"[]]}"),
    "four million empty lists in a refusal": _plain(b'{"a":[' + b"[]," * 3_900_000 + b"[]]}", b"422 No"),
    "400,000 small objects": _plain(b'{"a":[' + b'{"b":1},' * 190_000 + b"1]}"),
    "one string of 11 MiB": _plain(json.dumps({"a": "x" * (11 << 20)}).encode()),
    "a million headers": lambda: iter([b"HTTP/1.1 200 OK\r\n", b"x-a: b\r\n" * 1_000_000, b"\r\n{}"]),
}
"""Answers that would fill the memory, as they go over the wire."""


@asynccontextmanager
async def _open_bomber(bomb: Callable[[], Iterator[bytes]]) -> AsyncIterator[str]:
    """Yields the address of a server that answers every request with a bomb."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            if b"access_token" in head:
                body = b'{"accessToken":"t","expiresIn":10800}'
                writer.write(
                    b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: %d\r\n\r\n%b" % (len(body), body)
                )
            else:
                for piece in bomb():
                    writer.write(piece)
                    await writer.drain()
        except OSError:
            pass
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()


async def growth_mib(bomb: str) -> tuple[float, str]:
    """Returns by how many MiB the memory of a process grows that reads a bomb, and the error that it ends with."""
    async with _open_bomber(BOMBS[bomb]) as url:
        process = await anyio.run_process([sys.executable, "-m", "tests.faults.endurance", url], stderr=subprocess.PIPE)
    growth, error = json.loads(process.stdout)
    return growth, error


async def _read_bomb(url: str) -> str:
    """Returns the name of the error that a read ends with."""
    transport = PortTransport(url, credentials, policy=Policy(), timeout_s=20, bounds=Bounds(attempts=1))
    try:
        await transport.send("GET", "/v1/blueprints")
    except PortError as exc:
        return type(exc).__name__
    finally:
        await transport.aclose()
    return "no error"


async def _measure(url: str) -> None:
    async with _open_bomber(_plain(b"{}")) as harmless:
        await _read_bomb(harmless)
    before = _reset_peak()
    error = await _read_bomb(url)
    sys.stdout.write(json.dumps([_peak_mib() - before, error]))


def _reset_peak() -> float:
    """Returns the memory that this process has now, in MiB, and counts its peak from here."""
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    return _peak_mib()


def _peak_mib() -> float:
    """Returns the most memory that this process has had, in MiB, as Linux tells it."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    raise RuntimeError("this system does not tell the peak of memory in /proc/self/status")


if __name__ == "__main__":
    anyio.run(_measure, sys.argv[1])
