"""Names as people write them, matched to the identifiers of the catalog; kindly, but never by guessing."""

import re
from collections.abc import Iterable, Sequence
from typing import Protocol, TypeVar

from quaymaster.errors import InputError, nearest_first
from quaymaster.results import inline

__all__ = ["Named", "choose", "fold", "is_part"]

_MOST_CHOICES = 25
_WORD = re.compile(r"[A-Z]?[^\W\dA-Z_]+|[^\W\d_]+|\d+")


class Named(Protocol):
    """Something with an identifier and, perhaps, a title."""

    @property
    def identifier(self) -> str:
        """Returns its identifier."""
        ...

    @property
    def title(self) -> str | None:
        """Returns its title."""
        ...


NamedT = TypeVar("NamedT", bound=Named)


def fold(text: str) -> str:
    """Returns the letters and digits of a text without case: `On-call Shift` and `oncall_shift` are the same."""
    return "".join(character for character in text.casefold() if character.isalnum())


def choose(word: str, candidates: Sequence[NamedT], what: str, of: str = "", *, by_part: bool = False) -> NamedT:
    """Returns the candidate that a word names: by identifier, else by title or spelling, else by number (plural).

    Args:
        word: The name.
        candidates: What it may stand for.
        what: What is looked for, for errors: `property`.
        of: What the candidates belong to, for errors: `blueprint 'service'`.
        by_part: Also takes a part of a name that only one candidate has.

    Raises:
        InputError: No candidate or more than one is named so; the text lists the choices, nearest first.
    """
    described = f"{what} {word!r}" + (f" of {of}" if of else "")
    for candidate in candidates:
        if candidate.identifier == word:
            return candidate
    for form in (fold, _singular, lambda text: _singular(text).removesuffix(what)):
        wanted = form(word)
        found = [it for it in candidates if wanted and wanted in {form(it.identifier), form(it.title or "")}]
        if len(found) == 1:
            return found[0]
        if found:
            choices = ", ".join(f"{it.identifier!r} ({inline(it.title)})" for it in found)
            raise InputError(f"{described} is ambiguous; choose one of: {choices}")
    close = [it for it in candidates if by_part and is_part(word, it)]
    if len(close) == 1:
        return close[0]
    raise InputError(f"unknown {described}; {_did_you_mean(word, [it.identifier for it in candidates])}")


def is_part(word: str, named: Named) -> bool:
    """Whether every word of a name begins one of the candidate's words: `coverage` is part of `test_coverage`."""
    parts = [_singular(it) for it in _WORD.findall(word)]
    return any(
        parts and all(len(part) > 2 and any(it.startswith(part) for it in words) for part in parts)
        for words in ([fold(it) for it in _WORD.findall(name)] for name in (named.identifier, named.title or ""))
    )


def _did_you_mean(word: str, identifiers: Iterable[str]) -> str:
    choices = nearest_first(word, identifiers)
    if not choices:
        return "there are none"
    rest = len(choices) - _MOST_CHOICES
    listed = ", ".join(choices[:_MOST_CHOICES])
    return f"choose from: {listed}, and {rest:,} more" if rest > 0 else f"choose from: {listed}"


def _singular(text: str) -> str:
    folded = fold(text)
    if folded.endswith("ies"):
        return folded.removesuffix("ies") + "y"
    if folded.endswith(("ches", "shes", "sses", "xes")):
        return folded.removesuffix("es")
    return folded if folded.endswith("ss") else folded.removesuffix("s")
