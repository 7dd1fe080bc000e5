"""Documents that differ in one place from a given one.

for place, mutant in mutate({"title": "Service"}):
    ...      # ("drop", "title"), {};  ("set", "title", 7), {"title": 7};  …
"""

from copy import deepcopy

_REPLACEMENTS = [
    None,
    True,
    0,
    7,
    -1,
    1001,
    "",
    "x",
    "a b",
    "..",
    "ü²",
    "a" * 31,
    "a" * 1001,
    [],
    ["x"],
    [7],
    {},
    {"x": 1},
]


def mutate(document):
    """Each document with one thing changed, after a description of the change."""
    for path, part in _parts(document):
        for change, mutant in _changes(part):
            yield (*path, change), _replaced(document, path, mutant)


def _parts(part, path=()):
    """All parts of a document with their paths, the document itself first."""
    yield path, part
    members = part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ()
    for key, member in members:
        yield from _parts(member, (*path, key))


def _changes(part):
    for replacement in _REPLACEMENTS:
        if type(replacement) is not type(part) or replacement != part:
            yield f"set {str(replacement)[:12]!r}", replacement
    if isinstance(part, str):
        yield "append ~", part + "~"
        yield "upper", part.upper()
        yield "append newline", part + "\n"
    elif isinstance(part, list):
        yield "append text", [*part, "zzz"]
        yield "append null", [*part, None]
        yield "twenty-one", (part * 21)[:21]
        yield "hundred and one", (part * 101)[:101]
    elif isinstance(part, dict):
        yield "add zzz", {**part, "zzz": "zzz"}
        yield "add bad key", {**part, "b d": deepcopy(next(iter(part.values()), 1))}
        yield "add type", {**part, "type": "string"}
        yield "add value", {**part, "value": "x"}
        for key in part:
            yield f"drop {key}", {other: member for other, member in part.items() if other != key}
            yield f"rename {key}", {(f"{key}!" if other == key else other): m for other, m in part.items()}


def _replaced(document, path, replacement):
    """The document with another part at the path; nothing is shared with what is changed."""
    if not path:
        return replacement
    copy = document.copy()
    copy[path[0]] = _replaced(document[path[0]], path[1:], replacement)
    return copy
