"""Filters as people write them, as Port's rules."""

import pytest

from quaymaster.port.where import build_query


@pytest.mark.parametrize(
    ("where", "rules"),
    [
        ({}, []),
        ({"tier": 1}, [{"property": "tier", "operator": "=", "value": 1}]),
        ({"tier": None}, [{"property": "tier", "operator": "isEmpty"}]),
        ({"tier": [1, 2]}, [{"property": "tier", "operator": "in", "value": [1, 2]}]),
        ({"tier": {"<": 3}}, [{"property": "tier", "operator": "<", "value": 3}]),
        ({"$team": "web"}, [{"property": "$team", "operator": "containsAny", "value": ["web"]}]),
        ({"$team": ["web", "ops"]}, [{"property": "$team", "operator": "containsAny", "value": ["web", "ops"]}]),
        ({"$team": None}, [{"property": "$team", "operator": "isEmpty"}]),
        ({"$team": {"isEmpty": True}}, [{"property": "$team", "operator": "isEmpty"}]),
    ],
)
def test_condition_becomes_ports_rule(where, rules):
    assert build_query(where) == {"combinator": "and", "rules": rules}
