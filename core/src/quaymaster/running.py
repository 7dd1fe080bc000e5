"""How one call runs: what each function takes is filled in, middleware goes around, and people may take their time."""

import logging
import math
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import anyio

from quaymaster.calls import Call, Client, Question
from quaymaster.errors import QuaymasterError
from quaymaster.host import OfferedMiddleware, OfferedTool, PackRecord
from quaymaster.lifespans import Lifespans
from quaymaster.port import PortClient, PortClients

__all__ = ["Patient", "Run"]

logger = logging.getLogger(__name__)

_ANSWER_S = 600.0
"""How long a person has to answer, in seconds."""

Step = Callable[[], Awaitable[object]]


@dataclass(frozen=True)
class Run:
    """A call on its way to a tool.

    Attributes:
        call: The call.
        clients: The clients to Port for this call.
        lifespans: What the packs have opened.
    """

    call: Call
    clients: PortClients
    lifespans: Lifespans

    async def through(self, middleware: list[OfferedMiddleware], run_tool: Step) -> object:
        """Returns what a step returns, through all the middleware, the first one outermost."""
        step = run_tool
        for it in reversed(middleware):
            step = self._around(step, it)
        return await step()

    async def run(self, offered: OfferedTool) -> object:
        """Returns what a tool of this process returns."""
        injected = self.fill(offered.record, offered.input.injected)
        return await offered.tool.function(**self.call.arguments, **injected)

    def _around(self, step: Step, middleware: OfferedMiddleware) -> Step:
        async def run_middleware() -> object:
            passing: list[BaseException] = []

            async def call_next() -> object:
                try:
                    return await step()
                except (Exception, SystemExit) as exc:
                    passing.append(exc)
                    raise

            try:
                injected = self.fill(middleware.record, middleware.injected)
                return await middleware.function(self.call, call_next, **injected)
            except QuaymasterError:
                raise
            except (Exception, SystemExit) as exc:
                if exc in passing:
                    raise
                name = getattr(middleware.function, "__name__", "of no name")
                raise middleware.record.candidate.error(f"middleware {name!r} failed") from exc

        return run_middleware

    def fill(self, record: PackRecord, injected: Mapping[str, type]) -> dict[str, Any]:
        """Returns what the core fills in for a function's parameters, by their types."""
        return {name: self._value(record, kind) for name, kind in injected.items()}

    def _value(self, record: PackRecord, kind: type) -> object:
        if kind is PortClient:
            return self.clients.own
        if kind is PortClients:
            return self.clients
        if kind is Call:
            return self.call
        return record.settings if kind is type(record.settings) else self.lifespans.value_of(record)


@dataclass(frozen=True)
class Patient:
    """A client for whose user's answer the call's time stands still.

    Attributes:
        client: The client.
        scope: What stops the call when its time is over.
    """

    client: Client
    scope: anyio.CancelScope

    async def report_progress(self, done: float, total: float | None, message: str | None) -> None:
        """Passes the report on."""
        await self.client.report_progress(done, total, message)

    async def visit(self, open_page: Callable[[], str], reason: str) -> bool | None:
        """Passes the request on."""
        return await self.client.visit(open_page, reason)

    async def ask(self, question: Question) -> bool | None:
        """Returns the answer; no answer within ten minutes is a no."""
        left_s = self.scope.deadline - anyio.current_time()
        self.scope.deadline = math.inf
        try:
            with anyio.move_on_after(_ANSWER_S):
                return await self.client.ask(question)
            return False
        finally:
            self.scope.deadline = anyio.current_time() + left_s
