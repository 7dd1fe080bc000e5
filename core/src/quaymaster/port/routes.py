"""Paths of Port's API from templates, so that an identifier can never reach another route than the one meant."""

import re
import unicodedata
from collections.abc import Mapping
from urllib.parse import quote

from quaymaster.errors import InputError

__all__ = ["build_path"]

_PLACEHOLDER = re.compile(r"\{(\w+)\}")


def build_path(route: str, identifiers: Mapping[str, str]) -> str:
    """Returns the route with each placeholder replaced by its identifier, percent-encoded as one segment.

    Raises:
        InputError: An identifier is empty, `.` or `..`, or has a control character: no route can carry it safely.
    """
    return _PLACEHOLDER.sub(lambda match: _segment(match[1], identifiers[match[1]]), route)


def _segment(name: str, identifier: str) -> str:
    what = name.replace("_", " ")
    if identifier in {"", ".", ".."}:
        raise InputError(f"{what} {identifier!r} cannot be used: it must not be empty, '.' or '..'. Nothing was sent")
    if any(unicodedata.category(character) in {"Cc", "Cs"} for character in identifier):
        raise InputError(f"{what} {identifier!r} cannot be used: it has control characters. Nothing was sent")
    return quote(identifier, safe="")
