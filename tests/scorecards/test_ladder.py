"""Levels, blocking rules, and "at least n of these", worked out on their own."""

from itertools import product

import pytest
from tests import scorecard_truth
from tests.scorecards.shapes import SHAPES, has, only, rule, shape

from quaymaster.port.documents.scorecard import Scorecard
from quaymaster_scorecards.ladder import Ladder
from quaymaster_scorecards.ranking import at_least, places
from quaymaster_scorecards.translation import EVERYBODY, NOBODY, find_doubts, search_rule

LADDER = Ladder.of(
    Scorecard.read(
        shape("x", rule("b", "B", has("b", "=", 1)), rule("d", "D", has("d", "=", 1)), levels=["A", "B", "C", "D", "E"])
    )
)
TYPES = {"text": "string", "list": "array", "number": "number", "thing": "object"}.get


@pytest.mark.parametrize("document", [document for _, document in SHAPES], ids=lambda it: it["identifier"])
def test_level_follows_from_the_failing_rules(document):
    ladder = Ladder.of(Scorecard.read(document))
    names = [it["identifier"] for it in document["rules"]]
    for verdicts in product([1, 0], repeat=len(names)):
        # an entity whose property `x` decides each rule: the truth then says what the level is
        rules = [{**it, "query": only(has("x", "in", [it["identifier"]]))} for it in document["rules"]]
        passing = [name for name, verdict in zip(names, verdicts, strict=True) if verdict]
        truth = scorecard_truth.result(
            {**document, "rules": rules, "filter": only(has("x", "!=", 0))}, {"properties": {"x": passing}}, None
        )
        assert ladder.level_of(set(names) - set(passing)) == truth["level"]


def test_levels_without_rules_are_no_steps():
    assert [level for level, _ in LADDER.steps] == ["B", "D"]
    assert LADDER.top == "D"
    assert LADDER.step_above("B")[0] == "D"
    assert LADDER.step_above("D") is None


def test_blocking_rules_stop_at_the_target():
    assert [it.identifier for it in LADDER.blocking({"b", "d"}, "C")] == ["b"]
    assert [it.identifier for it in LADDER.blocking({"b", "d"}, "E")] == ["b", "d"]


def test_conditions_as_text_are_read():
    text = '{"property": "a", "operator": "isEmpty"}'
    document = {**shape("x"), "rules": [{**rule("r", "Gold"), "query": {"combinator": "and", "conditions": [text]}}]}
    assert Ladder.of(Scorecard.read(document)).rules[0].query["conditions"] == [
        {"property": "a", "operator": "isEmpty"}
    ]


def holds(query, values):
    if "rules" in query:
        return (all if query["combinator"] == "and" else any)(holds(it, values) for it in query["rules"])
    if query is EVERYBODY or query is NOBODY:
        return query is EVERYBODY
    return values[query["property"]]


def size(query):
    return sum(map(size, query["rules"])) if "rules" in query else 1


@pytest.mark.parametrize("length", range(1, 8))
def test_at_least_says_what_it_is_called(length):
    rules = [{"property": name} for name in range(length)]
    for number in range(length + 2):
        query = at_least(number, rules)
        for values in product([True, False], repeat=length):
            assert holds(query, values) == (sum(values) >= number)


def test_at_least_stays_small_for_twelve_rules():
    rules = [{"property": name} for name in range(12)]
    assert max(size(at_least(number, rules)) for number in range(13)) <= 200


def test_places_are_the_worst_first_and_one_for_each_rule():
    assert [(it.level, it.failing) for it in places("x", LADDER, ["D", "A", "B"])] == [("A", 1), ("B", 1), ("D", 0)]


def test_what_a_search_refuses_is_asked_for_nobody():
    for condition in (has("number", ">", "high"), has("number", ">", True), has("unknown", "=", 1)):
        assert search_rule(only(condition), TYPES)["rules"] == [NOBODY]
        assert search_rule(only({**condition, "not": True}), TYPES)["rules"] == [EVERYBODY]


def test_nested_groups_stay_as_they_are():
    nested = only(has("text", "=", "a"), only(has("number", ">", 1), has("number", "<", 5), combinator="or"))
    assert search_rule(nested, TYPES) == {
        "combinator": "and",
        "rules": [
            {"property": "text", "operator": "=", "value": "a"},
            {
                "combinator": "or",
                "rules": [
                    {"property": "number", "operator": ">", "value": 1},
                    {"property": "number", "operator": "<", "value": 5},
                ],
            },
        ],
    }


def test_empty_is_more_to_a_scorecard_than_to_a_search():
    assert search_rule(only(has("text", "isEmpty")), TYPES)["rules"] == [
        {
            "combinator": "or",
            "rules": [
                {"property": "text", "operator": "isEmpty"},
                {"property": "text", "operator": "=", "value": ""},
            ],
        }
    ]
    assert search_rule(only(has("list", "isNotEmpty")), TYPES)["rules"] == [
        {
            "combinator": "and",
            "rules": [
                {"property": "list", "operator": "isNotEmpty"},
                {"property": "list", "operator": "!=", "value": []},
            ],
        }
    ]


def test_an_empty_object_is_the_one_thing_a_search_cannot_name():
    queries = [only(has("thing", "isEmpty"), has("text", "isEmpty"))]
    assert find_doubts(queries, TYPES) == [
        "where thing is an empty object, a scorecard takes it for empty; this does not"
    ]
