"""The way from an isolated pack to Port: an extension of MCP by which the parent fetches requests and brings answers.

The parent is the child's MCP client, and in MCP a server asks its client nothing of its own. So the parent asks, all
the time: `next` is answered when a tool wants something of Port; `answer` brings what Port said.
"""

from typing import Any, Literal

import mcp.types as t
from pydantic import BaseModel

from quaymaster.isolation.names import ANSWER, NEXT

__all__ = ["AnswerParams", "AnswerRequest", "Failure", "NextRequest", "Nothing", "PortCall"]


class PortCall(BaseModel):
    """A request to Port that a tool wants to have sent; `PortTransport.send` says what each part means."""

    id: int
    call: str
    method: str
    route: str
    identifiers: dict[str, str] | None = None
    query: dict[str, Any] | None = None
    body: Any = None
    repeatable: bool | None = None


class Failure(BaseModel):
    """An error on the way to Port: the name of its class, and what it holds."""

    kind: str
    message: str
    status: int | None = None
    code: str = ""
    details: dict[str, Any] = {}
    trace_id: str | None = None


class NextRequest(t.Request[t.RequestParams, Literal["quaymaster/port/next"]]):
    """Asks for the next request to Port."""

    method: Literal["quaymaster/port/next"] = NEXT
    params: t.RequestParams = t.RequestParams()


class AnswerParams(t.RequestParams):
    """What became of a request to Port."""

    id: int
    answer: dict[str, Any] | None = None
    failure: Failure | None = None


class AnswerRequest(t.Request[AnswerParams, Literal["quaymaster/port/answer"]]):
    """Brings what became of a request to Port."""

    method: Literal["quaymaster/port/answer"] = ANSWER
    params: AnswerParams


class Nothing(BaseModel):
    """A result that says nothing."""
