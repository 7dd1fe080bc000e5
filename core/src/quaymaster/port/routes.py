"""Paths of Port's API from templates, so that an identifier can never reach another route than the one meant."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from urllib.parse import quote, urlencode

from quaymaster.errors import InputError

__all__ = ["Query", "build_path", "build_query_string"]

Query = Mapping[str, str | bool | int | Sequence[str]]
"""Query parameters: a list is sent as the parameter repeated (port docs: conventions)."""

_ROUTE = re.compile(r"(?:/(?:[\w.-]+|\{\w+\}))+", re.ASCII)
_PLACEHOLDER = re.compile(r"\{(\w+)\}")


def build_path(route: str, identifiers: Mapping[str, str]) -> str:
    """Returns the route with each placeholder replaced by its identifier, percent-encoded as one segment.

    Raises:
        InputError: The route is not the path of one, or an identifier is empty, `.` or `..`, or has a control
            character: no path can carry it safely.
    """
    if not _ROUTE.fullmatch(route) or {".", ".."} & set(route.split("/")):
        raise InputError(f"{route!r} is not a route of Port's. Nothing was sent")
    return _PLACEHOLDER.sub(lambda match: _segment(match[1], identifiers[match[1]]), route)


def build_query_string(query: Query) -> str:
    """Returns query parameters as they stand in a URL, without the question mark."""
    pairs: list[tuple[str, str]] = []
    for name, value in query.items():
        values = value if isinstance(value, Sequence) and not isinstance(value, str) else [value]
        pairs += [(name, str(it).lower() if isinstance(it, bool) else str(it)) for it in values]
    return urlencode(pairs, quote_via=quote, safe="")


def _segment(name: str, identifier: str) -> str:
    what = name.replace("_", " ")
    if identifier in {"", ".", ".."}:
        raise InputError(f"{what} {identifier!r} cannot be used: it must not be empty, '.' or '..'. Nothing was sent")
    if not identifier.isprintable() and any(unicodedata.category(it) in {"Cc", "Cs"} for it in identifier):
        raise InputError(f"{what} {identifier!r} cannot be used: it has control characters. Nothing was sent")
    return quote(identifier, safe="")
