"""When a request may go: at the pace of Port's rate limit, in a free place, and only to a host that works."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import anyio

from quaymaster.port.attempts import Ending
from quaymaster.port.breaker import Breaker
from quaymaster.port.errors import RateLimitedError, UnreachableError
from quaymaster.port.ratelimit import Pacer, RateLimit

__all__ = ["Gate", "time_left_s"]


class Gate:
    """Lets requests to one organisation on one host pass, each in its turn.

    Args:
        concurrency: How many may be under way at once.
        on_hold: Called with how long, in seconds, others who send to the same organisation have to wait.
    """

    def __init__(self, concurrency: int, on_hold: Callable[[float], None] | None = None) -> None:
        self._on_hold = on_hold
        self._places = anyio.Semaphore(concurrency)
        self._breaker = Breaker()
        self._pacer = Pacer()

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Waits for the turn of a request, and keeps its place while it is under way.

        Raises:
            RateLimitedError: The turn would come after the call's time.
            UnreachableError: The host fails, and is left alone for now.
        """
        await self._wait_for_pace()
        async with self._places:
            if pause_s := self._breaker.enter(anyio.current_time()):
                raise UnreachableError("Port failed many times in a row and is left alone", retry_after_s=pause_s)
            yield

    def note_rate_limit(self, state: RateLimit | None) -> None:
        """Takes note of what an answer says of the rate limit."""
        if state is not None:
            self._pacer.observe(state)

    def hold(self, wait_s: float) -> None:
        """Lets no request start for a while: another process has taken the turn, or was told to wait by Port."""
        self._pacer.stop_until(anyio.current_time() + wait_s)

    def note_ending(self, ending: Ending | None, asked_wait_s: float | None = None) -> None:
        """Takes note of how a request ended; None is a success."""
        now = anyio.current_time()
        if ending is Ending.THROTTLED and asked_wait_s is not None:
            self._pacer.stop_until(now + asked_wait_s)
            self._tell_hold(now)
        if ending is not Ending.STALE:
            self._breaker.record(now, works=ending is None or not ending.is_of_host)

    async def _wait_for_pace(self) -> None:
        now = anyio.current_time()
        delay_s = self._pacer.delay_s(now)
        if delay_s and delay_s >= time_left_s():
            raise RateLimitedError("Port's rate limit is used up, and this request was not sent", retry_after_s=delay_s)
        self._pacer.start(now)
        if self._pacer.is_spreading:
            self._tell_hold(now)
        if delay_s:
            await anyio.sleep(delay_s)

    def _tell_hold(self, now: float) -> None:
        if self._on_hold is not None:
            self._on_hold(self._pacer.delay_s(now))


def time_left_s() -> float:
    """Returns how much is left of the time of the call that this code runs in, in seconds."""
    return anyio.current_effective_deadline() - anyio.current_time()
