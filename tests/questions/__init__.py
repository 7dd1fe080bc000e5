"""Questions that people ask of a catalog; `python -m tests.questions` asks them all and prints how each went."""

from tests.questions.comparing import COMPARISON, MISSING
from tests.questions.counting import COUNTING, LISTS
from tests.questions.delivery import DEPENDENCIES, DORA, HISTORY, ORGANISATIONS
from tests.questions.people import ON_CALL, OWNERSHIP
from tests.questions.question import Question
from tests.questions.scorecards import SCORECARDS
from tests.questions.wording import WORDING

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
    *WORDING,
]
