"""The list of the worst entities, read from Port's searches one place after the other."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from quaymaster import Call, Cursor, PortClient, Table, read_cursor
from quaymaster.catalog.filters import Filter
from quaymaster_scorecards.choice import Scored
from quaymaster_scorecards.ladder import JSON, Rule
from quaymaster_scorecards.ranking import Place, places, rule_result
from quaymaster_scorecards.standings import SCORECARDS, Standing, read_standings, standing_of

__all__ = ["Start", "Worst"]


@dataclass(frozen=True)
class Start:
    """Where a page of the list starts.

    Attributes:
        total: How many entities there are in the list.
        offset: How many of them come before the page.
        place: The number of the place on the ladder.
        page: Where one of Port's pages starts there; None for the first.
        shown: How many rows of Port's page come before.
    """

    total: int
    offset: int = 0
    place: int = 0
    page: str | None = None
    shown: int = 0


@dataclass(frozen=True)
class Worst:
    """Entities on some levels, the worst first, with the rules they fail.

    Attributes:
        port: The client.
        call: The call that waits.
        scored: The scorecard.
        chosen: Which entities.
        levels: On which levels.
        rule: If given, only entities that fail this rule.
        question: What makes this list this one; its cursors are bound to it.
    """

    port: PortClient
    call: Call
    scored: Scored
    chosen: Filter
    levels: Sequence[str]
    rule: Rule | None
    question: Any

    def start_at(self, cursor: str) -> Start:
        """Returns the start that a cursor points at.

        Raises:
            InputError: The cursor belongs to another list.
        """
        return Start(*read_cursor(cursor, self.question))

    async def count(self) -> int:
        """Returns how many entities are in the list, page by page: aggregates know no levels and results."""
        query = self._query({"scorecard": self.scored.identifier, "operator": "in", "value": list(self.levels)})
        return sum([1 async for _ in read_standings(self.port, self.call, self.scored, query)])

    async def page(self, start: Start, limit: int) -> Table:
        """Returns a page of the list; the rules that an entity fails are given by their numbers in the scorecard."""
        here = places(self.scored.identifier, self.scored.ladder, self.levels)
        place, page, shown = start.place, start.page, start.shown
        standings: list[Standing] = []
        after: list[tuple[int, str | None, int]] = []
        while len(standings) < limit and place < len(here):
            found, next_page = await self._search(here[place], page, shown + limit - len(standings))
            standings += found[shown:]
            after += [(place, page, row) for row in range(shown + 1, len(found) + 1)]
            place, page, shown = (place + 1, None, 0) if next_page is None else (place, next_page, 0)

        def cursor_after(rows: int) -> str:
            following = after[rows - 1] if rows < len(standings) else (place, page, shown)
            return str(Cursor(self.question, [start.total, start.offset + rows, *following]))

        rows = [self._row(it) for it in standings]
        columns = ["entity", "title", "level", "fails"]
        if all(it.title in {None, it.entity} for it in standings):
            columns, rows = columns[:1] + columns[2:], [row[:1] + row[2:] for row in rows]
        return Table(columns, rows, start.total, start.offset, cursor_after)

    def _row(self, standing: Standing) -> list[str | None]:
        numbers = [number for number, it in enumerate(self.scored.ladder.rules, 1) if it.identifier in standing.failing]
        return [standing.entity, standing.title, standing.level, " ".join(map(str, numbers))]

    async def _search(self, place: Place, page: str | None, limit: int) -> tuple[list[Standing], str | None]:
        found = await self.port.entities.search(
            self.scored.blueprint.identifier, self._query(place.query), include=SCORECARDS, limit=limit, start=page
        )
        standings = [standing_of(entity, self.scored.identifier) for entity in found.entities]
        return [it for it in standings if it is not None], found.next

    def _query(self, rule: JSON) -> JSON:
        rules = [term.search for term in self.chosen.terms] + [dict(rule)]
        if self.rule is not None:
            rules.append(dict(rule_result(self.scored.identifier, self.rule.identifier, "FAILURE")))
        return {"combinator": "and", "rules": rules}
