"""A store in one SQLite file, for the processes of one machine; only its owner can read it."""

import os
import sqlite3
import threading
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

import anyio
from anyio import to_thread

from quaymaster.errors import QuaymasterError

__all__ = ["SqliteStore"]

Row: TypeAlias = tuple[Any, ...]

_SCHEMA = """
CREATE TABLE IF NOT EXISTS kept (key TEXT PRIMARY KEY, value TEXT NOT NULL, ends_at REAL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS kept_ends_at ON kept (ends_at) WHERE ends_at IS NOT NULL;
CREATE TABLE IF NOT EXISTS told (
    number INTEGER PRIMARY KEY AUTOINCREMENT, channel TEXT NOT NULL, message TEXT NOT NULL, at REAL NOT NULL
);
"""
_LISTEN_EVERY_S = 0.2
"""How often a listener looks for messages: SQLite has no way to be told."""
_TOLD_FOR_S = 60.0
"""How long a message stays to be heard, in seconds."""


class SqliteStore:
    """A store in a file; what a method has acknowledged is on the disk.

    Args:
        path: The file; it and its folder are made if they are not there.
        wall_clock: Seconds since the epoch.
    """

    def __init__(self, path: Path, *, wall_clock: Callable[[], float] = time.time) -> None:
        self._path = path
        self._wall_clock = wall_clock
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None

    async def get(self, key: str) -> str | None:
        """Returns what is kept under a key; see `Store`."""
        rows = await self._run(
            "SELECT value FROM kept WHERE key = :key AND (ends_at IS NULL OR ends_at > :now)", key=key
        )
        return str(rows[0][0]) if rows else None

    async def put(self, key: str, value: str, *, ttl_s: float | None = None) -> None:
        """Keeps a value; see `Store`."""
        await self._write(
            "INSERT OR REPLACE INTO kept VALUES (:key, :value, :now + :ttl)", key=key, value=value, ttl=ttl_s
        )

    async def add(self, key: str, value: str, *, ttl_s: float | None = None) -> bool:
        """Keeps a value unless there is one; see `Store`."""
        rows = await self._write(
            "INSERT INTO kept VALUES (:key, :value, :now + :ttl) ON CONFLICT DO NOTHING RETURNING key",
            key=key,
            value=value,
            ttl=ttl_s,
        )
        return bool(rows)

    async def replace(self, key: str, old: str, new: str, *, ttl_s: float | None = None) -> bool:
        """Keeps `new` in the place of `old`; see `Store`."""
        rows = await self._write(
            "UPDATE kept SET value = :new, ends_at = :now + :ttl WHERE key = :key AND value = :old RETURNING key",
            key=key,
            old=old,
            new=new,
            ttl=ttl_s,
        )
        return bool(rows)

    async def take(self, key: str) -> str | None:
        """Returns what is kept and forgets it; see `Store`."""
        rows = await self._write("DELETE FROM kept WHERE key = :key RETURNING value", key=key)
        return str(rows[0][0]) if rows else None

    async def delete(self, key: str) -> None:
        """Forgets what is kept; see `Store`."""
        await self._write("DELETE FROM kept WHERE key = :key", key=key)

    async def list_keys(self, prefix: str) -> list[str]:
        """Returns the keys that begin with a prefix; see `Store`."""
        rows = await self._run(
            "SELECT key FROM kept WHERE substr(key, 1, :length) = :prefix AND (ends_at IS NULL OR ends_at > :now) "
            "ORDER BY key",
            prefix=prefix,
            length=len(prefix),
        )
        return [str(row[0]) for row in rows]

    async def publish(self, channel: str, message: str) -> None:
        """Tells a message; see `Store`."""
        await self._run(
            "DELETE FROM told WHERE at < :now - :told_for",
            "INSERT INTO told (channel, message, at) VALUES (:channel, :message, :now)",
            told_for=_TOLD_FOR_S,
            channel=channel,
            message=message,
        )

    @asynccontextmanager
    async def listen(self, channel: str) -> AsyncIterator[AsyncIterator[str]]:
        """Yields the messages of a channel; see `Store`."""
        last = await self._last_number()

        async def messages() -> AsyncIterator[str]:
            heard = last
            while True:
                rows = await self._run(
                    "SELECT number, message FROM told WHERE number > :heard AND channel = :channel ORDER BY number",
                    heard=heard,
                    channel=channel,
                )
                for number, message in rows:
                    heard = int(number)
                    yield str(message)
                await anyio.sleep(_LISTEN_EVERY_S)

        yield messages()

    async def aclose(self) -> None:
        """Closes the file; a later call opens it again."""
        await to_thread.run_sync(self._close)

    async def _last_number(self) -> int:
        rows = await self._run("SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'told'")
        return int(rows[0][0])

    async def _write(self, statement: str, **values: object) -> list[Row]:
        """Returns the rows of a statement, run after what has ended was forgotten: so an ended key is a free one."""
        return await self._run("DELETE FROM kept WHERE ends_at <= :now", statement, **values)

    async def _run(self, *statements: str, **values: object) -> list[Row]:
        """Returns the rows of the last of the statements, which are one transaction."""
        return await to_thread.run_sync(partial(self._execute, statements, {"now": self._wall_clock(), **values}))

    def _execute(self, statements: Sequence[str], values: Mapping[str, object]) -> list[Row]:
        try:
            with self._lock, self._opened() as connection:
                if len(statements) > 1:
                    connection.execute("BEGIN IMMEDIATE")
                return [connection.execute(it, values).fetchall() for it in statements][-1]
        except (sqlite3.Error, OSError) as exc:
            raise QuaymasterError(f"the state file {self._path} cannot be used: {exc}") from exc

    def _opened(self) -> sqlite3.Connection:
        if self._connection is None:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            os.close(os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600))
            self._connection = sqlite3.connect(self._path, isolation_level=None, timeout=10, check_same_thread=False)
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.execute("PRAGMA synchronous = FULL")  # what is acknowledged outlives a loss of power
            self._connection.executescript(_SCHEMA)
        return self._connection

    def _close(self) -> None:
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None
