"""Automations: which events set them off, what they see, and where they end."""

import logging
from typing import Any

import pytest

from quaymaster_sandbox.actions.automations import LONGEST_CHAIN

from .conftest import Door
from .test_runs import ENTITIES, THING, define, run

EVENT = {"type": "KAFKA", "payload": {"event": "{{ .event }}"}}
CREATED = {"type": "ENTITY_CREATED", "blueprintIdentifier": "thing"}
UPDATED = {"type": "ENTITY_UPDATED", "blueprintIdentifier": "thing"}
ANY_CHANGE = {"type": "ANY_ENTITY_CHANGE", "blueprintIdentifier": "thing"}


def automate(
    door: Door,
    event: dict[str, Any],
    method: dict[str, Any] | None = None,
    *,
    identifier: str = "auto",
    condition: dict[str, Any] | None = None,
    publish: bool = True,
) -> None:
    trigger = {"type": "automation", "event": event, **({"condition": condition} if condition else {})}
    body = {"identifier": identifier, "trigger": trigger, "invocationMethod": method or EVENT, "publish": publish}
    door.ok("POST", "/v1/actions", json=body)


def jq(*expressions: str, **parts: Any) -> dict[str, Any]:
    return {"type": "JQ", "expressions": list(expressions), **parts}


def ran(door: Door, identifier: str = "auto") -> list[Any]:
    """Returns the runs of an automation, oldest first."""
    runs: list[Any] = door.ok("GET", f"/v1/actions/runs?source=AUTOMATION&action={identifier}&limit=1000")["runs"]
    return runs[::-1]


def events(door: Door) -> list[tuple[str, Any, Any]]:
    """Returns what the automation that records events has seen: the action, and the sizes before and after."""
    seen = [made["payload"]["payload"]["event"] for made in ran(door)]

    def size(entity: Any) -> Any:
        return entity and entity["properties"].get("size")

    return [(event["action"], size(event["diff"]["before"]), size(event["diff"]["after"])) for event in seen]


@pytest.fixture
def things(door: Door) -> Door:
    door.ok("POST", "/v1/blueprints", json=THING)
    return door


def live(door: Door) -> None:
    """Creates, changes and deletes a thing."""
    door.ok("POST", ENTITIES, json={"identifier": "t", "properties": {"size": 1}})
    door.ok("PATCH", f"{ENTITIES}/t", json={"properties": {"size": 2}})
    door.ok("DELETE", f"{ENTITIES}/t")


@pytest.mark.parametrize(
    ("event", "seen"),
    [
        ("ENTITY_CREATED", [("CREATE", None, 1)]),
        ("ENTITY_UPDATED", [("UPDATE", 1, 2)]),
        ("ENTITY_DELETED", [("DELETE", 2, None)]),
        ("ANY_ENTITY_CHANGE", [("CREATE", None, 1), ("UPDATE", 1, 2), ("DELETE", 2, None)]),
    ],
)
def test_writes_of_entities_set_off_the_automations_that_wait_for_them(things: Door, event: str, seen: Any) -> None:
    automate(things, {"type": event, "blueprintIdentifier": "thing"})
    automate(things, {"type": event, "blueprintIdentifier": "other"}, identifier="other")
    live(things)
    assert events(things) == seen
    assert ran(things, "other") == []


def test_an_event_has_the_documented_shape(things: Door) -> None:
    automate(things, CREATED)
    entity = things.ok("POST", ENTITIES, json={"identifier": "t", "properties": {"size": 1}})["entity"]
    [made] = ran(things)
    assert made["payload"]["payload"]["event"] == {
        "action": "CREATE",
        "resourceType": "entity",
        "trigger": {
            "by": {"orgId": things.ok("GET", "/v1/organization")["organization"]["id"], "userId": "sandbox"},
            "origin": "API",
            "at": "2026-03-15T12:00:00.000Z",
        },
        "context": {"blueprintIdentifier": "thing", "entityIdentifier": "t", "propertyIdentifier": None},
        "diff": {"before": None, "after": entity},
    }


@pytest.mark.parametrize(
    ("condition", "seen"),
    [
        (jq(".diff.after.properties.size == 2"), 1),
        (jq(".event.diff.after.properties.size == 2"), 1),
        (jq(".diff.after.properties.size == 2", ".diff.before.properties.size == 2"), 0),
        (jq(".diff.after.properties.size == 2", ".diff.before.properties.size == 2", combinator="or"), 1),
        (jq(".diff.after.properties.size"), 0),
        (jq("no jq ("), 0),
        (jq(), 1),
    ],
)
def test_a_condition_decides_whether_an_event_counts(things: Door, condition: Any, seen: int) -> None:
    automate(things, UPDATED, condition=condition)
    live(things)
    assert len(ran(things)) == seen


def test_an_automation_that_is_not_published_does_nothing(things: Door) -> None:
    automate(things, ANY_CHANGE, publish=False)
    live(things)
    assert ran(things) == []


def test_a_timer_that_has_run_out_sets_off_its_automation_once(things: Door, clock: Any) -> None:
    timer = {"type": "string", "format": "timer"}
    things.ok("PATCH", "/v1/blueprints/thing", json={"schema": {"properties": {"ttl": timer, "other": timer}}})
    event = {"type": "TIMER_PROPERTY_EXPIRED", "blueprintIdentifier": "thing"}
    automate(things, {**event, "propertyIdentifier": "ttl"})
    for identifier, name in (("wrong", "other"), ("unknown", "nothing"), ("no_timer", "size")):
        automate(things, {**event, "propertyIdentifier": name}, identifier=identifier)
    timers = {"ttl": "2026-03-15T13:00:00Z", "size": 1}
    things.ok("POST", ENTITIES, json={"identifier": "t", "properties": timers})

    def tick() -> int:
        clock.pass_by(hours=2)
        things.log_in()
        expired: int = things.ok("POST", "/__sandbox/timers")["expired"]
        return expired

    assert things.ok("POST", "/__sandbox/timers")["expired"] == 0
    assert [tick(), tick()] == [1, 0]
    assert events(things) == [("TIMER_EXPIRED", 1, 1)]
    assert ran(things)[0]["payload"]["payload"]["event"]["context"]["propertyIdentifier"] == "ttl"
    things.ok("PATCH", f"{ENTITIES}/t", json={"properties": {"ttl": "2026-03-15T13:30:00Z"}})
    assert [tick(), tick()] == [1, 0]
    assert ran(things, "wrong") == []


def test_what_was_undone_sets_off_nothing(things: Door) -> None:
    automate(things, ANY_CHANGE)
    things.ok("POST", f"{ENTITIES}?validation_only=true", json={"identifier": "t"})
    body = {"identifier": "u", "relations": {"part_of": "v"}, "properties": {"size": "wrong"}}
    things.refused("POST", f"{ENTITIES}?create_missing_related_entities=true", json=body)
    assert ran(things) == []


def test_runs_set_off_automations_too(things: Door) -> None:
    for event in ("RUN_CREATED", "RUN_UPDATED", "ANY_RUN_CHANGE"):
        method = {"type": "KAFKA", "payload": {"status": "{{ .event.diff.after.status }}"}}
        automate(things, {"type": event, "actionIdentifier": "act"}, method, identifier=event)
    define(things)
    path = f"/v1/actions/runs/{run(things)['id']}"
    things.ok("PATCH", path, json={"status": "SUCCESS"})

    def statuses(identifier: str) -> list[str]:
        return [made["payload"]["payload"]["status"] for made in ran(things, identifier)]

    assert statuses("RUN_CREATED") == ["IN_PROGRESS"]
    assert statuses("RUN_UPDATED") == ["SUCCESS"]
    assert statuses("ANY_RUN_CHANGE") == ["IN_PROGRESS", "SUCCESS"]


def test_an_automation_writes_entities_with_the_rights_of_an_administrator(things: Door) -> None:
    mapping = {
        "identifier": "{{ .event.context.entityIdentifier }}_copy",
        "properties": {"size": "{{ .event.diff.after.properties.size }}"},
    }
    method = {"type": "UPSERT_ENTITY", "blueprintIdentifier": "copy", "mapping": mapping}
    things.ok("POST", "/v1/blueprints", json={**THING, "identifier": "copy", "relations": {}})
    automate(things, CREATED, method)
    things.ok("POST", ENTITIES, json={"identifier": "t", "properties": {"size": 1}})
    [made] = ran(things)
    assert (made["status"], made["response"]["identifier"], made["source"]) == ("SUCCESS", "t_copy", "AUTOMATION")
    assert things.ok("GET", "/v1/blueprints/copy/entities/t_copy")["entity"]["properties"] == {"size": 1}
    audits = things.ok("GET", "/v1/audit-log?resources=entity&origin=AUTOMATION")["audits"]
    assert [audit["context"]["entity"] for audit in audits] == ["t_copy"]


def test_an_automation_that_cannot_be_invoked_fails_and_the_write_stands(things: Door) -> None:
    automate(things, CREATED, {"type": "WEBHOOK", "url": "{{ .event | error }}"})
    things.ok("POST", ENTITIES, json={"identifier": "t"})
    [made] = ran(things)
    assert (made["status"], made["payload"]) == ("FAILURE", None)
    assert made["summary"].startswith("{{ .event | error }}")
    things.ok("GET", f"{ENTITIES}/t")


def test_automations_that_set_off_each_other_come_to_an_end(things: Door, caplog: Any) -> None:
    mapping = {"identifier": "t", "properties": {"size": "{{ .event.diff.after.properties.size + 1 }}"}}
    method = {"type": "UPSERT_ENTITY", "blueprintIdentifier": "thing", "mapping": mapping}
    for identifier in ("auto", "other"):
        automate(things, ANY_CHANGE, method, identifier=identifier)
    with caplog.at_level(logging.WARNING):
        things.ok("POST", ENTITIES, json={"identifier": "t", "properties": {"size": 0}})
    assert len(ran(things)) + len(ran(things, "other")) == LONGEST_CHAIN
    assert [record.message for record in caplog.records] == [
        f"automations stopped: one request has set off {LONGEST_CHAIN} of them"
    ]
    things.ok("GET", f"{ENTITIES}/t")
