"""A TCP proxy that breaks exchanges on demand: at a chosen moment, in a chosen way."""

import asyncio
import socket
import ssl
import struct
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from enum import IntEnum

__all__ = ["ChaosProxy", "Exchange", "Fault", "Phase", "Plan", "open_proxy"]

Ends = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Phase(IntEnum):
    """How far an exchange has come."""

    CONNECT = 0  # the connection is accepted, nothing is read
    REQUEST_HEAD = 1  # the head of the request is read, nothing is passed on
    REQUEST_BODY = 2  # the request is passed on but for its last byte
    WAIT = 3  # the request is passed on and has been answered, nothing of the answer is given
    ANSWER_HEAD = 4  # half of the answer's head is given
    ANSWER_BODY = 5  # the answer is given but for half of its body


@dataclass
class Exchange:
    """A request on its way to the server, and the answer on its way back.

    Attributes:
        client: The client's end.
        server: The server's end; None before it is connected.
        request: What of the request has been read.
        answer: The answer, once there is one.
        piece: Sends so many bytes at a time, with a pause after each; 0 sends all at once.
        pause_s: The pause, in seconds.
        is_over: The client's connection is broken.
    """

    client: Ends
    server: Ends | None = None
    request: bytes = b""
    answer: bytes = b""
    piece: int = 0
    pause_s: float = 0.0
    is_over: bool = False
    _passed_on: int = 0
    _given: int = 0

    async def advance(self, phase: Phase) -> None:
        """Carries the exchange on to a phase, from the one before."""
        if phase is Phase.REQUEST_BODY:
            self.request += await self.client[0].readexactly(_content_length(self.request))
            await self._pass_on(len(self.request) - 1)
        elif phase is Phase.WAIT:
            await self._pass_on(len(self.request))
            assert self.server is not None
            self.answer = await _read_message(self.server[0])
        elif phase is Phase.ANSWER_HEAD:
            await self.give(self._head_length() // 2)
        elif phase is Phase.ANSWER_BODY:
            await self.give((self._head_length() + len(self.answer)) // 2)

    async def give(self, upto: int | None = None) -> None:
        """Gives the answer to the client: its first `upto` bytes, or all of it."""
        await self._send(self.client[1], self.answer[self._given : upto])
        self._given = len(self.answer) if upto is None else upto

    @property
    def server_has_it(self) -> bool:
        """Whether the server has been given the request."""
        return self._passed_on > 0

    def reset(self) -> None:
        """Breaks the client's connection with a RST."""
        sock = self.client[1].get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.cut()

    def cut(self) -> None:
        """Breaks the client's connection off, below TLS if there is any."""
        self.client[1].transport.abort()
        self.is_over = True

    def close(self) -> None:
        """Ends the client's connection in order."""
        self.client[1].close()
        self.is_over = True

    async def _pass_on(self, upto: int) -> None:
        assert self.server is not None
        await self._send(self.server[1], self.request[self._passed_on : upto])
        self._passed_on = upto

    async def _send(self, writer: asyncio.StreamWriter, text: bytes) -> None:
        step = self.piece or max(1, len(text))
        for start in range(0, len(text), step):
            writer.write(text[start : start + step])
            await writer.drain()
            if self.piece:
                await asyncio.sleep(self.pause_s)

    def _head_length(self) -> int:
        return self.answer.index(b"\r\n\r\n") + 4


@dataclass(frozen=True)
class Fault:
    """A way to break an exchange: by striking its connection, or by answering in the server's place.

    Attributes:
        name: What it is called in the table.
        strike: Does something to the exchange; if that is not over then, it goes on.
        answers: Returns the answer to give instead of the server's; the phase tells where it is given in two pieces.
        is_refusal: What it answers says that the server has not acted, so nothing is passed on.
        on_kept: It strikes a connection that was kept from an earlier exchange.
        over_tls: The client speaks TLS.
    """

    name: str
    strike: Callable[[Exchange], Awaitable[None]] | None = None
    answers: Callable[[], bytes] | None = None
    is_refusal: bool = False
    on_kept: bool = False
    over_tls: bool = False


Plan = Callable[[str, str], tuple[Fault, Phase] | None]
"""Says what is to happen to an exchange, by its method and path; asked with empty ones for a new connection."""


@dataclass
class ChaosProxy:
    """A running proxy.

    Attributes:
        server_address: Where the server is.
        tls: Speaks TLS with clients.
        plan: What is to happen to each exchange.
        url: Where clients find it.
        asked: How many requests came, by method and path.
        passed_on: How many of them reached the server whole, by method and path.
    """

    server_address: tuple[str, int]
    tls: ssl.SSLContext | None = None
    plan: Plan = lambda _method, _path: None
    url: str = ""
    asked: Counter[tuple[str, str]] = field(default_factory=Counter)
    passed_on: Counter[tuple[str, str]] = field(default_factory=Counter)
    clients: set[asyncio.StreamWriter] = field(default_factory=set)

    async def drop_kept_connections(self) -> None:
        """Ends the connections that clients keep; in TLS without a word, as no client would answer it now."""
        for client in list(self.clients):
            client.transport.abort() if self.tls else client.close()
        while self.clients:  # noqa: ASYNC110 - each connection's own task takes it out
            await asyncio.sleep(0.001)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serves one connection of a client."""
        self.clients.add(writer)
        server: Ends | None = None
        with suppress(OSError, asyncio.IncompleteReadError, ssl.SSLError):
            if await self._greet(Exchange((reader, writer))):
                server = await asyncio.open_connection(*self.server_address)
                while await self._exchange(Exchange((reader, writer), server)):
                    pass
        self.clients.discard(writer)
        for end in (writer, server and server[1]):
            if end is not None:
                end.close()

    async def _greet(self, exchange: Exchange) -> bool:
        """Does what is planned for a new connection, and returns whether it goes on."""
        fault, phase = self.plan("", "") or (None, None)
        strikes = fault if phase is Phase.CONNECT else None
        if strikes and strikes.strike:
            await strikes.strike(exchange)
        if self.tls and not exchange.is_over:
            await exchange.client[1].start_tls(self.tls)
        if strikes and strikes.answers:
            exchange.answer = strikes.answers()
            await exchange.give()
            await _read_message(exchange.client[0])  # closing with it unread would reset the connection
            return False
        return not exchange.is_over

    async def _exchange(self, exchange: Exchange) -> bool:
        """Carries one request over and its answer back; returns whether the connection is kept."""
        exchange.request = await exchange.client[0].readuntil(b"\r\n\r\n")
        method, target = exchange.request.split(b" ", 2)[:2]
        key = method.decode(), target.partition(b"?")[0].decode()
        self.asked[key] += 1
        fault, struck = self.plan(*key) or (None, None)
        if fault and fault.answers:
            await self._answer_instead(exchange, key, fault, struck)
            return False
        for phase in list(Phase)[1:]:
            await exchange.advance(phase)
            self.passed_on[key] += phase is Phase.WAIT
            if fault and fault.strike and phase is struck:
                await fault.strike(exchange)
                if exchange.is_over:
                    return False
        await exchange.give()
        return True

    async def _answer_instead(self, exchange: Exchange, key: tuple[str, str], fault: Fault, struck: Phase) -> None:
        assert fault.answers is not None
        if struck >= Phase.WAIT and not fault.is_refusal:
            await exchange.advance(Phase.REQUEST_BODY)
            await exchange.advance(Phase.WAIT)
            self.passed_on[key] += 1
        exchange.answer = fault.answers()
        if struck is Phase.REQUEST_HEAD:
            await exchange.give()
        if not exchange.server_has_it:
            await exchange.client[0].readexactly(_content_length(exchange.request))
        if struck >= Phase.ANSWER_HEAD:
            await exchange.advance(struck)
            await asyncio.sleep(0.001)
        await exchange.give()


@asynccontextmanager
async def open_proxy(server_address: tuple[str, int], tls: ssl.SSLContext | None = None) -> AsyncIterator[ChaosProxy]:
    """Yields a proxy in front of a server, and ends it."""
    proxy = ChaosProxy(server_address, tls)
    listener = await asyncio.start_server(proxy.serve, "127.0.0.1", 0)
    scheme = "https" if tls else "http"
    proxy.url = f"{scheme}://localhost:{listener.sockets[0].getsockname()[1]}"
    try:
        yield proxy
    finally:
        listener.close()
        for client in list(proxy.clients):
            client.transport.abort()


async def _read_message(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readuntil(b"\r\n\r\n")
    return head + await reader.readexactly(_content_length(head))


def _content_length(head: bytes) -> int:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line.removeprefix(b"content-length:"))
    return 0
