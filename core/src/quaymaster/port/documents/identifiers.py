"""The names that Port accepts, each rule once (Port: the patterns in the OpenAPI document's components)."""

import re
from dataclasses import dataclass

__all__ = ["ACTION", "BLUEPRINT", "ENTITY", "MIRROR_PATH", "PROPERTY", "SECRET", "TEAM", "WORDING", "NamePattern"]

# JavaScript's \s as a character class: Python's differs from it in a few control characters.
_SPACE = r"\t\n\v\f\r \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"


@dataclass(frozen=True, slots=True)
class NamePattern:
    r"""A pattern in Port's own text, and the Python expression that means the same.

    Port's patterns are JavaScript's, with `\p{L}` for a letter of any script. Python has no `\p`; `[^\W\d_]` is
    near, but also holds digits such as '²', so letters beyond ASCII are asked one by one.
    """

    port_text: str
    expression: re.Pattern[str]

    def matches(self, name: str) -> bool:
        """Returns whether Port accepts the name; its length is another question."""
        if self.expression.fullmatch(name) is None:
            return False
        return name.isascii() or "\\p{L}" not in self.port_text or all(c.isascii() or c.isalpha() for c in name)


def _pattern(port_text: str, python_text: str | None = None) -> NamePattern:
    """Builds a pattern; `python_text` is given where Python reads Port's text differently."""
    return NamePattern(port_text, re.compile(python_text or port_text[1:-1]))


def _identifier(characters: str) -> NamePattern:
    """Builds the pattern of an identifier: letters, digits and these characters, but neither `.` nor `..`."""
    python_text = rf"(?!\.{{1,2}}\Z)(?:[^\W\d_]|[0-9{characters}])+"
    return NamePattern(rf"^(?!\.{{1,2}}$)[\p{{L}}0-9{characters}]+$", re.compile(python_text))


BLUEPRINT = _identifier(r"@_.+:\\/-")
ENTITY = _identifier(r"@_.+:\\/=-")
ACTION = _identifier(r"@_.+:=-")
PROPERTY = _pattern(r"^[A-Za-z0-9@_=\\-]+$")
TEAM = _pattern(r"^[^;#/\?\s][^;#/\?]*[^;#/\?\s]$", rf"[^;#/?{_SPACE}][^;#/?]*[^;#/?{_SPACE}]")
SECRET = _pattern(r"^[A-Za-z0-9-_]*$")
MIRROR_PATH = _pattern(r"^(?:[A-Za-z0-9@_=\-$]+\.)+?(\w|\$|@|-)*?[^\.]+$", r"(?:[A-Za-z0-9@_=\-$]+\.)+[^.]+")
WORDING = _pattern(r"^[^\s].*[^\s]$", rf"[^{_SPACE}].*[^{_SPACE}]")
