"""Connections and transactions: one writer, readers that see only whole writes."""

import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from quaymaster_sandbox.storage import schema
from quaymaster_sandbox.storage.indexes import Column, make_indexes

_BUSY_TIMEOUT_S = 30.0
_CACHE_KIB = 64_000
_WAL_PAGES = 4000
"""How long the log of a file grows before it is brought over: a bulk load rewrites the same pages many times."""


class Connection(sqlite3.Connection):
    """A connection that knows the session it is in, for the SQL functions that call back."""

    session: Any = None


class Database:
    """One SQLite database, in memory or in a file that several processes may share.

    A file is opened in WAL mode: a commit survives the death of the process, and readers neither wait for the writer
    nor see half of what it does. In memory there is a single connection, used by one thread at a time.
    """

    def __init__(self, path: Path | None, prepare: Callable[[Connection], None]) -> None:
        self._path = path
        self._prepare = prepare
        self._write_lock = threading.RLock()
        self._writer = self._connect()
        self._idle_readers: list[Connection] = []
        self._indexed: set[Column] = set()
        with self.write() as connection:
            version = connection.execute("PRAGMA user_version").fetchone()[0]
            if version == 0:
                schema.create_tables(connection)
            elif version != schema.VERSION:
                raise ValueError(f"{path} was written by another version of the sandbox: start with a new file")

    def _connect(self) -> Connection:
        connection = sqlite3.connect(
            self._path or ":memory:",
            timeout=_BUSY_TIMEOUT_S,
            isolation_level=None,
            check_same_thread=False,
            cached_statements=512,
            factory=Connection,
        )
        connection.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
        connection.execute("PRAGMA temp_store = MEMORY")
        if self._path is not None:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute("PRAGMA secure_delete = OFF")
            connection.execute(f"PRAGMA wal_autocheckpoint = {_WAL_PAGES}")
        self._prepare(connection)
        return connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Opens a transaction that may write; it is committed at the end, or undone if the block raises."""
        with self._write_lock:
            connection = self._writer
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Opens a transaction that sees one state of the database from its first read to its last."""
        if self._path is None:
            with self.write() as connection:
                yield connection
            return
        try:
            connection = self._idle_readers.pop()
        except IndexError:
            connection = self._connect()
        connection.execute("BEGIN")
        try:
            yield connection
        finally:
            connection.execute("ROLLBACK")
            self._idle_readers.append(connection)

    def without_index(self, columns: Iterable[Column]) -> frozenset[Column]:
        """Returns those columns for which this process has made no indexes yet."""
        return frozenset(columns) - self._indexed

    def index(self, columns: frozenset[Column]) -> None:
        """Makes the indexes of columns that have none, in a transaction of its own."""
        with self.write() as connection:
            make_indexes(connection, columns)
        self._indexed |= columns

    def close(self) -> None:
        """Closes every connection that is not in use."""
        with self._write_lock:
            for connection in (self._writer, *self._idle_readers):
                connection.close()
            self._idle_readers.clear()


_LIMITS = ("stack overflow", "too large", "too many", "at most", "too big")
"""What SQLite says of a statement that goes beyond one of its limits (https://sqlite.org/limits.html)."""


def is_beyond_limits(error: sqlite3.Error) -> bool:
    """Tells whether a statement failed because it was too deep, too long or too wide for SQLite."""
    return isinstance(error, sqlite3.OperationalError | sqlite3.DataError) and any(it in str(error) for it in _LIMITS)


@contextmanager
def savepoint(connection: Connection) -> Iterator[None]:
    """Undoes what the block wrote if it raises, and leaves the rest of the transaction as it was."""
    connection.execute("SAVEPOINT part")
    try:
        yield
    except BaseException:
        connection.execute("ROLLBACK TO part")
        connection.execute("RELEASE part")
        raise
    connection.execute("RELEASE part")
