"""JSON in the one form that stands for all its spellings, and digests of it."""

import hashlib
import json
from typing import Any

__all__ = ["canonical", "digest"]


def canonical(value: Any) -> bytes:
    """Returns the value as bytes; equal for two values exactly if JSON makes no difference between them.

    The order of keys does not count, and `1.0` is `1`; `true` is not `1`.
    """
    text = json.dumps(_with_plain_numbers(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode("utf-8", errors="surrogatepass")


def digest(value: Any) -> str:
    """Returns 16 hexadecimal characters that change with the value."""
    return hashlib.blake2b(canonical(value), digest_size=8).hexdigest()


def _with_plain_numbers(value: Any) -> Any:
    if isinstance(value, float):
        return int(value) if value.is_integer() else value
    if isinstance(value, list | tuple):
        return [_with_plain_numbers(member) for member in value]
    if isinstance(value, dict):
        return {key: _with_plain_numbers(member) for key, member in value.items()}
    return value
