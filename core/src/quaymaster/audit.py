"""The trail of calls: one line of JSON for each, without what was asked or answered."""

import json
import logging
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from quaymaster.errors import QuaymasterError, RefusedError

__all__ = ["AuditTrail"]

logger = logging.getLogger(__name__)

_LONGEST_NAME = 200


class AuditTrail:
    """Appends a line for each call to a file.

    A line has `at` (ISO 8601, UTC), `who`, `profile`, `tool`, `decision` (`allowed` or `refused`), `outcome` and
    `duration_ms`. The outcome is `ok`, `cancelled`, `failed` for a bug, or the class of the error, such as
    `NotFoundError`. A file that cannot be written does not stop the calls; it is said once on the log.

    Args:
        path: The file; None keeps no trail.
        wall_clock: Seconds since the epoch.
        clock: Seconds that only ever grow.
    """

    def __init__(
        self,
        path: Path | None,
        *,
        wall_clock: Callable[[], float] = time.time,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._path = path
        self._wall_clock = wall_clock
        self._clock = clock
        self._is_broken = False

    @contextmanager
    def entry(self, who: str, profile: str, tool: str) -> Iterator[None]:
        """Writes the line of the call that the block makes, when it ends, by what it raises."""
        if self._path is None:
            yield
            return
        at, began = self._wall_clock(), self._clock()
        error: BaseException | None = None
        try:
            yield
        except BaseException as exc:
            error = exc
            raise
        finally:
            line = {
                "at": datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds"),
                "who": who[:_LONGEST_NAME],
                "profile": profile,
                "tool": tool[:_LONGEST_NAME],
                "decision": "refused" if isinstance(error, RefusedError) else "allowed",
                "outcome": _outcome(error),
                "duration_ms": round((self._clock() - began) * 1000, 1),
            }
            self._append(self._path, json.dumps(line) + "\n")

    def _append(self, path: Path, line: str) -> None:
        """Adds a line in one write, so that the lines of several processes stay whole; it is too short to block."""
        try:
            file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            try:
                os.write(file, line.encode())
            finally:
                os.close(file)
        except OSError as exc:
            if not self._is_broken:
                logger.error("the audit trail cannot be written, and calls go on without it: %s", exc)
            self._is_broken = True


def _outcome(error: BaseException | None) -> str:
    if error is None:
        return "ok"
    if isinstance(error, QuaymasterError | TimeoutError):
        return type(error).__name__
    return "failed" if isinstance(error, Exception | SystemExit) else "cancelled"
