"""The person at the terminal: whoever runs a tool from the command line can be asked there."""

import sys
from collections.abc import Callable

from anyio import to_thread

from quaymaster.calls import NOBODY, Client, Question

__all__ = ["person_at_terminal"]


class _Terminal:
    """A client whose person answers on standard input."""

    async def report_progress(self, done: float, total: float | None, message: str | None) -> None:
        """Does nothing: the answer is printed at the end."""

    async def visit(self, open_page: Callable[[], str], reason: str) -> bool | None:
        """Returns None: a terminal opens no pages."""
        return None

    async def ask(self, question: Question) -> bool | None:
        """Returns whether the person has typed what agrees."""
        wanted = "yes" if question.typed is None else question.typed
        print(f"{question.text}\nType {wanted!r} to agree: ", end="", file=sys.stderr, flush=True)
        answer: str = await to_thread.run_sync(sys.stdin.readline, abandon_on_cancel=True)
        return answer.strip() == wanted


def person_at_terminal() -> Client:
    """Returns the person at the terminal; nobody if standard input or the errors go elsewhere."""
    return _Terminal() if sys.stdin.isatty() and sys.stderr.isatty() else NOBODY
