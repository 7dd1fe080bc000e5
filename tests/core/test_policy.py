"""Policies: what they refuse, and that combining them only tightens."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quaymaster.policy import SCOPES, Policy

scopes = st.sampled_from(sorted(SCOPES))
policies = st.builds(
    Policy,
    read_only=st.booleans(),
    packs=st.none() | st.frozensets(st.sampled_from(["catalog", "builder"])),
    allowed_actions=st.none() | st.frozensets(st.sampled_from("abc")),
    allow_tools=st.lists(st.tuples(st.sampled_from(["list_*", "*", "delete_*"])), max_size=2).map(tuple),
    deny_tools=st.lists(st.sampled_from(["list_*", "delete_entity"]), max_size=2).map(tuple),
)


@given(policies, policies, st.sampled_from(["list_entities", "delete_entity"]), scopes)
def test_combination_refuses_what_either_refuses(one, other, name, scope):
    both = one.tightened_by(other)
    refusals = [policy.refusal_of_tool(name, scope, "catalog") for policy in (one, other)]
    assert (both.refusal_of_tool(name, scope, "catalog") is None) == (refusals == [None, None])


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


@pytest.mark.parametrize(
    ("method", "route", "scope"),
    [
        ("GET", "/v1/blueprints", "read"),
        ("POST", "/v1/entities/search", "read"),
        ("POST", "/v1/blueprints", "write"),
        ("PATCH", "/v1/blueprints/{identifier}", "write"),
        ("POST", "/v1/blueprints/{blueprint_identifier}/entities/bulk", "write"),
        ("POST", "/v1/actions/{action_identifier}/runs", "run"),
        ("PATCH", "/v1/actions/runs/{run_id}", "run"),
        ("DELETE", "/v1/blueprints/{identifier}", "delete"),
        ("POST", "/v1/blueprints/{blueprint_identifier}/bulk/entities/delete", "delete"),
    ],
)
def test_each_request_needs_its_own_scope(method, route, scope):
    path = re.sub(r"\{\w+\}", "x", route)
    granting = [it for it in SCOPES if Policy(scopes=frozenset({it})).refusal_of_request(method, route, path) is None]
    assert granting == [scope]


def test_an_agent_of_ports_needs_every_scope():
    for missing in SCOPES:
        policy = Policy(scopes=SCOPES - {missing})
        assert policy.refusal_of_request("POST", "/v1/ai/invoke") == (
            f"POST /v1/ai/invoke needs the scope {missing!r}, which you were not granted"
        )
    assert Policy(scopes=SCOPES).refusal_of_request("POST", "/v1/ai/invoke") is None
