"""What `quaymaster demo` asks: questions that people put to a portal, each with the call that a model makes of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

__all__ = ["QUESTIONS", "Question"]


@dataclass(frozen=True)
class Question:
    """A question and the tool call that answers it."""

    text: str
    tool: str
    arguments: Mapping[str, Any]


QUESTIONS = (
    Question(
        "Who is the owner of InventoryService?",
        "get_entities_by_identifiers",
        {"blueprint": "service", "identifiers": ["InventoryService"], "columns": ["team"]},
    ),
    Question(
        "How many services do we have in production?",
        "count_entities",
        {"blueprint": "service", "where": {"lifecycle": "Production"}},
    ),
    Question(
        "Show me all the microservices owned by the Backend team.",
        "list_entities",
        {
            "blueprint": "service",
            "where": {"type": "microservice", "team": "Backend"},
            "columns": ["title", "language", "tier"],
        },
    ),
    Question(
        "What are the dependencies of OrderProcessing, and who depends on it?",
        "trace_dependencies",
        {"blueprint": "service", "identifier": "OrderProcessing"},
    ),
    Question(
        "Show me the bug count vs. test coverage for all Java microservices.",
        "list_entities",
        {
            "blueprint": "service",
            "where": {"type": "microservice", "language": "Java"},
            "columns": ["bug_count", "test_coverage"],
            "limit": 200,
        },
    ),
    Question(
        "Which of our services are missing critical monitoring dashboards?",
        "list_entities",
        {"blueprint": "service", "where": {"has_critical_dashboards": False}, "columns": ["team", "tier"]},
    ),
    Question(
        "Who is on call for the Backend team right now?",
        "list_entities",
        {
            "blueprint": "oncall_shift",
            "where": {"team": "Backend", "start": {"<=": "now"}, "end": {">": "now"}},
            "columns": ["user", "level", "end"],
        },
    ),
)
