"""Documents cut into parts and put together again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quaymaster_builder.model.canonical import canonical, digest
from quaymaster_builder.model.parts import Edit, apply_edits, diff, from_port, is_same, split, to_port
from quaymaster_builder.model.refs import ABSENT

NAMES = st.text("abcde", min_size=1, max_size=2)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=4),
    lambda members: st.lists(members, max_size=3) | st.dictionaries(NAMES, members, max_size=3),
    max_leaves=6,
)
MAPS = st.dictionaries(NAMES, JSON, max_size=4)
BLUEPRINTS = st.fixed_dictionaries(
    {"identifier": NAMES, "title": NAMES, "schema": st.fixed_dictionaries({"properties": MAPS})},
    optional={"relations": MAPS, "mirrorProperties": MAPS, "unknownToUs": JSON},
)
RULES = st.lists(st.fixed_dictionaries({"identifier": NAMES, "level": JSON}), unique_by=lambda rule: rule["identifier"])
SCORECARDS = st.fixed_dictionaries({"identifier": NAMES, "rules": RULES}, optional={"filter": JSON})
ENTITIES = st.fixed_dictionaries({"identifier": NAMES, "properties": MAPS, "relations": MAPS})


def without_empty_maps(value):
    if isinstance(value, dict):
        return {key: without_empty_maps(member) for key, member in value.items() if member != {}}
    return value


@pytest.mark.parametrize(
    ("kind", "documents"), [("blueprint", BLUEPRINTS), ("scorecard", SCORECARDS), ("entity", ENTITIES)]
)
@given(data=st.data())
def test_edits_lead_from_one_document_to_the_other_and_back(kind, documents, data):
    one, other = (from_port(kind, data.draw(documents)) for _ in range(2))
    edits = diff(kind, one, other)
    assert split(kind, apply_edits(kind, one, edits)) == split(kind, other)
    assert split(kind, apply_edits(kind, other, [edit.inverted() for edit in reversed(edits)])) == split(kind, one)


@given(SCORECARDS)
def test_scorecard_comes_back_with_its_rules_in_order(scorecard):
    assert to_port("scorecard", from_port("scorecard", scorecard)) == scorecard


@given(BLUEPRINTS)
def test_document_made_from_nothing_is_the_document(blueprint):
    made = apply_edits("blueprint", None, diff("blueprint", None, blueprint))
    assert without_empty_maps(made) == without_empty_maps(blueprint)


def test_only_what_differs_is_an_edit():
    before = {"title": "A", "schema": {"properties": {"x": {"type": "string"}, "y": {"type": "number"}}}}
    after = {"title": "A", "schema": {"properties": {"x": {"type": "boolean"}, "z": {"type": "number"}}}}
    assert diff("blueprint", before, after) == [
        Edit(("schema", "properties", "y"), {"type": "number"}, ABSENT),
        Edit(("schema", "properties", "x"), {"type": "string"}, {"type": "boolean"}),
        Edit(("schema", "properties", "z"), ABSENT, {"type": "number"}),
    ]


def test_new_rule_at_the_end_leaves_the_others_alone():
    rules = [{"identifier": "a"}, {"identifier": "b"}]
    edits = diff(
        "scorecard",
        from_port("scorecard", {"rules": rules}),
        from_port("scorecard", {"rules": [*rules, {"identifier": "c"}]}),
    )
    assert edits == [
        Edit(("rules", ""), ["a", "b"], ["a", "b", "c"]),
        Edit(("rules", "c"), ABSENT, {"identifier": "c"}),
    ]


def test_stamps_of_ports_are_not_part_of_a_document():
    stamped = {"title": "A", "createdAt": "2026-01-01", "createdBy": "x", "updatedAt": "2026-01-01", "updatedBy": "y"}
    assert from_port("blueprint", stamped) == {"title": "A"}


def test_computed_values_are_not_part_of_an_entity():
    entity = {"identifier": "a", "blueprint": "service", "scorecards": {}, "properties": {"x": 1}, "relations": {}}
    assert from_port("entity", entity) == {"identifier": "a", "properties": {"x": 1}, "relations": {}}


@pytest.mark.parametrize(
    ("kind", "part", "one", "other"),
    [
        ("blueprint", ("relations", "r"), {"target": "b"}, {"target": "b", "many": False, "required": False}),
        ("blueprint", ("aggregationProperties", "a"), {"title": "A"}, {"title": "A", "type": "number"}),
        ("blueprint", ("schema", "required"), [], ABSENT),
        ("entity", ("properties", "x"), None, ABSENT),
        ("entity", ("relations", "r"), [], None),
        ("entity", ("team",), "web", ["web"]),
        ("entity", ("properties", "x"), 1, 1.0),
        ("action", ("publish",), False, ABSENT),
        ("scorecard", ("rules", ""), ["a", "b"], ["b", "a"]),
    ],
)
def test_values_that_port_makes_no_difference_between_are_the_same(kind, part, one, other):
    assert is_same(kind, part, one, other)


@pytest.mark.parametrize(
    ("kind", "part", "one", "other"),
    [
        ("blueprint", ("relations", "r"), {"target": "b", "many": True}, {"target": "b"}),
        ("entity", ("properties", "x"), False, ABSENT),
        ("entity", ("properties", "x"), True, 1),
        ("entity", ("properties", "x"), "", ABSENT),
        ("scorecard", ("levels", ""), ["a", "b"], ["b", "a"]),
    ],
)
def test_values_that_port_tells_apart_are_not_the_same(kind, part, one, other):
    assert not is_same(kind, part, one, other)


def test_one_form_stands_for_all_spellings_of_a_value():
    assert canonical({"a": 1.0, "b": [True]}) == canonical({"b": [True], "a": 1}) == b'{"a":1,"b":[true]}'
    assert digest({"a": 1}) != digest({"a": True})
