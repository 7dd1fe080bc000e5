"""Policies: what they refuse, and that combining them only tightens."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quaymaster.policy import Policy

policies = st.builds(
    Policy,
    read_only=st.booleans(),
    allowed_actions=st.none() | st.frozensets(st.sampled_from("abc")),
    allow_tools=st.lists(st.tuples(st.sampled_from(["list_*", "*", "delete_*"])), max_size=2).map(tuple),
    deny_tools=st.lists(st.sampled_from(["list_*", "delete_entity"]), max_size=2).map(tuple),
)


@given(policies, policies, st.sampled_from(["list_entities", "delete_entity"]), st.booleans())
def test_combination_refuses_what_either_refuses(one, other, name, read_only):
    both = one.tightened_by(other)
    refusals = [policy.refusal_of_tool(name, read_only=read_only) for policy in (one, other)]
    assert (both.refusal_of_tool(name, read_only=read_only) is None) == (refusals == [None, None])


@given(policies, policies)
def test_combination_allows_the_actions_that_both_allow(one, other):
    everything = frozenset("abc")
    both = one.tightened_by(other).allowed_actions
    expected = (everything if one.allowed_actions is None else one.allowed_actions) & (
        everything if other.allowed_actions is None else other.allowed_actions
    )
    assert (everything if both is None else both) == expected


@pytest.mark.parametrize(
    ("method", "route", "allowed"),
    [
        ("GET", "/v1/blueprints", True),
        ("POST", "/v1/entities/search", True),
        ("POST", "/v1/blueprints/{blueprint_identifier}/entities/search", True),
        ("POST", "/v1/blueprints/{blueprint_identifier}/entities", False),
        ("POST", "/v1/actions/{action_identifier}/runs", False),
        ("DELETE", "/v1/blueprints/{identifier}", False),
    ],
)
def test_read_only_refuses_every_request_that_could_change_port(method, route, allowed):
    assert (Policy(read_only=True).refusal_of_request(method, route) is None) is allowed
    assert Policy().refusal_of_request(method, route) is None
