"""What the tool list and the answers to the demo's questions cost a model, in bytes and in tokens."""

import json
from typing import Any

import anyio

from benchmarks.tokens import count_tokens
from quaymaster.application import Application
from quaymaster.cli.questions import QUESTIONS
from quaymaster.host import load_host
from quaymaster.settings import load_settings

_SERVICES = 1000


def measure() -> dict[str, Any]:
    """Returns sizes at 1,000 services."""
    return {"tool_list": tool_list(), "answers": anyio.run(answers, _SERVICES)}


def tool_list() -> dict[str, Any]:
    """Returns the size of every tool's definition, as compact JSON of what a model is shown."""
    tools = load_host(load_settings()).tools.values()
    definitions = {
        it.name: json.dumps(
            {"name": it.name, "description": it.tool.description, "input_schema": it.input.schema},
            separators=(",", ":"),
        )
        for it in tools
    }
    tokens = {name: count_tokens(text) for name, text in definitions.items()}
    by_pack = {it.record.candidate.name: 0 for it in tools}
    for it in tools:
        by_pack[it.record.candidate.name] += tokens[it.name]
    return {
        "bytes": sum(len(text.encode()) for text in definitions.values()),
        "tokens": sum(tokens.values()),
        "tokens_by_pack": by_pack,
        "largest_tool_tokens": max(tokens.values(), default=0),
        "target": "catalog at most 1,500 tokens, all at most 4,000, one tool at most 350",
    }


async def answers(services: int) -> dict[str, Any]:
    """Returns the size of the answer to each of the demo's questions."""
    settings = load_settings(base_url=f"sandbox://demo?services={services}")
    application = Application(settings, load_host(settings))
    sizes = {}
    async with application.running():
        for question in QUESTIONS:
            reply = await application.call(question.tool, question.arguments)
            sizes[question.text] = {"bytes": len(reply.text.encode()), "tokens": count_tokens(reply.text)}
    total = sum(size["tokens"] for size in sizes.values())
    return {"services": services, "questions": sizes, "tokens": total, "target": "the seven at most 3,500 tokens"}


if __name__ == "__main__":
    print(json.dumps(measure(), indent=2))
