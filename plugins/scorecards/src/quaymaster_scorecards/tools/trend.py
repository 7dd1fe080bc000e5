"""The tool that shows how levels and pass rates have changed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from lazy_importer import lazy_importer
from pydantic import Field

from quaymaster import (
    Answer,
    Call,
    Cursor,
    InputError,
    PortClient,
    Table,
    gather,
    inline,
    nearest_first,
    read_cursor,
    tool,
)

__lazy_modules__ = {
    "quaymaster.catalog.catalog",
    "quaymaster.catalog.counts",
    "quaymaster.catalog.fields",
    "quaymaster.catalog.filters",
    "quaymaster_scorecards.changes",
    "quaymaster_scorecards.choice",
    "quaymaster_scorecards.grouping",
    "quaymaster_scorecards.ladder",
    "quaymaster_scorecards.past",
    "quaymaster_scorecards.tally",
}
with lazy_importer():  # what a call needs; listing the tools must not wait for it
    from quaymaster.catalog.catalog import Catalog, with_catalog
    from quaymaster.catalog.counts import why_empty
    from quaymaster.catalog.fields import Field as Named
    from quaymaster.catalog.filters import read_filter
    from quaymaster_scorecards.changes import Changes
    from quaymaster_scorecards.choice import Scored, choose_one
    from quaymaster_scorecards.grouping import MOST_GROUPS, read_group_field, tally_groups
    from quaymaster_scorecards.ladder import Ladder
    from quaymaster_scorecards.past import Past, turned_since
    from quaymaster_scorecards.tally import Tally, count_tally

__all__ = ["scorecard_trend"]

_SPANS_DAYS = {
    "lastDay": 1,
    "lastWeek": 7,
    "last2Weeks": 14,
    "lastMonth": 30,
    "last3Months": 90,
    "last6Months": 180,
    "last12Months": 365,
}
"""Port's names for spans of time that end now (Port's docs: search and query, dates)."""
_POINTS = 4
_KEPT = "Port keeps the last change of each result only: what failed and recovered in between counts as one change"


@tool(read_only=True)
async def scorecard_trend(
    port: PortClient,
    call: Call,
    scorecard: str,
    blueprint: str | None = None,
    since: str = "lastMonth",
    where: dict[str, Any] | None = None,
    group_by: str | None = None,
    limit: Annotated[int, Field(ge=0, le=200)] = 20,
    cursor: str | None = None,
) -> Answer:
    """Shows levels and pass rates over time, and who moved up or down; group_by: the score of each group over time.

    since: a date, or lastWeek, lastMonth, last3Months, …
    """

    async def answer(catalog: Catalog) -> Answer:
        scored = await choose_one(port, catalog, scorecard, blueprint)
        chosen = await read_filter(port, catalog, scored.blueprint, where)
        field = None if group_by is None else read_group_field(catalog, scored.blueprint, group_by)
        now = datetime.now(UTC)
        start = _read_since(since, now)
        changes = Changes(port, call, catalog, scored, chosen, field)
        tally, past = await gather(count_tally(port, call, scored, chosen), changes.read_since(start))
        if not tally.judged:
            notes = await why_empty(port, catalog, scored.blueprint, chosen)
            return Answer(f"{inline(scored.title)} judges no such entity", notes=notes)
        spread = (start + number * (now - start) / _POINTS for number in range(_POINTS))
        instants = [it for it in spread if past.ladder_at(it).rules]
        headline = _headline(scored, past, tally, start)
        notes = [_KEPT, *_say_young(past, start)]
        if field is not None:
            tallies = await tally_groups(port, call, catalog, scored, field, chosen)
            return Answer(headline, _by_group(past, field, tallies, instants), notes=notes)
        question = [port.profile, scored.identifier, since, where]
        table = _movers(past, start, question, limit, cursor)
        return Answer(headline, table, text=_series(past, tally, instants), notes=notes)

    return await with_catalog(port, answer)


def _read_since(text: str, now: datetime) -> datetime:
    """Returns the instant that a span of time starts at, or that a date names.

    Raises:
        InputError: The text is neither, or lies in the future.
    """
    if text in _SPANS_DAYS:
        return now - timedelta(days=_SPANS_DAYS[text])
    try:
        instant = datetime.fromisoformat(text)
    except ValueError as exc:
        spans = ", ".join(nearest_first(text, _SPANS_DAYS))
        raise InputError(f"{text!r} is no date; write it in ISO 8601, such as 2026-11-22, or one of: {spans}") from exc
    instant = instant if instant.tzinfo else instant.replace(tzinfo=UTC)
    if instant >= now:
        raise InputError(f"since {text!r} lies in the future")
    return instant


def _headline(scored: Scored, past: Past, tally: Tally, start: datetime) -> str:
    then = past.tally_at(start, tally)
    if not then.judged:
        return f"{inline(scored.title)} judged nothing at {_day(start)}; now: {_score(tally, scored.ladder)} of 100"
    movers, rank = past.movers(start), scored.ladder.rank
    up = sum(rank(changed.level) > rank(level) for changed, level in movers)
    scores = f"score {_score(then, scored.ladder)}, now {_score(tally, scored.ladder)} of 100"
    moved = f"{up:,} moved up, {len(movers) - up:,} down, of {tally.judged:,}"
    return f"{inline(scored.title)} since {_day(start)}: {scores}; {moved}"


def _say_young(past: Past, start: datetime) -> list[str]:
    """Says which rules did not exist at the start, for what they would have judged is not known."""
    young = {rule: at for rule, at in past.created_at.items() if at > start}
    if young and len(young) == len(past.ladder.rules):
        return [f"the first rule was created on {_day(min(young.values()))}: nothing is known of what was before"]
    listed = ", ".join(f"{inline(rule)} ({_day(at)})" for rule, at in young.items())
    return [f"rules created since then: {listed}"] if young else []


def _series(past: Past, tally: Tally, instants: Sequence[datetime]) -> str:
    """Returns the levels over time, and the rules whose share of passing entities has changed."""
    tallies = [past.tally_at(instant, tally) for instant in instants]
    ladder = past.ladder
    lines = ["\t".join(["date", *ladder.levels, "score"])]
    for day, at in [*zip(map(_day, instants), tallies, strict=True), ("now", tally)]:
        lines.append("\t".join([day, *map(str, at.levels.values()), _score(at, ladder) if at.judged else "-"]))
    first = tallies[0] if tallies else tally
    changed = []
    for rule in ladder.rules:
        then, now = first.passing_share(rule.identifier), tally.passing_share(rule.identifier)
        if then != now:
            known = first.judged and rule in past.ladder_at(instants[0]).rules
            changed.append(f"{rule.identifier}\t{rule.level}\t{f'{then:.1%}' if known else '-'}\t{now:.1%}")
    return "\n".join([*lines, *(["rule\tlevel\tpass then\tpass now", *changed] if changed else [])])


def _movers(past: Past, start: datetime, question: Any, limit: int, cursor: str | None) -> Table:
    offset = read_cursor(cursor, question) if cursor else 0
    movers = past.movers(start)
    rows = [
        [changed.entity, level, changed.level, " ".join(turned_since(changed, start))]
        for changed, level in movers[offset : offset + limit]
    ]
    columns = ["entity", "then", "now", "results that changed"]
    return Table(columns, rows, len(movers), offset, lambda number: str(Cursor(question, offset + number)))


def _by_group(past: Past, field: Named, tallies: Sequence[tuple[str, Tally]], instants: Sequence[datetime]) -> Table:
    """Returns the score of each group over time, those that fell the most first."""
    ladder = past.ladder
    rows: list[tuple[float, list[str | int]]] = []
    for name, now in tallies:
        then = [past.tally_at(instant, now, name) for instant in instants]
        change = now.score(ladder) - then[0].score(ladder) if then and then[0].judged else 0.0
        scores = [_score(it, ladder) if it.judged else "-" for it in (*then, now)]
        rows.append((change, [name, now.judged, *scores]))
    rows.sort(key=lambda row: (row[0], row[1][0]))
    columns = [field.label, "judged", *map(_day, instants), "now"]
    return Table(columns, [row for _, row in rows[:MOST_GROUPS]], len(rows))


def _score(tally: Tally, ladder: Ladder) -> str:
    return f"{100 * tally.score(ladder):.0f}"


def _day(instant: datetime) -> str:
    return f"{instant:%Y-%m-%d}"
