"""Trends of random weeks, in which no result changes twice, held against what Port showed in each week."""

import random
from collections import Counter
from datetime import timedelta

import pytest
import time_machine
from tests.answers import cursor, headline, rows
from tests.scorecards.conftest import World
from tests.scorecards.shapes import has, rule, shape
from tests.scorecards.test_trend import START, Nothing

LEVELS = ["Basic", "Silver", "Gold"]
RULES = {"owned": "Silver", "tested": "Silver", "watched": "Gold", "cheap": "Gold"}
SERVICES, WEEKS = 40, 8


class Weeks:
    """Services that change at random, week by week, and the levels that Port showed at the end of each week."""

    def __init__(self, portal, seed):
        self.draw = random.Random(seed)
        self.levels = []
        with time_machine.travel(START, tick=False) as clock:
            self.world = World(portal, Nothing())
            properties = {"kind": {"type": "string"}, **{name: {"type": "boolean"} for name in RULES}}
            schema = {"properties": properties}
            self.world.send("POST", "/v1/blueprints", {"identifier": "service", "title": "Service", "schema": schema})
            self.names = []
            for _ in range(SERVICES):
                self.add()
            rules = [rule(f"is_{name}", level, has(name, "=", True)) for name, level in RULES.items()]
            self.world.create(shape("quality", *rules, levels=LEVELS))
            self.steady = {(name, prop) for name in self.names for prop in RULES}
            for _ in range(WEEKS):
                clock.shift(timedelta(days=1))
                self.change()
                clock.shift(timedelta(days=6))
                self.levels.append((self.now(), self.shown()))
            clock.shift(timedelta(hours=1))
            self.end = self.now()

    @staticmethod
    def now():
        return START.now(START.tzinfo)

    def add(self):
        name = f"service{len(self.names):03}"
        properties = {"kind": self.draw.choice(["api", "job"]), **{it: self.draw.random() < 0.6 for it in RULES}}
        route = "/v1/blueprints/{blueprint_identifier}/entities"
        self.world.send("POST", route, {"identifier": name, "properties": properties}, blueprint_identifier="service")
        self.names.append(name)

    def change(self):
        """Turns some results that have not turned before, and adds a service."""
        entities = self.entities()
        for name, prop in self.draw.sample(sorted(self.steady), 12):
            self.steady.discard((name, prop))
            self.world.send(
                "PATCH",
                "/v1/blueprints/{blueprint_identifier}/entities/{entity_identifier}",
                {"properties": {prop: not entities[name]["properties"][prop]}},
                blueprint_identifier="service",
                entity_identifier=name,
            )
        self.add()

    def entities(self):
        route = "/v1/blueprints/{blueprint_identifier}/entities"
        found = self.world.send("GET", route, blueprint_identifier="service")["entities"]
        return {it["identifier"]: it for it in found}

    def shown(self):
        return {name: it["scorecards"]["quality"]["level"] for name, it in self.entities().items()}


@pytest.fixture(scope="module", params=range(2))
def weeks(portal, request):
    return Weeks(portal, request.param)


@pytest.mark.parametrize("week", range(WEEKS))
def test_levels_and_movers_are_those_of_the_week(weeks, week):
    then, before = weeks.levels[week]
    after = weeks.levels[-1][1]
    with time_machine.travel(weeks.end, tick=False):
        text = weeks.world.ask("scorecard_trend", scorecard="quality", since=then.isoformat(), limit=200)
    assert cursor(text) is None
    moved = {name: (level, after[name]) for name, level in before.items() if after[name] != level}
    assert {row["entity"]: (row["then"], row["now"]) for row in rows(text)} == moved
    up = sum(LEVELS.index(new) > LEVELS.index(old) for old, new in moved.values())
    assert headline(text).endswith(f"; {up} moved up, {len(moved) - up} down, of {len(after)}")
    counts = Counter(before.values())
    score = 100 * sum(LEVELS.index(it) for it in before.values()) / 2 / len(before)
    shown = "\t".join([f"{then:%Y-%m-%d}", *(str(counts[level]) for level in LEVELS), f"{score:.0f}"])
    assert f"\n{shown}\n" in text


@pytest.mark.parametrize("week", range(0, WEEKS, 3))
def test_groups_had_the_scores_of_the_week(weeks, week):
    then, before = weeks.levels[week]
    kinds = {name: it["properties"]["kind"] for name, it in weeks.entities().items()}
    with time_machine.travel(weeks.end, tick=False):
        text = weeks.world.ask("scorecard_trend", scorecard="quality", since=then.isoformat(), group_by="kind")
    for row in rows(text):
        ranks = [LEVELS.index(level) for name, level in before.items() if kinds[name] == row["kind"]]
        assert row[f"{then:%Y-%m-%d}"] == f"{100 * sum(ranks) / 2 / len(ranks):.0f}"
