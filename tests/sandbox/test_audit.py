"""The audit log: every write is in it, and nothing that was undone."""

from typing import Any

import pytest

from quaymaster_sandbox.routes import ROUTES

from .conftest import Door

THING = {"identifier": "thing", "title": "Thing", "schema": {"properties": {"size": {"type": "number"}}}}
_RULE = {"property": "size", "operator": ">", "value": 1}
_CARD = {
    "identifier": "card",
    "title": "Card",
    "rules": [
        {"identifier": "big", "title": "Big", "level": "Gold", "query": {"combinator": "and", "conditions": [_RULE]}}
    ],
}
_ACTION = {
    "identifier": "act",
    "trigger": {"type": "self-service", "operation": "CREATE", "userInputs": {"properties": {}}},
    "requiredApproval": True,
    "invocationMethod": {"type": "KAFKA"},
}
_MIGRATION = {"sourceBlueprint": "thing", "mapping": {"entity": {"identifier": ".identifier", "title": '"T"'}}}
_PARTS = {
    "relations": {"part_of": {"target": "thing"}},
    "mirrorProperties": {"whole": {"path": "part_of.size"}},
}

WRITES: list[tuple[str, Any]] = [
    ("POST /v1/blueprints", THING),
    ("PATCH /v1/blueprints/{thing}", _PARTS),
    ("PATCH /v1/blueprints/{thing}/properties/{size}/rename", {"newPropertyName": "width"}),
    ("PATCH /v1/blueprints/{thing}/mirror/{whole}/rename", {"newMirrorName": "all"}),
    ("PATCH /v1/blueprints/{thing}/relations/{part_of}/rename", {"newRelationIdentifier": "within"}),
    ("PATCH /v1/blueprints/{thing}/permissions", {"entities": {"read": {"roles": ["Admin"]}}}),
    ("PUT /v1/blueprints/{thing}", THING),
    ("POST /v1/blueprints/{thing}/entities", {"identifier": "a"}),
    ("POST /v1/blueprints/{thing}/entities/bulk", {"entities": [{"identifier": "b"}, {"identifier": "c"}]}),
    ("PUT /v1/blueprints/{thing}/entities/{a}", {"properties": {"size": 2}}),
    ("PATCH /v1/blueprints/{thing}/entities/{a}", {"title": "A"}),
    ("DELETE /v1/blueprints/{thing}/entities/{a}", None),
    ("POST /v1/blueprints/{thing}/bulk/entities/delete", {"entities": ["b"]}),
    ("POST /v1/blueprints/{thing}/scorecards", _CARD),
    ("PUT /v1/blueprints/{thing}/scorecards/{card}", {**_CARD, "title": "C"}),
    ("PUT /v1/blueprints/{thing}/scorecards", [{**_CARD, "title": "D"}]),
    ("DELETE /v1/blueprints/{thing}/scorecards/{card}", None),
    ("POST /v1/migrations", _MIGRATION),
    ("POST /v1/actions", _ACTION),
    ("PUT /v1/actions/{act}", {**_ACTION, "title": "Act"}),
    ("PATCH /v1/actions/{act}/permissions", {"execute": {"roles": ["Admin"]}}),
    ("POST /v1/actions/{act}/runs", {"properties": {}}),
    ("PATCH /v1/actions/runs/{run}/approval", {"status": "APPROVE"}),
    ("POST /v1/actions/runs/{run}/logs", {"message": "half", "statusLabel": "half"}),
    ("PATCH /v1/actions/runs/{run}", {"status": "SUCCESS"}),
    ("DELETE /v1/actions/{act}", None),
    ("POST /v1/teams", {"name": "web"}),
    ("PUT /v1/teams/{web}", {"name": "web", "description": "w"}),
    ("PATCH /v1/teams/{web}", {"description": "x"}),
    ("DELETE /v1/teams/{web}", None),
    ("POST /v1/users/invite", {"invitee": {"email": "a@b.c"}}),
    ("PATCH /v1/users/{a@b.c}", {"roles": ["Admin"]}),
    ("DELETE /v1/users/{a@b.c}", None),
    ("PUT /v1/organization", {"name": "Acme"}),
    ("PATCH /v1/organization", {"name": "Acme 2"}),
    ("POST /v1/organization/secrets", {"secretName": "KEY", "secretValue": "hush"}),
    ("PATCH /v1/organization/secrets/{KEY}", {"secretValue": "hush too"}),
    ("DELETE /v1/organization/secrets/{KEY}", None),
    ("POST /v1/pages", {"identifier": "board", "widgets": []}),
    ("PATCH /v1/pages/{board}", {"title": "Board"}),
    ("POST /v1/pages/{board}/widgets", {"id": "w", "type": "markdown"}),
    ("PATCH /v1/pages/{board}/widgets/{w}", {"title": "W"}),
    ("DELETE /v1/pages/{board}/widgets/{w}", None),
    ("PATCH /v1/pages/{board}/permissions", {"read": {"roles": ["Admin"]}}),
    ("DELETE /v1/pages/{board}", None),
    ("POST /v1/webhooks", {"identifier": "hook", "title": "Hook"}),
    ("PUT /v1/webhooks/{hook}", {"title": "Hook 2"}),
    ("PATCH /v1/webhooks/{hook}", {"title": "Hook 3"}),
    ("DELETE /v1/webhooks/{hook}", None),
    ("POST /v1/integration", {"installationId": "k8s"}),
    ("PATCH /v1/integration/{k8s}", {"title": "K8s"}),
    ("PATCH /v1/integration/{k8s}/config", {"config": {"resources": []}}),
    ("DELETE /v1/integration/{k8s}", None),
    ("POST /v1/workflows", {"identifier": "flow", "nodes": []}),
    ("PUT /v1/workflows/{flow}", {"nodes": [], "title": "Flow"}),
    ("PATCH /v1/workflows/{flow}", {"title": "F"}),
    ("DELETE /v1/workflows/{flow}", None),
    ("POST /v1/ai/invoke", {"userPrompt": "How many?", "tools": []}),
    ("POST /v1/blueprints", {"identifier": "_ai_agent", "title": "Agent", "schema": {"properties": {}}}),
    ("POST /v1/blueprints/{_ai_agent}/entities", {"identifier": "guide"}),
    ("POST /v1/agent/{guide}/invoke", {"prompt": "How many?"}),
    ("DELETE /v1/blueprints/{thing}/all-entities", None),
    ("DELETE /v1/blueprints/{thing}", None),
]
"""Each route that writes, at least once: braces hold a name; `{run}` stands for the identifier of the one run."""


def blank(route: str) -> str:
    """Returns a route without the names of its parameters."""
    return "/".join("{}" if part.startswith("{") else part for part in route.split("/"))


def test_every_route_that_writes_is_tried() -> None:
    routes = {blank(f"{route.method} {route.path}") for route in ROUTES if route.writes}
    assert {blank(route) for route, _ in WRITES} == routes


def test_every_write_appears_in_the_audit_log(door: Door) -> None:
    run, before = "", door.ok("GET", "/v1/audit-log?limit=1000")["audits"]
    for route, body in WRITES:
        method, path = route.split(" ")
        path = path.replace("{run}", run).replace("{", "").replace("}", "")
        answer = door.send(method, path, **({} if body is None else {"json": body}))
        assert answer.is_success, (route, answer.text)
        run = answer.json()["run"]["id"] if path.endswith("/runs") else run
        after = door.ok("GET", "/v1/audit-log?limit=1000")["audits"]
        assert after[-len(before) or len(after) :] == before, route
        assert len(after) > len(before), route
        assert "hush" not in str(after)
        before = after


@pytest.fixture
def things(door: Door) -> Door:
    door.ok("POST", "/v1/blueprints?create_catalog_page=false", json=THING)
    return door


def test_an_event_says_what_was_written_by_whom(things: Door) -> None:
    path = "/v1/blueprints/thing/entities"
    things.ok("POST", path, json={"identifier": "t", "properties": {"size": 1}})
    things.ok("PATCH", f"{path}/t", json={"properties": {"size": 2}})
    things.ok("DELETE", f"{path}/t")
    audits = things.ok("GET", "/v1/audit-log?blueprint=thing")["audits"]
    assert [(audit["resourceType"], audit["action"]) for audit in audits] == [
        ("entity", "DELETE"),
        ("entity", "UPDATE"),
        ("entity", "CREATE"),
        ("blueprint", "CREATE"),
    ]
    update = audits[1]
    assert update["diff"]["before"]["properties"] == {"size": 1}
    assert update["diff"]["after"]["properties"] == {"size": 2}
    assert update["context"] == {"entity": "t", "blueprint": "thing"}
    assert update["trigger"]["origin"] == "API"


def test_the_audit_log_answers_what_is_asked(things: Door) -> None:
    things.ok("POST", "/v1/blueprints/thing/entities", json={"identifier": "t"})
    only = things.ok("GET", "/v1/audit-log?resources=entity&includes=action&includes=status&limit=1")["audits"]
    assert only == [{"action": "CREATE", "status": "SUCCESS"}]
    assert things.ok("GET", "/v1/audit-log?status=FAILURE")["audits"] == []
    assert things.refused("GET", "/v1/audit-log?resources=nonsense") == (422, "invalid_request")


def test_a_refused_write_leaves_no_trace(things: Door) -> None:
    before = things.ok("GET", "/v1/audit-log")
    things.refused("POST", "/v1/blueprints/thing/entities", json={"properties": {"size": "big"}})
    things.ok("POST", "/v1/blueprints/thing/entities?validation_only=true", json={"identifier": "t"})
    assert things.ok("GET", "/v1/audit-log") == before
    assert things.ok("GET", "/v1/blueprints/thing/entities-count")["count"] == 0
