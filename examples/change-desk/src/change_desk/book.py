"""The change book: one line for each call that could change Port, in an SQLite file."""

import sqlite3
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from functools import partial
from pathlib import Path

import anyio
import anyio.to_thread

__all__ = ["ChangeBook"]

_SCHEMA = """
CREATE TABLE IF NOT EXISTS changes (
    line INTEGER PRIMARY KEY, at TEXT, caller TEXT, profile TEXT, tool TEXT, outcome TEXT
)
"""


class ChangeBook:
    """The book. A line whose outcome is still `begun` belongs to a call that was cut off, or that asked a person."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._one_at_a_time = anyio.CapacityLimiter(1)

    @classmethod
    @asynccontextmanager
    async def opened(cls, path: Path) -> AsyncIterator["ChangeBook"]:
        """Yields the book in a file, made if there is none."""
        open_file = partial(sqlite3.connect, path, isolation_level=None, check_same_thread=False)
        book = cls(await anyio.to_thread.run_sync(open_file))
        try:
            await book._run(_SCHEMA)
            yield book
        finally:
            book._connection.close()

    async def begin(self, at: datetime, caller: str, profile: str, tool: str) -> int:
        """Writes a line and returns its number."""
        columns = "INSERT INTO changes (at, caller, profile, tool, outcome) VALUES (?, ?, ?, ?, 'begun') RETURNING line"
        ((line,),) = await self._run(columns, at.isoformat(timespec="seconds"), caller, profile, tool)
        return int(line)

    async def end(self, line: int, outcome: str) -> None:
        """Notes how the call of a line ended."""
        await self._run("UPDATE changes SET outcome = ? WHERE line = ?", outcome, line)

    async def count(self) -> int:
        """Returns how many lines there are."""
        ((lines,),) = await self._run("SELECT count(*) FROM changes")
        return int(lines)

    async def newest(self, limit: int) -> Sequence[tuple[str, ...]]:
        """Returns the newest lines as (at, caller, profile, tool, outcome)."""
        return await self._run(
            "SELECT at, caller, profile, tool, outcome FROM changes ORDER BY line DESC LIMIT ?", limit
        )

    async def _run(self, statement: str, *values: object) -> list[tuple[str, ...]]:
        def execute() -> list[tuple[str, ...]]:
            return self._connection.execute(statement, values).fetchall()

        return await anyio.to_thread.run_sync(execute, limiter=self._one_at_a_time)
