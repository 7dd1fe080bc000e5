"""Long lists: every entity once, one page in memory, and a change meanwhile is said."""

import pytest

from quaymaster.port.documents.entity import Entity
from quaymaster.port.errors import OversizedAnswerError, ServerError
from quaymaster.port.paging import EntityPage, EntityStream


class Catalog:
    """A list of entities that is read in pages."""

    def __init__(self, size: int, *, now: int | None = None, most: int = 1000) -> None:
        self.entities = [Entity(identifier=str(index)) for index in range(size)]
        self.now = size if now is None else now
        self.most = most
        self.asked: list[int] = []
        self.counted = 0

    async def fetch(self, start: str | None, limit: int) -> EntityPage:
        self.asked.append(limit)
        if limit > self.most:
            raise OversizedAnswerError("too large")
        first = int(start or 0)
        after = first + limit
        return EntityPage(self.entities[first:after], str(after) if after < len(self.entities) else None)

    async def count(self) -> int:
        self.counted += 1
        return self.now


async def read(catalog: Catalog, page_size: int = 10) -> tuple[list[str], EntityStream]:
    stream = EntityStream(catalog.fetch, catalog.count, page_size)
    return [entity.identifier async for entity in stream], stream


@pytest.mark.parametrize(("size", "pages"), [(0, 1), (1, 1), (10, 1), (11, 2), (35, 4)])
async def test_every_entity_is_read_once(size, pages):
    catalog = Catalog(size)
    identifiers, stream = await read(catalog)
    assert (identifiers, stream.read, stream.change) == ([str(it) for it in range(size)], size, None)
    assert (len(catalog.asked), catalog.counted) == (pages, int(pages > 1))


async def test_change_while_reading_is_said():
    _, stream = await read(Catalog(35, now=33))
    assert stream.change == "the catalog changed meanwhile: 35 entities were read, 33 match now"


async def test_page_too_large_is_asked_for_in_halves():
    catalog = Catalog(60, most=20)
    identifiers, _ = await read(catalog, page_size=64)
    assert (len(identifiers), catalog.asked[:4]) == (60, [64, 32, 16, 16])


async def test_page_that_cannot_get_smaller_is_an_error():
    with pytest.raises(OversizedAnswerError):
        await read(Catalog(60, most=5), page_size=64)


@pytest.mark.parametrize("page", [EntityPage([Entity(identifier="a")], "x"), EntityPage([], "y")])
async def test_page_that_leads_nowhere_is_an_error(page):
    async def fetch(_start: str | None, _limit: int) -> EntityPage:
        return page

    async def count() -> int:
        return 1

    with pytest.raises(ServerError, match="leads nowhere"):
        _ = [it async for it in EntityStream(fetch, count, 10)]


async def test_count_that_port_refuses_is_no_trouble():
    catalog = Catalog(35)

    async def count() -> int:
        raise ServerError("cannot count by this")

    stream = EntityStream(catalog.fetch, count, 10)
    assert len([it async for it in stream]) == 35
    assert stream.change is None
