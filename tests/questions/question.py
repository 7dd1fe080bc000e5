"""A question as a person asks it, the call that answers it, and what the true answer is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.answers import first_number, rows
from tests.truth import Truth

Check = Callable[[str, Truth], None]

NAME_COLUMNS = ("identifier", "identifier and title")


@dataclass(frozen=True)
class Question:
    """A question.

    Attributes:
        topic: What sort of question it is.
        text: The question.
        tool: The tool that answers it.
        arguments: The call's arguments.
        tokens: The most that the answer may cost at 1,000 services.
        check: Holds the answer against the truth.
    """

    topic: str
    text: str
    tool: str
    arguments: Mapping[str, Any]
    tokens: int
    check: Check = field(repr=False)


def number(expected: Callable[[Truth], int]) -> Check:
    """The answer's first number."""

    def check(text: str, truth: Truth) -> None:
        assert first_number(text) == expected(truth)

    return check


def line(expected: Callable[[Truth], str]) -> Check:
    """The whole answer."""

    def check(text: str, truth: Truth) -> None:
        assert text == expected(truth)

    return check


def holds(*expected: Callable[[Truth], str]) -> Check:
    """Texts that the answer holds."""

    def check(text: str, truth: Truth) -> None:
        for part in expected:
            assert part(truth) in text

    return check


def names(expected: Callable[[Truth], list[str]], limit: int = 50) -> Check:
    """The total and the names of a page: all of them, or as many of them as one page holds."""

    def check(text: str, truth: Truth) -> None:
        wanted = set(expected(truth))
        found = [next(row[column] for column in NAME_COLUMNS if column in row) for row in rows(text)]
        assert first_number(text) == len(wanted)
        assert len(found) == len(set(found)) == min(limit, len(wanted))
        assert wanted.issuperset(found)
        assert ("next: cursor=" in text) == (len(wanted) > limit)

    return check


def table(key: str, value: str, expected: Callable[[Truth], Mapping[Any, float]], digits: int = 0) -> Check:
    """A table of one figure for each key; figures that are zero or missing are left out on both sides."""

    def check(text: str, truth: Truth) -> None:
        found = {row[key]: float(row[value]) for row in rows(text) if row[value] and float(row[value])}
        wanted = {str(name): round(float(figure), digits) for name, figure in expected(truth).items() if figure}
        assert found.keys() == wanted.keys()
        assert all(abs(found[name] - wanted[name]) <= 10**-digits for name in wanted)

    return check
