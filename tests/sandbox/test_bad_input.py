"""Whatever comes in at any route, the answer is one of Port's, in Port's shape: never a 500, never a stack trace."""

import json
import re
from typing import Any

import pytest
from anyio.from_thread import BlockingPortal
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from quaymaster_sandbox.app import create_app
from quaymaster_sandbox.ids import Ids
from quaymaster_sandbox.ratelimits import RateLimits
from quaymaster_sandbox.router import Route
from quaymaster_sandbox.routes import ROUTES
from quaymaster_sandbox.sandbox import Sandbox

from .conftest import NOON, Door

BODIES: list[Any] = [
    b"",
    b"null",
    b"true",
    b"[]",
    b"[[]]",
    b"{}",
    b'"text"',
    b"\x00",
    b"\xff\xfe",
    b'{"a": 1e400}',
    b'{"identifier": "\\ud800", "title": "\\u0000"}',
    b'{"identifier": {"combinator": "and", "rules": []}, "properties": [], "relations": 7}',
    b'{"entities": [null, 1, "x", {}, {"identifier": {}}]}',
    b'{"identifier": ".", "title": "t", "schema": {"properties": {"a": {"type": "string", "pattern": "("}}}}',
    b'{"query": {"combinator": "and", "rules": [{"property": "\\"", "operator": "=", "value": "\'; --"}]}}',
    b'{"combinator": "or", "rules": [{"property": "$createdAt", "operator": "between", "value": {"from": "x"}}]}',
    b"[" * 5000,
    b'{"a":' * 5000,
    b'{"identifier": "i", "properties": {"a": ' + b"9" * 400 + b"}}",
]
PARAMETERS = ("service", "e", "%00", "%F0%9F%98%80", "a%2Fb", "..%5C", "%27%3B--", "_rule_result", "_user", "x" * 2000)
QUERIES = (
    "",
    "?limit=-1",
    "?limit=x&from=%00",
    "?include=&exclude=a&exclude=%22",
    "?version=v9&upsert=maybe",
    "?a=%FF",
)
REFUSALS = {400, 401, 403, 404, 409, 413, 422}


@pytest.fixture(scope="module")
def door(portal: BlockingPortal) -> Door:
    sandbox = Sandbox(clock=lambda: NOON, ids=Ids(1), rate_limits=RateLimits(10**9, 10**9))
    door = Door(create_app(sandbox), portal).log_in()
    schema = {"properties": {"a": {"type": "string"}, "n": {"type": "number"}}}
    relations = {"r": {"target": "service"}}
    body = {"identifier": "service", "title": "Service", "schema": schema, "relations": relations}
    door.ok("POST", "/v1/blueprints", json=body)
    return door


def check(door: Door, route: Route, path: str, content: bytes) -> None:
    answer = door.send(route.method, path, content=content)
    assert answer.status_code != 401 or route.public
    if answer.is_success:
        return
    body = answer.json()
    expected = REFUSALS | ({501} if "not implement" in answer.text else set())
    assert answer.status_code in expected, (route.method, path, content[:200], answer.text)
    assert body["ok"] is False
    assert isinstance(body["error"], str)
    assert isinstance(body["message"], str)
    assert "Traceback" not in answer.text


def filled(route: Route, parameter: str) -> str:
    return re.sub(r"\{\w+\}", parameter, route.path)


_SPOILING = ("/__sandbox/faults", "/__sandbox/tokens/expire", "/__sandbox/rate-limits")
"""Switches that would have every later request refused."""
_ROUTES = [route for route in ROUTES if route.path not in _SPOILING]


@pytest.mark.parametrize("route", _ROUTES, ids=lambda route: f"{route.method} {route.path}")
def test_no_route_fails_on_strange_requests(door: Door, route: Route) -> None:
    for number, content in enumerate(BODIES):
        check(door, route, filled(route, PARAMETERS[number % 2]) + QUERIES[number % len(QUERIES)], content)
    for parameter in PARAMETERS:
        for query in QUERIES[:2]:
            check(door, route, filled(route, parameter) + query, b"{}")


_SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20)
_FLAT = _SCALARS | st.lists(_SCALARS, max_size=4) | st.dictionaries(st.text(max_size=10), _SCALARS, max_size=4)
_JSON = _FLAT | st.lists(_FLAT, max_size=4) | st.dictionaries(st.text(max_size=10), _FLAT, max_size=4)
_KEYS = ("identifier", "properties", "relations", "team", "title", "query", "rules", "combinator", "entities", "schema")
_BODY = st.dictionaries(st.sampled_from(_KEYS), _JSON, max_size=6) | _JSON


@given(body=_BODY, number=st.integers(0, len(_ROUTES) - 1), parameter=st.sampled_from(PARAMETERS))
@settings(deadline=None, max_examples=300, suppress_health_check=list(HealthCheck))
def test_no_route_fails_on_random_bodies(door: Door, body: Any, number: int, parameter: str) -> None:
    route = _ROUTES[number]
    check(door, route, filled(route, parameter), json.dumps(body).encode())
