"""What many questions about services share: how one is asked, and truths about groups of services."""

from collections.abc import Callable
from typing import Any

from tests.questions.question import Check, Question
from tests.truth import Truth


def ask(
    topic: str,
    question: str,
    tokens: int,
    check: Check,
    /,
    tool: str = "count_entities",
    blueprint: str | None = "service",
    **arguments: Any,
) -> Question:
    """Returns a question about services, if it does not say otherwise."""
    named = {} if blueprint is None else {"blueprint": blueprint}
    return Question(topic, question, tool, {**named, **arguments}, tokens, check)


def services(condition: Callable[[dict[str, Any]], Any]) -> Callable[[Truth], list[str]]:
    """Returns what gives the services whose properties meet a condition."""
    return lambda it: [name for name, service in it.services.items() if condition(service["properties"])]


def amount(condition: Callable[[dict[str, Any]], Any]) -> Callable[[Truth], int]:
    return lambda it: len(services(condition)(it))


def by(prop: str, figure: Callable[[list[dict[str, Any]]], float]) -> Callable[[Truth], dict[str, float]]:
    """Returns what gives a figure of the services for each value of a property."""

    def compute(truth: Truth) -> dict[str, float]:
        groups: dict[str, list[dict[str, Any]]] = {}
        for service in truth.services.values():
            groups.setdefault(service["properties"].get(prop, "(none)"), []).append(service["properties"])
        return {name: figure(group) for name, group in groups.items()}

    return compute


def most(prop: str, expected: Callable[[Truth], list[str]], count: int) -> Check:
    """Holds that the rows begin with the highest values of a property."""

    def check(text: str, truth: Truth) -> None:
        values = sorted((truth.services[name]["properties"][prop] for name in expected(truth)), reverse=True)[:count]
        shown = [line.split("\t")[1] for line in text.split("\n")[3 : 3 + count]]
        assert [float(value) for value in shown] == values

    return check


def mean_of(group: list[dict[str, Any]], prop: str) -> float:
    values = [it[prop] for it in group if prop in it]
    return sum(values) / len(values)


def percentile(group: list[dict[str, Any]], prop: str, percent: int) -> float:
    values = sorted(it[prop] for it in group)
    place = (len(values) - 1) * percent / 100
    below = int(place)
    above = min(below + 1, len(values) - 1)
    return values[below] + (values[above] - values[below]) * (place - below)
