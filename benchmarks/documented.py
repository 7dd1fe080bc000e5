"""The eleven questions that Port documents for its own server, each in one call: tokens, and requests to Port."""

import json
from dataclasses import dataclass, field
from typing import Any

import anyio

from benchmarks.tokens import count_tokens
from quaymaster.application import Application
from quaymaster.host import load_host
from quaymaster.settings import load_settings

_SERVICES = 1000


@dataclass(frozen=True)
class _Documented:
    """A question, the call that answers it, and the fewest tokens that an answer can have."""

    text: str
    tool: str
    ideal_tokens: int
    arguments: dict[str, Any] = field(default_factory=dict)


_RULE = {
    "op": "upsert",
    "kind": "rule",
    "blueprint": "service",
    "scorecard": "production_readiness",
    "identifier": "on_call_schedule",
    "document": {
        "title": "Has an on-call schedule",
        "level": "Gold",
        "query": {"combinator": "and", "conditions": [{"relation": "on_call", "operator": "isNotEmpty"}]},
    },
}
_QUESTIONS = (
    _Documented(
        "Who is the owner of InventoryService?",
        "get_entities_by_identifiers",
        30,
        {"blueprint": "service", "identifiers": ["InventoryService"], "columns": ["team"]},
    ),
    _Documented(
        "How many services do we have in production?",
        "count_entities",
        22,
        {"blueprint": "service", "where": {"lifecycle": "Production"}},
    ),
    _Documented(
        "Show me all the microservices owned by the Backend team.",
        "list_entities",
        280,
        {"blueprint": "service", "where": {"type": "microservice", "team": "Backend"}},
    ),
    _Documented(
        "What are the dependencies of the 'OrderProcessing' service?",
        "trace_dependencies",
        50,
        {"blueprint": "service", "identifier": "OrderProcessing", "direction": "upstream"},
    ),
    _Documented(
        "Which services are failing our security requirements scorecard?",
        "scorecard_report",
        592,
        {"scorecard": "security_requirements"},
    ),
    _Documented(
        "What's preventing InventoryService from reaching Gold in Production Readiness?",
        "scorecard_gap",
        92,
        {"identifiers": ["InventoryService"], "scorecard": "production_readiness", "level": "Gold"},
    ),
    _Documented(
        "Show me the bug count vs. test coverage for all Java microservices.",
        "list_entities",
        1809,
        {
            "blueprint": "service",
            "where": {"type": "microservice", "language": "Java"},
            "columns": ["bug_count", "test_coverage"],
            "limit": 200,
        },
    ),
    _Documented(
        "Which of our services are missing critical monitoring dashboards?",
        "list_entities",
        275,
        {"blueprint": "service", "where": {"has_critical_dashboards": False}},
    ),
    _Documented("Who is on call right now (Backend team)?", "who_is_on_call", 42, {"team": "Backend"}),
    _Documented(
        "What do I need to do to set up a new 'ReportingService'?",
        "get_blueprint",
        51,
        {"blueprint": "service", "part": "required"},
    ),
    _Documented(
        "Add a rule to a scorecard that requires an on-call schedule.",
        "plan_changes",
        78,
        {"operations": [_RULE]},
    ),
)


def measure() -> dict[str, Any]:
    """Returns tokens for each question at 1,000 services, beside the fewest that would do."""
    return anyio.run(_measure)


async def _measure() -> dict[str, Any]:
    settings = load_settings(base_url=f"sandbox://demo?services={_SERVICES}", profiles={})
    application = Application(settings, load_host(settings))
    figures = {}
    async with application.running():
        for question in _QUESTIONS:
            reply = await application.call(question.tool, question.arguments)
            figures[question.text] = {
                "tool": question.tool,
                "failed": reply.is_error,
                "tokens": count_tokens(reply.text),
                "ideal_tokens": question.ideal_tokens,
            }
    return figures


if __name__ == "__main__":
    print(json.dumps(measure(), indent=2))
