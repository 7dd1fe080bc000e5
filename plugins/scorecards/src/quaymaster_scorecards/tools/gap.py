"""The tool that says what keeps entities from a level."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from lazy_importer import lazy_importer
from pydantic import Field

from quaymaster import Answer, PortClient, Table, inline, tool

__lazy_modules__ = {
    "quaymaster.catalog.catalog",
    "quaymaster.catalog.finding",
    "quaymaster_scorecards.choice",
    "quaymaster_scorecards.gap",
    "quaymaster_scorecards.values",
    "quaymaster_scorecards.words",
}
with lazy_importer():  # what a call needs; listing the tools must not wait for it
    from quaymaster.catalog.catalog import Catalog, with_catalog
    from quaymaster.catalog.finding import named, say_missing
    from quaymaster_scorecards.choice import choose_several
    from quaymaster_scorecards.gap import Gap, find_blueprint, gaps_of, say_unjudged
    from quaymaster_scorecards.values import Values
    from quaymaster_scorecards.words import needs

__all__ = ["scorecard_gap"]


@tool(read_only=True)
async def scorecard_gap(
    port: PortClient,
    identifiers: Annotated[list[str], Field(min_length=1, max_length=20)],
    scorecard: str | None = None,
    level: str | None = None,
    blueprint: str | None = None,
) -> Answer:
    """Says what keeps entities from a level (default: the highest): each failing rule, what is there, what it needs."""

    async def answer(catalog: Catalog) -> Answer:
        scorecards = await choose_several(port, catalog, None if scorecard is None else [scorecard], blueprint)
        found, entities = await find_blueprint(port, scorecards, identifiers)
        notes = await say_missing(port, found, [name for name in identifiers if not named(name, entities)])
        if not entities:
            return Answer(f"no such {inline(found.identifier)}: {', '.join(map(inline, identifiers))}", notes=notes)
        gaps = gaps_of(entities, [it for it in scorecards if it.blueprint is found], level)
        notes += await say_unjudged(port, catalog, gaps)
        values = Values(catalog, found)
        judged = [gap for gap in gaps if gap.standing is not None]
        if len(judged) == 1:
            return Answer(_said(judged[0]), _rules(judged[0], values), notes=notes)
        return Answer(_summed(judged), _all_rules(judged, values), notes=notes)

    return await with_catalog(port, answer)


def _said(gap: Gap) -> str:
    """Says where an entity stands and how it gets on: `api is Bronze in Readiness: 3 rules keep it from Gold`."""
    level = "" if gap.standing is None else gap.standing.level
    where = f"{inline(gap.entity.identifier)} is {inline(level)} in {inline(gap.scored.title)}"
    number = len(gap.blocking)
    if not number:
        return f"{where}: nothing keeps it from {inline(gap.target)}"
    kept = f"{where}: {'1 rule keeps' if number == 1 else f'{number} rules keep'} it from {inline(gap.target)}"
    if gap.lift is None:
        return f"{kept}; no single change lifts it"
    rule, lifted = gap.lift
    return f"{kept}; {inline(rule.identifier)} alone lifts it to {inline(lifted)}"


def _summed(gaps: Sequence[Gap]) -> str:
    """Says how many are kept from their level: of the entities, or of the scorecards if there is one entity only."""
    if not gaps:
        return "none of these is judged"
    blocked = sum(bool(gap.blocking) for gap in gaps)
    entities = len({gap.entity.identifier for gap in gaps})
    scorecards = len({gap.scored.identifier for gap in gaps})
    if entities == 1:
        name = inline(gaps[0].entity.identifier)
        return f"{name} is kept from the level in {blocked} of {len(gaps)} scorecards"
    if scorecards == 1:
        scored, target = gaps[0].scored, gaps[0].target
        return f"{blocked} of {entities} are kept from {inline(target)} in {inline(scored.title)}"
    return f"{entities} entities, {scorecards} scorecards: kept from the level in {blocked} of {len(gaps)} cases"


def _rules(gap: Gap, values: Values) -> Table:
    rows = [[it.level, it.identifier, values.of(gap.entity, it.query), needs(it.query)] for it in gap.blocking]
    return Table(["level", "rule", "now", "needs"], rows)


def _all_rules(gaps: Sequence[Gap], values: Values) -> Table:
    """Returns the failing rules of several entities or scorecards; a row without a rule is where nothing fails.

    What is the same in all rows stands in the headline.
    """
    rows: list[list[str]] = []
    for gap in gaps:
        level = "" if gap.standing is None else gap.standing.level
        named = [gap.entity.identifier, gap.scored.identifier, level]
        lifting, lifted = gap.lift or (None, "")
        for rule in gap.blocking:
            state, asked = values.of(gap.entity, rule.query), needs(rule.query)
            rows.append([*named, rule.level, rule.identifier, state, asked, lifted if rule is lifting else ""])
        if not gap.blocking:
            rows.append([*named, gap.target, "", "", "", ""])
    columns = ["entity", "scorecard", "is", "level", "rule", "now", "needs", "alone lifts to"]
    shown = [it for it in range(len(columns)) if it > 1 or len({row[it] for row in rows}) > 1]
    return Table([columns[it] for it in shown], [[row[it] for it in shown] for row in rows])
