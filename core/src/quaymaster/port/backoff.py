"""How long to wait before asking again, and how often that may be done at all."""

from dataclasses import dataclass

__all__ = ["Backoff", "RetryBudget"]


@dataclass(frozen=True)
class Backoff:
    """Exponential backoff with full jitter: callers that failed together do not come back together.

    After failure n the wait is drawn evenly from 0 to `min(longest_s, first_s * 2 ** (n - 1))`.

    Attributes:
        first_s: The longest wait after the first failure, in seconds.
        longest_s: The longest wait after any failure, in seconds.
    """

    first_s: float = 0.25
    longest_s: float = 8.0

    def ceiling_s(self, failures: int) -> float:
        """Returns the longest wait after that many failures, 1 or more, in seconds."""
        return min(self.longest_s, self.first_s * 2.0 ** min(failures - 1, 32))

    def wait_s(self, failures: int, draw: float) -> float:
        """Returns the wait after that many failures, in seconds; `draw` is an even draw from 0 to 1."""
        return draw * self.ceiling_s(failures)


class RetryBudget:
    """The retries that a profile has saved up: each success earns half of one, and each retry costs one.

    Up to one failure in three, every failed request can be sent again. In an outage nothing is earned: once the savings
    are spent, no request is sent twice, so that we do not make it worse.

    Args:
        savings: How many retries can be saved up; a new budget has them all.
    """

    _EARNED = 0.5

    def __init__(self, savings: float = 20.0) -> None:
        self._most = savings
        self._saved = savings

    def earn(self) -> None:
        """Adds what a success earns."""
        self._saved = min(self._most, self._saved + self._EARNED)

    def spend(self) -> bool:
        """Takes one retry, and returns whether there was one."""
        if self._saved < 1:
            return False
        self._saved -= 1
        return True
