"""What keeps entities from a level, and in which words it is said."""

import pytest
from benchmarks.tokens import count_tokens
from tests.answers import headline, rows
from tests.scorecards.shapes import SHAPES, has, only, related
from tests.truth import Truth

from quaymaster_scorecards.words import needs, wanted

ORDER = ["Basic", "Bronze", "Silver", "Gold"]


def test_inventory_service_is_told_what_keeps_it_from_gold(world):
    text = world.ask("scorecard_gap", identifiers=["InventoryService"], scorecard="Production Readiness", level="Gold")
    assert text == (
        "InventoryService is Bronze in Production Readiness: 3 rules keep it from Gold; has_runbook alone lifts it to "
        "Silver\n"
        "```tsv\n"
        "level\trule\tnow\tneeds\n"
        "Silver\thas_runbook\trunbook is empty\ta value\n"
        "Gold\tcoverage_80\ttest_coverage is 67.5\t>= 80\n"
        "Gold\tfew_bugs\tbug_count is 14\t<= 10\n"
        "```"
    )
    assert count_tokens(text) <= 120


def test_it_takes_one_call_and_four_requests(world):
    world.ask("scorecard_gap", identifiers=["InventoryService"], scorecard="production_readiness")
    world.requests.clear()
    world.ask("scorecard_gap", identifiers=["InventoryService"], scorecard="production_readiness")
    assert [path for _, path in world.requests] == ["/v1/scorecards", "/v1/blueprints/service/entities/search"]


@pytest.mark.parametrize("level", ["Bronze", "Silver", "Gold"])
@pytest.mark.parametrize("scorecard", ["production_readiness", "security_requirements", "negations", "relations"])
def test_blocking_rules_are_those_that_fail_up_to_the_level(world, truth: Truth, scorecard, level):
    names = sorted(truth.services)[:20]
    text = world.ask("scorecard_gap", identifiers=names, scorecard=scorecard, level=level)
    for name in names:
        result = truth.result_of(name, scorecard)
        listed = [(row["level"], row["rule"]) for row in rows(text) if row["entity"] == name and row["rule"]]
        failing = result and [it for it in result["rules"] if it["status"] == "FAILURE"]
        blocking = [it for it in failing or [] if ORDER.index(it["level"]) <= ORDER.index(level)]
        assert sorted(listed) == sorted((it["level"], it["identifier"]) for it in blocking)
        assert [ORDER.index(it[0]) for it in listed] == sorted(ORDER.index(it[0]) for it in listed)


def test_the_change_that_alone_lifts_an_entity_does(world, truth: Truth):
    names = sorted(truth.services)[:20]
    text = world.ask("scorecard_gap", identifiers=names, scorecard="production_readiness")
    for name in names:
        result = truth.result_of(name, "production_readiness")
        if result is None:
            continue
        failing = {it["identifier"] for it in result["rules"] if it["status"] == "FAILURE"}
        lifting = {
            row["rule"]: row["alone lifts to"] for row in rows(text) if row["entity"] == name and row["alone lifts to"]
        }
        expected = {}
        for rule in failing:
            level = _level(truth.scorecards["production_readiness"], failing - {rule})
            if ORDER.index(level) > ORDER.index(result["level"]):
                expected[rule] = level
        assert lifting == expected


def _level(document, failing):
    reached = "Basic"
    for level in ORDER[1:]:
        rules = [it["identifier"] for it in document["rules"] if it["level"] == level]
        if failing & set(rules):
            break
        reached = level if rules else reached
    return reached


def test_every_scorecard_is_told_when_none_is_named(world):
    text = world.ask("scorecard_gap", identifiers=["InventoryService"], blueprint="service")
    named = {document["identifier"] for blueprint, document in SHAPES if blueprint == "service"}
    listed = {row["scorecard"] for row in rows(text)}
    assert listed >= {"production_readiness", "security_requirements", "crowded_step"}
    assert listed <= named | {"production_readiness", "security_requirements"}


def test_the_blueprint_is_found_by_the_entity(world):
    text = world.ask("scorecard_gap", identifiers=["InventoryService"], level="Gold")
    blocked = len({row["scorecard"] for row in rows(text) if row["rule"]})
    judging = len({row["scorecard"] for row in rows(text)})
    assert headline(text) == f"InventoryService is kept from the level in {blocked} of {judging} scorecards"


def test_an_entity_outside_the_filter_is_told_why(world):
    text = world.ask("scorecard_gap", identifiers=["DesignSystem"], scorecard="production_readiness")
    assert text == (
        "none of these is judged\nProduction Readiness does not judge DesignSystem: its filter asks type is not library"
    )


def test_an_unknown_entity_is_said_to_be_missing_with_what_is_near(world):
    text = world.ask("scorecard_gap", identifiers=["InventorySrvice"], scorecard="production_readiness")
    assert headline(text) == "no such service: InventorySrvice"
    assert "nearest: InventoryService" in text


def test_a_level_that_no_scorecard_has_lists_the_real_ones(world):
    said = world.refusal("scorecard_gap", identifiers=["InventoryService"], scorecard="two_steps", level="Gold")
    assert said == "scorecard 'two_steps' has no level 'Gold'; its levels, lowest first: Fail, Pass"


def test_there_is_nothing_to_do_on_the_level(world, truth: Truth):
    name = next(it for it in truth.services if truth.level_of(it, "security_requirements") == "Gold")
    text = world.ask("scorecard_gap", identifiers=[name], scorecard="security_requirements")
    assert text == f"{name} is Gold in Security Requirements: nothing keeps it from Gold"


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        (has("a", ">=", 80), "a >= 80"),
        (has("a", "=", True), "a = true"),
        (has("a", "!=", "x"), "a is not x"),
        (has("a", "isNotEmpty"), "a has a value"),
        (has("a", "isEmpty"), "a is empty"),
        (has("a", "isEmpty", **{"not": True}), "a has a value"),
        (has("a", ">", 3, **{"not": True}), "a is not (> 3)"),
        (has("$team", "isNotEmpty"), "team has a value"),
        (has("a", "in", ["x"]), "a is x"),
        (has("a", "in", ["x", "y"]), "a is one of x, y"),
        (has("a", "containsAny", ["x", "y"]), "a contains one of x, y"),
        (has("a", "contains", "x"), "a contains x"),
        (has("a", "doesNotBeginsWith", "x"), "a does not begin with x"),
        (has("a", "between", {"preset": "lastMonth"}), "a is in the last 30 days"),
        (has("a", "=", {"preset": "today"}), "a is today"),
        (
            has("a", "notBetween", {"from": "2026-01-01", "to": "2026-02-01"}),
            "a is not between 2026-01-01 and 2026-02-01",
        ),
        (related("domain", "isNotEmpty"), "domain has a value"),
        (related("domain", "=", "payments"), "domain = payments"),
    ],
)
def test_conditions_in_words(condition, words):
    assert wanted(condition) == words


def test_queries_in_words():
    assert needs(only(has("a", ">=", 80))) == ">= 80"
    assert needs(only(has("a", ">=", 80)), alone=False) == "a >= 80"
    assert needs(only(has("a", ">", 1), has("a", "<", 5))) == "> 1 and < 5"
    assert needs(only(has("a", "=", True), has("b", "=", True), combinator="or")) == "a = true or b = true"
    nested = only(has("a", "=", 1), only(has("b", "=", 2), has("c", "=", 3), combinator="or"))
    assert needs(nested) == "a = 1 and (b = 2 or c = 3)"
