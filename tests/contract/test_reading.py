"""What Port answers can be read, whatever it adds, and is written back unchanged."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from quaymaster.port.documents.action import Action
from quaymaster.port.documents.blueprint import Blueprint, DirectOwnership, Ownership
from quaymaster.port.documents.entity import Entity, RelatedEntity
from quaymaster.port.documents.invocation import InvocationMethod, WebhookMethod
from quaymaster.port.documents.page import Page
from quaymaster.port.documents.query import (
    DatePreset,
    MatchAnyRule,
    PropertyRule,
    PropertySchemaRule,
    Query,
    RelatedToRule,
    RelationPath,
    RelationRule,
    Rule,
    ScorecardRule,
)
from quaymaster.port.documents.run import Run
from quaymaster.port.documents.trigger import AutomationTrigger, TimerEvent

_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda children: st.lists(children, max_size=3) | st.dictionaries(st.text(), children, max_size=3),
    max_leaves=10,
)
_SERVICE = {"identifier": "service", "title": "Service", "schema": {"properties": {}}}
_KEYS = [
    "description",
    "icon",
    "relations",
    "mirrorProperties",
    "aggregationProperties",
    "ownership",
    "new",
    "createdAt",
]


@given(extras=st.dictionaries(st.sampled_from(_KEYS), _JSON))
def test_anything_beside_the_essential_is_kept(extras):
    document = {**_SERVICE, **extras}
    assert Blueprint.read(document).to_json() == document


def test_a_value_of_a_new_form_leaves_the_attribute_at_its_default():
    document = {**_SERVICE, "relations": ["system"], "icon": {"name": "Microservice"}}
    blueprint = Blueprint.read(document)
    assert (blueprint.relations, blueprint.icon, blueprint.to_json()) == ({}, None, document)


def test_values_that_port_adds_to_its_enumerations_are_read():
    document = {**_SERVICE, "schema": {"properties": {"size": {"type": "size", "format": "bytes"}}}}
    size = Blueprint.read(document).schema_.properties["size"]
    assert (size.type, size.format) == ("size", "bytes")


def test_numbers_keep_their_kind():
    properties = {"a": {"type": "number", "minimum": 1, "maximum": 1.5}}
    document = {**_SERVICE, "schema": {"properties": properties}}
    minimum = Blueprint.read(document).to_json()["schema"]["properties"]["a"]["minimum"]
    assert (minimum, type(minimum)) == (1, int)


def test_a_kind_is_read_as_its_class_and_an_unknown_one_as_the_base():
    direct = Blueprint.read({**_SERVICE, "ownership": {"type": "Direct"}}).ownership
    unknown = Blueprint.read({**_SERVICE, "ownership": {"type": "Shared", "by": ["a"]}}).ownership
    assert (type(direct), type(unknown)) == (DirectOwnership, Ownership)
    assert unknown.to_json() == {"type": "Shared", "by": ["a"]}


def test_an_automation_is_read_down_to_its_event():
    event = {"type": "TIMER_PROPERTY_EXPIRED", "blueprintIdentifier": "lease", "propertyIdentifier": "ends"}
    document = {
        "identifier": "remind",
        "trigger": {"type": "automation", "event": event},
        "invocationMethod": {"type": "WEBHOOK", "url": "https://example.com"},
        "id": "a1",
    }
    action = Action.read(document)
    assert isinstance(action.trigger, AutomationTrigger)
    assert isinstance(action.trigger.event, TimerEvent)
    assert isinstance(action.invocation_method, WebhookMethod)
    assert action.to_json() == document


def test_a_method_that_port_adds_is_read_as_the_base():
    method = InvocationMethod.read({"type": "SLACK", "channel": "#ops"})
    assert (type(method), method.model_extra) == (InvocationMethod, {"channel": "#ops"})


@pytest.mark.parametrize(
    ("rule", "kind"),
    [
        ({"property": "a", "operator": "=", "value": 1}, PropertyRule),
        ({"property": "a", "operator": "isEmpty"}, PropertyRule),
        ({"relation": "a", "operator": "in", "value": ["b"]}, RelationRule),
        ({"scorecard": "a", "operator": "=", "value": "Gold"}, ScorecardRule),
        ({"operator": "relatedTo", "blueprint": "a", "value": "b"}, RelatedToRule),
        ({"property": "a", "operator": "matchAny", "value": ["b"]}, MatchAnyRule),
        ({"propertySchema": {"type": "string"}, "operator": "=", "value": "b"}, PropertySchemaRule),
        ({"combinator": "or", "rules": []}, Query),
        ({"weather": "a", "operator": "=", "value": "sunny"}, Rule),
    ],
)
def test_each_rule_is_read_as_its_class(rule, kind):
    query = Query.read({"combinator": "and", "rules": [rule]})
    assert type(query.rules[0]) is kind
    assert query.to_json() == {"combinator": "and", "rules": [rule]}


def test_objects_in_rules_are_read_as_their_classes():
    match = {"property": {"path": ["a", {"relation": "b", "maxHops": 2}]}, "operator": "matchAny", "value": "c"}
    date = {"property": "$createdAt", "operator": "between", "value": {"preset": "today"}}
    matched, dated = Query.read({"combinator": "and", "rules": [match, date]}).rules
    assert isinstance(matched.property, RelationPath)
    assert matched.property.path[1].max_hops == 2
    assert isinstance(dated.value, DatePreset)


def test_a_query_is_built_from_rules_and_written_as_port_has_it():
    rule = PropertyRule(property="language", operator="=", value="Go")
    related = RelationRule(relation="system", operator="isNotEmpty", target_property="$title")
    query = Query(combinator="and", rules=[rule, related])
    assert query.to_json() == {
        "combinator": "and",
        "rules": [
            {"property": "language", "operator": "=", "value": "Go"},
            {"relation": "system", "operator": "isNotEmpty", "targetProperty": "$title"},
        ],
    }


def test_building_with_a_wrong_type_is_a_bug_that_flies():
    with pytest.raises(ValidationError):
        Query(combinator="and", rules="language = Go")


def test_an_entity_gives_teams_and_related_entities_in_one_form():
    titled = {"identifier": "shop", "title": "Shop"}
    entity = Entity.read(
        {
            "identifier": "cart",
            "team": "web",
            "relations": {"system": titled, "uses": ["db", titled], "domain": None, "owner": "jo"},
        }
    )
    assert (entity.teams, Entity.read({"identifier": "cart"}).teams) == (["web"], [])
    related = {name: entity.list_related(name) for name in ("system", "uses", "domain", "owner", "other")}
    assert related == {"system": ["shop"], "uses": ["db", "shop"], "domain": [], "owner": ["jo"], "other": []}
    assert entity.relations["system"] == RelatedEntity(identifier="shop", title="Shop")


def test_a_run_names_its_action_in_either_version():
    plain = Run.read({"id": "r_1", "status": "SUCCESS", "action": "deploy"})
    full = Run.read({"id": "r_1", "status": "SUCCESS", "action": {"identifier": "deploy", "deleted": False}})
    assert (plain.action_identifier, full.action_identifier) == ("deploy", "deploy")


def test_widgets_hold_widgets():
    markdown = {"id": "b", "type": "markdown", "markdown": "Hello"}
    root = {"type": "dashboard-widget", "layout": [{"height": 400, "columns": []}], "widgets": [markdown]}
    document = {"identifier": "home", "type": "dashboard", "widgets": [root], "locked": False}
    page = Page.read(document)
    assert page.widgets[0].widgets[0].type == "markdown"
    assert page.to_json() == document
