"""The questions, each answered rightly, in one call, within its budget."""

import pytest
from tests.questions import QUESTIONS
from tests.questions.asking import NOW, open_server
from tests.questions.scorecards import SCORECARDS
from tests.scorecards.shapes import truth_with_shapes

from quaymaster.catalog.names import fold
from quaymaster_sandbox.demo import build

SERVICES = 1000


@pytest.fixture(scope="module")
def truth():
    return truth_with_shapes(build(SERVICES, now=NOW))


@pytest.fixture(scope="module")
async def answers():
    async with open_server(SERVICES) as server:
        return {question.text: await server.ask(question) for question in QUESTIONS}


def test_there_are_at_least_sixty_questions_and_forty_on_twelve_shapes_of_scorecards():
    assert len({question.text for question in QUESTIONS}) == len(QUESTIONS)
    assert len(QUESTIONS) - len(SCORECARDS) >= 60
    assert len(SCORECARDS) >= 40
    named = (question.arguments.get("scorecard") for question in SCORECARDS)
    assert len({fold(it) for it in named if isinstance(it, str)}) >= 12


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.text)
async def test_answer_is_right(question, answers, truth):
    question.check(answers[question.text].text, truth)


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.text)
async def test_answer_is_within_its_budget(question, answers):
    assert answers[question.text].tokens <= question.tokens
