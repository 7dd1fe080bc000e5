"""Pages of entities, in Port's order or sorted by a column, with the total and a cursor."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from quaymaster import Cursor, PortClient, Table, gather, read_cursor
from quaymaster.catalog.catalog import Catalog
from quaymaster.catalog.columns import TITLE, includes, read_rows, read_values
from quaymaster.catalog.counts import count
from quaymaster.catalog.fields import Path
from quaymaster.catalog.filters import Filter
from quaymaster.port.documents.blueprint import Blueprint
from quaymaster.port.documents.entity import Entity
from quaymaster.port.entities import EntityPage
from quaymaster_catalog.limits import MOST_ROWS
from quaymaster_catalog.sorting import Key, Sort, window_of

__all__ = ["Listing"]


@dataclass(frozen=True)
class Listing:
    """The entities of a blueprint that pass a filter, and how to show them.

    Attributes:
        question: What makes this listing this one; its cursors are bound to it.
    """

    port: PortClient
    catalog: Catalog
    blueprint: Blueprint
    chosen: Filter
    columns: Sequence[Path]
    sort: Sort | None
    question: Any

    async def page(self, limit: int, cursor: str | None) -> Table:
        """Returns the page that a cursor points at, the first one without.

        Raises:
            InputError: The cursor belongs to another listing.
        """
        place = read_cursor(cursor, self.question) if cursor else None
        return await (
            self._in_ports_order(limit, place) if self.sort is None else self._sorted(self.sort, limit, place)
        )

    async def _in_ports_order(self, limit: int, place: Any) -> Table:
        """The place is where one of Port's pages starts, the rows of it already shown, those before it, and the total.

        Port's search gives no total. So the first page is read as far as a page of Port's reaches: if that is all there
        is, the total is known; else it is counted, once for all pages that follow.
        """
        start, shown, before, total = place or (None, 0, 0, 0)
        size = min(shown + limit, MOST_ROWS) if place or not self._is_narrow else MOST_ROWS
        page = await self._search(self.columns, size, start)
        if page.next is None:
            total = before + len(page.entities)
        elif not place:
            total = await count(self.port, self.blueprint.identifier, self.chosen)
        rows = await self._rows(page.entities[shown : shown + limit])

        def cursor_after(number: int) -> str:
            if shown + number == len(page.entities) and page.next is not None:
                return str(Cursor(self.question, [page.next, 0, before + len(page.entities), total]))
            return str(Cursor(self.question, [start, shown + number, before, total]))

        return self._table(rows, total, before + shown, cursor_after)

    async def _sorted(self, sort: Sort, limit: int, place: Any) -> Table:
        """The place is the key of the last row shown, and the number of rows shown.

        Port's search cannot sort. What may stand on the page passes through, with the sort column alone, and only the
        first `limit` keys are kept; then the shown rows are read. A single page is read only once.
        """
        last, offset = (tuple(place[0]), place[1]) if place else (None, 0)
        name = self.blueprint.identifier
        within = self.chosen
        page = await self._search([*self.columns, sort.path] if self._is_narrow else [sort.path], MOST_ROWS, None)
        total, entities = len(page.entities), {it.identifier: it for it in page.entities}
        if not (is_all := page.next is None):
            total, window = await gather(
                count(self.port, name, self.chosen),
                window_of(self.port, self.catalog, name, self.chosen, sort, last, limit),
            )
            within = window or self.chosen
            page = await self._search([sort.path], MOST_ROWS, None, within)
        best = await self._first_keys(sort, limit, last, page, within)
        if not (is_all and self._is_narrow):
            entities = await self._read([key[-1] for key in best])
        shown = [key for key in best if key[-1] in entities]
        rows = await self._rows([entities[key[-1]] for key in shown])

        def cursor_after(number: int) -> str:
            return str(Cursor(self.question, [shown[number - 1], offset + number]))

        return self._table(rows, total, offset, cursor_after)

    @property
    def _is_narrow(self) -> bool:
        """Whether a thousand rows of the columns are still a small answer."""
        return not any(path.field.is_long and not path.relations for path in self.columns)

    async def _first_keys(
        self, sort: Sort, limit: int, last: Key | None, page: EntityPage, within: Filter
    ) -> list[Key]:
        """Returns the first keys behind the last one shown, among the entities of a page and of all that follow it."""
        best: list[Key] = []
        while True:
            values = await read_values(self.port, self.catalog, page.entities, [sort.path])
            keys = [sort.key(value, it.identifier) for it, (value,) in zip(page.entities, values, strict=True)]
            best = sort.first([*best, *(it for it in keys if last is None or sort.is_after(it, last))], limit)
            if page.next is None:
                return best
            page = await self._search([sort.path], MOST_ROWS, page.next, within)

    async def _search(
        self, paths: Sequence[Path], limit: int, start: str | None, within: Filter | None = None
    ) -> EntityPage:
        query = (within or self.chosen).search
        return await self.port.entities.search(
            self.blueprint.identifier, query, include=includes(paths), limit=limit, start=start
        )

    async def _read(self, identifiers: Sequence[str]) -> dict[str, Entity]:
        page = await self.port.entities.search(
            self.blueprint.identifier,
            {"$identifier": list(identifiers)},
            include=includes(self.columns),
            limit=MOST_ROWS,
        )
        return {it.identifier: it for it in page.entities}

    async def _rows(self, entities: Sequence[Entity]) -> list[list[Any]]:
        return await read_rows(self.port, self.catalog, entities, self.columns)

    def _table(self, rows: list[list[Any]], total: int, offset: int, cursor_after: Any) -> Table:
        names = [str(path) for path in self.columns]
        if TITLE in self.columns:
            rows, names = _without_repeated_titles(rows, names, self.columns.index(TITLE))
        return Table(names, rows, total, offset, cursor_after)


def _without_repeated_titles(rows: list[list[Any]], names: list[str], title: int) -> tuple[list[list[Any]], list[str]]:
    """Drops the title where it says no more than the identifier does, in every row."""
    if any(row[title] not in {row[0], None} for row in rows):
        return rows, names
    names = [f"{names[0]} and title", *names[1:title], *names[title + 1 :]]
    return [row[:title] + row[title + 1 :] for row in rows], names
