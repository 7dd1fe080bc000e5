"""Runs of actions through the API: what is refused, what is recorded, what is carried out."""

from typing import Any

import pytest

from .conftest import Door

TEXT = {"type": "string"}
THING = {
    "identifier": "thing",
    "title": "Thing",
    "schema": {"properties": {"size": {"type": "number"}, "note": TEXT}},
    "relations": {"part_of": {"target": "thing"}},
}
ENTITIES = "/v1/blueprints/thing/entities"


def define(
    door: Door,
    method: dict[str, Any] | None = None,
    inputs: dict[str, Any] | None = None,
    *,
    required: Any = (),
    identifier: str = "act",
    trigger: dict[str, Any] | None = None,
    **parts: Any,
) -> None:
    """Defines a self-service action, by default one that only records the payload `{"answer": 42}`."""
    form = {"properties": inputs or {}, "required": required if isinstance(required, dict) else list(required)}
    document = {
        "identifier": identifier,
        "title": "Act",
        "trigger": {"type": "self-service", "operation": "CREATE", "userInputs": form, **(trigger or {})},
        "invocationMethod": method or {"type": "KAFKA", "payload": {"answer": 42}},
        **parts,
    }
    door.ok("POST", "/v1/actions", json=document)


def run(door: Door, identifier: str = "act", entity: str | None = None, query: str = "", **inputs: Any) -> Any:
    """Runs an action and returns the run."""
    body = {"properties": inputs, **({} if entity is None else {"entity": entity})}
    return door.ok("POST", f"/v1/actions/{identifier}/runs{query}", json=body)["run"]


def refused(door: Door, identifier: str = "act", entity: str | None = None, **inputs: Any) -> tuple[int, str]:
    body = {"properties": inputs, **({} if entity is None else {"entity": entity})}
    return door.refused("POST", f"/v1/actions/{identifier}/runs", json=body)


def kafka(payload: Any) -> dict[str, Any]:
    return {"type": "KAFKA", "payload": payload}


def fill(door: Door) -> Door:
    """Creates two things, a small and a big one."""
    door.ok("POST", "/v1/blueprints", json=THING)
    for name, size in (("small", 1), ("big", 9)):
        door.ok("POST", ENTITIES, json={"identifier": name, "title": name.title(), "properties": {"size": size}})
    return door


@pytest.fixture
def things(door: Door) -> Door:
    return fill(door)


def test_a_run_is_answered_at_once_and_found_again(door: Door) -> None:
    define(door, inputs={"name": TEXT})
    answer = door.send("POST", "/v1/actions/act/runs", json={"properties": {"name": "x"}})
    shown = answer.json()["run"]
    assert answer.status_code == 202
    assert shown == {
        "id": shown["id"],
        "status": "IN_PROGRESS",
        "action": {"identifier": "act", "title": "Act", "icon": None, "deleted": False},
        "blueprint": None,
        "entity": None,
        "properties": {"name": "x"},
        "source": "API",
        "requiredApproval": False,
        "approval": None,
        "payload": {"type": "KAFKA", "payload": {"answer": 42}},
        "statusLabel": None,
        "createdAt": "2026-03-15T12:00:00.000Z",
        "createdBy": "sandbox",
        "updatedAt": "2026-03-15T12:00:00.000Z",
        "updatedBy": "sandbox",
        "endedAt": None,
    }
    assert len(shown["id"]) == len("r_") + 16
    assert door.ok("GET", f"/v1/actions/runs/{shown['id']}?version=v2")["run"] == shown
    assert door.ok("GET", f"/v1/actions/runs/{shown['id']}?version=v1")["run"]["action"] == "act"
    door.ok("DELETE", "/v1/actions/act")
    assert door.ok("GET", f"/v1/actions/runs/{shown['id']}")["run"]["action"]["deleted"] is True


def test_what_cannot_run_is_refused_in_the_documented_order(things: Door) -> None:
    on_small = {
        "operation": "DAY-2",
        "blueprintIdentifier": "thing",
        "condition": {
            "type": "SEARCH",
            "combinator": "and",
            "rules": [{"property": "size", "operator": "<", "value": 5}],
        },
    }
    define(things, inputs={"name": TEXT}, required=["name"], trigger=on_small)
    event = {"type": "ENTITY_CREATED", "blueprintIdentifier": "thing"}
    automation = {"type": "automation", "event": event}
    things.ok(
        "POST",
        "/v1/actions",
        json={"identifier": "auto", "trigger": automation, "invocationMethod": {"type": "KAFKA"}},
    )
    assert refused(things, "nothing") == (404, "not_found")
    assert refused(things, "auto") == (422, "run_non_self_service_error")
    assert refused(things) == (422, "missing_self_service_action_entity")
    assert refused(things, entity="none") == (404, "not_found")
    assert refused(things, entity="big") == (422, "entity_does_not_pass_condition")
    assert refused(things, entity="small") == (422, "user_inputs_schema_invalid")
    assert run(things, entity="small", name="x")["entity"]["identifier"] == "small"


@pytest.mark.parametrize("body", [{}, {"properties": []}, {"properties": {}, "entity": 1}, {"properties": {}, "x": 1}])
def test_a_request_of_another_shape_is_refused(door: Door, body: Any) -> None:
    define(door)
    assert door.refused("POST", "/v1/actions/act/runs", json=body) == (422, "invalid_request")


@pytest.mark.parametrize(
    ("definition", "good", "bad"),
    [
        (TEXT, "a", 1),
        ({"type": "number", "minimum": 2}, 2, 1),
        ({"type": "boolean"}, True, "true"),
        ({"type": "string", "enum": ["a", "b"]}, "b", "c"),
        ({"type": "string", "enum": {"jqQuery": '["a", .form.other]'}}, "o", "c"),
        ({"type": "string", "pattern": "^[a-z]+$"}, "abc", "ABC"),
        ({"type": "string", "format": "url"}, "https://a.b", "nowhere"),
        ({"type": "array", "items": {"type": "string", "enum": ["a"]}, "maxItems": 1}, ["a"], ["b"]),
        ({"type": "object"}, {"a": 1}, []),
        ({"type": "string", "format": "entity", "blueprint": "thing"}, "small", "none"),
        ({"type": "array", "items": {"type": "string", "format": "entity", "blueprint": "thing"}}, ["big"], ["none"]),
        ({"type": "string", "format": "entity", "blueprint": "nothing"}, None, "small"),
    ],
)
def test_inputs_are_held_against_their_schema(things: Door, definition: Any, good: Any, bad: Any) -> None:
    define(things, inputs={"value": definition, "other": TEXT})
    assert run(things, value=good, other="o")["properties"] == {"value": good, "other": "o"}
    assert refused(things, value=bad, other="o") == (422, "user_inputs_schema_invalid")


def test_a_schema_that_makes_no_sense_asks_nothing(door: Door) -> None:
    items = {"type": [["string"]], "enum": {"a": 1}, "format": [], "blueprint": 5}
    define(door, inputs={"value": {"type": "array", "items": items}, "other": {**TEXT, "pattern": "(", "enum": "x"}})
    assert run(door, value=[1], other="o")["properties"] == {"value": [1], "other": "o"}


def test_every_problem_of_the_inputs_is_told(door: Door) -> None:
    define(door, inputs={"name": TEXT, "size": {"type": "number"}}, required=["name"])
    answer = door.send("POST", "/v1/actions/act/runs", json={"properties": {"size": "x", "nmae": "y"}})
    assert answer.json() == {
        "ok": False,
        "error": "user_inputs_schema_invalid",
        "message": 'must NOT have additional properties, additional property: "nmae"',
        "details": {
            "errors": [
                'must NOT have additional properties, additional property: "nmae"',
                "must have required property 'name'",
                '"size" must be number',
            ]
        },
    }


@pytest.mark.parametrize(
    ("required", "visible", "inputs", "accepted"),
    [
        (["name"], True, {}, False),
        (["name"], False, {}, True),
        (["name"], {"jqQuery": '.form.kind == "b"'}, {"kind": "a"}, True),
        (["name"], {"jqQuery": '.form.kind == "b"'}, {"kind": "b"}, False),
        ({"jqQuery": 'if .form.kind == "b" then ["name"] else [] end'}, True, {"kind": "a"}, True),
        ({"jqQuery": 'if .form.kind == "b" then ["name"] else [] end'}, True, {"kind": "b"}, False),
        ({"jqQuery": "[[1]]"}, True, {}, True),
        ({"jqQuery": "no jq ("}, {"jqQuery": "no jq ("}, {}, True),
    ],
)
def test_a_required_input_may_depend_on_others(
    door: Door, required: Any, visible: Any, inputs: Any, accepted: bool
) -> None:
    define(door, inputs={"name": {**TEXT, "visible": visible}, "kind": TEXT}, required=required)
    answer = door.send("POST", "/v1/actions/act/runs", json={"properties": inputs})
    assert answer.status_code == (202 if accepted else 422), answer.text


def test_inputs_of_a_hidden_step_are_not_asked_for(door: Door) -> None:
    steps = [{"title": "One", "order": ["kind"]}, {"title": "Two", "order": ["name"], "visible": False}]
    form = {"properties": {"kind": TEXT, "name": TEXT}, "required": ["name"], "steps": steps}
    define(door, trigger={"userInputs": form})
    assert run(door)["properties"] == {}


def test_defaults_fill_what_is_missing(things: Door) -> None:
    inputs = {
        "size": {"type": "number", "default": 3},
        "double": {"type": "number", "visible": False, "default": {"jqQuery": ".form.size * 2"}},
        "title": {**TEXT, "default": {"jqQuery": ".entity.title"}},
        "nothing": {**TEXT, "default": {"jqQuery": ".entity.none"}},
    }
    define(things, inputs=inputs, trigger={"operation": "DAY-2", "blueprintIdentifier": "thing"})
    assert run(things, entity="big")["properties"] == {"size": 3, "double": 6, "title": "Big"}
    assert run(things, entity="big", size=1)["properties"] == {"size": 1, "double": 2, "title": "Big"}


@pytest.mark.parametrize(
    ("template", "value"),
    [
        ("{{ .inputs.size }}", 2),
        ("{{ .inputs.thing.properties.size }}", 9),
        ("{{ .inputs }}", None),
        ("size {{ .inputs.size }}, {{ .inputs.tags }}{{ .inputs.none }}", 'size 2, ["a"]null'),
        ('{{ {a: {b: "}}"}} }}', {"a": {"b": "}}"}}),
        ("{{ .inputs.none }}", None),
        ("{{ .action.identifier }} {{ .trigger.origin }}", "act API"),
        ("no {{ template", "no {{ template"),
        (["{{ .inputs.size + 1 }}", {"{{ .action.identifier }}": True}], [3, {"act": True}]),
        ({"{{ spreadValue() }}": "{{ .inputs.map }}", "own": "{{ .inputs.none }}"}, {"x": 1, "own": None}),
        ({"{{ .inputs.none }}": 1, "{{spreadValue()}}": "{{ .inputs.none }}"}, {}),
        ("{{ .secrets.KEY }}", None),
    ],
)
def test_templates_become_values_or_text(things: Door, template: Any, value: Any) -> None:
    things.ok("POST", "/v1/organization/secrets", json={"secretName": "KEY", "secretValue": "hush"})
    inputs = {
        "size": {"type": "number"},
        "tags": {"type": "array"},
        "map": {"type": "object"},
        "thing": {**TEXT, "format": "entity", "blueprint": "thing"},
    }
    define(things, kafka({"it": template}), inputs)
    made = run(things, size=2, tags=["a"], map={"x": 1}, thing="big")["payload"]["payload"]["it"]
    if template == "{{ .inputs }}":
        assert made["thing"]["title"] == "Big"
        assert made["size"] == 2
    else:
        assert made == value


@pytest.mark.parametrize(
    ("method", "code"),
    [
        (kafka({"it": "{{ .inputs | error }}"}), "evaluate_invocation_method_error"),
        (kafka({"it": "{{ no jq ( }}"}), "evaluate_invocation_method_error"),
        (kafka({"{{ spreadValue() }}": "{{ 5 }}"}), "evaluate_invocation_method_error"),
        ({"type": "GITHUB", "org": "{{ 5 }}", "repo": "r", "workflow": "w"}, "invalid_evaluated_invocation_method"),
        ({"type": "WEBHOOK", "url": "{{ .inputs.none }}"}, "invalid_evaluated_invocation_method"),
    ],
)
def test_what_templates_make_must_be_an_invocation(door: Door, method: Any, code: str) -> None:
    define(door, method)
    assert refused(door) == (422, code)
    assert door.ok("GET", "/v1/actions/runs")["runs"] == []


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://10.1.2.3/x", "private_destination"),
        ("http://[fd00::1]/x", "private_destination"),
        ("http://nobody.invalid", "not_resolvable_destination"),
        ("file:///etc/passwd", "not_resolvable_destination"),
        ("http://[", "not_resolvable_destination"),
        ("nowhere", "not_resolvable_destination"),
    ],
)
def test_port_calls_nobody_in_private_networks(door: Door, url: str, code: str) -> None:
    define(door, {"type": "WEBHOOK", "url": url})
    assert refused(door) == (403, code)
    define(door, {"type": "WEBHOOK", "url": url, "agent": True}, identifier="by_agent")
    assert run(door, "by_agent")["status"] == "IN_PROGRESS"


def test_a_webhook_is_recorded_with_its_secrets_masked(door: Door) -> None:
    door.ok("POST", "/v1/organization/secrets", json={"secretName": "KEY", "secretValue": "hush"})
    headers = {"authorization": "Bearer {{ .secrets.KEY }}", "run": "{{ .run.id }}"}
    define(door, {"type": "WEBHOOK", "url": "https://example.com", "synchronized": "true", "headers": headers})
    made = run(door)
    assert made["payload"] == {
        "type": "WEBHOOK",
        "url": "https://example.com",
        "synchronized": True,
        "headers": {"authorization": "Bearer *****", "run": made["id"]},
    }
    assert "hush" not in str(door.ok("GET", "/v1/audit-log"))


def test_an_encrypted_input_is_not_shown(door: Door) -> None:
    define(door, kafka({"it": "{{ .inputs.password }}"}), {"password": {**TEXT, "encryption": "aes256-gcm"}})
    made = run(door, password="hush")
    assert made["properties"] == {"password": "*****"}
    assert "hush" not in str(made) + str(door.ok("GET", "/v1/audit-log"))


def test_an_entity_is_really_written(things: Door) -> None:
    mapping = {
        "identifier": "{{ .inputs.name }}",
        "title": "{{ .inputs.none }}",
        "properties": {"size": "{{ .inputs.size }}"},
        "relations": {"part_of": "{{ .inputs.whole.identifier }}"},
    }
    inputs = {
        "name": TEXT,
        "size": {"type": "number"},
        "whole": {**TEXT, "format": "entity", "blueprint": "thing"},
    }
    define(things, {"type": "UPSERT_ENTITY", "blueprintIdentifier": "thing", "mapping": mapping}, inputs)
    made = run(things, name="new", size=3, whole="big")
    entity = things.ok("GET", f"{ENTITIES}/new")["entity"]
    assert (made["status"], made["endedAt"], made["response"]) == ("SUCCESS", "2026-03-15T12:00:00.000Z", entity)
    assert (entity["properties"], entity["relations"]) == ({"size": 3}, {"part_of": "big"})
    run(things, name="new", size=4)
    assert things.ok("GET", f"{ENTITIES}/new")["entity"]["properties"] == {"size": 4}
    events = things.ok("GET", f"/v1/audit-log?run_id={made['id']}")["audits"]
    assert [(event["resourceType"], event["action"]) for event in events] == [
        ("run", "UPDATE"),
        ("entity", "CREATE"),
        ("run", "CREATE"),
    ]


def test_an_entity_that_does_not_fit_fails_the_run(things: Door) -> None:
    mapping = {"identifier": "new", "properties": {"size": "{{ .inputs.size }}"}}
    define(
        things,
        {"type": "UPSERT_ENTITY", "blueprintIdentifier": "thing", "mapping": mapping},
        {"size": {"type": "string"}},
    )
    made = run(things, size="big")
    assert made["status"] == "FAILURE"
    assert things.refused("GET", f"{ENTITIES}/new") == (404, "not_found")
    [line] = things.ok("GET", f"/v1/actions/runs/{made['id']}/logs")["runLogs"]
    assert line["message"] == f"the entity was not written: {made['summary']}"
