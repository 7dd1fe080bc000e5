"""Next steps: each does what it says, and no other single rule does more."""

from collections import Counter

from tests.answers import headline, rows
from tests.scorecards.shapes import has, rule, shape
from tests.scorecards.test_report import failing, levels_of, results

from quaymaster.port.documents.scorecard import Scorecard
from quaymaster_scorecards.ladder import Ladder
from quaymaster_scorecards.standings import Standing
from quaymaster_scorecards.steps import Patterns, best_steps


def lifted(document, judged, names):
    """Returns how many reach each level if these rules passed, worked out here."""
    levels = levels_of(document)
    reached = Counter()
    for result in judged.values():
        left = failing(result) - set(names)
        level = levels[0]
        for candidate in levels[1:]:
            own = {it["identifier"] for it in document["rules"] if it["level"] == candidate}
            if own & left:
                break
            level = candidate if own else level
        if level != result["level"]:
            reached[level] += 1
    return reached


def test_each_step_lifts_what_it_says(world, truth):
    document = truth.scorecards["production_readiness"]
    owned = set(truth.owned_by("backend"))
    judged = {name: it for name, it in results(truth, "production_readiness").items() if name in owned}
    text = world.ask("suggest_next_steps", team="Backend", scorecard="production_readiness", limit=50)
    assert len(rows(text)) > 3
    for row in rows(text):
        reached = lifted(document, judged, row["make pass"].split(" and "))
        listed = ", ".join(f"{reached[level]} to {level}" for level in levels_of(document) if reached[level])
        assert row["lifts"] == listed


def test_the_best_step_lifts_most_for_each_rule(world, truth):
    document = truth.scorecards["production_readiness"]
    judged = results(truth, "production_readiness")
    text = world.ask("suggest_next_steps", scorecard="production_readiness", limit=50)
    rates = [
        lifted(document, judged, names).total() / len(names)
        for names in (row["make pass"].split(" and ") for row in rows(text))
    ]
    assert rates == sorted(rates, reverse=True)
    singly = [lifted(document, judged, [it["identifier"]]).total() for it in document["rules"]]
    assert rates[0] >= max(singly)


def test_one_service_is_told_the_shortest_way_up(world):
    text = world.ask("suggest_next_steps", identifier="InventoryService", scorecard="production_readiness")
    assert headline(text) == (
        "best next step: has_runbook in Production Readiness lifts 1 service entity with identifier = InventoryService"
    )
    assert [row["make pass"] for row in rows(text)] == ["has_runbook", "has_runbook and coverage_80 and few_bugs"]


def test_all_scorecards_of_a_blueprint_are_looked_at(world):
    text = world.ask("suggest_next_steps", team="Backend", blueprint="service", limit=50)
    assert {"production_readiness", "security_requirements"} <= {row["scorecard"] for row in rows(text)}


def test_an_unknown_service_is_refused_with_what_is_near(world):
    said = world.refusal("suggest_next_steps", identifier="InventorySrvice", scorecard="production_readiness")
    assert said.startswith("'InventorySrvice' is not the name of one entity: ")
    assert "InventoryService" in said


def test_steps_that_are_not_shown_are_counted(world):
    text = world.ask("suggest_next_steps", scorecard="crowded_step", limit=2)
    number = len(rows(world.ask("suggest_next_steps", scorecard="crowded_step", limit=50)))
    assert f"rows 1-2 of {number}; the rest is not shown" in text


def test_where_all_is_well_there_is_nothing_to_do(world, truth):
    best = [name for name in truth.services if truth.level_of(name, "security_requirements") == "Gold"]
    text = world.ask("suggest_next_steps", scorecard="security_requirements", where={"identifier": best})
    assert headline(text).startswith("nothing to do")


def test_a_step_that_adds_nothing_to_a_smaller_one_is_left_out():
    rules = [rule(name, level, has(name, "=", 1)) for name, level in [("a", "Bronze"), ("b", "Silver"), ("c", "Gold")]]
    ladder = Ladder.of(Scorecard.read(shape("x", *rules)))
    patterns = Patterns()
    for number in range(3):
        patterns.add(Standing(f"e{number}", None, "Basic", frozenset({"a"})))
    patterns.add(Standing("f", None, "Basic", frozenset({"a", "c"})))
    steps = best_steps(ladder, patterns)
    assert [([it.identifier for it in step.rules], step.lifted, step.levels) for step in steps] == [
        (["a"], 4, 11),
        (["a", "c"], 4, 12),
    ]
    assert steps[0].reached == {"Silver": 1, "Gold": 3}
