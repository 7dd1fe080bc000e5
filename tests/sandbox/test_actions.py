"""Definitions of actions and automations through the API: what is accepted, what is refused, and what is found."""

import json
from pathlib import Path
from typing import Any

import pytest

from .conftest import Door

EXAMPLES = Path(__file__).parents[3] / "shared" / "reference" / "examples"
FORM = {"properties": {"name": {"type": "string"}}, "required": ["name"], "order": ["name"]}
KAFKA = {"type": "KAFKA", "payload": {"name": "{{ .inputs.name }}"}}
METHODS = [
    {"type": "WEBHOOK", "url": "https://example.com", "method": "PUT", "headers": {"a": "b"}, "body": {"c": 1}},
    {"type": "GITHUB", "org": "o", "repo": "r", "workflow": "w.yml", "workflowInputs": {"{{ spreadValue() }}": "x"}},
    {"type": "GITLAB", "projectName": "p", "groupName": "g", "defaultRef": "main", "pipelineVariables": {"A": "b"}},
    {"type": "AZURE_DEVOPS", "webhook": "w", "org": "o", "payload": {"a": "b"}},
    KAFKA,
    {"type": "UPSERT_ENTITY", "blueprintIdentifier": "thing", "mapping": {"identifier": "{{ .run.id }}"}},
    {
        "type": "INTEGRATION_ACTION",
        "installationId": "i",
        "integrationActionType": "dispatch_workflow",
        "integrationActionExecutionProperties": {"repo": "r"},
    },
]
EVENTS = [
    {"type": "ENTITY_CREATED", "blueprintIdentifier": "thing"},
    {"type": "ENTITY_UPDATED", "blueprintIdentifier": "thing"},
    {"type": "ENTITY_DELETED", "blueprintIdentifier": "thing"},
    {"type": "ANY_ENTITY_CHANGE", "blueprintIdentifier": "thing"},
    {"type": "TIMER_PROPERTY_EXPIRED", "blueprintIdentifier": "thing", "propertyIdentifier": "ttl"},
    {"type": "RUN_CREATED", "actionIdentifier": "make"},
    {"type": "RUN_UPDATED", "actionIdentifier": "make"},
    {"type": "ANY_RUN_CHANGE", "actionIdentifier": "make"},
]


def action(identifier: str = "make", method: Any = KAFKA, **trigger: Any) -> dict[str, Any]:
    form = {"type": "self-service", "operation": "CREATE", "userInputs": FORM, **trigger}
    return {"identifier": identifier, "trigger": form, "invocationMethod": method}


def automation(identifier: str, event: dict[str, Any], **parts: Any) -> dict[str, Any]:
    trigger = {"type": "automation", "event": event}
    return {"identifier": identifier, "trigger": trigger, "invocationMethod": KAFKA, **parts}


def names(answer: Any) -> list[str]:
    return [found["identifier"] for found in answer["actions"]]


@pytest.mark.parametrize(
    "document",
    [
        *[pytest.param(action(method=method), id=str(method["type"])) for method in METHODS],
        *[pytest.param(automation("auto", event, publish=True), id=event["type"]) for event in EVENTS],
        {**action(), "requiredApproval": {"type": "ALL"}, "approvalNotification": {"type": "email"}},
    ],
)
def test_every_kind_of_action_reads_back_as_it_was_written(door: Door, document: dict[str, Any]) -> None:
    created = door.send("POST", "/v1/actions", json=document)
    shown = created.json()["action"]
    stamps = {"createdAt", "createdBy", "updatedAt", "updatedBy", "id"}
    assert created.status_code == 201
    assert {key: value for key, value in shown.items() if key not in stamps} == document
    assert stamps <= shown.keys()
    assert door.ok("GET", f"/v1/actions/{document['identifier']}")["action"] == shown
    assert door.ok("GET", "/v1/actions")["actions"] == [shown]


@pytest.mark.skipif(not EXAMPLES.is_dir(), reason="Port's published examples are not beside the project")
def test_published_actions_are_accepted_and_read_back_unchanged(door: Door) -> None:
    documents = [json.loads(path.read_text("utf-8")) for path in EXAMPLES.glob("*.action.json")]
    assert documents
    for document in documents:
        shown = door.ok("POST", "/v1/actions", json=document)["action"]
        assert {key: shown[key] for key in document} == document


@pytest.mark.parametrize(
    ("document", "code"),
    [
        (action("with space"), "invalid_request"),
        ({**action(), "permissions": {}}, "invalid_request"),
        (action(operation="UPDATE"), "invalid_request"),
        (action(method={"type": "SLACK"}), "invalid_request"),
        (action(condition={"type": "SEARCH", "rules": [], "combinator": "and"}), "invalid_request"),
        (automation("auto", {"type": "ENTITY_CREATED"}), "invalid_request"),
        (action(userInputs={**FORM, "order": ["name", "nmae"]}), "user_inputs_schema_invalid"),
    ],
)
def test_a_definition_that_makes_no_sense_is_refused(door: Door, document: dict[str, Any], code: str) -> None:
    assert door.refused("POST", "/v1/actions", json=document) == (422, code)
    assert door.ok("GET", "/v1/actions")["actions"] == []


def test_an_identifier_is_given_once(door: Door) -> None:
    door.ok("POST", "/v1/actions", json=action())
    assert door.refused("POST", "/v1/actions", json=action()) == (409, "identifier_taken")
    door.ok("POST", "/v1/actions", json=action("other"))
    assert door.refused("PUT", "/v1/actions/other", json=action()) == (409, "identifier_taken")


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_an_action_that_is_not_there_is_not_found(door: Door, method: str) -> None:
    body = action() if method == "PUT" else None
    assert door.refused(method, "/v1/actions/make", json=body) == (404, "not_found")


def test_an_action_can_be_replaced_renamed_and_deleted(door: Door) -> None:
    first = door.ok("POST", "/v1/actions", json={**action(), "title": "Make"})["action"]
    second = door.ok("PUT", "/v1/actions/make", json=action("build"))["action"]
    assert "title" not in second
    assert (second["id"], second["createdAt"]) == (first["id"], first["createdAt"])
    assert door.refused("GET", "/v1/actions/make") == (404, "not_found")
    door.ok("DELETE", "/v1/actions/build")
    assert door.ok("GET", "/v1/actions")["actions"] == []
    events = door.ok("GET", "/v1/audit-log?resources=action")["audits"]
    assert [event["action"] for event in events] == ["DELETE", "UPDATE", "CREATE"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["make", "fix", "on_create", "on_run"]),
        ("action_identifier=fix&action_identifier=on_run", ["fix", "on_run"]),
        ("blueprint_identifier=thing", ["fix", "on_create"]),
        ("operation=DAY-2&operation=DELETE", ["fix"]),
        ("trigger_type=automation", ["on_create", "on_run"]),
        ("trigger_event=ENTITY_CREATED", ["on_create"]),
        ("trigger_event_action_identifier=make", ["on_run"]),
        ("published=true", ["on_create"]),
        ("published=false&trigger_type=automation", ["on_run"]),
    ],
)
def test_a_list_holds_what_meets_every_condition(door: Door, query: str, found: list[str]) -> None:
    door.ok("POST", "/v1/actions", json=action())
    door.ok("POST", "/v1/actions", json=action("fix", operation="DAY-2", blueprintIdentifier="thing"))
    door.ok("POST", "/v1/actions", json=automation("on_create", EVENTS[0], publish=True))
    door.ok("POST", "/v1/actions", json=automation("on_run", EVENTS[5]))
    assert names(door.ok("GET", f"/v1/actions?version=v2&{query}")) == found


def test_the_first_version_shows_operations_and_no_automations(door: Door) -> None:
    door.ok("POST", "/v1/actions", json=action(blueprintIdentifier="thing"))
    door.ok("POST", "/v1/actions", json=automation("auto", EVENTS[0]))
    [shown] = door.ok("GET", "/v1/actions?version=v1")["actions"]
    assert (shown["trigger"], shown["blueprint"], shown["userInputs"]) == ("CREATE", "thing", FORM)


def test_strange_conditions_of_a_list_are_refused(door: Door) -> None:
    for query in ("operation=UPDATE", "trigger_type=x", "version=v3", "published=perhaps", "trigger_event=x"):
        assert door.refused("GET", f"/v1/actions?{query}") == (422, "invalid_request")


@pytest.mark.parametrize(("query", "left"), [("", ["fix"]), ("?delete_actions=true", [])])
def test_the_actions_of_a_blueprint_go_with_it_only_if_asked(door: Door, query: str, left: list[str]) -> None:
    door.ok("POST", "/v1/blueprints", json={"identifier": "thing", "title": "T", "schema": {"properties": {}}})
    door.ok("POST", "/v1/actions", json=action("fix", operation="DAY-2", blueprintIdentifier="thing"))
    door.ok("DELETE", f"/v1/blueprints/thing{query}")
    assert names(door.ok("GET", "/v1/actions")) == left


def test_permissions_begin_with_members_and_are_changed_grant_by_grant(door: Door) -> None:
    door.ok("POST", "/v1/actions", json=action())
    path = "/v1/actions/make/permissions"
    nobody: dict[str, Any] = {"users": [], "roles": [], "teams": []}
    approve = {**nobody, "roles": ["Admin"]}
    execute = {**nobody, "roles": ["Admin", "Member"], "ownedByTeam": False}
    assert door.ok("GET", path)["permissions"] == {"execute": execute, "approve": approve}
    policy = {"queries": {"q": {"combinator": "and", "rules": []}}, "conditions": ["true"]}
    changed = door.ok("PATCH", path, json={"execute": {"users": ["a@b.c"], "policy": policy}})["permissions"]
    assert changed == {"execute": {**execute, "users": ["a@b.c"], "policy": policy}, "approve": approve}
    assert door.ok("PATCH", path, json={"execute": {"policy": None}})["permissions"]["execute"] == {
        **execute,
        "users": ["a@b.c"],
    }
    for wrong in ({"run": {}}, {"execute": {"policy": {"queries": {}, "conditions": []}}}, {"approve": {"roles": "x"}}):
        assert door.refused("PATCH", path, json=wrong) == (422, "invalid_request")
    assert door.refused("GET", "/v1/actions/nothing/permissions") == (404, "not_found")
