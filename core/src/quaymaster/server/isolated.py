"""Serves one isolated pack to its parent, and hands over to the parent what its tools want of Port."""

import itertools
from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any, TextIO

import anyio
import mcp.types as t
from mcp.server.context import CallNext, HandlerResult, ServerRequestContext
from mcp.server.stdio import stdio_server

from quaymaster.application import Application, Caller
from quaymaster.calls import LOCAL, Principal
from quaymaster.errors import InputError, NotConfiguredError, QuaymasterError, RefusedError, SettingsError
from quaymaster.host import Host
from quaymaster.isolation.names import ANSWER, CALL_KEY, NEXT, PRINCIPAL_KEY
from quaymaster.isolation.tunnel import AnswerParams, Failure, Nothing, PortCall
from quaymaster.policy import Policy
from quaymaster.port import PortClient
from quaymaster.port import errors as port_errors
from quaymaster.port.errors import PortError
from quaymaster.port.routes import Query
from quaymaster.port.sender import JSON, Sender
from quaymaster.port.verify import Proof
from quaymaster.server.adapter import build_server
from quaymaster.settings import Profile, Settings

__all__ = ["run_isolated"]

_CALL: ContextVar[str] = ContextVar("call", default="")
"""The name of the call that this code runs in."""
_EXPECTED: dict[str, type[QuaymasterError]] = {
    it.__name__: it for it in (InputError, NotConfiguredError, RefusedError, SettingsError)
}
"""The errors of the core that a request to Port can meet."""
_WAITING = 1000
"""How many requests may wait for the parent to fetch them."""


def run_isolated(settings: Settings, host: Host, protocol: TextIO) -> None:
    """Serves the pack over standard input and output until the parent closes them."""
    anyio.run(_serve, settings, host, protocol)


async def _serve(settings: Settings, host: Host, protocol: TextIO) -> None:
    tunnel = _Tunnel()
    server = build_server(Application(settings, host, tunnel), "0", _caller_of)
    server.add_request_handler(NEXT, t.RequestParams, tunnel.next)
    server.add_request_handler(ANSWER, AnswerParams, tunnel.answer)
    server.middleware.append(_remember_call)
    async with stdio_server(stdout=anyio.wrap_file(protocol)) as (read_stream, write_stream):
        await server.run(read_stream, write_stream, server.create_initialization_options())


async def _remember_call(ctx: ServerRequestContext[Any, Any], call_next: CallNext) -> HandlerResult:
    meta: Mapping[str, Any] = (ctx.params or {}).get("_meta") or {}
    _CALL.set(str(meta.get(CALL_KEY, "")))
    return await call_next(ctx)


def _caller_of(context: ServerRequestContext[Any]) -> Caller:
    """Returns the caller of the parent's call."""
    meta: Mapping[str, Any] = (context.params or {}).get("_meta") or {}
    told = meta.get(PRINCIPAL_KEY)
    principal = Principal(told["name"], frozenset(told["scopes"])) if told else LOCAL
    return Caller(principal)


class _Tunnel:
    """Hands requests to Port over to the parent. Its policy and its limits are the parent's, which asks them there."""

    def __init__(self) -> None:
        self._numbers = itertools.count(1)
        self._wanted, self._fetching = anyio.create_memory_object_stream[PortCall](_WAITING)
        self._answers: dict[int, AnswerParams] = {}
        self._arrived: dict[int, anyio.Event] = {}

    def client(self, profile: Profile, limits: Policy) -> PortClient:
        """Returns a client whose requests go to the parent."""
        return PortClient(self.sender(profile, limits), profile.name)

    def sender(self, profile: Profile, limits: Policy) -> Sender:
        """Returns the way to the parent."""
        return self

    async def aclose(self) -> None:
        """Ends the waiting."""
        self._wanted.close()
        self._fetching.close()

    async def send(
        self,
        method: str,
        route: str,
        identifiers: Mapping[str, str] | None = None,
        *,
        query: Query | None = None,
        body: object = None,
        repeatable: bool | None = None,
        proof: Proof | None = None,
    ) -> JSON:
        """Returns what Port answers; `PortTransport.send` says what each argument means and what may be raised.

        A proof stays here: what became of a write whose answer was lost is UNKNOWN then.
        """
        number = next(self._numbers)
        arrived = self._arrived[number] = anyio.Event()
        wanted = PortCall(
            id=number,
            call=_CALL.get(),
            method=method,
            route=route,
            identifiers=dict(identifiers) if identifiers is not None else None,
            query=dict(query) if query is not None else None,
            body=body,
            repeatable=repeatable,
        )
        try:
            await self._wanted.send(wanted)
            await arrived.wait()
            answer = self._answers.pop(number)
        finally:
            del self._arrived[number]
        if answer.failure is not None:
            raise _error(answer.failure)
        return answer.answer or {}

    async def next(self, context: ServerRequestContext[Any], params: t.RequestParams) -> dict[str, Any]:
        """Answers the parent with the next request to Port, when there is one."""
        return (await self._fetching.receive()).model_dump()

    async def answer(self, context: ServerRequestContext[Any], params: AnswerParams) -> dict[str, Any]:
        """Takes what became of a request; nobody may be waiting for it any more."""
        if (arrived := self._arrived.get(params.id)) is not None:
            self._answers[params.id] = params
            arrived.set()
        return Nothing().model_dump()


def _error(failure: Failure) -> QuaymasterError:
    """Returns the error that the parent met, as a tool in the parent's process would have met it."""
    if (kind := getattr(port_errors, failure.kind, None)) is not None:
        error: PortError = kind(
            failure.message,
            status=failure.status,
            code=failure.code,
            details=failure.details,
            trace_id=failure.trace_id,
        )
        error.advice = ""  # the message has it already
        return error
    return _EXPECTED.get(failure.kind, QuaymasterError)(failure.message)
