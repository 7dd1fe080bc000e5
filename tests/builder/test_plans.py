"""Plans through an MCP client: shown, applied, refused, taken back."""

import os
import sqlite3
import stat

import pytest
import time_machine
from tests.builder.conftest import id_in
from tests.builder.documents import NUMBER, TEXT, blueprint, rule, scorecard
from tests.builder.faulty import FaultyPort

from quaymaster_sandbox.testing import ToolFailed

TEAM = {"op": "create", "kind": "blueprint", "document": blueprint("squad", lead=TEXT)}
TO_TEAM = {
    "op": "create",
    "kind": "relation",
    "blueprint": "service",
    "identifier": "squad",
    "document": {"target": "squad"},
}
RENAME = {"op": "rename", "kind": "property", "blueprint": "service", "identifier": "tier", "to": "level"}
RETYPE = {"op": "update", "kind": "property", "blueprint": "service", "identifier": "cost", "document": NUMBER}
DELETE = {"op": "delete", "kind": "blueprint", "identifier": "service"}


@pytest.fixture(autouse=True)
def services(quay):
    quay.seed(
        "service",
        {"identifier": "cart", "tier": "T1", "cost": "3"},
        {"identifier": "pay", "tier": "T2", "cost": "7"},
        {"identifier": "docs", "tier": "T2"},
    )


def ready(*rules):
    return {"op": "create", "kind": "scorecard", "blueprint": "service", "document": scorecard("ready", *rules)}


def test_planning_writes_nothing(quay, port, plan):
    before = port.state()
    plan(TEAM, TO_TEAM, RENAME, RETYPE)
    assert port.state() == before


def test_plan_shows_steps_diff_and_warnings(quay):
    assert quay.call("plan_changes", operations=[RETYPE, RENAME]).split("\n")[1:-1] == [
        "```",
        "1. rename property 'tier' of blueprint 'service' to 'level'",
        "2. update blueprint 'service'",
        '   - schema.properties.cost: {"type": "string", "title": ""}',
        "3. update blueprint 'service'",
        '   + schema.properties.cost: {"type": "number", "title": ""}',
        "```",
        "warning: property 'cost' of blueprint 'service' changes its type from string to number: 2 entities lose their "
        "value",
        "undo can take all of it back",
    ]


def test_plan_is_applied_as_it_was_shown(quay, port, plan):
    assert quay.call("apply_plan", plan=plan(TEAM, TO_TEAM)).startswith("applied: 2 steps")
    assert port.state()["blueprints"]["service"]["relations"] == {
        "squad": {"target": "squad", "many": False, "required": False}
    }


def test_applied_plan_is_not_applied_again(quay, port, plan):
    made = plan(TEAM)
    quay.call("apply_plan", plan=made)
    sent = len(quay.requests)
    assert "was applied before" in quay.call("apply_plan", plan=made)
    assert len(quay.requests) == sent


@pytest.mark.parametrize(
    "operations",
    [
        [TEAM, TO_TEAM],
        [RENAME, ready(rule("tiered", property="level", operator="=", value="T1"))],
        [RETYPE],
        [DELETE],
        [{"op": "delete", "kind": "property", "blueprint": "service", "identifier": "tier"}],
        [{"op": "delete", "kind": "entity", "blueprint": "service", "identifier": "cart"}],
        [{"op": "delete", "kind": "entities", "blueprint": "service"}],
        [
            {
                "op": "replace",
                "kind": "blueprint",
                "identifier": "service",
                "document": blueprint("service", tier=TEXT),
            },
        ],
        [
            {
                "op": "update",
                "kind": "entity",
                "blueprint": "service",
                "identifier": "cart",
                "document": {"title": "Cart", "properties": {"tier": None}},
            },
            {"op": "create", "kind": "entity", "blueprint": "service", "document": {"identifier": "new"}},
        ],
    ],
    ids=["adds", "renames", "retypes", "blueprint", "property", "entity", "entities", "replaces", "entities change"],
)
def test_undo_leads_back_to_where_it_was(quay, port, plan, operations):
    before = port.state()
    made = plan(*operations)
    assert quay.call("apply_plan", plan=made).startswith("applied")
    assert port.state() != before
    undo = id_in(quay.call("undo", plan=made))
    assert quay.call("apply_plan", plan=undo).startswith("applied")
    assert port.state() == before


def test_undo_can_be_undone(quay, port, plan):
    made = plan(RENAME, RETYPE, TEAM)
    quay.call("apply_plan", plan=made)
    planned = port.state()
    undo = id_in(quay.call("undo", plan=made))
    quay.call("apply_plan", plan=undo)
    redo = id_in(quay.call("undo", plan=undo))
    quay.call("apply_plan", plan=redo)
    planned["entities"]["service"] = port.state()["entities"]["service"]  # the values of `cost` were texts
    assert port.state() == planned


def test_plan_is_refused_with_a_fresh_diff_when_port_has_moved(quay, port, plan):
    made = plan({"op": "update", "kind": "blueprint", "identifier": "service", "document": {"title": "Dienst"}})
    port.send("PATCH", "/v1/blueprints/{}", "service", body={"title": "Servizio"})
    before = port.state()
    answer = quay.call("apply_plan", plan=made)
    assert answer.startswith(
        f"NOT APPLIED: since plan {made} was made, this has changed: blueprint 'service'. Nothing was written"
    )
    assert '~ title: "Servizio" -> "Dienst"' in answer
    assert port.state() == before


def test_plan_is_refused_when_more_would_be_lost_than_was_shown(quay, port, plan):
    made = plan(DELETE)
    quay.seed("service", {"identifier": "late"})
    assert "this has changed: all entities of 'service'" in quay.call("apply_plan", plan=made)
    assert len(port.state()["entities"]["service"]) == 4


def test_change_elsewhere_does_not_hinder_a_plan(quay, port, plan):
    quay.seed("elsewhere", {"identifier": "x"})
    made = plan(TEAM, TO_TEAM)
    port.send("PATCH", "/v1/blueprints/{}", "elsewhere", body={"title": "Moved"})
    assert quay.call("apply_plan", plan=made).startswith("applied")


def test_expired_plan_is_refused(quay, port, plan):
    with time_machine.travel("2026-03-01T10:00:00Z", tick=False) as clock:
        made = plan(TEAM)
        clock.shift(3601)
        with pytest.raises(ToolFailed, match="has expired; nothing was written"):
            quay.call("apply_plan", plan=made)
    assert "squad" not in port.state()["blueprints"]


def test_changed_plan_is_refused(quay, port, plan, tmp_path):
    made = plan(TEAM)
    database = tmp_path / "plans" / "plans.db"
    with sqlite3.connect(database) as connection:
        connection.execute("UPDATE plan SET sealed = replace(sealed, 'squad', 'squid')")
    connection.close()
    with pytest.raises(ToolFailed, match="is not the one that was shown"):
        quay.call("apply_plan", plan=made)
    assert "squid" not in port.state()["blueprints"]


def test_unknown_plan_is_refused(quay):
    with pytest.raises(ToolFailed, match="there is no plan 'aaaaaaaaaaaaaaaa'"):
        quay.call("apply_plan", plan="a" * 16)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no file modes")
def test_only_the_owner_can_read_what_is_kept(plan, tmp_path):
    plan(TEAM)
    kept = {it.name: stat.S_IMODE(it.stat().st_mode) for it in (tmp_path / "plans").iterdir()}
    assert kept == {"plans.db": 0o600, "key": 0o600}
    assert stat.S_IMODE((tmp_path / "plans").stat().st_mode) == 0o700


def test_person_types_the_identifier_of_what_goes(quay, port, plan):
    made = plan(DELETE)
    for answer in (False, "services"):
        with pytest.raises(ToolFailed, match="did not agree"):
            quay.with_person(answer).call("apply_plan", plan=made)
        assert "service" in port.state()["blueprints"]
    assert quay.with_person("service").call("apply_plan", plan=made).startswith("applied")
    assert "service" not in port.state()["blueprints"]


def test_nothing_is_asked_about_what_only_adds(quay, plan):
    assert quay.with_person(False).call("apply_plan", plan=plan(TEAM)).startswith("applied")


def test_nothing_is_written_in_read_only_mode(quay):
    reader = quay.as_read_only()
    made = id_in(reader.call("plan_changes", operations=[TEAM]))
    assert "apply_plan" not in reader.tools()
    with pytest.raises(ToolFailed, match="read-only"):
        reader.call("apply_plan", plan=made)


def test_what_is_so_already_needs_no_plan(quay):
    operation = {"op": "upsert", "kind": "property", "blueprint": "service", "identifier": "tier", "document": TEXT}
    assert quay.call("plan_changes", operations=[operation]) == "nothing to do: Port is so already"


def test_plans_are_listed_with_what_has_become_of_them(quay, plan):
    first, second = plan(TEAM), plan(RETYPE)
    quay.call("apply_plan", plan=first)
    undo = id_in(quay.call("undo", plan=first))
    quay.call("apply_plan", plan=undo)
    listed = [line.split("\t")[:4] for line in quay.call("list_plans").splitlines()[3:-1]]
    assert listed == [
        [undo, "applied", "0 min", "2/2"],
        [second, "planned", "0 min", "0/2"],
        [first, "undone", "0 min", "1/1"],
    ]


def with_fates(quay, *fates):
    """Lets Port treat the writes to come in these ways, and all later ones well."""
    left = list(fates)
    quay._port._sandbox = FaultyPort(quay._port._sandbox, lambda method, path: left.pop(0) if left else "ok")


def test_failure_stops_and_the_plan_goes_on_later(quay, plan):
    made = plan(TEAM, TO_TEAM, RENAME)
    with_fates(quay, "ok", "refused")
    stopped = quay.call("apply_plan", plan=made)
    assert stopped.startswith(f"stopped: 1 of 3 steps of plan {made} done, 1 failed, 1 not started")
    assert "NOT DONE: create blueprint 'squad'" in stopped
    assert "not started: update blueprint 'service'" in stopped
    assert quay.call("apply_plan", plan=made).startswith("applied: 3 steps")


def test_half_applied_plan_is_taken_back(quay, port, plan):
    before = port.state()
    made = plan(RENAME, TEAM, TO_TEAM)
    with_fates(quay, "ok", "ok", "refused")
    assert "stopped: 2 of 3" in quay.call("apply_plan", plan=made)
    quay.call("apply_plan", plan=id_in(quay.call("undo", plan=made)))
    assert port.state() == before


def test_write_whose_answer_is_lost_counts_as_done_if_it_is(quay, plan):
    made = plan(TEAM, TO_TEAM)
    with_fates(quay, "lost", "lost")
    assert quay.call("apply_plan", plan=made).startswith("applied: 2 steps")


def test_step_that_somebody_else_has_overtaken_is_not_taken(quay, port, plan):
    made = plan(TEAM, RETYPE)
    with_fates(quay, "refused")
    assert "stopped: 0 of 3" in quay.call("apply_plan", plan=made)
    port.send("POST", "/v1/blueprints", body=blueprint("squad", lead=NUMBER))
    stopped = quay.call("apply_plan", plan=made)
    assert "UNKNOWN: create blueprint 'squad'" in stopped
    assert "reason: somebody has changed what this step is about" in stopped


def test_undo_leaves_what_somebody_else_has_changed_since(quay, port, plan):
    made = plan({"op": "update", "kind": "blueprint", "identifier": "service", "document": {"title": "A", "icon": "B"}})
    quay.call("apply_plan", plan=made)
    port.send("PATCH", "/v1/blueprints/{}", "service", body={"icon": "Theirs"})
    answer = quay.call("undo", plan=made)
    assert "warning: icon of blueprint 'service' was changed since, and is left as it is" in answer
    quay.call("apply_plan", plan=id_in(answer))
    service = port.state()["blueprints"]["service"]
    assert (service["title"], service["icon"]) == ("Service", "Theirs")


def test_plan_that_has_changed_nothing_has_no_undo(quay, plan):
    with pytest.raises(ToolFailed, match="has changed nothing, so there is nothing to undo"):
        quay.call("undo", plan=plan(TEAM))
