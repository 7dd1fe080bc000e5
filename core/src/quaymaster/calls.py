"""A call under way: who calls, for which organisation, and the way back to the person who waits."""

import math
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Concatenate, Protocol, TypeAlias

from quaymaster.errors import RefusedError
from quaymaster.settings import Profile

__all__ = ["LOCAL", "NOBODY", "Call", "CallNext", "Client", "Middleware", "Middlewares", "Principal", "Question"]


@dataclass(frozen=True)
class Principal:
    """Who calls.

    Attributes:
        name: The name that the server's authentication gives; `local` for whoever launched the server over stdio.
        scopes: What the caller may do, of `read`, `write`, `run` and `delete`.
    """

    name: str
    scopes: frozenset[str]


LOCAL = Principal("local", frozenset({"read", "write", "run", "delete"}))
"""Whoever launched the server: on stdio there is nobody else."""


@dataclass(frozen=True)
class Question:
    """What a person is asked before something is done.

    Attributes:
        text: The question; says what would be done, and to what.
        typed: What the person has to type to agree; None if a tick is enough.
    """

    text: str
    typed: str | None = None


class Client(Protocol):
    """The client's side of one call; the server has one for each era of the protocol."""

    async def report_progress(self, done: float, total: float | None, message: str | None) -> None:
        """Tells the client how far the call is, if it wants to know."""
        ...

    async def ask(self, question: Question) -> bool | None:
        """Returns whether the person agrees; None if this client cannot ask."""
        ...

    async def visit(self, open_page: Callable[[], str], reason: str) -> bool | None:
        """Returns whether the person goes to a page in their browser; None if this client cannot ask for that.

        Args:
            open_page: Returns the page's address; called only if the client can.
            reason: What the person is told.
        """
        ...


class _Nobody:
    """A client that hears nothing and cannot be asked."""

    async def report_progress(self, done: float, total: float | None, message: str | None) -> None:
        """Does nothing."""

    async def ask(self, question: Question) -> bool | None:
        """Returns None."""
        return None

    async def visit(self, open_page: Callable[[], str], reason: str) -> bool | None:
        """Returns None."""
        return None


NOBODY: Client = _Nobody()
"""The client of a call that nobody waits for."""


@dataclass
class Call:
    """One call of a tool; a tool or a middleware gets it by taking a parameter of this type.

    Attributes:
        tool: The name under which the tool is offered.
        arguments: What the model gave, checked.
        profile: The organisation that the call works on.
        principal: Who calls.
        read_only: The tool changes nothing in Port, by its own word.
    """

    tool: str
    arguments: Mapping[str, Any]
    profile: Profile
    principal: Principal = LOCAL
    client: Client = field(default=NOBODY, repr=False)
    read_only: bool = False
    _done: float = field(default=-math.inf, init=False, repr=False)

    async def report_progress(self, done: float, total: float | None = None, message: str | None = None) -> None:
        """Tells the client how far the call is; whatever is not further than the last report is dropped."""
        if done > self._done:  # MCP: progress MUST increase with each notification
            self._done = done
            await self.client.report_progress(done, total, message)

    async def confirm(self, question: str, *, otherwise: str, typed: str | None = None) -> None:
        """Returns once the person behind the client has agreed.

        Ask before the first write: in the protocol of 2026-07-28 the client calls again with the answer, and the tool
        runs again from its start; the answer counts for the same question only.

        Args:
            question: What would be done, and to what ("Delete the 3 services of team web?").
            otherwise: What the model can do where nobody can be asked: the way by a plan that is shown and then applied
                ("call acme_plan_cleanup, show the plan, then give its id to acme_apply_cleanup").
            typed: What the person has to type to agree, such as the identifier of what is deleted.

        Raises:
            RefusedError: The person declined, or the client cannot ask.
        """
        agreed = await self.client.ask(Question(question, typed))
        if agreed is None:
            raise RefusedError(
                f"this needs a person's consent ({question}), and this client cannot ask for it. Nothing was done; "
                f"{otherwise}"
            )
        if not agreed:
            raise RefusedError(f"the person was asked ({question}) and did not agree. It was not done")


CallNext: TypeAlias = Callable[[], Awaitable[object]]
"""Goes on with the call and returns what the tool, or the next middleware, returns."""

Middleware: TypeAlias = Callable[Concatenate[Call, CallNext, ...], Awaitable[object]]
"""An async function around every call of a tool; parameters after the first two are injected by type."""

Middlewares: TypeAlias = Sequence[Middleware]
"""What `register_middleware` returns."""
