"""The tool that says what a scorecard, or a change to one, would do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from lazy_importer import lazy_importer
from pydantic import Field

from quaymaster import Answer, Call, Cursor, InputError, PortClient, Table, inline, read_cursor, tool

__lazy_modules__ = {
    "quaymaster.catalog.catalog",
    "quaymaster.catalog.counts",
    "quaymaster.catalog.filters",
    "quaymaster_scorecards.choice",
    "quaymaster_scorecards.ladder",
    "quaymaster_scorecards.proposal",
    "quaymaster_scorecards.report",
    "quaymaster_scorecards.simulation",
    "quaymaster_scorecards.translation",
    "quaymaster_scorecards.trial",
    "quaymaster_scorecards.values",
}
with lazy_importer():  # what a call needs; listing the tools must not wait for it
    from quaymaster.catalog.catalog import Catalog, with_catalog
    from quaymaster.catalog.counts import why_empty
    from quaymaster.catalog.filters import read_filter
    from quaymaster_scorecards.choice import choose_one
    from quaymaster_scorecards.ladder import Ladder
    from quaymaster_scorecards.proposal import Proposal, check_properties
    from quaymaster_scorecards.report import say_left_out
    from quaymaster_scorecards.simulation import Fate, Simulation
    from quaymaster_scorecards.translation import find_doubts
    from quaymaster_scorecards.trial import Trial
    from quaymaster_scorecards.values import types_of

__all__ = ["simulate_scorecard"]


@tool(read_only=True)
async def simulate_scorecard(
    port: PortClient,
    call: Call,
    scorecard: str | None = None,
    blueprint: str | None = None,
    rules: list[dict[str, Any]] | None = None,
    remove_rules: list[str] | None = None,
    levels: list[str] | None = None,
    filter: dict[str, Any] | None = None,  # noqa: A002 - Port's own word
    where: dict[str, Any] | None = None,
    limit: Annotated[int, Field(ge=0, le=1000)] = 20,
    cursor: str | None = None,
) -> Answer:
    """Says what a change to a scorecard, or a new one of a blueprint, would do: levels, who moves, why. Writes nothing.

    rules are added, or change those of the same identifier: {"identifier", "level", "conditions": [{"property",
    "operator", "value"}], "combinator": "or"}. filter: {"conditions"}; {} judges all. where: try it on some only.
    """

    async def answer(catalog: Catalog) -> Answer:
        scored = None if scorecard is None else await choose_one(port, catalog, scorecard, blueprint)
        if scored is None and blueprint is None:
            raise InputError("give the scorecard that would change, or the blueprint for a new one")
        if scored is None and not rules:
            raise InputError("give the rules that the new scorecard would have")
        found = catalog.blueprint(blueprint or "") if scored is None else scored.blueprint
        proposal = Proposal(rules or (), remove_rules or (), levels, filter)
        after = Ladder.of(proposal.applied_to(None if scored is None else scored.scorecard))
        check_properties(catalog, found, after)
        chosen = await read_filter(port, catalog, found, where)
        types = types_of(catalog, found)
        question = [port.profile, scorecard, blueprint, rules, remove_rules, levels, filter, where]
        offset = read_cursor(cursor, question) if cursor else 0
        trial = Trial(port, call, found, types, scored, after, chosen)
        simulation = await trial.run(offset + limit)
        if not simulation.total:
            return Answer("no entity would be judged", notes=await why_empty(port, catalog, found, chosen))
        title = "the new scorecard" if scored is None else inline(scored.title)
        headline = f"{_headline(simulation, title)} (simulated: nothing was changed)"
        notes = find_doubts(after.queries, types)
        if scored is not None and trial.keeps_filter:
            notes += await say_left_out(port, catalog, scored, chosen, simulation.total)
        return Answer(headline, _table(simulation, question, offset), text=_summary(simulation), notes=notes)

    return await with_catalog(port, answer)


def _headline(simulation: Simulation, title: str) -> str:
    if simulation.before is None:
        levels = simulation.levels_after()
        listed = ", ".join(f"{levels[level]:,} {inline(level)}" for level in simulation.after.levels)
        return f"{title} would judge {levels.total():,} entities: {listed}"
    moves = [f"{simulation.falling:,} fall", f"{simulation.rising:,} rise"]
    moves += [f"{simulation.joining:,} newly judged"] if simulation.joining else []
    moves += [f"{simulation.leaving:,} no longer judged"] if simulation.leaving else []
    number = simulation.listable
    return f"{title}: {number:,} of {simulation.total:,} entities would change level: {', '.join(moves)}"


def _table(simulation: Simulation, question: Any, offset: int) -> Table:
    """Returns the movers or, of a new scorecard, all entities, the worst first; the cursor's place is a row number."""
    is_new = simulation.before is None
    rows = [
        [name, it.after, " ".join(_in_order(simulation.after, it.failing_after))]
        if is_new
        else [name, it.before or "-", it.after or "-", _because(simulation, it)]
        for name, it in simulation.listed[offset:]
    ]
    columns = ["entity", "level", "fails"] if is_new else ["entity", "now", "then", "because of"]
    return Table(columns, rows, simulation.listable, offset, lambda number: str(Cursor(question, offset + number)))


def _because(simulation: Simulation, fate: Fate) -> str:
    if fate.before is None:
        return "newly judged"
    return "no longer judged" if fate.after is None else " ".join(simulation.deciding(fate)) or "the new levels"


def _summary(simulation: Simulation) -> str:
    """Returns the levels and the rules, now and then."""
    before, after = simulation.before, simulation.after
    if before is None:
        failing = simulation.failing_after()
        return _lines(["rule\tlevel\tfail"], [[it.identifier, it.level, failing[it.identifier]] for it in after.rules])
    now, then = simulation.levels_before(), simulation.levels_after()
    levels = [*after.levels, *(it for it in before.levels if it not in after.levels)]
    failing_now, failing_then = simulation.failing_before(), simulation.failing_after()
    deciding = simulation.deciding_rules()
    rules = [*after.rules, *(it for it in before.rules if it.identifier not in after.by_identifier)]
    return "\n".join(
        [
            _lines(["level\tnow\tthen"], [[it, now[it], then[it]] for it in levels]),
            _lines(
                ["rule\tlevel\tfail now\tfail then\tmoves"],
                [
                    [
                        it.identifier,
                        it.level,
                        failing_now[it.identifier] if it.identifier in before.by_identifier else "-",
                        failing_then[it.identifier] if it.identifier in after.by_identifier else "-",
                        deciding[it.identifier],
                    ]
                    for it in rules
                ],
            ),
        ]
    )


def _lines(header: list[str], rows: Sequence[Sequence[object]]) -> str:
    return "\n".join([*header, *("\t".join(map(str, row)) for row in rows)])


def _in_order(ladder: Ladder, failing: frozenset[str]) -> list[str]:
    return [rule.identifier for rule in ladder.in_order(failing)]
