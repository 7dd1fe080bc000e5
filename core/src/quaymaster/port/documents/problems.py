"""What is wrong with a document, place by place, in Port's wording and with a hint."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from quaymaster.errors import InputError, QuaymasterError, nearest_first

__all__ = ["INVALID_REQUEST", "DocumentError", "Path", "Problem", "UnreadableError", "missing", "one_of", "unknown_key"]

Path = tuple[str | int, ...]

INVALID_REQUEST = "invalid_request"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that Port refuses in a document.

    `message` is worded as Port's validator (AJV) words it; `expected` says what to write instead, empty when the
    message says it already. `code` is the `error` of Port's answer.
    """

    path: Path
    message: str
    expected: str = ""
    code: str = INVALID_REQUEST

    @property
    def place(self) -> str:
        """Returns the path as Port writes it: `port`; deeper ones joined by dots, which is a guess."""
        return ".".join(map(str, self.path))

    @property
    def port_message(self) -> str:
        """Returns the text of Port's answer: `"port" must be number`, or the bare message at the top of a document."""
        return f'"{self.place}" {self.message}' if self.path else self.message

    def __str__(self) -> str:
        return f"{self.port_message}; {self.expected}" if self.expected else self.port_message


class DocumentError(InputError):
    """A document that Port would refuse, with every problem that was found; nothing was sent or stored."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = tuple(problems)

    @property
    def code(self) -> str:
        """Returns Port's `error` for the document: that of the first problem, as Port stops there."""
        return self.problems[0].code


class UnreadableError(QuaymasterError):
    """An answer of Port's without something that the document means nothing without."""

    def __init__(self, kind: str, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join([f"Port's answer cannot be read as {kind}:", *map(str, problems)]))
        self.problems = tuple(problems)


def unknown_key(path: Path, key: str, known: Iterable[str]) -> Problem:
    """Returns the problem of a key that a closed object does not have."""
    message = f'must NOT have additional properties, additional property: "{key}"'
    return Problem(path, message, one_of(key, known, "known: "))


def missing(path: Path, key: str, expected: str = "") -> Problem:
    """Returns the problem of a key that is not there."""
    return Problem(path, f"must have required property '{key}'", expected)


def one_of(word: object, values: Iterable[str], lead: str = "one of: ") -> str:
    """Returns a hint that lists the values, the ones nearest to the word first."""
    return lead + ", ".join(nearest_first(word, values) if isinstance(word, str) else values)
