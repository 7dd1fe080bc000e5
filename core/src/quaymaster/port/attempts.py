"""What to do after an attempt that gave no usable answer: decided here alone, without a clock, a wire or a choice."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from quaymaster.port.backoff import Backoff

__all__ = ["Effect", "Ending", "Situation", "ending_of_status", "next_wait_s"]


class Effect(Enum):
    """What sending a request a second time would do."""

    READ = "nothing: it changes nothing"
    REPEATABLE = "the same again: it is idempotent by construction"
    ONCE = "something more: it may be sent again only if the first was certainly not acted on"


class Ending(Enum):
    """How an attempt ended.

    Attributes:
        is_doubtful: Port may have acted on the request.
        is_passing: Another attempt may go better.
        is_of_host: The host, or the way to it, failed.
    """

    NOT_SENT = "no byte of it left", False, True, True
    STALE = "a connection kept from earlier was closed before any answer", True, True, False
    LOST = "the connection broke before the whole answer was here", True, True, True
    THROTTLED = "refused because of too many requests", False, True, False
    FAILED = "answered with a failure of Port's own", True, True, True
    TIMED_OUT = "answered that the request took too long to arrive", True, True, False
    GARBLED = "answered as successful, but not in JSON", True, True, False
    OVERSIZED = "answered with more than fits the bounds", True, False, False
    REDIRECTED = "pointed to another place; Port itself never does", True, False, False
    UNAUTHORIZED = "refused because of the token", False, False, False
    REFUSED = "refused", False, False, False

    def __init__(self, _meaning: str, is_doubtful: bool, is_passing: bool, is_of_host: bool) -> None:
        self.is_doubtful = is_doubtful
        self.is_passing = is_passing
        self.is_of_host = is_of_host


_BY_STATUS = {401: Ending.UNAUTHORIZED, 408: Ending.TIMED_OUT, 429: Ending.THROTTLED}


def ending_of_status(status: int) -> Ending | None:
    """Returns how an attempt with that HTTP status ended; None for a success.

    501 counts as a refusal: it says that the route is not there, not that the host fails.
    """
    if 200 <= status < 300:
        return None
    if 300 <= status < 400:
        return Ending.REDIRECTED
    if status >= 500 and status != 501:
        return Ending.FAILED
    return _BY_STATUS.get(status, Ending.REFUSED)


@dataclass(frozen=True)
class Situation:
    """Where a call stands after an attempt.

    Attributes:
        effect: What sending the request again would do.
        ending: How the attempt ended.
        attempts: How many there have been, this one too.
        asked_wait_s: How long Port asks to wait, in seconds; None if it does not say.
        time_left_s: How much is left of the call's time, in seconds.
    """

    effect: Effect
    ending: Ending
    attempts: int
    asked_wait_s: float | None
    time_left_s: float


def next_wait_s(
    situation: Situation, backoff: Backoff, most_attempts: int, draw: float, spend: Callable[[], bool]
) -> float | None:
    """Returns how long to wait before the next attempt, in seconds; None if there must not be one.

    Args:
        situation: Where the call stands.
        backoff: The waits, where Port asks for none.
        most_attempts: How many attempts a call may have.
        draw: An even draw from 0 to 1.
        spend: Takes a retry from the profile's budget and returns whether there was one; asked last, and not for a
            stale connection, which says nothing about the host.
    """
    ending = situation.ending
    if not ending.is_passing or situation.attempts >= most_attempts:
        return None
    if situation.effect is Effect.ONCE and ending.is_doubtful:
        return None
    wait_s = _wait_s(situation, backoff, draw)
    if wait_s >= situation.time_left_s:
        return None
    return wait_s if ending is Ending.STALE or spend() else None


def _wait_s(situation: Situation, backoff: Backoff, draw: float) -> float:
    if situation.ending is Ending.STALE:
        return 0.0
    if situation.asked_wait_s is not None:
        return situation.asked_wait_s + draw * min(1.0, situation.asked_wait_s / 10)
    if situation.ending is Ending.THROTTLED:
        return backoff.ceiling_s(situation.attempts) * (1 + draw) / 2  # never at once: too many is too many
    return backoff.wait_s(situation.attempts, draw)
