"""The demo organisation has a past: its services changed, and their results with them."""

import json
from collections import Counter
from typing import Any

import pytest
from anyio.from_thread import BlockingPortal
from tests import scorecard_truth

from quaymaster_sandbox.app import create_app
from quaymaster_sandbox.demo.organisation import build
from quaymaster_sandbox.ids import Ids
from quaymaster_sandbox.sandbox import Sandbox

from .conftest import NOON, Door

ORGANISATION = build(120, 7, NOON)
SERVICES = {entity["identifier"]: entity for blueprint, entity in ORGANISATION.entities() if blueprint == "service"}


@pytest.fixture(scope="module")
def demo(portal: BlockingPortal) -> Door:
    sandbox = Sandbox(clock=lambda: NOON, ids=Ids(1))
    sandbox.load(ORGANISATION)
    return Door(create_app(sandbox), portal).log_in()


def pages(door: Door, blueprint: str, **body: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    page: dict[str, Any] = {"next": None}
    while "next" in page:
        start = {} if page["next"] is None else {"from": page["next"]}
        page = door.ok("POST", f"/v1/blueprints/{blueprint}/entities/search", json={"limit": 1000, **body, **start})
        found += page["entities"]
    return found


def test_services_end_as_the_organisation_has_them(demo: Door) -> None:
    stored = pages(demo, "service")
    own = ORGANISATION.blueprints
    names = next(blueprint["schema"]["properties"] for blueprint in own if blueprint["identifier"] == "service")
    for entity in stored:
        properties = {name: value for name, value in entity["properties"].items() if name in names}
        assert properties == SERVICES[entity["identifier"]]["properties"]
    assert len(stored) == len(SERVICES)


def test_the_audit_log_tells_every_change_in_order(demo: Door) -> None:
    audits = demo.ok("GET", "/v1/audit-log?blueprint=service&action=UPDATE&limit=100000")["audits"]
    told = [(audit["trigger"]["at"], audit["trigger"]["by"]["userId"], audit["context"]["entity"]) for audit in audits]
    changes = sorted(ORGANISATION.changes(), key=lambda change: change.at, reverse=True)
    assert Counter(told) == Counter((change.at, change.by, change.identifier) for change in changes)
    assert [at for at, *_ in told] == [change.at for change in changes]
    for audit, change in zip(audits, changes, strict=True):
        if audit["context"]["entity"] == change.identifier:
            diff = {side: audit["diff"][side]["properties"] for side in ("before", "after")}
            assert {name: diff["before"].get(name) for name in change.before} == change.before
            assert {name: diff["after"].get(name) for name in change.after} == change.after


def test_results_changed_when_what_they_look_at_did(demo: Door) -> None:
    """Each result last changed with the last change of its service that turned its rule, worked out by hand here."""
    expected = {}
    for scorecard in (document for _, document in ORGANISATION.scorecards):
        for name, service in SERVICES.items():
            changes = [change for change in ORGANISATION.changes() if change.identifier == name]
            properties = dict(service["properties"])
            present = _statuses(scorecard, service, properties)
            for change in reversed(changes):
                properties |= change.before
                earlier = _statuses(scorecard, service, properties)
                for rule, status in present.items():
                    if earlier.get(rule) != status:
                        expected.setdefault((name, rule), change.at)
    results = pages(demo, "_rule_result", include=["entity", "result_last_change", "rule"])
    found = {
        (it["properties"]["entity"], it["relations"]["rule"]): it["properties"]["result_last_change"]
        for it in results
        if it["properties"]["result_last_change"] > "2025-06"
    }
    assert found == expected
    assert len(expected) > 20


def _statuses(scorecard: dict[str, Any], service: dict[str, Any], properties: dict[str, Any]) -> dict[str, str]:
    known = {name: value for name, value in properties.items() if value is not None}
    judged = scorecard_truth.result(scorecard, {**service, "properties": known}, NOON) or {"rules": []}
    return {rule["identifier"]: rule["status"] for rule in judged["rules"]}


def test_what_has_a_date_was_created_then(demo: Door) -> None:
    for blueprint in ("deployment", "incident", "pull_request"):
        for entity in pages(demo, blueprint):
            assert entity["createdAt"] == entity["properties"]["created_at"]


def test_a_property_has_had_other_values(demo: Door) -> None:
    changes = [change for change in ORGANISATION.changes() if "test_coverage" in change.after]
    body = {"blueprintIdentifier": "service", "propertyNames": ["test_coverage"], "timeInterval": "day"}
    span = {"preset": "last6Months", "timeZone": "UTC"}
    for change in changes[:5]:
        answer = demo.ok(
            "POST",
            "/v1/entities/properties-history",
            json={**body, "entityIdentifier": change.identifier, "timeRange": span},
        )
        values = {json.dumps(point.get("test_coverage")) for point in answer["result"]["data"]}
        assert len(values) > 1
