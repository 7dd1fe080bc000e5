"""What keeps a plan from being made: everything at once, each with its place and remedy."""

from collections.abc import Sequence
from dataclasses import dataclass

from quaymaster import InputError

__all__ = ["PlanError", "Trouble"]


@dataclass(frozen=True)
class Trouble:
    """One thing that stands against a plan.

    Attributes:
        place: Where: a place in the operations, or a document and a place in it.
        problem: What is wrong there.
        remedy: What to write instead; empty if the problem says it.
    """

    place: str
    problem: str
    remedy: str = ""

    def __str__(self) -> str:
        return f"{self.place}: {self.problem}" + (f"; {self.remedy}" if self.remedy else "")


class PlanError(InputError):
    """No plan can be made of what was asked; nothing was written."""

    def __init__(self, troubles: Sequence[Trouble]) -> None:
        count = f"{len(troubles)} problem{'s' if len(troubles) > 1 else ''}"
        super().__init__("\n".join([f"no plan: {count}; nothing was written", *map(str, troubles)]))
        self.troubles = tuple(troubles)
