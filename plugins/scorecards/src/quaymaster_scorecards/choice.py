"""Which scorecard a name stands for; never one of another blueprint than the one meant."""

from collections.abc import Sequence

from quaymaster import InputError, nearest_first
from quaymaster.port.documents.scorecard import Scorecard

__all__ = ["choose_scorecard"]


def choose_scorecard(scorecards: Sequence[Scorecard], name: str) -> Scorecard:
    """Returns the scorecard of that identifier or, if there is none, of that title, in any case.

    Raises:
        InputError: No scorecard, or several, are named so; the text lists them.
    """
    exact = [it for it in scorecards if it.identifier == name]
    found = exact or [it for it in scorecards if name.casefold() in {it.identifier.casefold(), it.title.casefold()}]
    if len(found) == 1:
        return found[0]
    if found:
        choices = ", ".join(f"{it.identifier!r} on blueprint {it.blueprint!r}" for it in found)
        raise InputError(f"scorecard {name!r} is ambiguous; choose one of: {choices}")
    choices = ", ".join(nearest_first(name, (it.identifier for it in scorecards))) or "there are none"
    raise InputError(f"unknown scorecard {name!r}; choose from: {choices}")
