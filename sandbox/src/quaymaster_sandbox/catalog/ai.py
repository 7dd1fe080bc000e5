"""Port AI with a script in the place of a model (Port: `docs/ai-interfaces/port-ai`).

The answer to a prompt is always the same, and says that it comes from the sandbox, unless a test has scripted another.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from quaymaster_sandbox.catalog.audit import record_document_change
from quaymaster_sandbox.errors import PortError, identifier_taken
from quaymaster_sandbox.session import Session
from quaymaster_sandbox.storage.resources import Document
from quaymaster_sandbox.values.cells import to_json

_HOURLY_REQUESTS = 1000
_HOURLY_TOKENS = 800_000
_CHUNK = 40


@dataclass(frozen=True)
class AiScript:
    """What Port AI is to answer: a text, after calls of tools, each with `name`, maybe `arguments`, `content`."""

    answer: str
    tool_calls: Sequence[Mapping[str, str]] = ()


def invoke(
    session: Session, prompt: str, invocation_identifier: str | None, agent: str | None, script: AiScript | None
) -> Document:
    """Answers a prompt and returns the invocation; one more counts against the quota of the month."""
    quota = monthly_quota(session)
    if quota["remainingQuota"] <= 0:
        raise PortError(403, "quota_exceeded", "The monthly quota of AI invocations is used up")
    identifier = invocation_identifier or session.ids.text(16)
    if session.resources("ai invocation").find(identifier) is not None:
        raise identifier_taken("Invocation", identifier)
    script = script or AiScript(f"This is the sandbox: no model was asked. The prompt was: {prompt}")
    document = {
        "identifier": identifier,
        "month": quota["month"],
        "agent": agent,
        "prompt": prompt,
        "message": script.answer,
        "toolCalls": list(script.tool_calls),
        **session.stamps(),
    }
    record_document_change(session, "ai_invocation", identifier, None, document)
    return session.resources("ai invocation").store(identifier, document)


def result_of(invocation: Mapping[str, Any]) -> Document:
    """Returns the result of an invocation, which is always complete."""
    result = {
        "status": "Completed",
        "message": invocation["message"],
        "invocationIdentifier": invocation["identifier"],
    }
    agent = invocation["agent"]
    return result if agent is None else {**result, "selectedAgent": agent}


def monthly_quota(session: Session) -> Document:
    """Returns what is left of the month's invocations."""
    month = session.now.strftime("%Y-%m")
    limit = session.assumptions.ai_monthly_limit
    used = sum(invocation["month"] == month for invocation in session.resources("ai invocation").list())
    return {
        "monthlyLimit": limit,
        "remainingQuota": max(limit - used, 0),
        "month": month,
        "remainingTimeMs": _milliseconds(_next_month(session.now) - session.now),
    }


def events(session: Session, invocation: Mapping[str, Any]) -> Iterator[str]:
    """Yields the frames of an event stream: calls of tools, the answer in pieces, then the limits that are left."""
    for number, call in enumerate(invocation["toolCalls"], start=1):
        part = {"id": f"call_{number}", "lastChunk": True}
        yield _frame("tool_call", to_json({**part, "name": call["name"], "arguments": call.get("arguments", "{}")}))
        yield _frame("tool_result", to_json({**part, "content": call.get("content", "")}))
    message = invocation["message"]
    for start in range(0, len(message), _CHUNK):
        yield _frame("execution", message[start : start + _CHUNK])
    hour = session.now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    usage = {
        "maxRequests": _HOURLY_REQUESTS,
        "remainingRequests": _HOURLY_REQUESTS - 1,
        "maxTokens": _HOURLY_TOKENS,
        "remainingTokens": _HOURLY_TOKENS - len(message),
        "remainingTimeMs": _milliseconds(hour - session.now),
    }
    yield _frame("done", to_json({"rateLimitUsage": usage, "monthlyQuotaUsage": monthly_quota(session)}))


def _frame(event: str, text: str) -> str:
    data = "".join(f"data: {line}\n" for line in text.split("\n"))
    return f"event: {event}\n{data}\n"


def _next_month(now: datetime) -> datetime:
    first = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return (first + timedelta(days=32)).replace(day=1)


def _milliseconds(duration: timedelta) -> int:
    return duration // timedelta(milliseconds=1)
