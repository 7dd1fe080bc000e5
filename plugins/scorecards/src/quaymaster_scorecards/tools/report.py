"""The tool that reports on scorecards."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from lazy_importer import lazy_importer
from pydantic import Field

from quaymaster import Answer, Call, InputError, PortClient, gather, inline, tool

__lazy_modules__ = {
    "quaymaster.catalog.catalog",
    "quaymaster.catalog.counts",
    "quaymaster.catalog.filters",
    "quaymaster_scorecards.choice",
    "quaymaster_scorecards.grouping",
    "quaymaster_scorecards.report",
    "quaymaster_scorecards.tally",
    "quaymaster_scorecards.worst",
}
with lazy_importer():  # what a call needs; listing the tools must not wait for it
    from quaymaster.catalog.catalog import Catalog, with_catalog
    from quaymaster.catalog.counts import why_empty
    from quaymaster.catalog.filters import Filter, read_filter
    from quaymaster_scorecards.choice import Scored, check_same_blueprint, choose_level, choose_rule, choose_several
    from quaymaster_scorecards.grouping import FEW_GROUPS, read_group_field, tally_groups
    from quaymaster_scorecards.report import (
        compare_scorecards,
        describe,
        group_table,
        rules_by_group,
        rules_text,
        say_left_out,
    )
    from quaymaster_scorecards.tally import Tally, count_tally
    from quaymaster_scorecards.worst import Start, Worst
from quaymaster_scorecards.view import VIEW

__all__ = ["scorecard_report"]


@tool(read_only=True, view=VIEW)
async def scorecard_report(
    port: PortClient,
    call: Call,
    scorecard: str | list[str] | None = None,
    blueprint: str | None = None,
    where: dict[str, Any] | None = None,
    group_by: str | None = None,
    level: str | None = None,
    rule: str | None = None,
    limit: Annotated[int, Field(ge=0, le=200)] = 20,
    cursor: str | None = None,
) -> Answer:
    """Reports how many entities are on each level and fail each rule, and lists the worst with the rules they fail.

    level or rule: list those on the level, or failing the rule. group_by (team, property, relation): rank groups.
    Several scorecards, or all of a blueprint, are compared. where as in list_entities: {"team": "web"}.
    """

    async def answer(catalog: Catalog) -> Answer:
        names = [scorecard] if isinstance(scorecard, str) else scorecard
        scorecards = await choose_several(port, catalog, names, blueprint)
        found = check_same_blueprint(scorecards)
        chosen = await read_filter(port, catalog, found, where)
        if group_by is not None or len(scorecards) > 1:
            _refuse_list_arguments(level=level, rule=rule, cursor=cursor)
        if group_by is not None:
            return await _by_group(port, call, catalog, scorecards, group_by, chosen)
        if len(scorecards) > 1:
            headline = f"{len(scorecards)} scorecards of {inline(found.identifier)}; score: 100 is the top level"
            return Answer(headline, await compare_scorecards(port, call, scorecards, chosen))
        (scored,) = scorecards
        question = [port.profile, scored.identifier, where, level, rule]
        levels = [it for it in scored.ladder.levels if it != scored.ladder.top]
        worst = Worst(
            port,
            call,
            scored,
            chosen,
            levels if level is None else [choose_level(scored, level)],
            None if rule is None else choose_rule(scored, rule),
            question,
        )
        if cursor is not None:
            return await _go_on(worst, cursor, limit)
        return await _report(catalog, worst, limit, on_level=level is not None)

    return await with_catalog(port, answer)


async def _report(catalog: Catalog, worst: Worst, limit: int, *, on_level: bool) -> Answer:
    tally = await count_tally(worst.port, worst.call, worst.scored, worst.chosen)
    headline = describe(worst.scored, tally, worst.chosen)
    total = tally.below(worst.scored.ladder.top)
    if on_level and worst.rule is not None:
        total = await worst.count()
        headline = f"{total:,} are {inline(worst.levels[0])} and fail {inline(worst.rule.identifier)}; {headline}"
    elif on_level:
        total = tally.levels[worst.levels[0]]
        headline = f"{total:,} are {inline(worst.levels[0])}; {headline}"
    elif worst.rule is not None:
        total = tally.failing[worst.rule.identifier]
        headline = f"{total:,} fail {inline(worst.rule.identifier)}; {headline}"
    notes = await say_left_out(worst.port, catalog, worst.scored, worst.chosen, tally.judged)
    if not tally.judged:
        notes += await why_empty(worst.port, catalog, worst.scored.blueprint, worst.chosen) if not notes else []
        return Answer(f"{inline(worst.scored.title)} judges no such entity", notes=notes)
    table = await worst.page(Start(total), limit) if limit and total else None
    return Answer(headline, table, text=rules_text(worst.scored, tally), notes=notes)


async def _go_on(worst: Worst, cursor: str, limit: int) -> Answer:
    start = worst.start_at(cursor)
    table = await worst.page(start, limit)
    return Answer(f"{inline(worst.scored.title)}, worst first, from row {start.offset + 1:,} of {start.total:,}", table)


async def _by_group(
    port: PortClient, call: Call, catalog: Catalog, scorecards: Sequence[Scored], name: str, chosen: Filter
) -> Answer:
    if len(scorecards) > 1:
        listed = ", ".join(it.identifier for it in scorecards)
        raise InputError(f"group_by goes with one scorecard; say which: {listed}")
    (scored,) = scorecards
    field = read_group_field(catalog, scored.blueprint, name)
    tallies, overall = await gather(
        tally_groups(port, call, catalog, scored, field, chosen), count_tally(port, call, scored, chosen, ())
    )
    if not tallies:
        notes = await why_empty(port, catalog, scored.blueprint, chosen)
        return Answer(f"{inline(scored.title)} judges no such entity", notes=notes)
    headline = f"{inline(scored.title)} by {inline(field.label)}, worst first: {_said(scored, tallies)}"
    notes = [f"score: 100 if all are {inline(scored.ladder.top)}, 0 if all are {inline(scored.ladder.levels[0])}"]
    if field.type != "array" and (rest := overall.judged - sum(tally.judged for _, tally in tallies)):
        notes.append(f"{rest:,} more have no {inline(field.label)}")
    notes += await say_left_out(port, catalog, scored, chosen, overall.judged)
    table = group_table(scored, field.label, tallies)
    by_rule = len(tallies) <= FEW_GROUPS and all(tally.failing for _, tally in tallies)
    text = rules_by_group(scored, tallies) if by_rule else None
    return Answer(headline, table, text=text, notes=notes)


def _said(scored: Scored, tallies: Sequence[tuple[str, Tally]]) -> str:
    """Returns the first and the last group with their scores."""
    ends = [tallies[0], tallies[-1]] if len(tallies) > 1 else tallies
    return ", ".join(f"{inline(name)} {100 * tally.score(scored.ladder):.0f}" for name, tally in ends)


def _refuse_list_arguments(**given: str | None) -> None:
    """Refuses what only the list of entities of one scorecard takes.

    Raises:
        InputError: One of them is given.
    """
    for name, value in given.items():
        if value is not None:
            raise InputError(f"{name} goes with the list of one scorecard's entities: name one scorecard, no group_by")
