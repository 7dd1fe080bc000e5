"""Tells which properties a jq program reads, where that can be told for certain.

Most calculations make a value of one or two properties. Where nothing else can come into it, the program need not be
given the whole entity, and its value changes with the entity alone.
"""

import re
from functools import lru_cache

_TOKEN = re.compile(
    r"""\s+
    | (?P<text>"(?:[^"\\(]|\\[^(])*")
    | \.properties (?: \.(?P<name>[A-Za-z_]\w*) | \[\s*"(?P<key>[^"\\]*)"\s*\] )
    | (?P<path>\.(?:[A-Za-z_]\w*|(?=\[))?)
    | (?P<number>\d+(?:\.\d+)?)
    | (?P<word>[A-Za-z_]\w*)
    | (?P<operator>//|[=!<>]=|[-+*/%<>,:;?|()\[\]{}])""",
    re.VERBOSE,
)
_LITERALS = frozenset({"null", "true", "false", "and", "or"})
_OPENING, _CLOSING = {"(", "[", "{", "if"}, {")", "]", "}", "end"}
_BRANCHES = frozenset({"then", "elif", "else"})
_UNCERTAIN = frozenset(
    {
        "as",
        "catch",
        "def",
        "env",
        "foreach",
        "halt",
        "import",
        "include",
        "input",
        "inputs",
        "label",
        "localtime",
        "now",
    }
    | {"reduce", "strflocaltime", "try"}
)
"""Words that bring in something else than the value before the pipe."""


@lru_cache(maxsize=2048)
def properties_read(program: str) -> frozenset[str] | None:
    """Returns the only properties that a program reads; None if it may read more, or if that cannot be told.

    Before the first `|` a program works on the whole entity, and may do nothing there but take a property by its name.
    After it, it works on what it has taken. A bracket or a branch of an `if` begins where its surroundings stand.
    """
    names: set[str] = set()
    on_entity, outside = True, []
    position, taken_until = 0, -1
    while position < len(program):
        token = _TOKEN.match(program, position)
        if token is None:
            return None
        goes_on = token.start() == taken_until
        position = token.end()
        if token["path"] or token["name"] or token["key"] or token["operator"] in ("]", ")"):
            taken_until = position
        word = token["word"] or token["operator"]
        name = token["name"] or token["key"]
        if name is not None and on_entity:
            names.add(name)
        elif token["path"] is not None and on_entity and not goes_on:
            return None
        elif word in _OPENING:
            outside.append(on_entity)
        elif word in _CLOSING and outside:
            on_entity = outside.pop()
        elif word in _BRANCHES and outside:
            on_entity = outside[-1]
        elif word == "|":
            on_entity = False
        elif token["word"] is not None and (word in _UNCERTAIN or (on_entity and word not in _LITERALS)):
            return None
    return frozenset(names)
