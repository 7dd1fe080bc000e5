"""Applies a stored plan step by step, with a journal that a later call can go on from."""

import math
import secrets
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

import anyio
from anyio import CancelScope, to_thread

from quaymaster import InputError, PortClient, QuaymasterError
from quaymaster.port.errors import PortError
from quaymaster_builder.applying.progress import Progress, progress_of
from quaymaster_builder.applying.saving import save
from quaymaster_builder.applying.store import Event, Store, StoredPlan
from quaymaster_builder.applying.writing import batches, take
from quaymaster_builder.model.refs import Json
from quaymaster_builder.planning.reading import Scope, read_documents, read_one
from quaymaster_builder.planning.steps import Step

__all__ = ["Outcome", "apply", "places_done"]

_RESERVE_S = 5.0
"""How much of a call's time is kept for the answer: no write is begun in it."""

T = TypeVar("T")


@dataclass
class Outcome:
    """What has become of a plan's steps, by their places.

    Attributes:
        done: Those that were taken, now or in an earlier call.
        failed: Those that failed, each with what is known of it: `NOT DONE` or `UNKNOWN`.
        reason: Why they failed, or why the work stopped; empty if everything is done.
    """

    done: list[int] = field(default_factory=list)
    failed: dict[int, str] = field(default_factory=dict)
    reason: str = ""


def places_done(stored: StoredPlan) -> list[int]:
    """Returns the places of the steps that the journal says are done."""
    return [place for entry in stored.journal if entry.event == "done" for place in entry.detail["steps"]]


async def apply(
    port: PortClient,
    store: Store,
    stored: StoredPlan,
    *,
    clock: Callable[[], datetime],
    saved_entities: int,
    report: Callable[[int], Awaitable[None]],
) -> Outcome:
    """Takes the steps of a plan that are not done yet and returns what has become of all of them.

    Args:
        port: The client.
        store: Where the journal is.
        stored: The plan; that it still fits is the caller's to know unless its journal has begun.
        clock: Tells the present.
        saved_entities: How many entities, or values of a property, to save before they go.
        report: Is told how many steps are done.

    Raises:
        InputError: The plan is being applied at this moment.
    """
    application = _Application(port, store, stored, clock, report)
    await application.hold()
    try:
        return await application.run(saved_entities)
    finally:
        await application.release()


class _Application:
    """One call that applies a plan."""

    def __init__(
        self,
        port: PortClient,
        store: Store,
        stored: StoredPlan,
        clock: Callable[[], datetime],
        report: Callable[[int], Awaitable[None]],
    ) -> None:
        self._port = port
        self._store = store
        self._stored = stored
        self._clock = clock
        self._report = report
        self._holder = secrets.token_hex(8)
        self._outcome = Outcome(done=places_done(stored))
        self._sent = {place for it in stored.journal if it.event == "sending" for place in it.detail["steps"]}

    @property
    def _steps(self) -> Sequence[Step]:
        return self._stored.plan.steps

    async def hold(self) -> None:
        until = await to_thread.run_sync(self._store.hold, self._stored.id, self._holder, self._clock())
        if until is not None:
            wait_s = math.ceil((until - self._clock()).total_seconds())
            raise InputError(f"plan {self._stored.id!r} is being applied by another call; look again in {wait_s} s")

    async def release(self) -> None:
        with CancelScope(shield=True):
            await to_thread.run_sync(self._store.release, self._stored.id, self._holder)

    async def run(self, saved_entities: int) -> Outcome:
        if not self._stored.journal:
            await self._record("begun", saved=await save(self._port, self._steps, saved_entities))
        left = [place for place in range(len(self._steps)) if place not in set(self._outcome.done)]
        for batch in batches(self._steps, left):
            if anyio.current_effective_deadline() - anyio.current_time() < _RESERVE_S:
                self._outcome.reason = "the time of this call is over"
                return self._outcome
            if not await self._take(batch):
                return self._outcome
            await self._report(len(self._outcome.done))
        await self._record("ended")
        return self._outcome

    async def _take(self, batch: list[int]) -> bool:
        """Takes the steps of a batch that are not done; returns whether all of them are."""
        live = await self._read(batch)
        progress = {place: progress_of(self._steps[place], live[place]) for place in batch}
        if not await self._note(progress, "somebody has changed what this step is about since the plan was made"):
            return False
        ready = [place for place in batch if progress[place] is Progress.READY]
        if not ready:
            return True
        await self.hold()  # renews the lease
        await self._record("sending", steps=ready)
        self._sent.update(ready)
        try:
            await take(self._port, [self._steps[place] for place in ready], live[ready[0]])
        except QuaymasterError as exc:
            return await self._look_after(ready, exc)
        await self._done(ready)
        return True

    async def _look_after(self, places: list[int], exc: QuaymasterError) -> bool:
        """Finds out by reading what became of steps that failed, without sending them again; returns as `_take`."""
        try:
            live = await self._read(places)
        except PortError:
            return await self._fail(dict.fromkeys(places, "UNKNOWN"), str(exc))
        progress = {place: progress_of(self._steps[place], live[place]) for place in places}
        if not await self._note(progress, str(exc)):
            return False
        left = [place for place in places if progress[place] is Progress.READY]
        return not left or await self._fail(dict.fromkeys(left, "NOT DONE"), str(exc))

    async def _note(self, progress: dict[int, Progress], reason: str) -> bool:
        """Takes down which steps turn out to be done; returns whether there is none that cannot be taken any more."""
        if done := [place for place, it in progress.items() if it is Progress.DONE]:
            await self._done(done)
        moved = [place for place, it in progress.items() if it is Progress.MOVED]
        verdicts = {place: "UNKNOWN" if place in self._sent else "NOT DONE" for place in moved}
        return not moved or await self._fail(verdicts, reason)

    async def _fail(self, verdicts: dict[int, str], reason: str) -> bool:
        self._outcome.failed, self._outcome.reason = verdicts, reason
        await self._record("failed", steps=sorted(verdicts), reason=reason)
        return False

    async def _done(self, places: list[int]) -> None:
        await self._record("done", steps=places)
        self._outcome.done += places

    async def _read(self, batch: list[int]) -> dict[int, Json | None]:
        refs = {place: self._steps[place].ref for place in batch}
        if len(batch) == 1:
            return {place: await read_one(self._port, ref) for place, ref in refs.items()}
        documents = await read_documents(self._port, Scope(single=set(refs.values())))
        return {place: documents.get(ref) for place, ref in refs.items()}

    async def _record(self, event: Event, **detail: Any) -> None:
        with CancelScope(shield=True):  # what has happened in Port is taken down, whatever becomes of the call
            await to_thread.run_sync(partial(self._store.record, self._stored.id, event, self._clock(), **detail))
