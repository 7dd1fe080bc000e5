"""What becomes of runs once they are there: news, logs, lists, and the scripted runner."""

from typing import Any

import pytest

from .conftest import Door
from .test_runs import ENTITIES, define, fill, run


@pytest.fixture
def things(door: Door) -> Door:
    return fill(door)


def test_news_of_a_run_are_kept_until_it_is_over(door: Door, clock: Any) -> None:
    define(door)
    path = f"/v1/actions/runs/{run(door)['id']}"
    clock.pass_by(seconds=5)
    news = {"statusLabel": "building", "link": ["https://a.b"], "summary": "s", "externalRunId": "77"}
    running = door.ok("PATCH", path, json=news)["run"]
    assert {key: running[key] for key in news} == news
    assert (running["status"], running["updatedAt"]) == ("IN_PROGRESS", "2026-03-15T12:00:05.000Z")
    over = door.ok("PATCH", path, json={"status": "SUCCESS"})["run"]
    assert (over["status"], over["endedAt"]) == ("SUCCESS", "2026-03-15T12:00:05.000Z")
    assert door.refused("PATCH", path, json={"status": "FAILURE"}) == (422, "run_exhausted")
    assert door.refused("POST", f"{path}/logs", json={"message": "late"}) == (422, "run_exhausted")
    assert door.refused("PATCH", path, json={"status": "DONE"}) == (422, "invalid_request")
    assert door.refused("GET", "/v1/actions/runs/r_0") == (404, "not_found")


def test_entities_are_written_in_the_name_of_a_run_until_it_is_over(things: Door) -> None:
    define(things)
    run_id = run(things)["id"]
    things.ok("POST", f"{ENTITIES}?run_id={run_id}", json={"identifier": "new"})
    things.ok("PATCH", f"/v1/actions/runs/{run_id}", json={"status": "SUCCESS"})
    late = things.refused("PATCH", f"{ENTITIES}/new?run_id={run_id}", json={"title": "late"})
    assert late == (400, "run_exhausted")
    [event] = things.ok("GET", f"/v1/audit-log?run_id={run_id}&resources=entity")["audits"]
    assert event["context"] == {"entity": "new", "blueprint": "thing", "runId": run_id}


def test_a_synchronised_run_takes_no_news(door: Door) -> None:
    define(door, {"type": "WEBHOOK", "url": "https://example.com", "synchronized": True})
    path = f"/v1/actions/runs/{run(door)['id']}"
    assert door.refused("PATCH", path, json={"status": "SUCCESS"}) == (422, "run_synchronized_error")
    ending = {"message": "m", "terminationStatus": "SUCCESS"}
    assert door.refused("POST", f"{path}/logs", json=ending) == (422, "run_synchronized_error")


def test_a_log_comes_newest_first_and_may_end_the_run(door: Door) -> None:
    define(door)
    path = f"/v1/actions/runs/{run(door)['id']}"
    for message in ("one", "two"):
        assert door.send("POST", f"{path}/logs", json={"message": message}).status_code == 201
    door.ok("POST", f"{path}/logs", json={"message": "end", "terminationStatus": "FAILURE", "statusLabel": "bad"})

    def messages(query: str = "") -> list[str]:
        return [line["message"] for line in door.ok("GET", f"{path}/logs{query}")["runLogs"]]

    assert messages() == ["end", "two", "one"]
    assert messages("?limit=1&offset=1") == ["two"]
    assert door.refused("GET", f"{path}/logs?limit=51") == (422, "invalid_request")
    over = door.ok("GET", path)["run"]
    assert (over["status"], over["statusLabel"]) == ("FAILURE", "bad")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", [2, 1, 0]),
        ("limit=2", [2, 1]),
        ("action=act", [2, 0]),
        ("entity=big", [1]),
        ("blueprint=thing&entity=big", [1]),
        ("active=true", [2, 1]),
        ("external_run_id=77", [0]),
        ("user_email=sandbox&user_id=sandbox", [2, 1, 0]),
        ("user_email=a@b.c", []),
        ("source=API", [2, 1, 0]),
        ("source=UI&source=AUTOMATION", []),
    ],
)
def test_a_list_of_runs_holds_what_meets_every_condition(things: Door, query: str, found: list[int]) -> None:
    define(things)
    define(things, identifier="fix", trigger={"operation": "DAY-2", "blueprintIdentifier": "thing"})
    made = [run(things)["id"], run(things, "fix", "big")["id"], run(things)["id"]]
    things.ok("PATCH", f"/v1/actions/runs/{made[0]}", json={"status": "SUCCESS", "externalRunId": "77"})
    listed = things.ok("GET", f"/v1/actions/runs?version=v2&{query}")["runs"]
    assert [shown["id"] for shown in listed] == [made[number] for number in found]


def test_a_list_of_runs_can_leave_fields_out(door: Door) -> None:
    define(door)
    made = run(door)
    [shown] = door.ok("GET", "/v1/actions/runs?exclude=payload&exclude=properties")["runs"]
    assert shown == {key: value for key, value in made.items() if key not in ("payload", "properties")}
    assert door.refused("GET", "/v1/actions/runs?limit=0") == (422, "invalid_request")
    assert door.refused("GET", "/v1/actions/runs?source=NOBODY") == (422, "invalid_request")


@pytest.mark.parametrize("synchronized", [False, True])
def test_a_scripted_runner_ends_runs(door: Door, synchronized: bool) -> None:
    define(door, {"type": "WEBHOOK", "url": "https://example.com", "synchronized": synchronized})
    run_id = run(door)["id"]
    script = {"status": "FAILURE", "summary": "no disk", "logs": ["starting", "stopping"]}
    ended = door.ok("POST", f"/__sandbox/runs/{run_id}", json=script)["run"]
    assert (ended["status"], ended["summary"], ended["updatedBy"]) == ("FAILURE", "no disk", "runner")
    lines = door.ok("GET", f"/v1/actions/runs/{run_id}/logs")["runLogs"]
    assert [line["message"] for line in lines] == ["stopping", "starting"]
    assert door.refused("POST", f"/__sandbox/runs/{run_id}", json=script) == (422, "run_exhausted")
    assert door.refused("POST", "/__sandbox/runs/r_0", json=script) == (404, "not_found")
    assert door.refused("POST", f"/__sandbox/runs/{run_id}", json={"status": "x"}) == (422, "invalid_request")
