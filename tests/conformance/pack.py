"""The fixtures that the conformance suite asks for, as far as a pack can offer such a thing.

The pack is called `test`, so that its tools and prompts get the names that the suite knows.
"""

from typing import Any

from quaymaster import Call, InputError, Prompts, Resources, Tools, hookimpl, prompt, resource, tool


@tool(read_only=True)
async def simple_text() -> str:
    """Answers with a text."""
    return "This is a simple text response for testing."


@tool(read_only=True)
async def error_handling() -> str:
    """Fails."""
    raise InputError("This tool intentionally returns an error for testing")


@tool(read_only=True)
async def tool_with_progress(call: Call) -> str:
    """Tells how far it is."""
    for done in (0, 50, 100):
        await call.report_progress(done, 100, f"Completed step {done} of 100")
    return "done"


@tool
async def input_required_result_elicitation(call: Call) -> str:
    """Asks a person."""
    await call.confirm("May I greet you?", otherwise="call it from a client that can ask")
    return "Hello"


@tool
async def input_required_result_request_state(call: Call) -> str:
    """Asks a person, and goes on with what the client carried."""
    await call.confirm("Please confirm", otherwise="call it from a client that can ask")
    return "state-ok"


@tool
async def input_required_result_multi_round(call: Call) -> str:
    """Asks a person twice."""
    await call.confirm("Step 1: go on?", otherwise="call it from a client that can ask")
    await call.confirm("Step 2: go on?", otherwise="call it from a client that can ask")
    return "both rounds are over"


@tool
async def input_required_result_tampered_state(call: Call) -> str:
    """Asks a person; a state that was changed is refused."""
    await call.confirm("Please confirm", otherwise="call it from a client that can ask")
    return "state-ok"


@tool
async def input_required_result_capabilities(call: Call) -> str:
    """Asks only in ways that the client has declared."""
    await call.confirm("Please confirm", otherwise="call it from a client that can ask")
    return "confirmed"


@tool
async def elicitation(call: Call, message: str) -> str:
    """Asks a person."""
    await call.confirm(message, otherwise="call it from a client that can ask")
    return "User response: agreed"


@resource("test://static-text", mime_type="text/plain")
async def static_text() -> object:
    """A text."""
    return "This is the content of the static text resource."


@resource("test://template/{id}/data", mime_type="application/json")
async def template(id: str) -> object:  # noqa: A002 - the suite's name for it
    """A document for each id."""
    return {"id": id, "templateTest": True, "data": f"Data for ID: {id}"}


@prompt()
async def simple_prompt() -> str:
    """A prompt without arguments."""
    return "This is a simple prompt for testing."


async def _complete(value: str) -> list[str]:
    return [it for it in ("paris", "park", "party") if it.startswith(value)]


@prompt(complete={"arg1": _complete})
async def prompt_with_arguments(arg1: str, arg2: str) -> str:
    """A prompt with arguments."""
    return f"Prompt with arguments: arg1='{arg1}', arg2='{arg2}'"


@hookimpl
def register_tools() -> Tools:
    """Returns the tools."""
    found: list[Any] = [
        simple_text,
        error_handling,
        tool_with_progress,
        input_required_result_elicitation,
        input_required_result_request_state,
        input_required_result_multi_round,
        input_required_result_tampered_state,
        input_required_result_capabilities,
        elicitation,
    ]
    return found


@hookimpl
def register_prompts() -> Prompts:
    """Returns the prompts."""
    return [simple_prompt, prompt_with_arguments]


@hookimpl
def register_resources() -> Resources:
    """Returns the resources."""
    return [static_text, template]
