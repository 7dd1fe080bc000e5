"""The client's side of a call in both eras of the protocol: progress, and questions to the person behind it."""

import hashlib
import json
import secrets
from collections.abc import Callable
from typing import Any

import mcp.types as t
from mcp.server.context import ServerRequestContext
from mcp.server.request_state import RequestStateBoundary, RequestStateSecurity
from mcp.types.version import MODERN_PROTOCOL_VERSIONS

from quaymaster.application import Caller
from quaymaster.calls import Client, Question
from quaymaster.isolation.names import FIELD

__all__ = ["AskFirst", "CallerOf", "build_boundary", "client_of"]

CallerOf = Callable[[ServerRequestContext[Any]], Caller]
"""Says whom a request comes from."""


class AskFirst(BaseException):
    """Ends a run of a tool with a question; the client calls again with the answer (MCP 2026-07-28, elicitation)."""

    def __init__(self, result: t.InputRequiredResult) -> None:
        self.result = result


def build_boundary() -> RequestStateBoundary:
    """Returns what seals the state that a client carries between a question and its answer.

    The key is this process's own: a state from before a restart is refused, and the client asks anew.
    """
    return RequestStateBoundary(RequestStateSecurity.ephemeral(), default_audience="quaymaster")


def client_of(context: ServerRequestContext[Any], params: t.CallToolRequestParams) -> Client:
    """Returns the client's side of a call."""
    if context.protocol_version in MODERN_PROTOCOL_VERSIONS:
        return _RoundsClient(context, params)
    return _SessionClient(context)


class _AnyClient:
    """What clients of both eras have in common."""

    def __init__(self, context: ServerRequestContext[Any]) -> None:
        self._context = context

    async def report_progress(self, done: float, total: float | None, message: str | None) -> None:
        """Sends a notification if the request came with a progress token."""
        await self._context.session.report_progress(done, total, message)

    def _can_be_asked(self) -> bool:
        """Whether the client has declared forms; an empty declaration means them (MCP 2025-11-25, elicitation)."""
        declared = self._context.session.client_capabilities
        asked = declared.elicitation if declared is not None else None
        return asked is not None and (asked.form is not None or asked.url is None)

    def _can_visit(self) -> bool:
        """Whether the client has declared that it opens pages."""
        declared = self._context.session.client_capabilities
        return declared is not None and declared.elicitation is not None and declared.elicitation.url is not None


class _SessionClient(_AnyClient):
    """A client of the initialize era: it is asked while the call waits."""

    async def ask(self, question: Question) -> bool | None:
        """Returns the answer."""
        session = self._context.session
        if not self._can_be_asked() or not session.can_send_request:
            return None
        schema = _schema(question)
        answer = await session.elicit_form(question.text, schema, related_request_id=self._context.request_id)
        return _agrees(question, answer)

    async def visit(self, open_page: Callable[[], str], reason: str) -> bool | None:
        """Returns whether the person goes there."""
        session = self._context.session
        if not self._can_visit() or not session.can_send_request:
            return None
        answer = await session.elicit_url(
            reason, open_page(), secrets.token_hex(8), related_request_id=self._context.request_id
        )
        return answer.action == "accept"


class _RoundsClient(_AnyClient):
    """A client of 2026-07-28: a question ends the run, and the answer comes with the next.

    The sealed state holds the answers of the rounds before, and what was asked last: nothing else counts as an answer.
    """

    def __init__(self, context: ServerRequestContext[Any], params: t.CallToolRequestParams) -> None:
        super().__init__(context)
        state = json.loads(params.request_state) if params.request_state else {}
        self._answers: dict[str, bool | None] = state.get("answers", {})
        self._asked: str | None = state.get("asked")
        self._responses = params.input_responses or {}
        self._count = 0

    async def ask(self, question: Question) -> bool | None:
        """Returns the answer if it is there, or ends this run with the question."""
        if not self._can_be_asked():
            return None
        params = t.ElicitRequestFormParams(message=question.text, requested_schema=_schema(question))
        return self._answer_to(params, lambda answer: _agrees(question, answer))

    async def visit(self, open_page: Callable[[], str], reason: str) -> bool | None:
        """Returns whether the person goes there, or ends this run with the request to."""
        if not self._can_visit():
            return None
        params = t.ElicitRequestURLParams(message=reason, url=open_page())
        return self._answer_to(params, lambda answer: answer.action == "accept")

    def _answer_to(
        self,
        params: t.ElicitRequestFormParams | t.ElicitRequestURLParams,
        read: Callable[[t.ElicitResult], bool | None],
    ) -> bool | None:
        self._count += 1
        key = _key(params, self._count)
        response = self._responses.get(key) if key == self._asked else None
        if isinstance(response, t.ElicitResult):
            self._answers[key] = read(response)
        if key in self._answers:
            return self._answers[key]
        state = json.dumps({"answers": self._answers, "asked": key})
        request = t.ElicitRequest(params=params)
        raise AskFirst(t.InputRequiredResult(input_requests={key: request}, request_state=state))


def _key(params: t.ElicitRequestFormParams | t.ElicitRequestURLParams, place: int) -> str:
    """Returns what an answer belongs to: what was asked, at this place among the questions of the call."""
    asked = json.dumps([place, params.model_dump(mode="json")], sort_keys=True)
    return f"q{place}-{hashlib.sha256(asked.encode()).hexdigest()[:16]}"


def _schema(question: Question) -> dict[str, Any]:
    if question.typed is None:
        field: dict[str, Any] = {"type": "boolean", "title": "Yes, do it", "default": False}
    else:
        field = {"type": "string", "title": "Type this to agree", "description": question.typed}
    return {"type": "object", "properties": {FIELD: field}, "required": [FIELD]}


def _agrees(question: Question, answer: t.ElicitResult) -> bool | None:
    """Returns whether an answer is a yes; None from a server that passed the question on and found nobody to ask."""
    if answer.action == "cancel" and (answer.content or {}).get("cannot_ask"):
        return None
    given = (answer.content or {}).get(FIELD) if answer.action == "accept" else None
    return given is True if question.typed is None else given == question.typed
