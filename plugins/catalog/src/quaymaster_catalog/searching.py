"""Free-text search over the names of all entities, ranked, and forgiving about how they are written."""

import re
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from typing import Any

from quaymaster import PortClient
from quaymaster.catalog.names import fold
from quaymaster.port.documents.entity import Entity

__all__ = ["Found", "search_names"]

Rule = dict[str, Any]
Found = tuple[float, Entity]
"""An entity and how well its name fits, 0 to 1."""

_WORD = re.compile(r"[^\W\d_]+|\d+")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_MOST_READ = 2000
_LONGEST_ACRONYM = 4
_SHORTEST_PIECES = 6
"""Words with fewer letters are not searched in pieces: too much would fit."""


async def search_names(port: PortClient, text: str, blueprints: Sequence[str] | None) -> tuple[list[Found], int]:
    """Returns the entities whose identifier or title fits a text, best first, and how many there are.

    Asked are, one after the other until something is found: names that hold all words; names that hold most pieces of
    every word, so that one slip of the keyboard does no harm; names that hold any word. Of too many to rank, those that
    begin with the text are returned, none if these are too many as well. Port does not say whether its
    text operators tell case apart; each word is sent in the usual spellings.
    """
    words = _words(text)
    if not words:
        return [], 0
    exact = [_any(_contains(it) for it in _spellings(word)) for word in words]
    near = [_pieces(word) or rule for word, rule in zip(words, exact, strict=True)]
    attempts = [_all(exact), _all(near), _any(near)]
    for rule in (it for at, it in enumerate(attempts) if it not in attempts[:at]):
        scoped = _all([rule, *_within(blueprints)])
        count = await _count(port, scoped)
        if 0 < count <= _MOST_READ:
            return _ranked(text, await _read(port, scoped)), count
        if count:
            scoped = _all([_any(_whole(text)), *_within(blueprints)])
            are_few = await _count(port, scoped) <= _MOST_READ
            return _ranked(text, await _read(port, scoped)) if are_few else [], count
    return [], 0


def _words(text: str) -> list[str]:
    return list(dict.fromkeys(_WORD.findall(_CAMEL.sub(" ", text))))


def _spellings(word: str) -> list[str]:
    forms = [word, word.lower(), word.capitalize()]
    return list(dict.fromkeys([*forms, word.upper()] if len(word) <= _LONGEST_ACRONYM else forms))


def _contains(part: str) -> Rule:
    return _any({"property": key, "operator": "contains", "value": part} for key in ("$identifier", "$title"))


def _whole(text: str) -> list[Rule]:
    """Returns rules for names that begin with the text as a whole."""
    forms = dict.fromkeys(
        [text, text.lower(), text.title(), text.title().replace(" ", ""), text.lower().replace(" ", "-")]
    )
    return [
        {"property": key, "operator": "beginsWith", "value": form}
        for key in ("$identifier", "$title")
        for form in forms
    ]


def _pieces(word: str) -> Rule | None:
    """Returns a rule for names that hold two of the three pieces of a word, in one of two cuts; None if it is short.

    A letter too many, too few, wrong or swapped spoils one piece, of one cut at least.
    """
    if len(word) < _SHORTEST_PIECES:
        return None
    size = len(word) // 3
    cuts = []
    for shift in (0, size // 2 or 1):
        begin, middle, end = word[: size + shift], word[size + shift : 2 * size + shift], word[2 * size + shift :]
        first = _any(_contains(it) for it in dict.fromkeys([begin.lower(), begin.capitalize()]))
        second, third = _contains(middle.lower()), _contains(end.lower())
        cuts.append(_any([_all([first, _any([second, third])]), _all([second, third])]))
    return _any(cuts)


def _within(blueprints: Sequence[str] | None) -> list[Rule]:
    if blueprints is None:
        return []
    return [{"property": "$blueprint", "operator": "in", "value": list(blueprints)}]


async def _count(port: PortClient, rule: Rule) -> int:
    return await port.entities.count_everywhere({"combinator": "and", "rules": [rule]})


async def _read(port: PortClient, rule: Rule) -> list[Entity]:
    query = {"combinator": "and", "rules": [rule]}
    return await port.entities.search_everywhere(query, include=["identifier", "title", "blueprint"])


def _ranked(text: str, entities: Iterable[Entity]) -> list[Found]:
    wanted = fold(text)
    scored = [
        (max(_likeness(wanted, fold(it)) for it in (entity.identifier, entity.title or "")), entity)
        for entity in entities
    ]
    return sorted(scored, key=lambda it: (-it[0], it[1].blueprint or "", it[1].identifier))


def _likeness(wanted: str, name: str) -> float:
    """Returns how alike two folded names are: 1 for the same; a name that holds the other whole is always above 0.5."""
    if not name:
        return 0.0
    ratio = SequenceMatcher(None, wanted, name, autojunk=False).ratio()
    if wanted in name:
        return max(ratio, 0.5 + 0.5 * len(wanted) / len(name) - (0.0 if name.startswith(wanted) else 0.05))
    return ratio


def _any(rules: Iterable[Rule]) -> Rule:
    return _joined("or", rules)


def _all(rules: Iterable[Rule]) -> Rule:
    return _joined("and", rules)


def _joined(combinator: str, rules: Iterable[Rule]) -> Rule:
    listed = list(rules)
    return listed[0] if len(listed) == 1 else {"combinator": combinator, "rules": listed}
