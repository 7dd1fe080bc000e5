"""What Port asks of a value beyond its JSON type: markers that stand in a field's `Annotated`.

pydantic passes over them, so that reading stays tolerant: a value that Port adds to a list of its own tomorrow can be
read today. They speak when a request is validated (`validate_request`).
"""

import re
from collections.abc import Callable, Sized
from dataclasses import dataclass
from datetime import datetime

from quaymaster.port.documents.identifiers import NamePattern
from quaymaster.port.documents.problems import Path, Problem, one_of

__all__ = [
    "NULLABLE",
    "UNCHECKED",
    "Constraint",
    "Count",
    "Formatted",
    "Length",
    "Matches",
    "Nullable",
    "OneOf",
    "Range",
    "Unchecked",
]


class Nullable:
    """Marks a field that takes `null` in a request; elsewhere `| None` only says that a key may be absent."""


class Unchecked:
    """Marks a field of which Port's schema says nothing: a request may have anything there."""


NULLABLE = Nullable()
UNCHECKED = Unchecked()


@dataclass(frozen=True)
class OneOf:
    """A string out of a fixed list."""

    values: tuple[str, ...]

    def check(self, text: str, path: Path, problems: list[Problem]) -> None:
        """Adds a problem with the list, the nearest values first."""
        if text not in self.values:
            problems.append(Problem(path, "must be equal to one of the allowed values", one_of(text, self.values)))


@dataclass(frozen=True)
class Matches:
    """A string of the pattern that Port gives for a kind of name."""

    pattern: NamePattern

    def check(self, text: str, path: Path, problems: list[Problem]) -> None:
        """Adds a problem with Port's own text of the pattern."""
        if not self.pattern.matches(text):
            problems.append(Problem(path, f'must match pattern "{self.pattern.port_text}"'))


@dataclass(frozen=True)
class Length:
    """A string of at least and at most so many characters."""

    minimum: int = 0
    maximum: int | None = None

    def check(self, text: str, path: Path, problems: list[Problem]) -> None:
        """Adds a problem that names the limit."""
        _check_size(text, self.minimum, self.maximum, "characters", path, problems)


@dataclass(frozen=True)
class Count:
    """A list or an object of at least and at most so many members."""

    minimum: int = 0
    maximum: int | None = None

    def check(self, members: Sized, path: Path, problems: list[Problem]) -> None:
        """Adds a problem that names the limit."""
        noun = "properties" if isinstance(members, dict) else "items"
        _check_size(members, self.minimum, self.maximum, noun, path, problems)


def _check_size(
    value: Sized, minimum: int, maximum: int | None, noun: str, path: Path, problems: list[Problem]
) -> None:
    if len(value) < minimum:
        problems.append(Problem(path, f"must NOT have fewer than {minimum} {noun}"))
    if maximum is not None and len(value) > maximum:
        problems.append(Problem(path, f"must NOT have more than {maximum} {noun}", f"it has {len(value)}"))


@dataclass(frozen=True)
class Range:
    """A number between two others, both included."""

    minimum: float
    maximum: float

    def check(self, number: float, path: Path, problems: list[Problem]) -> None:
        """Adds a problem that names the limit."""
        if number < self.minimum:
            problems.append(Problem(path, f"must be >= {self.minimum:g}"))
        if number > self.maximum:
            problems.append(Problem(path, f"must be <= {self.maximum:g}"))


@dataclass(frozen=True)
class Formatted:
    """A string of a format of JSON Schema: `date-time` (RFC 3339), `uri` (RFC 3986) or `url` (http, https, ftp)."""

    format: str

    def check(self, text: str, path: Path, problems: list[Problem]) -> None:
        """Adds a problem with an example of the format."""
        accepts, example = _FORMATS[self.format]
        if not accepts(text):
            problems.append(Problem(path, f'must match format "{self.format}"', f"for example {example}"))


def _is_date_time(text: str) -> bool:
    if _DATE_TIME.fullmatch(text) is None:
        return False
    without_leap_second = re.sub(r"(?<=:59):60", ":59", text.upper())
    try:
        datetime.fromisoformat(without_leap_second)
    except ValueError:
        return False
    return True


def _is_uri(text: str) -> bool:
    return _URI.fullmatch(text) is not None


def _is_url(text: str) -> bool:
    return _is_uri(text) and text.lower().startswith(("http://", "https://", "ftp://"))


_DATE_TIME = re.compile(
    r"\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:[Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)", re.ASCII
)
_URI = re.compile(
    r"""[A-Za-z][A-Za-z0-9+.-]*:            # scheme
        C*+ (?:\[[0-9A-Fa-fv:.]++\] C*+)?   # authority, where an IP address may stand in brackets, and path
        (?:\?(?:C|\?)*+)? (?:\#(?:C|\?)*+)?  # query, fragment
    """.replace("C", r"(?:[A-Za-z0-9\-._~!$&'()*+,;=:@/]|%[0-9A-Fa-f]{2})"),
    re.VERBOSE,
)
_FORMATS: dict[str, tuple[Callable[[str], bool], str]] = {
    "date-time": (_is_date_time, "2026-01-31T09:30:00.000Z"),
    "uri": (_is_uri, "https://example.com/hook"),
    "url": (_is_url, "https://example.com/authorize"),
}

Constraint = OneOf | Matches | Length | Count | Range | Formatted
