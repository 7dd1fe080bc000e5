"""What tools return, and how a model reads it."""

from quaymaster.results.cursors import Cursor, read_cursor
from quaymaster.results.render import estimate_tokens, plain, render
from quaymaster.results.text import clean, harmless, inline
from quaymaster.results.values import Answer, Table

__all__ = [
    "Answer",
    "Cursor",
    "Table",
    "clean",
    "estimate_tokens",
    "harmless",
    "inline",
    "plain",
    "read_cursor",
    "render",
]
