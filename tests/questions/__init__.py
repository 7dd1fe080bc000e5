"""Questions that people ask of a catalog; `python -m tests.questions` asks them all and prints how each went."""

from tests.questions.counting import COMPARISON, COUNTING, LISTS, MISSING
from tests.questions.delivery import DEPENDENCIES, DORA, HISTORY, ORGANISATIONS
from tests.questions.people import ON_CALL, OWNERSHIP
from tests.questions.question import Question
from tests.questions.scorecards import SCORECARDS

__all__ = ["QUESTIONS", "Question"]

QUESTIONS = [
    *OWNERSHIP,
    *COUNTING,
    *LISTS,
    *COMPARISON,
    *DEPENDENCIES,
    *ON_CALL,
    *HISTORY,
    *DORA,
    *MISSING,
    *ORGANISATIONS,
    *SCORECARDS,
]
