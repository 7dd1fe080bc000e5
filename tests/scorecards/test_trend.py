"""Trends: levels of the past, worked out from the last change of each result."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from tests.answers import headline, rows
from tests.scorecards.conftest import World
from tests.scorecards.shapes import has, rule, shape

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
SERVICE = {
    "identifier": "service",
    "title": "Service",
    "schema": {"properties": {"kind": {"type": "string"}, "tested": {"type": "boolean"}, "owned": {"type": "boolean"}}},
}
QUALITY = shape(
    "quality",
    rule("is_owned", "Silver", has("owned", "=", True)),
    rule("is_tested", "Gold", has("tested", "=", True)),
    levels=["Basic", "Silver", "Gold"],
)
ENTITY = "/v1/blueprints/{blueprint_identifier}/entities/{entity_identifier}"


class Nothing:
    """An organisation with nothing in it."""

    blueprints = scorecards = teams = users = ()

    def entities(self):
        return iter(())


def put(world, name, **properties):
    route = "/v1/blueprints/{blueprint_identifier}/entities"
    world.send("POST", route, {"identifier": name, "properties": properties}, blueprint_identifier="service")


def change(world, name, **properties):
    world.send("PATCH", ENTITY, {"properties": properties}, blueprint_identifier="service", entity_identifier=name)


@pytest.fixture(scope="module")
def past(portal):
    """Four services over eight weeks: one rises, one falls, one stays, one is born."""
    with time_machine.travel(START, tick=False) as clock:
        world = World(portal, Nothing())
        world.send("POST", "/v1/blueprints", SERVICE)
        put(world, "rising", kind="api", owned=True, tested=False)
        put(world, "falling", kind="api", owned=True, tested=True)
        put(world, "staying", kind="job", owned=False, tested=True)
        world.create(QUALITY)
        clock.shift(timedelta(weeks=2))
        change(world, "rising", tested=True)
        clock.shift(timedelta(weeks=2))
        change(world, "falling", owned=False)
        put(world, "born", kind="job", owned=True, tested=True)
        clock.shift(timedelta(weeks=4))
        yield world


def test_movers_are_those_on_another_level(past):
    text = past.ask("scorecard_trend", scorecard="quality", since="2026-03-02")
    assert rows(text) == [
        {"entity": "falling", "then": "Gold", "now": "Basic", "results that changed": "-is_owned"},
        {"entity": "rising", "then": "Silver", "now": "Gold", "results that changed": "+is_tested"},
    ]
    assert headline(text) == ("Quality since 2026-03-02: score 50, now 50 of 100; 1 moved up, 1 down, of 4")


def test_levels_are_shown_over_time(past):
    text = past.ask("scorecard_trend", scorecard="quality", since="2026-03-02")
    assert (
        "date\tBasic\tSilver\tGold\tscore\n"
        "2026-03-02\t1\t1\t1\t50\n"
        "2026-03-15\t1\t0\t2\t67\n"
        "2026-03-29\t2\t0\t2\t50\n"
        "2026-04-12\t2\t0\t2\t50\n"
        "now\t2\t0\t2\t50\n"
    ) in text


def test_pass_rates_that_changed_are_shown(past):
    text = past.ask("scorecard_trend", scorecard="quality", since="2026-03-02")
    assert "\nis_owned\tSilver\t66.7%\t50.0%\nis_tested\tGold\t66.7%\t100.0%\n" in text


def test_a_later_start_knows_only_what_came_after(past):
    text = past.ask("scorecard_trend", scorecard="quality", since="2026-03-20")
    assert [row["entity"] for row in rows(text)] == ["falling"]


def test_groups_are_shown_over_time(past):
    text = past.ask("scorecard_trend", scorecard="quality", since="2026-03-02", group_by="kind")
    assert rows(text) == [
        {
            "kind": "api",
            "judged": "2",
            "2026-03-02": "75",
            "2026-03-15": "100",
            "2026-03-29": "50",
            "2026-04-12": "50",
            "now": "50",
        },
        {
            "kind": "job",
            "judged": "2",
            "2026-03-02": "0",
            "2026-03-15": "0",
            "2026-03-29": "50",
            "2026-04-12": "50",
            "now": "50",
        },
    ]


def test_only_what_is_known_is_shown(past):
    with time_machine.travel(START + timedelta(weeks=8), tick=False):
        text = past.ask("scorecard_trend", scorecard="quality", since="2025-11-01")
        groups = past.ask("scorecard_trend", scorecard="quality", since="2025-11-01", group_by="kind")
    assert "date\tBasic\tSilver\tGold\tscore\n2026-03-13\t1\t1\t1\t50\nnow\t2\t0\t2\t50\n" in text
    assert [list(row) for row in rows(groups)] == [["kind", "judged", "2026-03-13", "now"]] * 2


def test_before_the_scorecard_nothing_is_known(past):
    text = past.ask("scorecard_trend", scorecard="quality", since="2026-01-01")
    assert headline(text) == "Quality judged nothing at 2026-01-01; now: 50 of 100"
    assert "the first rule was created on 2026-03-01: nothing is known of what was before" in text


def test_a_filter_limits_the_trend(past):
    text = past.ask("scorecard_trend", scorecard="quality", since="2026-03-02", where={"kind": "job"})
    assert headline(text) == "Quality since 2026-03-02: score 0, now 50 of 100; 0 moved up, 0 down, of 2"


def test_spans_have_ports_names(past):
    assert headline(past.ask("scorecard_trend", scorecard="quality", since="lastMonth")).startswith(
        "Quality since 2026-03-27: "
    )
    said = past.refusal("scorecard_trend", scorecard="quality", since="last year")
    assert said.startswith("'last year' is no date; write it in ISO 8601, such as 2026-11-22, or one of: last")
    assert (
        past.refusal("scorecard_trend", scorecard="quality", since="2030-01-01")
        == "since '2030-01-01' lies in the future"
    )
