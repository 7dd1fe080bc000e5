"""Every rule that can be put together from the words of Port's query language gets the verdict of Port's schema."""

import itertools

import pytest
from tests.contract.bodies import QUERIES, disagreements

_OPERATORS = [
    *("=", "!=", ">", ">=", "<", "<="),
    *("contains", "doesNotContains", "containsAny", "beginsWith", "doesNotBeginsWith", "endsWith", "doesNotEndsWith"),
    *("in", "notIn", "between", "notBetween", "isEmpty", "isNotEmpty", "isExpired", "isNotExpired"),
    *("relatedTo", "matchAny", "==", "IN", "", None, 1, ["="], {}),
]
_CALLER = {"context": "user", "property": "$team"}
_RANGE = {"from": "2026-01-01T00:00:00Z", "to": "2026-02-01T00:00:00Z"}
_VALUES = [
    *(None, True, 7, 1.5, "", "text", "2026-01-01", "2026-01-01T00:00:00Z"),
    *([], ["a", "b"], [1, 2], [True], ["a", 1], [None], [["a"]]),
    *({}, _CALLER, {**_CALLER, "zzz": 1}, {"context": "nobody", "property": "a"}, {"property": "a"}),
    *(_RANGE, {**_RANGE, "zzz": 1}, {"from": "yesterday", "to": "today"}, {"from": _RANGE["from"]}),
    *({"preset": "today"}, {"preset": "lastDay"}, {"preset": "nextDay"}, {"preset": "today", **_RANGE}),
    *({"preset": "today", **_CALLER}, {**_RANGE, **_CALLER}),
    *({"jqQuery": ".a"}, {"jqQuery": 1}, {"jqQuery": ".a", **_CALLER}),
]
_SUBJECTS = [
    {},
    *({"property": subject} for subject in ("language", "", None, 7, _CALLER, {"property": "a"}, {**_CALLER, "b": 1})),
    *({"property": {"path": path}} for path in ([], ["a"], [{"relation": "a", "maxHops": 15}], [{}], [1], "a")),
    *({"property": {"path": [{"maxHops": hops}]}} for hops in (0, 1, 16, "1")),
    {"property": {"path": ["a"], "fromBlueprint": "b"}},
    {"property": {"path": ["a"], "fromBlueprint": 1}},
    {"property": {"path": ["a"], **_CALLER}},
    *({"relation": relation} for relation in ("system", None, ["system"])),
    *({"scorecard": scorecard} for scorecard in ("readiness", 7)),
    {"scorecard": "readiness", "scorecardRule": "has_owner"},
    {"scorecard": "readiness", "scorecardRule": 1},
    *({"blueprint": blueprint} for blueprint in ("team", None)),
    *({"blueprint": "team", "direction": direction} for direction in ("upstream", "both")),
    *({"blueprint": "team", "required": required} for required in (True, "true")),
    *({"propertySchema": schema} for schema in ({"type": "string"}, {}, {"type": "string", "zzz": 1}, "string")),
    {"propertySchema": {"type": "array", "format": "a", "items": {"type": "string", "zzz": 1}}},
    {"propertySchema": {"type": "array", "items": {"format": "user"}}},
    *({"relation": "system", "targetProperty": target} for target in ("$title", "$team", 1)),
    {"property": "language", "relation": "system"},
    {"property": 7, "relation": "system"},
    {"property": "language", "blueprint": "team"},
    {"property": "language", "scorecard": "readiness"},
    {"property": "language", "combinator": "and"},
    {"property": "language", "zzz": 1},
    *({"property": "language", "not": inverted} for inverted in (True, "true")),
]


def _rules():
    values = [{}, *({"value": value} for value in _VALUES)]
    for subject, operator, value in itertools.product(_SUBJECTS, _OPERATORS, values):
        yield {**subject, "operator": operator, **value}
    for subject, value in itertools.product(_SUBJECTS, values):
        yield {**subject, **value}


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: query.route)
def test_every_combination_of_words_gets_the_same_verdict(query):
    key = "conditions" if query.route == "ScorecardQuery" else "rules"
    documents = ((rule, {"combinator": "and", key: [rule]}) for rule in _rules())
    assert disagreements(query, documents) == []


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: query.route)
def test_groups_get_the_same_verdict(query):
    rule = {"property": "a", "operator": "=", "value": "b"}
    lists = [None, {}, [], [rule], [None], [[]], [rule, 7]]
    groups = [
        *({"combinator": combinator, "rules": rules} for combinator in ("and", "or", "AND", None) for rules in lists),
        *({"combinator": "and", "conditions": rules} for rules in lists),
        *({"rules": [rule]}, {"conditions": [rule]}, {"combinator": "and"}, {}, rule),
        {"combinator": "and", "rules": [rule], "conditions": [rule]},
        {"combinator": "and", "rules": [rule], "zzz": 1},
        {"combinator": "and", "conditions": [rule], "zzz": 1},
    ]
    nested = [{"combinator": "or", key: [group]} for key in ("rules", "conditions") for group in groups]
    assert disagreements(query, ((group, group) for group in [*groups, *nested])) == []
