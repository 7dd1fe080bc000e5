"""Answers read within their bounds: on the wire, decoded, and as JSON."""

import zlib
from collections.abc import AsyncIterable, Iterator

from pydantic_core import from_json

from quaymaster.port.bounds import Bounds
from quaymaster.port.wire import JSON

__all__ = ["GarbledError", "OversizedError", "parse_json", "read_body"]

_STEP_BYTES = 1 << 18
"""How much is decoded at a time, so that a small piece of a bomb cannot fill the memory before it is counted."""


class OversizedError(Exception):
    """An answer that goes over the bounds; its text says over which."""


class GarbledError(Exception):
    """An answer that is not what it says it is, or not a JSON object; its text says how."""


async def read_body(chunks: AsyncIterable[bytes], encoding: str, length: str, bounds: Bounds) -> bytearray:
    """Returns a body as it was before the server encoded it.

    Args:
        chunks: The body as it comes over the wire; not read further than the bounds go.
        encoding: The Content-Encoding header; we ask for gzip and take nothing else.
        length: The Content-Length header: a body that announces too much is refused unread.
        bounds: What it may measure.

    Raises:
        OversizedError: It goes over the bounds.
        GarbledError: It cannot be decoded.
    """
    if length.isascii() and length.isdigit() and int(length) > bounds.wire_bytes:
        raise OversizedError(f"it announces {int(length):,} bytes, and {bounds.wire_bytes:,} are allowed")
    decode = _decoder(encoding)
    on_wire = 0
    body = bytearray()
    async for chunk in chunks:
        on_wire += len(chunk)
        if on_wire > bounds.wire_bytes:
            raise OversizedError(f"more than {bounds.wire_bytes:,} bytes came")
        for part in decode(chunk):
            body += part
            if len(body) > bounds.answer_bytes:
                raise OversizedError(f"it decodes to more than {bounds.answer_bytes:,} bytes")
    decode.finish()
    return body


def parse_json(body: bytes | bytearray, bounds: Bounds) -> JSON:
    """Returns the JSON object in a body; nesting ends at the parser's own 200 levels.

    Raises:
        OversizedError: It holds too many values.
        GarbledError: It is no JSON object.
    """
    if sum(body.count(mark) for mark in (b",", b"[", b"{")) > bounds.json_values:
        raise OversizedError(f"it holds more than {bounds.json_values:,} values")
    try:
        value = from_json(body, allow_inf_nan=False)
    except ValueError as exc:
        raise GarbledError(str(exc)) from exc
    if not isinstance(value, dict):
        raise GarbledError("it is JSON of another kind")
    return value


class _Plain:
    """Passes a body through that is not encoded."""

    def __call__(self, chunk: bytes) -> Iterator[bytes]:
        yield chunk

    def finish(self) -> None:
        """Has nothing to check."""


class _Gzip:
    """Decodes a body in gzip, a bounded step at a time."""

    def __init__(self) -> None:
        self._inflate = zlib.decompressobj(wbits=31)

    def __call__(self, chunk: bytes) -> Iterator[bytes]:
        try:
            part = self._inflate.decompress(chunk, _STEP_BYTES)
            while part:
                yield part
                part = self._inflate.decompress(self._inflate.unconsumed_tail, _STEP_BYTES)
        except zlib.error as exc:
            raise GarbledError("it is not the gzip that it says it is") from exc

    def finish(self) -> None:
        """Checks that the whole body was there, and nothing else."""
        if not self._inflate.eof or self._inflate.unused_data:
            raise GarbledError("its gzip does not end where it should")


def _decoder(encoding: str) -> _Plain | _Gzip:
    match encoding.strip().lower():
        case "" | "identity":
            return _Plain()
        case "gzip" | "x-gzip":
            return _Gzip()
        case other:
            raise GarbledError(f"it is encoded as {other[:40]!r}, which was not asked for")
