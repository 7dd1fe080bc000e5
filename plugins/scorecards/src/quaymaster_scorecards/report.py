"""Reports on scorecards, put together from tallies: in all, by group, of several scorecards."""

from collections.abc import Sequence

from quaymaster import Call, PortClient, Table, gather, inline
from quaymaster.catalog.catalog import Catalog
from quaymaster.catalog.counts import count
from quaymaster.catalog.filters import Filter
from quaymaster.port.documents import DocumentError, validate_request
from quaymaster.port.documents.query import Query
from quaymaster_scorecards.choice import Scored
from quaymaster_scorecards.grouping import MOST_GROUPS
from quaymaster_scorecards.ladder import JSON
from quaymaster_scorecards.tally import Tally, count_tally
from quaymaster_scorecards.translation import search_rule
from quaymaster_scorecards.values import types_of

__all__ = ["compare_scorecards", "describe", "group_table", "rules_by_group", "rules_text", "say_left_out"]


def describe(scored: Scored, tally: Tally, chosen: Filter) -> str:
    """Returns the answer in one line: how many fail, and how many are on each level."""
    who = f"{inline(scored.blueprint.identifier)} entities" + (f" with {chosen}" if chosen.terms else "")
    levels = ", ".join(f"{number:,} {inline(level)}" for level, number in tally.levels.items())
    failing = tally.below(scored.ladder.top)
    return f"{failing:,} of {tally.judged:,} {who} fail at least one rule of {inline(scored.title)}: {levels}"


def rules_text(scored: Scored, tally: Tally) -> str:
    """Returns the rules by number, with how many entities fail each."""
    lines = ["#\trule\tlevel\tfail\tpass"]
    for number, rule in enumerate(scored.ladder.rules, 1):
        failing, share = tally.failing[rule.identifier], tally.passing_share(rule.identifier)
        lines.append(f"{number}\t{rule.identifier}\t{rule.level}\t{failing}\t{share:.0%}")
    return "\n".join(lines)


async def say_left_out(port: PortClient, catalog: Catalog, scored: Scored, chosen: Filter, judged: int) -> list[str]:
    """Returns a note on the entities that pass the filter of a question and are not judged, if there are any.

    Those that the scorecard's own filter accepts are waiting for Port; the others it leaves out. Where aggregates
    cannot say the scorecard's filter, the two are not told apart.
    """
    total = await count(port, scored.blueprint.identifier, chosen)
    if total <= judged:
        return []
    if scored.ladder.filter is None:
        return [_waiting(total - judged)]
    own = _in_aggregates(search_rule(scored.ladder.filter, types_of(catalog, scored.blueprint)))
    if own is None or not chosen.can_aggregate:
        return [f"{_outside(total - judged)}, or without a result yet"]
    query = {"combinator": "and", "rules": [own, *(term.aggregate for term in chosen.terms)]}
    inside = await port.entities.count(scored.blueprint.identifier, query)
    notes = [_outside(total - inside)] if total > inside else []
    return [*notes, _waiting(inside - judged)] if inside > judged else notes


def group_table(scored: Scored, label: str, groups: Sequence[tuple[str, Tally]]) -> Table:
    """Returns a row for each group: how many are judged, on each level, and the score in percent."""
    rows = [
        [name, tally.judged, *tally.levels.values(), f"{100 * tally.score(scored.ladder):.0f}"]
        for name, tally in groups[:MOST_GROUPS]
    ]
    return Table([label, "judged", *scored.ladder.levels, "score"], rows, len(groups))


def rules_by_group(scored: Scored, groups: Sequence[tuple[str, Tally]]) -> str:
    """Returns a line for each rule, with the share that passes it in each group."""
    lines = ["\t".join(["rule", "level", *(name for name, _ in groups)])]
    for rule in scored.ladder.rules:
        shares = [f"{tally.passing_share(rule.identifier):.0%}" for _, tally in groups]
        lines.append("\t".join([rule.identifier, rule.level, *shares]))
    return "\n".join(lines)


async def compare_scorecards(port: PortClient, call: Call, scorecards: Sequence[Scored], chosen: Filter) -> Table:
    """Returns a row for each scorecard: how many it judges, on each level, how many fail, and the rule most fail."""
    tallies = await gather(*(count_tally(port, call, it, chosen) for it in scorecards))
    rows = []
    for scored, tally in zip(scorecards, tallies, strict=True):
        levels = ", ".join(f"{level} {number:,}" for level, number in tally.levels.items())
        rule, number = max(tally.failing.items(), key=lambda it: it[1], default=("", 0))
        hardest = f"{rule} ({number:,})" if number else ""
        score = f"{100 * tally.score(scored.ladder):.0f}"
        rows.append([scored.identifier, tally.judged, tally.below(scored.ladder.top), levels, score, hardest])
    return Table(["scorecard", "judged", "fail", "levels", "score", "most failed rule"], rows)


def _outside(number: int) -> str:
    return f"{number:,} more {'is' if number == 1 else 'are'} outside the scorecard's filter"


def _waiting(number: int) -> str:
    return f"{number:,} more {'has' if number == 1 else 'have'} no result yet"


def _in_aggregates(rule: JSON) -> JSON | None:
    """Returns a rule if Port's aggregates can say it."""
    try:
        validate_request(Query, {"combinator": "and", "rules": [rule]})
    except DocumentError:
        return None
    return rule
