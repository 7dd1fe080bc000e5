"""What the Port client adds to a bare request, and how far calls run together; against a server of its own."""

import asyncio
import json
import statistics
import sys
import time
import tracemalloc
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

import anyio
import httpx2

from quaymaster import Credentials, PortClient
from quaymaster.policy import Policy
from quaymaster.port.transport import PortTransport

_ROUNDS = 2000
_ENTITIES = 10_000
_PAGE = 1000
_ENTITY = {"identifier": "a", "title": "A", "blueprint": "service", "properties": {"language": "Go", "tier": 1}}
_TOKEN = {"ok": True, "accessToken": "token", "expiresIn": 10_800, "tokenType": "Bearer"}


def measure() -> dict[str, Any]:
    """Returns what each claim is measured at."""
    return anyio.run(_measure)


async def _measure() -> dict[str, Any]:
    async with _open_port(delay_ms=0) as url:
        overhead = await _overhead(url)
        paging = await _paging(url)
    async with _open_port(delay_ms=50) as url:
        together = await _together(url)
    async with _open_port(delay_ms=300) as url:
        ten = await _ten_at_once(url)
    return {"overhead": overhead, "paging": paging, "sixteen_reads_at_50_ms": together, "ten_calls_at_300_ms": ten}


async def _overhead(url: str) -> dict[str, Any]:
    """Measures one read through policy, guard and typed areas against a bare request, in turn."""
    async with _open_client(url) as port, httpx2.AsyncClient() as bare:
        headers = {"Authorization": "Bearer token"}

        async def ask_bare() -> None:
            (await bare.get(f"{url}/v1/blueprints/service/entities/a", headers=headers)).json()

        async def ask_client() -> None:
            await port.entities.get("service", "a")

        for ask in (ask_bare, ask_client):
            await _ms(ask)
        pairs = [(await _ms(ask_bare), await _ms(ask_client)) for _ in range(_ROUNDS)]
    theirs, ours = (statistics.median(side) for side in zip(*pairs, strict=True))
    return {
        "rounds": _ROUNDS,
        "bare_ms": round(theirs, 3),
        "client_ms": round(ours, 3),
        "added_ms": round(statistics.median(one - other for other, one in pairs), 3),
        "target": "added at most 0.4 ms, median",
    }


async def _paging(url: str) -> dict[str, Any]:
    """Measures the peak of memory while many entities are read, against that for one page."""
    async with _open_client(url) as port:

        async def peak_mib(blueprint: str) -> tuple[int, float]:
            tracemalloc.start()
            count = 0
            async for _ in port.entities.search_all(blueprint):
                count += 1
            peak = tracemalloc.get_traced_memory()[1] / (1 << 20)
            tracemalloc.stop()
            return count, peak

        await peak_mib("one-page")
        _, one_page = await peak_mib("one-page")
        count, all_pages = await peak_mib("ten-pages")
    return {
        "entities": count,
        "peak_mib_one_page": round(one_page, 1),
        "peak_mib_all_pages": round(all_pages, 1),
        "ratio": round(all_pages / one_page, 2),
        "target": "flat: about 1",
    }


async def _together(url: str) -> dict[str, Any]:
    """Measures 16 reads at once against one after the other, where Port takes 50 ms for each."""
    async with _open_client(url) as port:

        async def read() -> None:
            await port.entities.get("service", "a")

        async def sixteen_in_turn() -> None:
            for _ in range(16):
                await read()

        async def sixteen_at_once() -> None:
            await _at_once(read, 16)

        await sixteen_at_once()
        serial = statistics.median([await _ms(sixteen_in_turn) for _ in range(5)])
        parallel = statistics.median([await _ms(sixteen_at_once) for _ in range(15)])
    return {
        "serial_ms": round(serial),
        "at_once_ms": round(parallel),
        "times_faster": round(serial / parallel, 1),
        "target": "at least 10 times",
    }


async def _ten_at_once(url: str) -> dict[str, Any]:
    """Measures ten calls at once where Port takes 300 ms for each; connections are opened anew each time."""
    times = []
    for _ in range(5):
        async with _open_client(url) as port:
            await port.entities.count("service")  # fetches the token

            async def ten() -> None:
                await _at_once(lambda: port.entities.get("service", "a"), 10)

            times.append(await _ms(ten))
    return {"median_ms": round(statistics.median(times)), "target": "at most 400 ms"}


async def _at_once(call: Callable[[], Coroutine[Any, Any, object]], times: int) -> None:
    async with anyio.create_task_group() as tasks:
        for _ in range(times):
            tasks.start_soon(call)


async def _ms(call: Callable[[], Awaitable[None]]) -> float:
    began = time.perf_counter()
    await call()
    return (time.perf_counter() - began) * 1000


@asynccontextmanager
async def _open_client(url: str) -> AsyncIterator[PortClient]:
    transport = PortTransport(url, lambda: Credentials("id", "secret"), policy=Policy(read_only=True), timeout_s=60)
    try:
        yield PortClient(transport, "benchmark")
    finally:
        await transport.aclose()


@asynccontextmanager
async def _open_port(delay_ms: int) -> AsyncIterator[str]:
    """Yields the address of a server, in a process of its own, that takes so long for each answer."""
    command = [sys.executable, "-m", "benchmarks.client", "serve", str(delay_ms)]
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    assert process.stdout is not None
    try:
        yield (await process.stdout.readline()).decode().strip()
    finally:
        process.terminate()
        await process.wait()


class _Port(asyncio.Protocol):
    """A connection to a server that does as little as it can: the time measured is the client's."""

    def __init__(self, delay_s: float) -> None:
        self._delay_s = delay_s
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: Any = transport

    def data_received(self, received: bytes) -> None:
        self._received += received
        head, found, rest = self._received.partition(b"\r\n\r\n")
        lengths = [line[15:] for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
        length = int(lengths[0]) if lengths else 0
        if not found or len(rest) < length:
            return
        self._received = rest[length:]
        answer = _answer(head.split(b" ", 2)[1].decode(), rest[:length])
        head_text = f"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {len(answer)}\r\n\r\n"
        asyncio.get_running_loop().call_later(self._delay_s, self._transport.write, head_text.encode() + answer)


def _answer(path: str, body: bytes) -> bytes:
    if path.endswith("/access_token"):
        return json.dumps(_TOKEN).encode()
    if path.endswith("/entities-count"):
        return json.dumps({"ok": True, "count": _ENTITIES}).encode()
    if path.endswith("/entities/search"):
        start = int(json.loads(body).get("from", 0))
        last = start + _PAGE >= (_PAGE if "/one-page/" in path else _ENTITIES)
        page = [{**_ENTITY, "identifier": f"service-{start + index}"} for index in range(_PAGE)]
        return json.dumps({"ok": True, "entities": page, **({} if last else {"next": str(start + _PAGE)})}).encode()
    return json.dumps({"ok": True, "entity": _ENTITY}).encode()


async def _serve(delay_s: float) -> None:
    server = await asyncio.get_running_loop().create_server(lambda: _Port(delay_s), "127.0.0.1", 0)
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    if sys.argv[1:2] == ["serve"]:
        asyncio.run(_serve(int(sys.argv[2]) / 1000))
    else:
        print(json.dumps(measure(), indent=2))
