"""Catalog text made safe to read: whoever can write to the catalog can write here."""

import json
import re
import unicodedata
from collections.abc import Mapping

__all__ = ["cell", "clean", "fenced", "harmless", "inline"]

_KEPT_CONTROLS = "\n\t"
_HIDDEN_CATEGORIES = {"Cc", "Cf", "Co", "Cs", "Cn"}
_HIDDEN_LETTERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0\u2800\u2028\u2029")
"""Letters, marks and separators that show nothing, or break a line where no line should break."""
_VARIATION_SELECTORS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_ANSI_SEQUENCE = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\-_])")
_TAG = re.compile(r"<(?=[a-zA-Z/!|?])")
_BACKTICK_RUN = re.compile(r"`{3,}")
_MAX_CELL = 200
_MAX_INLINE = 80


def clean(text: str) -> str:
    """Returns the text without what a reader cannot see: control, format and bidirectional characters, ANSI sequences.

    Line breaks and tabs stay. Text in plain ASCII, the usual case, is passed through.
    """
    if text.isascii() and text.isprintable():
        return text
    text = _VARIATION_SELECTORS.sub("", _ANSI_SEQUENCE.sub("", text.replace("\r\n", "\n")))
    return "".join(character for character in text if character in _KEPT_CONTROLS or not _is_hidden(character))


def _is_hidden(character: str) -> bool:
    return character in _HIDDEN_LETTERS or unicodedata.category(character) in _HIDDEN_CATEGORIES


def inline(text: object) -> str:
    """Returns catalog text for use within a sentence: on one line, without markup, at most 80 characters."""
    line = harmless(" ".join(clean(str(text)).split()))
    return line if len(line) <= _MAX_INLINE else f"{line[: _MAX_INLINE - 1]}…"


def harmless(text: str) -> str:
    """Returns text that a client can show as Markdown without loading or linking anything: no code, links or HTML."""
    return _TAG.sub("‹", text.replace("`", "'").replace("](", "] ("))


def cell(value: object) -> str:
    """Returns a value as one cell of a tab-separated row; what is longer than 200 characters is cut with a mark."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:.10g}"
    if isinstance(value, list | tuple) and not any(isinstance(part, Mapping | list | tuple) for part in value):
        return _cut(", ".join(cell(part) for part in value))
    if isinstance(value, Mapping | list | tuple):
        value = json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str)
    return _cut(_defuse(" ".join(clean(str(value)).split())))


def fenced(text: str, language: str = "") -> str:
    """Returns text inside a fence that the text itself cannot close."""
    return f"```{language}\n{_defuse(clean(text))}\n```"


def _defuse(text: str) -> str:
    return _BACKTICK_RUN.sub(lambda match: "'" * len(match[0]), text)


def _cut(text: str) -> str:
    return text if len(text) <= _MAX_CELL else f"{text[:_MAX_CELL]}…(+{len(text) - _MAX_CELL:,} characters)"
