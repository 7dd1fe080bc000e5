"""The MCP session with one child process."""

import logging
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, cast

import anyio
import mcp.types as t
from anyio.abc import TaskGroup
from mcp.client import Client
from mcp.client.session import ClientRequestContext
from mcp.client.stdio import StdioServerParameters
from mcp.shared.exceptions import MCPError

from quaymaster.calls import Call, Question
from quaymaster.errors import QuaymasterError
from quaymaster.isolation.names import CALL_KEY, FIELD, PRINCIPAL_KEY
from quaymaster.isolation.tunnel import AnswerParams, AnswerRequest, Failure, NextRequest, Nothing, PortCall
from quaymaster.port.errors import PortError
from quaymaster.port.sender import Sender

__all__ = ["Link", "ToolError", "open_link"]

logger = logging.getLogger(__name__)

_ERA = "2026-07-28"


class ToolError(QuaymasterError):
    """A tool in another process answered with an error; the text is for the model."""


@asynccontextmanager
async def open_link(command: Sequence[str], environment: Mapping[str, str]) -> AsyncIterator["Link"]:
    """Starts a process and yields the session with it; the process ends with the block."""
    parameters = StdioServerParameters(command=command[0], args=list(command[1:]), env=dict(environment))
    client = Client(parameters, mode=_ERA, elicitation_callback=_never_called, cache=None)
    async with client:
        yield Link(client)


@dataclass
class Link:
    """A session with a child process.

    Attributes:
        client: The MCP client.
    """

    client: Client
    _senders: dict[str, Sender] = field(default_factory=dict)

    async def call(self, name: str, tool: str, call: Call, sender: Sender) -> object:
        """Returns what a tool answers.

        Args:
            name: What the call goes by between the two processes.
            tool: The tool's name.
            call: The call.
            sender: The way to Port for this call, open while it lasts.

        Raises:
            ToolError: The tool answered with an error.
            ConnectionError: The process is gone.
        """
        self._senders[name] = sender
        try:
            result = await self._call(name, tool, call)
        except MCPError as exc:
            if exc.code == t.CONNECTION_CLOSED:
                raise ConnectionError(str(exc)) from exc
            raise ToolError(str(exc)) from exc
        except (anyio.ClosedResourceError, anyio.BrokenResourceError) as exc:
            raise ConnectionError(str(exc)) from exc
        finally:
            del self._senders[name]
        text = "\n".join(block.text for block in result.content if isinstance(block, t.TextContent))
        if result.is_error:
            raise ToolError(text)
        return text

    async def serve_until(self, stopped: anyio.Event) -> None:
        """Sends to Port what the tools want sent, until the event is set or the process is gone; then sets it."""
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self._serve_port, tasks, stopped)
            await stopped.wait()
            tasks.cancel_scope.cancel()

    async def _call(self, name: str, tool: str, call: Call) -> t.CallToolResult:
        async def report(progress: float, total: float | None, message: str | None) -> None:
            await call.report_progress(progress, total, message)

        responses: t.InputResponses | None = None
        state: str | None = None
        while True:
            result = await self.client.session.call_tool(
                tool,
                dict(call.arguments),
                progress_callback=report,
                input_responses=responses,
                request_state=state,
                meta=_meta(name, call),
                allow_input_required=True,
            )
            if isinstance(result, t.CallToolResult):
                return result
            responses = {key: await _pass_on(call, asked) for key, asked in (result.input_requests or {}).items()}
            state = result.request_state

    async def _serve_port(self, tasks: TaskGroup, stopped: anyio.Event) -> None:
        try:
            while True:
                wanted = await self.client.session.send_request(NextRequest(), PortCall)
                tasks.start_soon(self._send, wanted)
        except (MCPError, anyio.ClosedResourceError, anyio.BrokenResourceError):
            stopped.set()

    async def _send(self, wanted: PortCall) -> None:
        answer, failure = None, None
        try:
            answer = await self._sender_of(wanted).send(
                wanted.method,
                wanted.route,
                wanted.identifiers,
                query=wanted.query,
                body=wanted.body,
                repeatable=wanted.repeatable,
            )
        except QuaymasterError as exc:
            failure = _failure(exc)
        except Exception:  # what a stranger's process wants sent may be of any shape; it must get an answer
            logger.exception("a request of an isolated pack failed")
            failure = Failure(kind="QuaymasterError", message="the request could not be made. Nothing was sent")
        params = AnswerParams(id=wanted.id, answer=answer, failure=failure)
        try:
            await self.client.session.send_request(AnswerRequest(params=params), Nothing)
        except (MCPError, anyio.ClosedResourceError, anyio.BrokenResourceError):
            logger.debug("a process ended before its answer came")

    def _sender_of(self, wanted: PortCall) -> Sender:
        try:
            return self._senders[wanted.call]
        except KeyError:
            raise QuaymasterError("Port can only be reached during a call. Nothing was sent") from None


def _meta(name: str, call: Call) -> t.RequestParamsMeta:
    """Returns what goes with a call besides its arguments."""
    principal = {"name": call.principal.name, "scopes": sorted(call.principal.scopes)}
    return cast("t.RequestParamsMeta", {CALL_KEY: name, PRINCIPAL_KEY: principal})


def _failure(exc: QuaymasterError) -> Failure:
    if not isinstance(exc, PortError):
        return Failure(kind=type(exc).__name__, message=str(exc))
    return Failure(
        kind=type(exc).__name__,
        message=str(exc),
        status=exc.status,
        code=exc.code,
        details=exc.details,
        trace_id=exc.trace_id,
    )


async def _pass_on(call: Call, asked: Any) -> t.ElicitResult:
    """Returns what the person says to a question of the child's."""
    if not isinstance(asked, t.ElicitRequest) or not isinstance(asked.params, t.ElicitRequestFormParams):
        return t.ElicitResult(action="decline")
    field = asked.params.requested_schema["properties"][FIELD]
    typed = str(field["description"]) if field["type"] == "string" else None
    agreed = await call.client.ask(Question(asked.params.message, typed))
    if agreed is None:
        return t.ElicitResult(action="cancel", content={"cannot_ask": True})
    return t.ElicitResult(action="accept" if agreed else "decline", content={FIELD: typed or agreed})


async def _never_called(context: ClientRequestContext, params: t.ElicitRequestParams) -> t.ElicitResult:
    """Declares that questions can be asked; `Link` answers them itself."""
    return t.ElicitResult(action="decline")
