"""Plans and their journal, in one SQLite file that only its owner can read.

Every entry is on the disk before the function that writes it returns. The functions block: call them from a thread.
"""

import json
import os
import secrets
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal

from quaymaster import InputError
from quaymaster_builder.planning.plan import Plan
from quaymaster_builder.planning.sealing import Sealed, open_sealed, seal

__all__ = ["Entry", "Event", "Store", "StoredPlan", "load_key"]

_SCHEMA = """
CREATE TABLE IF NOT EXISTS plan (
    id TEXT PRIMARY KEY, profile TEXT NOT NULL, caller TEXT NOT NULL, created_at TEXT NOT NULL, sealed TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS journal (
    plan TEXT NOT NULL, seq INTEGER NOT NULL, at TEXT NOT NULL, event TEXT NOT NULL, detail TEXT NOT NULL,
    PRIMARY KEY (plan, seq)
);
CREATE TABLE IF NOT EXISTS lease (plan TEXT PRIMARY KEY, holder TEXT NOT NULL, until TEXT NOT NULL);
"""
_KEY_BYTES = 32
_LEASE = timedelta(seconds=90)
_KEPT_UNAPPLIED = timedelta(days=7)

Event = Literal["begun", "sending", "done", "failed", "ended"]
"""What the journal tells of a plan: its start with what was saved, each write before and after, and its end."""


@dataclass(frozen=True)
class Entry:
    """One entry of a plan's journal."""

    event: Event
    at: datetime
    detail: Mapping[str, Any]


@dataclass(frozen=True)
class StoredPlan:
    """A plan and what has become of it, oldest entry first."""

    id: str
    plan: Plan
    journal: Sequence[Entry]


class Store:
    """The plans of one data folder.

    Args:
        folder: Where the file is; made if it is missing.
        key: What plans are sealed with.
    """

    def __init__(self, folder: Path, key: bytes) -> None:
        self._path = folder / "plans.db"
        self._key = key

    def add(self, plan: Plan) -> str:
        """Stores a plan and returns its id; plans that were never applied are forgotten a week after."""
        sealed = seal(plan, self._key)
        forgotten = (plan.created_at - _KEPT_UNAPPLIED).isoformat()
        with self._connection() as connection:
            connection.execute(
                "DELETE FROM plan WHERE created_at < ? AND id NOT IN (SELECT plan FROM journal)", (forgotten,)
            )
            row = (sealed.id, plan.profile, plan.caller, plan.created_at.isoformat(), sealed.text)
            connection.execute("INSERT OR IGNORE INTO plan VALUES (?, ?, ?, ?, ?)", row)
        return sealed.id

    def get(self, plan_id: str, profile: str, caller: str) -> StoredPlan:
        """Returns a plan of a caller's.

        Raises:
            InputError: This caller has no such plan for this profile.
            BrokenSealError: The plan is not the one that was shown.
        """
        with self._connection() as connection:
            row = connection.execute(
                "SELECT sealed FROM plan WHERE id = ? AND profile = ? AND caller = ?", (plan_id, profile, caller)
            ).fetchone()
            if row is None:
                raise InputError(f"there is no plan {plan_id!r}; list_plans shows those of profile {profile!r}")
            return self._read(connection, plan_id, row[0])

    def list_newest(self, profile: str, caller: str, limit: int) -> list[StoredPlan]:
        """Returns a caller's plans for a profile, newest first; those with a broken seal are left out."""
        found: list[StoredPlan] = []
        with self._connection() as connection:
            rows = connection.execute(
                "SELECT id, sealed FROM plan WHERE profile = ? AND caller = ?"
                " ORDER BY created_at DESC, rowid DESC LIMIT ?",
                (profile, caller, limit),
            ).fetchall()
            for plan_id, sealed in rows:
                with suppress(InputError):
                    found.append(self._read(connection, plan_id, sealed))
        return found

    def record(self, plan_id: str, event: Event, at: datetime, **detail: Any) -> None:
        """Adds an entry to a plan's journal."""
        with self._connection() as connection:
            connection.execute(
                "INSERT INTO journal SELECT ?, COALESCE(MAX(seq), 0) + 1, ?, ?, ? FROM journal WHERE plan = ?",
                (plan_id, at.isoformat(), event, json.dumps(detail, ensure_ascii=False), plan_id),
            )

    def hold(self, plan_id: str, holder: str, now: datetime) -> datetime | None:
        """Keeps others from applying a plan for a minute and a half; until when another does if that cannot be."""
        with self._connection() as connection:
            row = connection.execute("SELECT holder, until FROM lease WHERE plan = ?", (plan_id,)).fetchone()
            if row is not None and row[0] != holder and datetime.fromisoformat(row[1]) > now:
                return datetime.fromisoformat(row[1])
            connection.execute("REPLACE INTO lease VALUES (?, ?, ?)", (plan_id, holder, (now + _LEASE).isoformat()))
        return None

    def release(self, plan_id: str, holder: str) -> None:
        """Lets others apply a plan again."""
        with self._connection() as connection:
            connection.execute("DELETE FROM lease WHERE plan = ? AND holder = ?", (plan_id, holder))

    def _read(self, connection: sqlite3.Connection, plan_id: str, sealed: str) -> StoredPlan:
        plan = open_sealed(Sealed(plan_id, sealed), self._key)
        rows = connection.execute("SELECT event, at, detail FROM journal WHERE plan = ? ORDER BY seq", (plan_id,))
        journal = [Entry(event, datetime.fromisoformat(at), json.loads(detail)) for event, at, detail in rows]
        return StoredPlan(plan_id, plan, journal)

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        """Opens the file for one transaction, which nobody else writes into."""
        _make_private(self._path)
        connection = sqlite3.connect(self._path, timeout=10, isolation_level=None)
        try:
            connection.execute("PRAGMA synchronous = FULL")
            connection.executescript(_SCHEMA)
            connection.execute("BEGIN IMMEDIATE")
            yield connection
            connection.execute("COMMIT")
        finally:
            connection.close()


def load_key(folder: Path) -> bytes:
    """Returns the key of a data folder; it is made at the first call."""
    path = folder / "key"
    with suppress(FileNotFoundError):
        return path.read_bytes()
    made = folder / f".key-{secrets.token_hex(8)}"
    _make_private(made, secrets.token_bytes(_KEY_BYTES))
    with suppress(FileExistsError):
        os.link(made, path)  # unlike a renaming, never takes the place of a key that another process has just made
    made.unlink()
    return path.read_bytes()


def _make_private(path: Path, content: bytes = b"") -> None:
    """Makes a file that only its owner can read, and its folder, unless they are there."""
    if path.exists():
        return
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with suppress(FileExistsError):
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(descriptor)
