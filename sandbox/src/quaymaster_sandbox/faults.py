"""Troubles that a test can ask for: waiting, refusals, broken connections.

They are kept away from Port's own paths; the switches are under `/__sandbox/`.
"""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Fault:
    """One trouble, for the requests of a method and a beginning of the path (both optional).

    `times` is how often it strikes before it is over; None for always. A `status` is answered in the place of the real
    answer and nothing is done; `reset` breaks the connection, `"before"` or `"after"` the request has been carried out.
    """

    method: str | None = None
    path: str = "/"
    times: int | None = None
    latency_s: float = 0.0
    status: int | None = None
    error: str = "internal_error"
    message: str = "injected by the sandbox"
    headers: Mapping[str, str] = field(default_factory=dict)
    reset: str | None = None

    def concerns(self, method: str, path: str) -> bool:
        """Tells whether the fault is meant for such a request."""
        return self.method in (None, method) and path.startswith(self.path)


class Faults:
    """The faults of a sandbox that are not over yet."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._left: list[tuple[Fault, int | None]] = []

    def add(self, fault: Fault) -> None:
        """Lets a fault strike from now on, after those that were added before it."""
        with self._lock:
            self._left.append((fault, fault.times))

    def clear(self) -> None:
        """Ends all faults."""
        with self._lock:
            self._left.clear()

    def list(self) -> list[Fault]:
        """Returns the faults that are not over."""
        with self._lock:
            return [fault for fault, _ in self._left]

    def strike(self, method: str, path: str) -> Fault | None:
        """Returns the first fault that is meant for a request, once less to come; None if there is none."""
        with self._lock:
            for index, (fault, left) in enumerate(self._left):
                if fault.concerns(method, path):
                    if left is not None:
                        self._left[index] = (fault, left - 1)
                        if left == 1:
                            del self._left[index]
                    return fault
        return None
