"""Telling whoever waits how far a long reading is."""

from collections.abc import AsyncIterable, AsyncIterator
from dataclasses import dataclass, field

from quaymaster import Call
from quaymaster.port.documents.entity import Entity

__all__ = ["Progress"]

_EVERY = 1000


@dataclass
class Progress:
    """Counts what is read from Port during a call, and tells the client after each thousand.

    Attributes:
        call: The call that waits.
        of: What is counted, in words.
    """

    call: Call
    of: str = "entities"
    _read: int = field(default=0, init=False)

    async def watch(self, entities: AsyncIterable[Entity]) -> AsyncIterator[Entity]:
        """Yields the entities as they come."""
        async for entity in entities:
            self._read += 1
            if self._read % _EVERY == 0:
                await self.call.report_progress(self._read, message=f"{self._read:,} {self.of} read")
            yield entity
