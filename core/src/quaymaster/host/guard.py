"""Runs a stranger's code so that the worst it can do to the start is to fail, late at most."""

import contextlib
import io
import sys
from collections.abc import Callable
from concurrent.futures import Future, wait
from threading import Thread
from typing import Any, TypeVar

__all__ = ["Noise", "PackFailure", "run_guarded"]

T = TypeVar("T")


class PackFailure(Exception):  # noqa: N818 - it is not raised for errors of ours
    """A pack's code raised, exited or did not come to an end; the text says which, on one line."""


class Noise(io.TextIOBase):
    """What stands in for stdout, which may be the protocol's: passes everything on to stderr.

    Attributes:
        was_heard: Something has been printed.
    """

    def __init__(self) -> None:
        self.was_heard = False

    def write(self, text: str) -> int:
        """Prints to stderr."""
        self.was_heard = True
        return sys.stderr.write(text)


def run_guarded(
    function: Callable[..., T], /, *, timeout_s: float | None = None, output: Noise | None = None, **arguments: Any
) -> T:
    """Returns what a pack's function returns.

    Args:
        function: What to run.
        output: Where it prints to; None for a new one.
        timeout_s: How long it may take, in seconds; then it is left behind in a thread of its own. None runs it in this
            thread, for as long as it takes.
        arguments: What to run it with.

    Raises:
        PackFailure: It raised, exited, or took too long.
    """
    try:
        with contextlib.redirect_stdout(output or Noise()):
            return function(**arguments) if timeout_s is None else _run_in_thread(function, timeout_s, arguments)
    except (PackFailure, KeyboardInterrupt):
        raise
    except BaseException as exc:
        text = " ".join(str(exc).split())
        raise PackFailure(f"raised {type(exc).__name__}: {text}" if text else f"raised {type(exc).__name__}") from exc


def _run_in_thread(function: Callable[..., T], timeout_s: float, arguments: dict[str, Any]) -> T:
    outcome: Future[T] = Future()

    def run() -> None:
        try:
            outcome.set_result(function(**arguments))
        except BaseException as exc:  # noqa: BLE001 - it is raised again, in the thread that waits
            outcome.set_exception(exc)

    Thread(target=run, daemon=True).start()
    if not wait([outcome], timeout_s).done:
        raise PackFailure(f"took longer than {timeout_s:g} s")
    return outcome.result()
