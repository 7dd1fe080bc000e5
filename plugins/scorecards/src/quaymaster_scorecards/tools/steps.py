"""The tool that says what to do next."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from lazy_importer import lazy_importer
from pydantic import Field

from quaymaster import Answer, Call, InputError, PortClient, Table, gather, inline, tool

__lazy_modules__ = {
    "quaymaster.catalog.catalog",
    "quaymaster.catalog.counts",
    "quaymaster.catalog.filters",
    "quaymaster.catalog.finding",
    "quaymaster_scorecards.choice",
    "quaymaster_scorecards.gap",
    "quaymaster_scorecards.report",
    "quaymaster_scorecards.steps",
    "quaymaster_scorecards.tally",
    "quaymaster_scorecards.words",
}
with lazy_importer():  # what a call needs; listing the tools must not wait for it
    from quaymaster.catalog.catalog import Catalog, with_catalog
    from quaymaster.catalog.counts import why_empty
    from quaymaster.catalog.filters import Filter, read_filter
    from quaymaster.catalog.finding import say_missing
    from quaymaster_scorecards.choice import Scored, check_same_blueprint, choose_several
    from quaymaster_scorecards.gap import find_blueprint
    from quaymaster_scorecards.report import say_left_out
    from quaymaster_scorecards.steps import Step, best_steps, read_patterns
    from quaymaster_scorecards.tally import count_tally
    from quaymaster_scorecards.words import needs

__all__ = ["suggest_next_steps"]


@tool(read_only=True)
async def suggest_next_steps(
    port: PortClient,
    call: Call,
    team: str | None = None,
    identifier: str | None = None,
    scorecard: str | None = None,
    blueprint: str | None = None,
    where: dict[str, Any] | None = None,
    limit: Annotated[int, Field(ge=1, le=50)] = 5,
) -> Answer:
    """Suggests which rules to make pass next, for a team, an entity or any filter: those that lift most entities."""

    async def answer(catalog: Catalog) -> Answer:
        scorecards = await choose_several(port, catalog, None if scorecard is None else [scorecard], blueprint)
        filters = dict(where or {}) | ({} if team is None else {"team": team})
        if identifier is not None:
            found, entities = await find_blueprint(port, scorecards, [identifier])
            if len(entities) != 1:
                names = ", ".join(inline(it.identifier) for it in entities) or "; ".join(
                    await say_missing(port, found, [identifier])
                )
                raise InputError(f"{identifier!r} is not the name of one entity: {names}")
            scorecards = [it for it in scorecards if it.blueprint is found]
            filters["identifier"] = entities[0].identifier
        found = check_same_blueprint(scorecards)
        chosen = await read_filter(port, catalog, found, filters)
        patterns = await read_patterns(port, call, scorecards, chosen)
        steps = [(it, step) for it in scorecards for step in best_steps(it.ladder, patterns[it.identifier])]
        steps.sort(key=lambda pair: pair[1].rank)
        notes = await _left_out(port, call, catalog, scorecards, chosen) if len(scorecards) == 1 or not steps else []
        if not steps:
            any_judged = any(it.total for it in patterns.values())
            notes = notes if notes or any_judged else await why_empty(port, catalog, found, chosen)
            return Answer("nothing to do: no entity is kept from a higher level by up to three rules", notes=notes)
        return Answer(_headline(*steps[0], chosen), _table(steps, limit, several=len(scorecards) > 1), notes=notes)

    return await with_catalog(port, answer)


async def _left_out(
    port: PortClient, call: Call, catalog: Catalog, scorecards: Sequence[Scored], chosen: Filter
) -> list[str]:
    """Returns notes on the entities that a scorecard does not judge, or not yet."""

    async def notes(scored: Scored) -> list[str]:
        tally = await count_tally(port, call, scored, chosen, ())
        said = await say_left_out(port, catalog, scored, chosen, tally.judged)
        return said if len(scorecards) == 1 else [f"{inline(scored.title)}: {it}" for it in said]

    return [note for found in await gather(*map(notes, scorecards)) for note in found]


def _headline(scored: Scored, step: Step, chosen: Filter) -> str:
    rules = " and ".join(inline(rule.identifier) for rule in step.rules)
    entities = f"{step.lifted:,} {inline(scored.blueprint.identifier)} {'entity' if step.lifted == 1 else 'entities'}"
    which = f" with {chosen}" if chosen.terms else ""
    return f"best next step: {rules} in {inline(scored.title)} lifts {entities}{which}"


def _table(steps: Sequence[tuple[Scored, Step]], limit: int, *, several: bool) -> Table:
    rows = []
    for scored, step in steps[:limit]:
        rules = " and ".join(rule.identifier for rule in step.rules)
        asked = "; ".join(needs(rule.query, alone=False) for rule in step.rules)
        reached = ", ".join(f"{number:,} to {level}" for level, number in step.reached.items())
        rows.append([rules, asked, reached, step.names, *([scored.identifier] if several else [])])
    columns = ["make pass", "that is", "lifts", "such as", *(["scorecard"] if several else [])]
    return Table(columns, rows, len(steps))
