"""The shapes that an answer can have."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

__all__ = ["Answer", "Table"]


@dataclass(frozen=True)
class Table:
    """Rows under columns.

    Attributes:
        columns: The columns' names; plain words or identifiers.
        rows: One value a column; what is not a string is written as a person would.
        total: How many rows there are in all, shown here or not; None if these are all.
        offset: How many rows come before the first one here.
        cursor_after: Gives the cursor that goes on behind the first n rows of this table; None if one cannot go on.
        as_json: Shows each row as a JSON object on a line of its own, instead of tab-separated.
    """

    columns: Sequence[str]
    rows: Sequence[Sequence[object]]
    total: int | None = None
    offset: int = 0
    cursor_after: Callable[[int], str] | None = None
    as_json: bool = False


@dataclass(frozen=True)
class Answer:
    """What a tool has found.

    Attributes:
        headline: The answer in one line. Put catalog text through `inline`.
        table: Rows behind it.
        text: Longer text from the catalog behind it, such as a tree or a document; shown inside a fence.
        notes: What the reader should know besides: how a name was understood, what to try next.
        document: The address of the resource that holds all of what this is an extract of; sent as a link.
    """

    headline: str
    table: Table | None = None
    text: str | None = None
    notes: Sequence[str] = ()
    document: str | None = None
