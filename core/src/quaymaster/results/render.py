"""One answer as the text that a model reads: the answer first, then the rows, then what is not shown."""

import dataclasses
import json
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel
from pydantic_core import to_jsonable_python

from quaymaster.results.text import cell, clean, fenced
from quaymaster.results.values import Answer, Table

__all__ = ["estimate_tokens", "plain", "render"]

_ASCII_PER_TOKEN = 3.0
_NOTE_RESERVE = 120
"""Tokens kept free for the notes and the cursor behind a table."""


def estimate_tokens(text: str) -> int:
    """Returns about how many tokens a model pays for a text, rather too many than too few.

    Three ASCII characters a token (identifiers, tab-separated), one token for any other character.
    """
    ascii_count = len(text.encode("ascii", errors="ignore"))
    return int(ascii_count / _ASCII_PER_TOKEN) + len(text) - ascii_count + 1


def render(value: object, max_tokens: int) -> str:
    """Returns what a tool returned, as text of at most about `max_tokens`; whatever is cut is said.

    An `Answer` or a `Table` is laid out; a string or a number is itself; a dataclass, mapping or list is shown as JSON.
    """
    if isinstance(value, Table):
        value = Answer(f"{value.total if value.total is not None else len(value.rows):,} rows", value)
    if isinstance(value, Answer):
        return _render_answer(value, max_tokens)
    if isinstance(value, str):
        return _capped(clean(value), max_tokens)
    return fenced(_capped(_json(value), max_tokens), "json")


def _render_answer(answer: Answer, max_tokens: int) -> str:
    parts = [" ".join(clean(answer.headline).split())]
    notes = [" ".join(clean(note).split()) for note in answer.notes]
    left = max_tokens - estimate_tokens("\n".join(parts + notes)) - _NOTE_RESERVE
    if answer.table is not None and answer.table.rows:
        table, what_is_left = _render_table(answer.table, left)
        parts.append(table)
        if what_is_left:
            notes.insert(0, what_is_left)
        left -= estimate_tokens(table)
    if answer.text:
        parts.append(fenced(_capped(answer.text, left)))
    return "\n".join(parts + notes)


def _render_table(table: Table, max_tokens: int) -> tuple[str, str]:
    """Returns the fenced rows that fit, at least one, and a line on those that are not shown; empty if all are."""
    head = [] if table.as_json else ["\t".join(cell(column) for column in table.columns)]
    lines: list[str] = []
    left = max_tokens - sum(map(estimate_tokens, head))
    for row in table.rows:
        line = _json_line(table.columns, row) if table.as_json else "\t".join(cell(value) for value in row)
        left -= estimate_tokens(line)
        if left < 0 and lines:
            break
        lines.append(line)
    language = "json" if table.as_json else "tsv"
    return f"```{language}\n" + "\n".join(head + lines) + "\n```", _what_is_left(table, len(lines))


def _json_line(columns: Sequence[str], row: Sequence[object]) -> str:
    values = {clean(column): _json_cell(value) for column, value in zip(columns, row, strict=True)}
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"))


def _json_cell(value: object) -> Any:
    """Returns a value as JSON has it; text in it is cleaned and cut as in any cell."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, list | tuple):
        return [_json_cell(part) for part in value]
    return cell(value)


def _what_is_left(table: Table, shown: int) -> str:
    total = table.offset + len(table.rows) if table.total is None else table.total
    end = table.offset + shown
    if end >= total:
        return ""
    first = table.offset + 1
    rows = f"rows {first:,}-{end:,} of {total:,}"
    if table.cursor_after is None:
        return f"{rows}; the rest is not shown: narrow the filter, or choose fewer columns"
    return f"{rows}; next: cursor={table.cursor_after(shown)}"


def _json(value: object) -> str:
    return json.dumps(plain(value), ensure_ascii=False, separators=(",", ":"))


def plain(value: object) -> Any:
    """Returns a value in the form that JSON has for it, whatever it holds.

    A pydantic document is as it is on the wire, a dataclass a mapping of its fields, a date in ISO 8601, a set
    in order; what JSON has no form for is text.
    """
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, Mapping):
        return {key if isinstance(key, str) else str(plain(key)): plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [plain(part) for part in value]
    if isinstance(value, set | frozenset):
        return [plain(part) for part in sorted(value, key=str)]
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json", by_alias=True, exclude_unset=True)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    return to_jsonable_python(value, fallback=str)


def _capped(text: str, max_tokens: int) -> str:
    if estimate_tokens(text) <= max_tokens:
        return text
    kept = text[: len(text) * max(max_tokens, 0) // estimate_tokens(text)]
    return f"{kept}…(cut here: {len(text) - len(kept):,} of {len(text):,} characters are not shown)"
