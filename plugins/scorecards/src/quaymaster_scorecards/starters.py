"""Prompts: texts that start a model on a task with scorecards, written from what the catalog really holds."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from lazy_importer import lazy_importer

from quaymaster import PortClient, gather, inline, prompt

__lazy_modules__ = {"quaymaster.catalog.catalog", "quaymaster.catalog.fields", "quaymaster.catalog.names"}
with lazy_importer():  # what a call needs; listing the tools must not wait for it
    from quaymaster.catalog.catalog import load_catalog
    from quaymaster.catalog.fields import Field, fields_of
    from quaymaster.catalog.names import fold

__all__ = ["design_a_scorecard", "reach_a_level", "review_scorecards"]

_MOST_FIELDS = 60
_MOST_CHOICES = 8


async def _complete_team(port: PortClient, value: str) -> Sequence[str]:
    return _fitting(value, (it.title for it in (await port.remember(load_catalog)).teams.values()))


async def _complete_blueprint(port: PortClient, value: str) -> Sequence[str]:
    names = (await port.remember(load_catalog)).blueprints
    return _fitting(value, (name for name in names if not name.startswith("_")))


async def _complete_scorecard(port: PortClient, value: str) -> Sequence[str]:
    return _fitting(value, (it.identifier for it in (await port.remember(load_catalog)).scorecards))


@prompt(title="Scorecard review for a team", complete={"team": _complete_team, "scorecard": _complete_scorecard})
async def review_scorecards(port: PortClient, team: str, scorecard: str | None = None) -> str:
    """Prepares a review of how a team does on its scorecards, and what to do next."""
    catalog = await port.remember(load_catalog)
    identifier = catalog.team(team).identifier
    chosen = [
        it for it in catalog.scorecards if scorecard is None or fold(scorecard) in {fold(it.identifier), fold(it.title)}
    ]
    calls = []
    for it in chosen:
        names = {"scorecard": it.identifier, "blueprint": it.blueprint}
        calls += [
            _call("scorecard_report", **names, where={"team": identifier}),
            _call("scorecard_trend", **names, where={"team": identifier}, since="lastMonth"),
            _call("suggest_next_steps", **names, team=identifier),
        ]
    return (
        f"Prepare a scorecard review for team {inline(catalog.team_title(identifier))}, one page: where we stand on "
        "each scorecard and how that has changed; the rules that hold back most of our entities, and why; the three "
        "changes that would lift most, with what each asks of us and which entities it lifts; then two questions for "
        f"the team. State only what the calls tell.\n\nGather the facts with these calls:\n{_listed(calls)}"
    )


@prompt(title="Design a scorecard", complete={"blueprint": _complete_blueprint})
async def design_a_scorecard(port: PortClient, blueprint: str, goal: str | None = None) -> str:
    """Designs a scorecard from the properties of a blueprint and how many entities have them filled in."""
    catalog = await port.remember(load_catalog)
    found = catalog.blueprint(blueprint)
    fields = [it for it in fields_of(catalog, found) if it.kind == "property" or it.is_team][:_MOST_FIELDS]
    counting = [port.entities.count(found.identifier, {it.identifier: {"isNotEmpty": True}}) for it in fields]
    total, *filled = await gather(port.entities.count(found.identifier), *counting)
    rates = [
        f"- {_described(it)}: {number / max(1, total):.0%} filled" for it, number in zip(fields, filled, strict=True)
    ]
    relations = ", ".join(inline(it.identifier) for it in fields_of(catalog, found) if it.kind == "relation")
    existing = ", ".join(inline(it.title) for it in catalog.scorecards_of(found.identifier)) or "none"
    example = [
        {
            "identifier": "r1",
            "title": "…",
            "level": "Bronze",
            "conditions": [{"property": "…", "operator": "isNotEmpty"}],
        }
    ]
    trial = _call("simulate_scorecard", blueprint=found.identifier, rules=example)
    named = f"blueprint {inline(found.identifier)} ({total:,} entities)"
    aim = "" if goal is None else f" with this goal: {inline(goal)}"
    return (
        f"Design a scorecard for {named}{aim}. Its properties, and how many entities have them:\n"
        + "\n".join(rates)
        + f"\nIts relations: {relations or 'none'}. Its scorecards: {existing}.\n\n"
        "Choose 6 to 10 rules on Bronze, Silver and Gold that a team can act on. A property that hardly anybody "
        "fills in makes a rule that everybody fails; one that all fill in makes a rule that says nothing. Try the "
        f"design before you show it, with {trial}, and change it until every level has entities and no single rule "
        "fails nearly all. Show the rules, the levels that the simulation gave, and what you left out; create "
        "nothing before I agree."
    )


@prompt(title="Get a service to a level", complete={"scorecard": _complete_scorecard})
async def reach_a_level(
    port: PortClient, service: str, level: str, scorecard: str | None = None, blueprint: str | None = None
) -> str:
    """Plans what to change about a service so that it reaches a level of a scorecard."""
    named = {name: value for name, value in (("scorecard", scorecard), ("blueprint", blueprint)) if value is not None}
    calls = [
        _call("scorecard_gap", identifiers=[service], level=level, **named),
        _call("suggest_next_steps", identifier=service, **named),
    ]
    return (
        f"Plan how to get {inline(service)} to {inline(level)}: which rules keep it from there; what exactly has to "
        "change for each, in the order in which it pays; which single change lifts it first; and which changes others "
        "may have to make (another team, a tool, the data in the catalog). Write it as a list of tasks, each with the "
        f"value now and the value needed.\n\nGather the facts with these calls:\n{_listed(calls)}"
    )


def _described(field: Field) -> str:
    kind = field.format or field.type
    more = "" if len(field.choices) <= _MOST_CHOICES else ", …"
    values = f", one of {', '.join(map(inline, field.choices[:_MOST_CHOICES]))}{more}" if field.choices else ""
    return f"{inline(field.identifier)} ({kind}{values})"


def _fitting(value: str, names: Iterable[str]) -> list[str]:
    """Returns the names that a text begins, then those that hold it, in any case and spelling."""
    wanted = fold(value)
    fitting = [name for name in names if wanted in fold(name)]
    return sorted(fitting, key=lambda name: not fold(name).startswith(wanted))


def _call(tool: str, **arguments: object) -> str:
    return f"{tool} {json.dumps(arguments, ensure_ascii=False)}"


def _listed(calls: Sequence[str]) -> str:
    return "\n".join(f"- {call}" for call in calls)
