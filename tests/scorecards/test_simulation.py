"""Simulations, held against what becomes of the entities once the scorecard is really there."""

import random
from typing import Any

import pytest
from tests.answers import cursor, first_number, headline, rows
from tests.scorecards.conftest import World
from tests.scorecards.shapes import has, only, related, rule, shape

from quaymaster_sandbox.demo import build

CHANGES = 200
LEVELS = ["Basic", "Bronze", "Silver", "Gold", "Platinum"]
SIMULATED = "(simulated: nothing was changed)"
INSTANTS = ["2026-01-01T00:00:00Z", "2026-06-01T00:00:00Z", "2026-10-01T00:00:00Z"]


@pytest.fixture(scope="module")
def small(portal) -> World:
    """A small organisation whose scorecards come and go, with some services that hold nothing in a value."""
    world = World(portal, build(40))
    route = "/v1/blueprints/{blueprint_identifier}/entities"
    required = {"type": "frontend", "language": "Go", "lifecycle": "Production"}
    for name, properties in (("Hollow", {"readme": "", "tags": []}), ("Bare", {}), ("Plain", {"tags": ["core"]})):
        entity = {"identifier": name, "properties": {**required, **properties}}
        world.send("POST", route, entity, blueprint_identifier="service")
    return world


def condition(draw: random.Random) -> dict[str, Any]:
    """Returns a condition of any form, on properties of every kind."""
    number = has(
        draw.choice(["test_coverage", "bug_count", "open_incidents", "monthly_cost_usd", "high_vulnerabilities"]),
        draw.choice(["=", "!=", ">", ">=", "<", "<="]),
        draw.choice([1, 5, 10, 60, 80]),
    )
    text = has(
        draw.choice(["language", "tier", "domain_title", "on_call_rotation", "repository_name", "$title", "readme"]),
        draw.choice(["=", "!=", "contains", "doesNotContains", "beginsWith", "doesNotBeginsWith", "endsWith"]),
        draw.choice(["Java", "Tier 1", "Pay", "Service", "a", "weekly"]),
    )
    chosen = has(draw.choice(["language", "lifecycle", "type"]), "in", draw.sample(["Java", "Go", "Production"], 2))
    many = has(draw.choice(["$team", "tags"]), "containsAny", draw.sample(["backend", "payments", "pci", "core"], 2))
    flag = has(draw.choice(["secret_scanning", "has_critical_dashboards"]), draw.choice(["=", "!="]), True)
    emptiness = has(
        draw.choice(["runbook", "tags", "$team", "slo_target", "readme", "domain_title", "tech_lead"]),
        draw.choice(["isEmpty", "isNotEmpty"]),
    )
    span = draw.choice([{"preset": "lastMonth"}, {"preset": "last6Months"}, {"from": INSTANTS[0], "to": INSTANTS[2]}])
    date = has(
        draw.choice(["last_security_review", "last_deployed_at"]), draw.choice(["between", "notBetween", "="]), span
    )
    order = has("last_security_review", draw.choice([">", "<="]), draw.choice([*INSTANTS, "no instant"]))
    relation = related(draw.choice(["domain", "on_call", "depends_on"]), draw.choice(["isEmpty", "isNotEmpty"]))
    target = related("system", draw.choice(["=", "!="]), draw.choice(["runtime", "ordering"]))
    made = draw.choice([number, number, text, chosen, many, flag, emptiness, emptiness, date, order, relation, target])
    takes_not = not isinstance(made.get("value"), dict)  # Port refuses `not` beside a span of time
    return {**made, "not": True} if takes_not and draw.random() < 0.2 else made


def query(draw: random.Random) -> dict[str, Any]:
    return only(*(condition(draw) for _ in range(draw.randint(1, 3))), combinator=draw.choice(["and", "or"]))


def some_rule(draw: random.Random, number: int, levels: list[str]) -> dict[str, Any]:
    return {
        "identifier": f"r{number}",
        "title": f"Rule {number}",
        "level": draw.choice(levels[1:]),
        "query": query(draw),
    }


def random_scorecard(draw: random.Random) -> dict[str, Any]:
    levels = LEVELS[: draw.randint(2, 5)]
    rules = [some_rule(draw, number, levels) for number in range(draw.randint(1, 4))]
    return shape("tried", *rules, levels=levels, **({"filter": query(draw)} if draw.random() < 0.4 else {}))


def random_change(draw: random.Random, document: dict[str, Any]) -> dict[str, Any]:
    """Returns the arguments of a change: rules added, changed and removed, other levels, another filter."""
    names = [it["identifier"] for it in document["rules"]]
    change = changed_levels(draw, document) if draw.random() < 0.5 else {}
    levels = change.get("levels") or [it["title"] for it in document["levels"]]
    if draw.random() < 0.7:
        added = some_rule(draw, draw.choice([*range(len(names)), 7]), levels)
        change["rules"] = [*(it for it in change.get("rules", []) if it["identifier"] != added["identifier"]), added]
    names = [name for name in names if name not in {it["identifier"] for it in change.get("rules", [])}]
    if names and draw.random() < 0.3:
        change["remove_rules"] = [draw.choice(names)]
    if not change or draw.random() < 0.3:
        change["filter"] = draw.choice([{}, query(draw)])
    return change


def changed_levels(draw: random.Random, document: dict[str, Any]) -> dict[str, Any]:
    """Returns the arguments for other levels: one more, at any place, one less, or one by another name."""
    levels = [it["title"] for it in document["levels"]]
    place, kind = draw.randrange(len(levels)), draw.choice(["added", "removed", "renamed"])
    if kind == "added":
        return {"levels": [*levels[: place + 1], "Diamond", *levels[place + 1 :]]}
    if kind == "removed" and len(levels) < 3:
        return {}
    gone = levels[place]
    left = [it for it in ["Diamond" if it == gone and kind == "renamed" else it for it in levels] if it != gone]
    moved = [it for it in document["rules"] if it["level"] not in left[1:]]
    return {
        "levels": left,
        "rules": [{"identifier": it["identifier"], "level": draw.choice(left[1:])} for it in moved],
    }


def applied(document: dict[str, Any], change: dict[str, Any]) -> dict[str, Any]:
    """Returns the scorecard that a change makes of another, worked out here."""
    gone = set(change.get("remove_rules", []))
    rules = {it["identifier"]: it for it in document["rules"] if it["identifier"] not in gone}
    rules |= {it["identifier"]: {**rules.get(it["identifier"], {}), **it} for it in change.get("rules", [])}
    changed = {**document, "rules": list(rules.values())}
    if "levels" in change:
        changed["levels"] = [{"title": it, "color": "blue"} for it in change["levels"]]
    if "filter" in change:
        changed.pop("filter", None)
        changed |= {"filter": change["filter"]} if change["filter"] else {}
    return changed


def told(old: dict[str, Any], new: dict[str, Any], before: dict[str, str], after: dict[str, str]) -> str:
    """Returns the headline of a simulation, worked out from the levels that entities had and have."""
    ladders = [[it["title"] for it in document["levels"]] for document in (new, old)]

    def rise(name: str) -> float:
        for ladder in ladders:
            if before[name] in ladder and after[name] in ladder:
                return ladder.index(after[name]) - ladder.index(before[name])
        new_share, old_share = (
            ladder.index(levels[name]) / (len(ladder) - 1)
            for ladder, levels in zip(ladders, (after, before), strict=True)
        )
        return new_share - old_share

    everybody = {**before, **after}
    if not everybody:
        return "no entity would be judged"
    rises = [rise(name) for name in everybody if name in before and name in after]
    moves = [f"{sum(it < 0 for it in rises)} fall", f"{sum(it > 0 for it in rises)} rise"]
    joining, leaving = (len(everybody) - len(levels) for levels in (before, after))
    moves += [f"{joining} newly judged"] if joining else []
    moves += [f"{leaving} no longer judged"] if leaving else []
    moved = sum(before.get(name) != after.get(name) for name in everybody)
    return f"Tried: {moved} of {len(everybody)} entities would change level: {', '.join(moves)} {SIMULATED}"


def judged(world: World, scorecard: str) -> dict[str, str]:
    """Returns the level of each service, as Port shows it."""
    found = world.send("GET", "/v1/blueprints/{blueprint_identifier}/entities", blueprint_identifier="service")
    shown = {it["identifier"]: it.get("scorecards", {}).get(scorecard) for it in found["entities"]}
    return {name: result["level"] for name, result in shown.items() if result is not None}


def everything(world: World, **arguments: Any) -> list[dict[str, str]]:
    """Returns all rows of a simulation, page by page."""
    listed, page = [], None
    while True:
        text = world.ask("simulate_scorecard", **arguments, limit=25, **({"cursor": page} if page else {}))
        listed += rows(text)
        if (page := cursor(text)) is None:
            return listed


def delete(world: World, scorecard: str) -> None:
    route = "/v1/blueprints/{blueprint_identifier}/scorecards/{scorecard_identifier}"
    world.send("DELETE", route, blueprint_identifier="service", scorecard_identifier=scorecard)


def replace(world: World, document: dict[str, Any]) -> None:
    route = "/v1/blueprints/{blueprint_identifier}/scorecards/{scorecard_identifier}"
    world.send("PUT", route, document, blueprint_identifier="service", scorecard_identifier=document["identifier"])


@pytest.mark.parametrize("seed", range(CHANGES // 2))
def test_a_new_scorecard_does_what_its_simulation_said(small: World, seed):
    document = random_scorecard(random.Random(seed))
    listed = everything(
        small,
        blueprint="service",
        rules=document["rules"],
        levels=[it["title"] for it in document["levels"]],
        **({"filter": document["filter"]} if "filter" in document else {}),
    )
    small.create(document)
    try:
        assert {row["entity"]: row["level"] for row in listed} == judged(small, "tried")
    finally:
        delete(small, "tried")


@pytest.mark.parametrize("seed", range(CHANGES // 2))
def test_a_changed_scorecard_does_what_its_simulation_said(small: World, seed):
    draw = random.Random(f"change {seed}")
    document = random_scorecard(draw)
    change = random_change(draw, document)
    small.create(document)
    try:
        before = judged(small, "tried")
        said = headline(small.ask("simulate_scorecard", scorecard="tried", **change, limit=0))
        listed = everything(small, scorecard="tried", **change)
        replace(small, applied(document, change))
        after = judged(small, "tried")
    finally:
        delete(small, "tried")
    moved = {name for name in {**before, **after} if before.get(name) != after.get(name)}
    assert said == told(document, applied(document, change), before, after)
    assert {row["entity"]: (row["now"], row["then"]) for row in listed} == {
        name: (before.get(name, "-"), after.get(name, "-")) for name in moved
    }


def test_a_simulation_writes_nothing(world: World):
    world.requests.clear()
    world.ask("simulate_scorecard", blueprint="service", rules=[rule("r", "Gold", has("tier", "isNotEmpty"))])
    assert {(method, path) for method, path in world.requests} <= {
        ("GET", "/v1/blueprints"),
        ("GET", "/v1/scorecards"),
        ("POST", "/v1/blueprints/_team/entities/search"),
        ("POST", "/v1/blueprints/service/entities/search"),
    }


def test_it_takes_one_search_a_rule_and_none_for_rules_that_stay(world: World):
    def searches(**arguments: Any) -> int:
        world.requests.clear()
        world.ask("simulate_scorecard", **arguments)
        return sum(path == "/v1/blueprints/service/entities/search" for _, path in world.requests)

    new = [rule("a", "Gold", has("tier", "isNotEmpty")), rule("b", "Silver", has("bug_count", "<", 9))]
    assert searches(blueprint="service", rules=new) == 1 + 2, "who would be judged, and each rule"
    assert searches(scorecard="production_readiness", rules=new[:1]) == 1 + 1, "the results, and the new rule"
    assert searches(scorecard="production_readiness", remove_rules=["has_slo"]) == 1, "the results"


def test_the_rules_that_decide_are_named(world: World, truth):
    text = world.ask(
        "simulate_scorecard", scorecard="one_rule", rules=[rule("tested", "Bronze", has("test_coverage", ">=", 70))]
    )
    falling = [
        name
        for name, it in truth.services.items()
        if truth.level_of(name, "one_rule") == "Bronze" and (it["properties"].get("test_coverage") or 0) < 70
    ]
    assert headline(text) == (
        f"One Rule: {len(falling)} of 400 entities would change level: {len(falling)} fall, 0 rise {SIMULATED}"
    )
    assert {row["because of"] for row in rows(text)} == {"tested"}
    assert f"\ntested\tBronze\t-\t{sum(truth_fails(it) for it in truth.services.values())}\t{len(falling)}\n" in text


def truth_fails(entity: dict[str, Any]) -> bool:
    return (entity["properties"].get("test_coverage") or 0) < 70


def test_levels_are_shown_now_and_then(world: World, truth):
    text = world.ask("simulate_scorecard", scorecard="two_steps", rules=[{"identifier": "tested", "level": "Pass"}])
    levels = truth.levels("two_steps")
    assert first_number(text) == 0
    assert f"\nFail\t{levels['Fail']}\t{levels['Fail']}\nPass\t{levels['Pass']}\t{levels['Pass']}\n" in text


def test_a_filter_limits_whom_it_is_tried_on(world: World, truth):
    text = world.ask(
        "simulate_scorecard",
        blueprint="service",
        rules=[rule("r", "Gold", has("tier", "isNotEmpty"))],
        where={"team": "Backend"},
    )
    assert headline(text).startswith(f"the new scorecard would judge {len(truth.owned_by('backend'))} entities: ")


def test_a_scorecard_that_port_would_refuse_is_refused(world: World):
    first = world.refusal(
        "simulate_scorecard", scorecard="two_steps", rules=[rule("r", "Fail", has("tier", "isNotEmpty"))]
    )
    assert first == (
        '"rules.1.level" must be equal to one of the allowed values; a level of this scorecard, but not the first: Pass'
    )
    second = world.refusal(
        "simulate_scorecard", scorecard="two_steps", rules=[rule("r", "Pass", has("teir", "isEmpty"))]
    )
    assert second.startswith("unknown property 'teir' of blueprint 'service'; choose from: tier, ")
    third = world.refusal(
        "simulate_scorecard", scorecard="two_steps", rules=[rule("r", "Pass", has("Tier", "isEmpty"))]
    )
    assert third == "a condition names property 'Tier'; its identifier is 'tier'"
    fourth = world.refusal(
        "simulate_scorecard", scorecard="two_steps", rules=[rule("r", "Pass", has("domain", "isEmpty"))]
    )
    assert fourth == "'domain' is a relation: a condition names it under \"relation\""


def test_a_number_that_is_compared_with_a_text_is_pointed_out(world: World):
    text = world.ask(
        "simulate_scorecard", blueprint="service", rules=[rule("r", "Gold", has("test_coverage", ">=", "80"))], limit=1
    )
    assert "would judge 400 entities: 400 Basic, " in headline(text)
    assert "test_coverage is a number, and a condition compares it with a text, which it never is" in text


def test_a_rule_that_does_not_exist_cannot_go(world: World):
    said = world.refusal("simulate_scorecard", scorecard="two_steps", remove_rules=["nothing"])
    assert said == "cannot remove rule 'nothing'; the rules are: tested"


def test_a_scorecard_or_a_blueprint_is_needed(world: World):
    said = world.refusal("simulate_scorecard", rules=[])
    assert said == "give the scorecard that would change, or the blueprint for a new one"
