"""Counts what a model pays for a text: tokens of o200k_base, with a vocabulary that ships in a package (no network)."""

import warnings
from functools import cache
from typing import Any

__all__ = ["count_tokens"]


def count_tokens(text: str) -> int:
    """Returns the number of tokens of a text."""
    return len(_encoding().encode_ordinary(text))


@cache
def _encoding() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # it opens its vocabulary in an old way
        from bpe_openai import get_encoding  # here, because the warning comes at import
    return get_encoding("o200k_base")
