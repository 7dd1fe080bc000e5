"""Counts what a model pays for a text: tokens of o200k_base, with a vocabulary that ships in a package (no network)."""

from functools import cache
from typing import Any

import bpe_openai

__all__ = ["count_tokens"]


def count_tokens(text: str) -> int:
    """Returns the number of tokens of a text."""
    return len(_encoding().encode_ordinary(text))


@cache
def _encoding() -> Any:
    return bpe_openai.get_encoding("o200k_base")
