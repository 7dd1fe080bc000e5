"""The faults: what a network, a gateway and a tired server do."""

import asyncio
import gzip
import time
from email.utils import formatdate

from tests.faults.proxy import Exchange, Fault

__all__ = ["BY_NAME", "FAULTS", "answer_with"]


def answer_with(status: int, body: bytes = b"{}", **headers: str) -> bytes:
    """Returns an answer as it goes over the wire; the connection ends with it."""
    lines = [f"HTTP/1.1 {status} Any", f"content-length: {len(body)}", "connection: close"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


async def _reset(exchange: Exchange) -> None:
    exchange.reset()


async def _close(exchange: Exchange) -> None:
    exchange.close()


async def _close_slowly(exchange: Exchange) -> None:
    await asyncio.sleep(0.1)
    exchange.close()


async def _cut(exchange: Exchange) -> None:
    exchange.cut()


async def _fall_silent(exchange: Exchange) -> None:
    while await exchange.client[0].read(65536):
        pass
    exchange.close()


async def _send_garbage(exchange: Exchange) -> None:
    exchange.client[1].write(b"\x00\xff\x16\x03garbage\r\n\r\n" * 3)
    await exchange.client[1].drain()
    exchange.close()


async def _be_late(_exchange: Exchange) -> None:
    await asyncio.sleep(0.05)


async def _jitter(exchange: Exchange) -> None:
    exchange.piece, exchange.pause_s = 97, 0.005


async def _drip(exchange: Exchange) -> None:
    exchange.piece, exchange.pause_s = 8, 0.0


_HTML = b"<html><body><h1>Gateway</h1></body></html>"
_REFUSED = b'{"ok":false,"error":"rate_limit_exceeded","message":"slow down"}'

FAULTS = (
    Fault("reset", _reset),
    Fault("end of stream", _close),
    Fault("silence", _fall_silent),
    Fault("slow close", _close_slowly),
    Fault("garbage", _send_garbage),
    Fault("stale connection", _reset, on_kept=True),
    Fault("tls cut", _cut, over_tls=True),
    Fault("latency", _be_late),
    Fault("jitter", _jitter),
    Fault("drip", _drip),
    Fault("truncated json", answers=lambda: answer_with(200, b'{"ok":true,"entity":{"ide')),
    Fault("html for json", answers=lambda: answer_with(200, _HTML, content_type="text/html")),
    Fault("broken gzip", answers=lambda: answer_with(200, gzip.compress(b"{}")[:-4], content_encoding="gzip")),
    Fault("redirect", answers=lambda: answer_with(302, b"", location="https://elsewhere.example/login")),
    Fault("500", answers=lambda: answer_with(500, b'{"ok":false,"error":"internal_error"}')),
    Fault("502 html", answers=lambda: answer_with(502, _HTML, content_type="text/html")),
    Fault("503 retry-after", answers=lambda: answer_with(503, b"", retry_after="0.05")),
    Fault("504", answers=lambda: answer_with(504, b"")),
    Fault("408", answers=lambda: answer_with(408, b"")),
    Fault("429 seconds", answers=lambda: answer_with(429, _REFUSED, retry_after="0.05"), is_refusal=True),
    Fault(
        "429 epoch",
        answers=lambda: answer_with(429, _REFUSED, x_ratelimit_reset=str(int(time.time() + 1))),
        is_refusal=True,
    ),
    Fault(
        "429 date",
        answers=lambda: answer_with(429, _REFUSED, retry_after=formatdate(time.time() + 1, usegmt=True)),
        is_refusal=True,
    ),
    Fault("429 senseless", answers=lambda: answer_with(429, _REFUSED, retry_after="-1"), is_refusal=True),
    Fault("401", answers=lambda: answer_with(401, b'{"ok":false,"error":"unauthorized"}'), is_refusal=True),
)

BY_NAME = {fault.name: fault for fault in FAULTS}
