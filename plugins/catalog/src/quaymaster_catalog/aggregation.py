"""Figures over groups of entities: computed at Port where its aggregates reach, else over a stream of the entities."""

from array import array
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from quaymaster import PortClient, gather
from quaymaster.catalog.catalog import Catalog
from quaymaster.catalog.columns import includes, read_values
from quaymaster.catalog.counts import count, count_names
from quaymaster.catalog.filters import Filter
from quaymaster.port.documents.blueprint import Blueprint
from quaymaster.port.documents.entity import Entity
from quaymaster.port.entities import MAX_PAGE
from quaymaster_catalog.groups import Group, Slice, slices_of
from quaymaster_catalog.measures import Measure, figure

__all__ = ["Aggregation", "Figures"]

_MOST_REQUESTS = 120
"""More requests than this take longer than a stream of most blueprints' entities."""

Figures = Mapping[tuple[str, ...], Sequence[float | None]]
"""The figures of each group that occurs, in the order of the measures; the one group without any is `()`."""


@dataclass(frozen=True)
class Aggregation:
    """Figures over the entities of a blueprint that pass a filter, for each group of them."""

    port: PortClient
    catalog: Catalog
    blueprint: Blueprint
    chosen: Filter
    groups: Sequence[Group]
    measures: Sequence[Measure]

    async def compute(self) -> Figures:
        """Returns the figures, in the way that asks the least of Port."""
        figures: Figures | None = None
        if all(it.function == "count" for it in self.measures):
            figures = await self._counted()
        elif all(it.function == "count" or it.port_function for it in self.measures):
            figures = await self._computed()
        return await self._streamed() if figures is None else figures

    async def _counted(self) -> Figures | None:
        """Returns counts: all values of one group in one request, for each combination of slices of the others."""
        at = next((at for at, it in enumerate(self.groups) if not it.bucket and not it.path.relations), None)
        cells = await self._cells([it for index, it in enumerate(self.groups) if index != at], requests_a_cell=1)
        if cells is None:
            return None
        counts = await gather(*(self._count_cell(at, it) for it in cells))
        return {key: [n] * len(self.measures) for cell in counts for key, n in cell.items() if n or not self.groups}

    async def _count_cell(self, at: int | None, cell: Sequence[Slice]) -> dict[tuple[str, ...], int]:
        """Returns the counts in one combination of slices; `at` is the place of the group that is counted by value."""
        within, names = self._within(cell), tuple(it.name for it in cell)
        if at is None:
            return {names: await count(self.port, self.blueprint.identifier, within)}
        counts = await count_names(self.port, self.catalog, self.blueprint, self.groups[at].path.field, within)
        return {(*names[:at], value, *names[at:]): n for value, n in counts.items()}

    async def _computed(self) -> Figures | None:
        """Returns figures with one request for each, in each combination of slices."""
        cells = await self._cells(self.groups, requests_a_cell=len(self.measures))
        if cells is None:
            return None
        rows = await gather(*(self._compute_cell(it) for it in cells))
        figures = {tuple(it.name for it in cell): row for cell, row in zip(cells, rows, strict=True)}
        return {key: row for key, row in figures.items() if any(row) or not self.groups}

    async def _compute_cell(self, cell: Sequence[Slice]) -> tuple[float | None, ...]:
        within, name = self._within(cell), self.blueprint.identifier

        async def compute(measure: Measure) -> float | None:
            if measure.port_function is None or measure.path is None:
                return await count(self.port, name, within)
            field = measure.path.field.identifier
            return await self.port.entities.aggregate(name, measure.port_function, field, within.aggregate)

        return await gather(*(compute(it) for it in self.measures))

    async def _cells(self, groups: Sequence[Group], requests_a_cell: int) -> list[tuple[Slice, ...]] | None:
        """Returns every combination of the groups' slices; None if Port cannot be asked for each of them."""
        slices = [await slices_of(self.port, self.catalog, self.blueprint, it, self.chosen) for it in groups]
        known = [it for it in slices if it is not None]
        cells = list(product(*known)) if len(known) == len(groups) else []
        return cells if 0 < len(cells) * requests_a_cell <= _MOST_REQUESTS and self.chosen.can_aggregate else None

    def _within(self, cell: Sequence[Slice]) -> Filter:
        return Filter((*self.chosen.terms, *(it.term for it in cell)))

    async def _streamed(self) -> Figures:
        """Returns figures from the entities themselves; of each, only the numbers asked for are kept."""
        paths = [*(it.path for it in self.groups), *(it.path for it in self.measures if it.path is not None)]
        kept: defaultdict[tuple[str, ...], list[array[float]]] = defaultdict(
            lambda: [array("d") for _ in self.measures]
        )
        async for page in self._pages(includes(paths)):
            for values in await read_values(self.port, self.catalog, page, paths):
                named = [it.names(value) for it, value in zip(self.groups, values, strict=False)]
                numbers = iter(values[len(self.groups) :])
                row = [1.0 if it.path is None else next(numbers) for it in self.measures]
                for key in product(*named):
                    for numbers_kept, number in zip(kept[key], row, strict=True):
                        if number is not None:
                            numbers_kept.append(number)
        if not self.groups:
            kept[()]  # a figure of nothing is still an answer
        return {
            key: [
                len(values) if it.path is None else figure(it.function, values)
                for it, values in zip(self.measures, row, strict=True)
            ]
            for key, row in kept.items()
        }

    async def _pages(self, include: Sequence[str]) -> AsyncIterator[list[Entity]]:
        start: str | None = None
        while True:
            page = await self.port.entities.search(
                self.blueprint.identifier, self.chosen.search, include=include, limit=MAX_PAGE, start=start
            )
            yield page.entities
            if page.next is None:
                return
            start = page.next
