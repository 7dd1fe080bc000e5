"""Port AI (Port: /v1/ai, /v1/agent and /v1/quota/ai-invocations)."""

from typing import Any

from quaymaster.port.documents.ai import AgentInvocation, AiInvocation
from quaymaster_sandbox.catalog import ai
from quaymaster_sandbox.catalog.entities import get_id
from quaymaster_sandbox.documents import checked
from quaymaster_sandbox.errors import not_found
from quaymaster_sandbox.http import Call, Response, ok
from quaymaster_sandbox.router import Route


def invoke(call: Call) -> Response:
    """Answers a prompt as an event stream.

    Port's documentation shows the prompt under `prompt` and leaves `tools` out, which its specification does not.
    """
    body = call.raw()
    if isinstance(body, dict) and "prompt" in body and "userPrompt" not in body:
        body = {"tools": [], "userPrompt": body["prompt"], **body}
        del body["prompt"]
    prompt = checked(AiInvocation, body)["userPrompt"]
    return _stream(
        call, ai.invoke(call.session, prompt, call.text("invocation_identifier"), None, call.sandbox.ai_script)
    )


def invoke_agent(call: Call) -> Response:
    """Answers a prompt to an agent: at once with the invocation's identifier, or as a stream if asked for."""
    call.flag("use_mcp")
    as_stream = call.flag("stream")
    agent = call.params["agent"]
    blueprint = call.session.catalog.find("_ai_agent")
    if blueprint is None:
        raise not_found("Agent", agent)
    get_id(call.session, blueprint, agent)
    body = call.document(AgentInvocation)
    identifier = call.text("invocation_identifier")
    invocation = ai.invoke(call.session, body["prompt"], identifier, agent, call.sandbox.ai_script)
    return _stream(call, invocation) if as_stream else ok(202, invocation={"identifier": invocation["identifier"]})


def get_result(call: Call) -> Response:
    """Answers the result of an invocation."""
    invocation = call.session.resources("ai invocation").find(call.params["invocation"])
    if invocation is None:
        raise not_found("Invocation", call.params["invocation"])
    return ok(result=ai.result_of(invocation))


def get_quota(call: Call) -> Response:
    """Answers what is left of the month's invocations."""
    return ok(monthlyQuotaUsage=ai.monthly_quota(call.session))


def _stream(call: Call, invocation: dict[str, Any]) -> Response:
    return Response(200, events=list(ai.events(call.session, invocation)))


ROUTES = (
    Route("POST", "/v1/ai/invoke", invoke, writes=True),
    Route("GET", "/v1/ai/invoke/{invocation}", get_result),
    Route("POST", "/v1/agent/{agent}/invoke", invoke_agent, writes=True),
    Route("GET", "/v1/quota/ai-invocations", get_quota),
)
