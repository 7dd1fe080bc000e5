"""What a person reads about a document that Port would refuse."""

import pytest

from quaymaster.port.documents import DocumentError, UnreadableError, validate_request, validate_request_list
from quaymaster.port.documents.action import ActionWrite
from quaymaster.port.documents.blueprint import Blueprint
from quaymaster.port.documents.entity import BulkEntities, EntityWrite
from quaymaster.port.documents.integration import WebhookWrite
from quaymaster.port.documents.organisation import OrganizationReplacement
from quaymaster.port.documents.query import BlueprintQuery, IdentifierQuery, Query, ScorecardQuery
from quaymaster.port.documents.scorecard import ScorecardListItem, ScorecardWrite
from quaymaster.port.documents.search import Aggregation, BlueprintSearch

_SERVICE = {"identifier": "service", "title": "Service", "schema": {"properties": {}}}
_SCORECARD = {"identifier": "readiness", "title": "Readiness", "rules": []}


def lines_about(kind, document):
    with pytest.raises(DocumentError) as refused:
        validate_request(kind, document)
    return str(refused.value).splitlines()


def lines_about_rule(rule, kind=Query, key="rules"):
    return lines_about(kind, {"combinator": "and", key: [rule]})


def test_all_problems_are_told_at_once():
    blueprint = {
        "title": "",
        "schema": {"properties": {"port": {"type": "integer", "icon": None}}, "requird": ["port"]},
        "relations": {"my system": {"target": 7, "mny": True}},
        "mirrorProperties": {"tier": {"path": "tier"}},
        "description": "a" * 201,
    }
    assert lines_about(Blueprint, blueprint) == [
        "must have required property 'identifier'",
        '"title" must NOT have fewer than 1 characters',
        '"description" must NOT have more than 200 characters; it has 201',
        '"mirrorProperties.tier.path" must match pattern "^(?:[A-Za-z0-9@_=\\-$]+\\.)+?(\\w|\\$|@|-)*?[^\\.]+$"',
        '"relations.my system" must match pattern "^[A-Za-z0-9@_=\\\\-]+$"',
        '"relations.my system" must NOT have additional properties, additional property: "mny"; '
        "known: many, target, title, required, description, type",
        '"relations.my system.target" must be string; it is number',
        '"schema" must NOT have additional properties, additional property: "requird"; known: required, properties',
        '"schema.properties.port.type" must be equal to one of the allowed values; '
        "one of: string, number, boolean, object, array",
        '"schema.properties.port.icon" must be string; it is null',
    ]


@pytest.mark.parametrize("body", [None, [], "service", 7])
def test_a_body_that_is_no_object_is_refused(body):
    assert lines_about(Blueprint, body)[0].startswith("must be object; it is ")


def test_the_port_message_is_that_of_the_first_problem_without_our_hint():
    with pytest.raises(DocumentError) as refused:
        validate_request(OrganizationReplacement, {"name": 7, "nam": "Acme"})
    error = refused.value
    assert (error.code, error.problems[0].port_message) == (
        "invalid_request",
        'must NOT have additional properties, additional property: "nam"',
    )
    assert error.problems[1].port_message == '"name" must be string'


def test_an_unknown_operator_names_those_of_the_subject():
    [line] = lines_about_rule({"property": "language", "operator": "==", "value": "Go"})
    assert line == (
        "\"rules.0.operator\" must be equal to one of the allowed values; unknown operator '=='; for property rules: "
        "=, !=, containsAny, contains, doesNotContains, beginsWith, doesNotBeginsWith, endsWith, doesNotEndsWith, in, "
        "notIn, >, >=, <, <=, between, notBetween, isEmpty, isNotEmpty, isExpired, isNotExpired, matchAny"
    )


def test_a_misspelled_operator_has_the_nearest_first():
    [line] = lines_about_rule({"property": "language", "operator": "doesNotContain", "value": "Go"})
    assert "for property rules: doesNotContains, contains" in line


def test_an_operator_of_another_subject_names_its_key():
    [line] = lines_about_rule({"property": "service", "operator": "relatedTo", "value": "cart"})
    assert "'relatedTo' goes with the key 'blueprint'; for property rules: " in line


@pytest.mark.parametrize(
    ("rule", "kind", "line"),
    [
        (
            {"relation": "system", "operator": "=", "value": "shop"},
            Query,
            '"rules.0" must match a schema in anyOf; '
            "a rule has one of the keys property, blueprint, propertySchema, combinator",
        ),
        (
            {"scorecard": "readiness", "operator": "in", "value": "Gold", "zzz": 1},
            BlueprintQuery,
            '"rules.0" must NOT have additional properties, additional property: "zzz"; '
            "known: operator, scorecard, scorecardRule, value",
        ),
        (
            {"property": "language", "operator": "in"},
            IdentifierQuery,
            "\"rules.0\" must have required property 'value'; operator 'in' compares with a value",
        ),
        (
            {"property": "language"},
            IdentifierQuery,
            "\"rules.0\" must have required property 'operator'; for property rules: =, in, containsAny, contains",
        ),
        (
            {"property": "$createdAt", "operator": "between", "value": {"preset": "lastweek"}},
            Query,
            '"rules.0.value.preset" must be equal to one of the allowed values; one of: lastWeek, last2Weeks, '
            "today, tomorrow, yesterday, lastDay, lastMonth, last3Months, last6Months, last12Months",
        ),
        (
            {"property": "$createdAt", "operator": "between", "value": {}},
            Query,
            '"rules.0.value" must match exactly one schema in oneOf; '
            "write {from, to} or {preset} or {context, property}",
        ),
        (
            {"property": "$createdAt", "operator": ">", "value": "yesterday"},
            Query,
            '"rules.0.value" must match format "date-time"; for example 2026-01-31T09:30:00.000Z',
        ),
        (
            {"property": "ports", "operator": "in", "value": [80, "https"]},
            Query,
            '"rules.0.value" must match a schema in anyOf; all strings, all numbers or all booleans',
        ),
        (7, Query, '"rules.0" must be object; it is number'),
    ],
)
def test_a_wrong_rule_gets_one_line_that_helps(rule, kind, line):
    assert lines_about_rule(rule, kind) == [line]


def test_a_deep_query_is_refused_where_it_becomes_too_deep():
    query = {"combinator": "and", "rules": []}
    for _ in range(2000):
        query = {"combinator": "and", "rules": [query]}
    [line] = lines_about(Query, query)
    assert line.endswith("must NOT be nested more than 50 queries deep")


def test_conditions_do_not_nest():
    [line] = lines_about_rule({"combinator": "or", "conditions": []}, ScorecardQuery, "conditions")
    assert line == '"conditions.0" must match a schema in anyOf; a rule has one of the keys property, relation'


def test_an_unknown_kind_names_the_kinds():
    action = {
        "identifier": "deploy",
        "trigger": {"type": "self-servce", "operation": "CREATE", "userInputs": {"properties": {}}},
        "invocationMethod": {"type": "SLACK"},
    }
    assert lines_about(ActionWrite, action) == [
        '"trigger.type" must be equal to one of the allowed values; one of: self-service, automation',
        '"invocationMethod.type" must be equal to one of the allowed values; '
        "one of: KAFKA, WEBHOOK, GITHUB, GITLAB, AZURE_DEVOPS, INTEGRATION_ACTION, UPSERT_ENTITY",
    ]


def test_a_kind_that_is_not_named_names_the_kinds():
    action = {"identifier": "deploy", "trigger": {"event": {}}, "invocationMethod": {"type": 7}}
    assert lines_about(ActionWrite, action) == [
        "\"trigger\" must have required property 'type'; one of: self-service, automation",
        '"invocationMethod.type" must be equal to one of the allowed values; '
        "one of: KAFKA, WEBHOOK, GITHUB, GITLAB, AZURE_DEVOPS, INTEGRATION_ACTION, UPSERT_ENTITY",
    ]


def _self_service(**parts):
    trigger = {"type": "self-service", "operation": "DAY-2", "userInputs": {"properties": {}}, **parts}
    return {"identifier": "deploy", "trigger": trigger, "invocationMethod": {"type": "KAFKA"}}


_CONDITION = {"type": "SEARCH", "combinator": "and", "rules": []}


@pytest.mark.parametrize(
    ("parts", "line"),
    [
        (
            {"condition": _CONDITION},
            "\"trigger\" must have required property 'blueprintIdentifier'; "
            "a condition is about the entities of a blueprint",
        ),
        (
            {"condition": {"combinator": "and", "rules": []}, "blueprintIdentifier": "service"},
            '"trigger.condition" must have required property \'type\'; it is "SEARCH"',
        ),
        (
            {"operation": "CREATE", "condition": _CONDITION, "blueprintIdentifier": "service"},
            '"trigger" must NOT have additional properties, additional property: "condition"; known: type, operation, '
            "userInputs, blueprintIdentifier, actionCardButtonText, executeActionButtonText",
        ),
        (
            {"userInputs": {"properties": {}, "order": [], "steps": []}},
            "\"trigger.userInputs\" must match exactly one schema in oneOf; either 'order' or 'steps'",
        ),
        (
            {"operation": "UPDATE"},
            '"trigger.operation" must be equal to one of the allowed values; one of: CREATE, DAY-2, DELETE',
        ),
    ],
)
def test_a_wrong_form_gets_one_line_that_helps(parts, line):
    assert lines_about(ActionWrite, _self_service(**parts)) == [line]


def test_sizes_and_ranges_name_their_limits():
    assert lines_about(BulkEntities, {"entities": [{}] * 21}) == [
        '"entities" must NOT have more than 20 items; it has 21'
    ]
    assert lines_about(BlueprintSearch, {"limit": 0}) == ['"limit" must be >= 1']
    assert lines_about(BlueprintSearch, {"limit": 1001}) == ['"limit" must be <= 1000']


def test_a_place_of_several_types_names_them():
    assert lines_about(EntityWrite, {"identifier": 7, "relations": {"uses": 7}}) == [
        '"identifier" must be string,object; it is number',
        '"relations.uses" must be string,array,object,null; it is number',
    ]


def test_a_wrong_aggregation_says_what_it_needs():
    query = {"combinator": "and", "rules": []}
    assert lines_about(Aggregation, {"func": "sum", "query": query}) == [
        "must have required property 'property'; function 'sum' is computed over a property"
    ]
    assert lines_about(Aggregation, {"func": "countValues", "query": query, "rule": "a"}) == [
        "must match exactly one schema in oneOf; group by one of property, relation, scorecard, or scorecard and rule"
    ]


def test_a_wrong_operation_of_a_mapping_names_the_operations():
    webhook = {
        "title": "GitHub",
        "mappings": [{"operation": "remove", "blueprint": "a", "entity": {"identifier": "b"}}],
    }
    assert lines_about(WebhookWrite, webhook) == [
        '"mappings.0.operation" must be equal to one of the allowed values; one of: create, delete'
    ]


def _found_beyond_the_shape(kind, document):
    with pytest.raises(DocumentError) as refused:
        validate_request(kind, document)
    return [(problem.code, str(problem)) for problem in refused.value.problems]


def test_a_required_property_must_be_one():
    blueprint = {**_SERVICE, "schema": {"properties": {"language": {"type": "string"}}, "required": ["langauge"]}}
    assert _found_beyond_the_shape(Blueprint, blueprint) == [
        (
            "blueprint_missing_property",
            '"schema.required.0" The blueprint does not have Property with identifier "langauge"; '
            "its properties: language",
        )
    ]


def test_relations_are_not_named_as_ports_own_are():
    blueprint = {**_SERVICE, "relations": {"_system": {"target": "system"}}}
    assert _found_beyond_the_shape(Blueprint, blueprint) == [
        ("system_identifier_error", '"relations._system" Relation identifiers cannot start with "_"')
    ]


def _rule(level):
    condition = {"property": "language", "operator": "isNotEmpty"}
    query = {"combinator": "and", "conditions": [condition]}
    return {"identifier": "a", "title": "A", "level": level, "query": query}


def test_a_rule_is_on_a_stated_level_that_is_not_the_first():
    levels = [{"title": title, "color": "blue"} for title in ("None", "Some", "All")]
    scorecard = {**_SCORECARD, "levels": levels, "rules": [_rule("All"), _rule("None"), _rule("Al")]}
    assert _found_beyond_the_shape(ScorecardWrite, scorecard) == [
        (
            "invalid_request",
            f'"rules.{index}.level" must be equal to one of the allowed values; '
            f"a level of this scorecard, but not the first: {levels}",
        )
        for index, levels in ((1, "Some, All"), (2, "All, Some"))
    ]


def test_a_scorecard_without_levels_may_have_rules_on_any():
    scorecard = {**_SCORECARD, "rules": [_rule("A")]}
    assert validate_request(ScorecardWrite, scorecard).rules[0].level == "A"


def test_problems_in_a_list_of_documents_say_in_which():
    levels = [{"title": "Some", "color": "blue"}]
    for documents, line in (
        ([_SCORECARD, {**_SCORECARD, "title": 7}], '"1.title" must be string; it is number'),
        ([_SCORECARD, 7], '"1" must be object; it is number'),
        ({}, "must be array; it is object"),
        (
            [{**_SCORECARD, "levels": levels, "rules": [_rule("Some")]}],
            '"0.rules.0.level" must be equal to one of the allowed values; '
            "a level of this scorecard, but not the first: ",
        ),
    ):
        with pytest.raises(DocumentError) as refused:
            validate_request_list(ScorecardListItem, documents)
        assert str(refused.value) == line


def test_an_answer_that_means_nothing_says_what_is_missing():
    with pytest.raises(UnreadableError) as failed:
        Blueprint.read({"identifier": 7, "title": "Service"})
    assert str(failed.value).splitlines() == [
        "Port's answer cannot be read as Blueprint:",
        '"identifier" Input should be a valid string',
        '"schema" Field required',
    ]
