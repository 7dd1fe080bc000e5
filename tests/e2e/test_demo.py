"""The demo's questions: each answered rightly in one call, by the truth worked out straight from the seed."""

import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
import time_machine
from benchmarks.tokens import count_tokens
from tests.answers import cursor, first_number, headline, rows
from tests.truth import Truth

from quaymaster.application import Application
from quaymaster.cli.questions import QUESTIONS
from quaymaster.host import load_host
from quaymaster.settings import load_settings
from quaymaster_sandbox.demo.organisation import build

SERVICES = 1000
NOW = datetime(2026, 11, 18, 10, tzinfo=UTC)


@pytest.fixture(scope="module")
def truth() -> Truth:
    return Truth(build(SERVICES, now=NOW))


@pytest.fixture(scope="module")
async def answers() -> dict[str, str]:
    """Asks all the questions of one server at one time, and goes on where an answer has a cursor."""
    settings = load_settings(base_url=f"sandbox://demo?services={SERVICES}")
    application = Application(settings, load_host(settings))
    texts = {}
    with time_machine.travel(NOW):
        async with application.running():
            for question in QUESTIONS:
                pages = [(await application.call(question.tool, question.arguments)).text]
                texts[question.text] = pages[0]
                while (place := cursor(pages[-1])) is not None:
                    pages.append((await application.call(question.tool, {**question.arguments, "cursor": place})).text)
                texts[question.text + " (all pages)"] = "\n".join(pages)
    return texts


def every_row(text: str) -> list[dict[str, str]]:
    """Returns the rows of all the pages of an answer."""
    return [row for page in text.split("```tsv\n")[1:] for row in rows("```tsv\n" + page)]


def check_owner(text: str, truth: Truth) -> None:
    assert truth.owner_of("InventoryService") == ["backend"]
    assert text == "InventoryService: team = Backend"


def check_in_production(text: str, truth: Truth) -> None:
    assert first_number(text) == len(truth.in_production())
    assert len(text.splitlines()) == 1


def check_backend_microservices(text: str, truth: Truth) -> None:
    expected = truth.owned_by("backend", type="microservice")
    assert first_number(text) == len(expected)
    assert sorted(next(iter(row.values())) for row in every_row(text)) == expected


def check_dependencies(text: str, truth: Truth) -> None:
    upstream, downstream = text.split("depended on by:")
    named = [{line.strip() for line in part.split("\n")} for part in (upstream, downstream)]
    assert set(truth.dependencies_of("OrderProcessing")) <= named[0]
    assert set(truth.dependents_of("OrderProcessing")) <= named[1]
    assert headline(text).startswith(
        f"OrderProcessing depends on {len(truth.dependencies_of('OrderProcessing'))} "
        f"and is depended on by {len(truth.dependents_of('OrderProcessing'))}"
    )


def check_bugs_and_coverage(text: str, truth: Truth) -> None:
    expected = {name: values for name, *values in truth.java_microservices_bugs_coverage()}
    found = {
        row["identifier"]: [float(row[column]) if row[column] else None for column in ("bug_count", "test_coverage")]
        for row in every_row(text)
    }
    assert found == expected
    assert first_number(text) == len(expected)


def check_missing_dashboards(text: str, truth: Truth) -> None:
    expected = truth.missing_dashboards()
    assert first_number(text) == len(expected)
    assert sorted(row["identifier"] for row in every_row(text)) == expected


def check_on_call(text: str, truth: Truth) -> None:
    assert {row["level"]: [row["user"]] for row in rows(text)} == truth.on_call("backend")


CHECKS: dict[str, Callable[[str, Truth], None]] = dict(
    zip(
        (question.text for question in QUESTIONS),
        (
            check_owner,
            check_in_production,
            check_backend_microservices,
            check_dependencies,
            check_bugs_and_coverage,
            check_missing_dashboards,
            check_on_call,
        ),
        strict=True,
    )
)


@pytest.mark.parametrize("question", CHECKS)
async def test_question_is_answered_rightly(question, answers, truth):
    CHECKS[question](answers[question + " (all pages)"], truth)


async def test_seven_answers_cost_at_most_3500_tokens(answers):
    assert sum(count_tokens(answers[question.text]) for question in QUESTIONS) <= 3500


def test_demo_asks_them_all_over_stdio():
    done = subprocess.run(
        [sys.executable, "-m", "quaymaster", "demo", "--services", "200"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    for question in QUESTIONS:
        assert question.text in done.stdout
    assert '"mcpServers"' in done.stdout
