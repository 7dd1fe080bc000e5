"""JavaScript's regular expressions, in which Port's `pattern` is written (AJV: `new RegExp(pattern, "u")`)."""

import re
from functools import lru_cache
from typing import Any

import regress

from quaymaster_sandbox.values.watched import watched_process

_REPEATED_GROUP = re.compile(r"\)(?:[*+]|\{\d+,)")
"""What makes the search of a pattern take for ever on some texts: a group, itself repeated without end."""


class Pattern:
    """A compiled pattern: with the flag `u` as AJV has it or, if it makes no sense so, without."""

    def __init__(self, pattern: str) -> None:
        try:
            self._flags, self._regex = "u", regress.Regex(pattern, "u")
        except regress.RegressError:
            self._flags, self._regex = "", regress.Regex(pattern)
        self._pattern = pattern
        self._may_last = _REPEATED_GROUP.search(pattern) is not None

    def is_found_in(self, text: str) -> bool:
        """Tells whether the pattern matches some part of a text; not if that takes too long to find out."""
        if self._may_last:
            return watched_process().has_pattern(f"{self._flags}/{self._pattern}", text)
        return self._regex.find(text) is not None


@lru_cache(maxsize=1024)
def compile_pattern(pattern: Any) -> Pattern | None:
    """Returns a pattern; None for what is no regular expression, which constrains nothing then."""
    try:
        return Pattern(pattern) if isinstance(pattern, str) else None
    except regress.RegressError:
        return None
