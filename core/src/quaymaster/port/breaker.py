"""Whether a host that keeps failing is asked at all."""

__all__ = ["Breaker"]


class Breaker:
    """Stops asking a host that has failed many times in a row, and lets one request through now and then to see.

    Only lost connections and 5xx count as failures; any other answer, a 4xx too, shows that the host works. The pause
    between two trials doubles up to a longest one. A trial that never ends holds nothing up: the next comes all the
    same.

    Args:
        threshold: How many failures in a row open the breaker.
        pause_s: The first pause, in seconds.
        longest_s: The longest pause, in seconds.
    """

    def __init__(self, threshold: int = 10, pause_s: float = 2.0, longest_s: float = 30.0) -> None:
        self._threshold = threshold
        self._first_s = pause_s
        self._longest_s = longest_s
        self._failures = 0
        self._pause_s = pause_s
        self._next_trial_at = 0.0
        self._on_trial = False

    def enter(self, now: float) -> float:
        """Returns 0 if a request may be sent now, or else the time until the next trial, in seconds."""
        if self._failures < self._threshold:
            return 0.0
        if now < self._next_trial_at:
            return self._next_trial_at - now
        self._on_trial = True
        self._next_trial_at = now + self._pause_s
        return 0.0

    def record(self, now: float, *, works: bool) -> None:
        """Takes note of how a request ended."""
        if works:
            self._failures = 0
            self._pause_s = self._first_s
            self._on_trial = False
            return
        self._failures += 1
        if self._failures == self._threshold:
            self._next_trial_at = now + self._pause_s
        elif self._on_trial:
            self._on_trial = False
            self._pause_s = min(self._longest_s, self._pause_s * 2)
            self._next_trial_at = now + self._pause_s
