"""Reading a long list of entities page by page."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

from quaymaster.port.documents.entity import Entity
from quaymaster.port.errors import OversizedAnswerError, PortError, ServerError

__all__ = ["EntityPage", "EntityStream"]

_SMALLEST_PAGE = 10


@dataclass(frozen=True)
class EntityPage:
    """A page of a search.

    Attributes:
        entities: In the search's own, stable order.
        next: Where the next page starts; None on the last one.
    """

    entities: list[Entity]
    next: str | None


class EntityStream:
    """Yields every entity of a search with one page in memory: `async for entity in stream`.

    A page that is too large for the client is asked for again in halves. Port's pages follow one another by a cursor:
    one search is read in turn, several can be read at once.

    Attributes:
        read: How many entities have been yielded.
        change: What has changed in Port while the search was read, in words. None before its end, if there was only one
            page, if nothing is known to have changed, or if Port cannot count by this query.

    Args:
        fetch: Returns the page that starts at a cursor, with at most so many entities.
        count: Returns how many entities match now.
        page_size: How many entities to ask for at once.
    """

    def __init__(
        self,
        fetch: Callable[[str | None, int], Awaitable[EntityPage]],
        count: Callable[[], Awaitable[int]],
        page_size: int,
    ) -> None:
        self.read = 0
        self.change: str | None = None
        self._fetch = fetch
        self._count = count
        self._page_size = page_size

    async def __aiter__(self) -> AsyncIterator[Entity]:
        """Yields the entities from the first page on."""
        self.read, self.change = 0, None
        start: str | None = None
        has_several = False
        while True:
            page = await self._fetch_page(start)
            for entity in page.entities:
                self.read += 1
                yield entity
            start = page.next
            if start is None:
                break
            has_several = True
            del page  # or else two are in memory while the next one is fetched
        if has_several:
            self.change = await self._find_change()

    async def _find_change(self) -> str | None:
        try:
            count = await self._count()
        except PortError:  # counting takes the older query language only (port docs: search and query)
            return None
        if count == self.read:
            return None
        return f"the catalog changed meanwhile: {self.read:,} entities were read, {count:,} match now"

    async def _fetch_page(self, start: str | None) -> EntityPage:
        """Returns a page; one that leads nowhere would be read for ever, and is an error."""
        while True:
            try:
                page = await self._fetch(start, self._page_size)
                break
            except OversizedAnswerError:
                if self._page_size <= _SMALLEST_PAGE:
                    raise
                self._page_size = max(_SMALLEST_PAGE, self._page_size // 2)
        if page.next is not None and (page.next == start or not page.entities):
            raise ServerError("Port answered with a page that leads nowhere")
        return page
