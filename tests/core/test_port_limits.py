"""Answers over the bounds are refused before they fill the memory; broken ones are told from good ones."""

import gzip
import json
import zlib
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quaymaster.port.bounds import Bounds
from quaymaster.port.limits import GarbledError, OversizedError, parse_json, read_body

SMALL = Bounds(wire_bytes=1000, answer_bytes=2000, json_values=50)


async def in_chunks(body: bytes, size: int = 100) -> AsyncIterator[bytes]:
    for start in range(0, len(body), size):
        yield body[start : start + size]


async def read(body: bytes, encoding: str = "", length: str = "", *, size: int = 100) -> bytes:
    return bytes(await read_body(in_chunks(body, size), encoding, length, SMALL))


@given(body=st.binary(max_size=900), size=st.integers(1, 1000))
async def test_gzip_comes_out_as_it_went_in_however_it_is_cut(body, size):
    assert await read(gzip.compress(body), "gzip", size=size) == body


async def test_plain_body_passes():
    assert await read(b"x" * 1000) == b"x" * 1000


@pytest.mark.parametrize(
    ("body", "encoding", "length", "reason"),
    [
        (b"x" * 1001, "", "", "more than 1,000 bytes came"),
        (b"", "", "1001", "it announces 1,001 bytes, and 1,000 are allowed"),
        (gzip.compress(bytes(2001)), "gzip", "", "it decodes to more than 2,000 bytes"),
    ],
    ids=("on the wire", "announced", "decoded"),
)
async def test_too_large_is_refused(body, encoding, length, reason):
    with pytest.raises(OversizedError, match=reason):
        await read(body, encoding, length)


async def test_oversized_body_is_not_read_to_its_end():
    read_chunks = []

    async def endless() -> AsyncIterator[bytes]:
        while True:
            read_chunks.append(1)
            yield b"x" * 100

    with pytest.raises(OversizedError):
        await read_body(endless(), "", "", SMALL)
    assert len(read_chunks) == 11


@pytest.mark.parametrize(
    ("body", "encoding"),
    [
        (b"not gzip at all", "gzip"),
        (gzip.compress(b"x" * 100)[:-4], "gzip"),
        (gzip.compress(b"x") + b"more", "gzip"),
        (zlib.compress(b"x"), "deflate"),
        (b"x", "br"),
        (gzip.compress(gzip.compress(b"x")), "gzip, gzip"),
    ],
    ids=("garbage", "cut short", "with more behind it", "not as said", "never asked for", "twice"),
)
async def test_broken_or_unasked_encoding_is_refused(body, encoding):
    with pytest.raises(GarbledError):
        await read(body, encoding)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"[]",
        b"null",
        b'"text"',
        b'{"a": NaN}',
        b'{"a": 1',
        b'{"a": "\xff"}',
        b"[" * 1000,
        b'{"a":' * 300,
    ],
)
def test_what_is_no_json_object_is_garbled(body):
    with pytest.raises(GarbledError):
        parse_json(body, replace(SMALL, json_values=10_000))


def test_nesting_is_capped():
    def nested(depth: int) -> bytes:
        return b'{"a":' * depth + b"1" + b"}" * depth

    bounds = Bounds()
    assert parse_json(nested(150), bounds) == json.loads(nested(150))
    with pytest.raises(GarbledError, match="recursion limit"):
        parse_json(nested(250), bounds)


def test_number_of_values_is_capped():
    assert len(parse_json(b'{"a":[' + b"0," * 40 + b"0]}", SMALL)["a"]) == 41
    with pytest.raises(OversizedError, match="more than 50 values"):
        parse_json(b'{"a":[' + b"0," * 60 + b"0]}", SMALL)
