from typing import Any

import pytest

NUMBER = {"type": "number"}


def millis(day: int) -> int:
    return 1_772_323_200_000 + (day - 1) * 86_400_000


@pytest.fixture
def deployments(door: Any) -> Any:
    properties = {
        "at": {"type": "string", "format": "date-time"},
        "hours": NUMBER,
        "status": {"type": "string"},
    }
    body = {"identifier": "deployment", "title": "Deployment", "schema": {"properties": properties}}
    door.ok("POST", "/v1/blueprints", json=body)
    rows = [("2026-03-12T10:00:00Z", 4, "ok"), ("2026-03-12T23:30:00Z", 8, "ok"), ("2026-03-14T01:00:00Z", 2, "bad")]
    for number, (at, hours, status) in enumerate([*rows, ("2025-01-01T00:00:00Z", 99, "old")]):
        entity = {"identifier": f"d{number}", "properties": {"at": at, "hours": hours, "status": status}}
        door.ok("POST", "/v1/blueprints/deployment/entities", json=entity)
    return door


def chart(**parts: Any) -> dict[str, Any]:
    return {
        "blueprint": "deployment",
        "timeRange": {"preset": "lastWeek"},
        "timeInterval": "day",
        "query": {"combinator": "and", "rules": []},
        "measureTimeBy": "at",
        **parts,
    }


def points(door: Any, body: dict[str, Any]) -> dict[int, dict[str, Any]]:
    result = door.ok("POST", "/v1/entities/aggregate-over-time", json=body)["result"]
    return {point.pop("date"): point for point in result["data"] if len(point) > 1}


def test_entities_are_counted_by_day_and_value(deployments: Any) -> None:
    body = chart(aggregationType="countEntities", func="count", breakdownProperty="status")
    found = points(deployments, body)
    assert list(found) == [millis(day) for day in range(8, 16)]
    assert found[millis(12)] == {"ok": 2, "bad": 0}
    assert found[millis(14)] == {"ok": 0, "bad": 1}
    assert found[millis(13)] == {"ok": 0, "bad": 0}


def test_the_days_are_those_of_the_time_zone(deployments: Any) -> None:
    body = chart(aggregationType="countEntities", func="count")
    body["timeRange"] = {"preset": "lastWeek", "timeZone": "Europe/Berlin"}
    found = points(deployments, body)
    assert found[millis(12) - 3_600_000] == {"count": 1}
    assert found[millis(13) - 3_600_000] == {"count": 1}


@pytest.mark.parametrize(
    ("func", "number"), [("average", 6), ("sum", 12), ("min", 4), ("max", 8), ("median", 6), ("last", 8)]
)
def test_values_are_summed_up_by_day(deployments: Any, func: str, number: float) -> None:
    body = chart(aggregationType="aggregatePropertiesValues", func=func, properties=["hours"])
    found = points(deployments, body)
    assert found == {millis(12): {"hours": number}, millis(14): {"hours": 2}}


def test_an_unknown_time_zone_or_property_is_refused(deployments: Any) -> None:
    path = "/v1/entities/aggregate-over-time"
    body = chart(aggregationType="countEntities", func="count")
    zoned = {**body, "timeRange": {"preset": "lastWeek", "timeZone": "Nowhere/Else"}}
    assert deployments.refused("POST", path, json=zoned) == (422, "invalid_request")
    assert deployments.refused("POST", path, json={**body, "measureTimeBy": "no"}) == (404, "not_found")


def test_the_history_of_a_property_follows_its_writes(deployments: Any, clock: Any) -> None:
    for hours in (10, 20):
        clock.pass_by(days=1)
        deployments.log_in()
        change = {"properties": {"hours": hours}}
        deployments.ok("PATCH", "/v1/blueprints/deployment/entities/d0", json=change)
    body = {
        "entityIdentifier": "d0",
        "blueprintIdentifier": "deployment",
        "propertyNames": ["hours"],
        "timeInterval": "day",
        "timeRange": {"preset": "lastWeek", "timeZone": "UTC"},
    }
    clock.pass_by(hours=1)
    result = deployments.ok("POST", "/v1/entities/properties-history", json=body)["result"]
    history = {point["date"]: point["hours"] for point in result["data"] if "hours" in point}
    assert history == {millis(15): 4, millis(16): 10, millis(17): 20}
