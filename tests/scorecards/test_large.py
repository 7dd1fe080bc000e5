"""Catalogs of more entities than a page holds: the same answers, little memory, and word of how far it is."""

import pytest
from anyio.from_thread import BlockingPortal
from tests.answers import first_number, headline, rows
from tests.scorecards.conftest import World
from tests.scorecards.shapes import has, rule
from tests.truth import Truth

from quaymaster.application import Caller
from quaymaster.port.documents.scorecard import Scorecard
from quaymaster_sandbox.demo import build
from quaymaster_sandbox.demo.scorecards import scorecards
from quaymaster_scorecards.ladder import Ladder
from quaymaster_scorecards.simulation import Fate, Simulation

SERVICES = 2300
UNCOUNTABLE = {
    "combinator": "or",
    "rules": [{"relation": "on_call", "operator": it} for it in ("isEmpty", "isNotEmpty")],
}
"""A filter that every service meets, and that Port's aggregates cannot say."""


class Listener:
    """A client that remembers what it is told."""

    def __init__(self):
        self.heard = []

    async def report_progress(self, done, total, message):
        self.heard.append((done, message))

    async def ask(self, question):
        return None


@pytest.fixture(scope="module")
def large(portal: BlockingPortal) -> World:
    return World(portal, build(SERVICES))


@pytest.fixture(scope="module")
def large_truth(large: World) -> Truth:
    return Truth(large.organisation)


def listen(world: World, tool: str, **arguments):
    listener = Listener()
    reply = world.portal.call(world.application.call, tool, arguments, Caller(client=listener))
    assert not reply.is_error, reply.text
    return reply.text, listener.heard


def test_a_report_that_reads_pages_tells_how_far_it_is(large: World):
    counted, silence = listen(large, "scorecard_report", scorecard="security_requirements")
    read, heard = listen(large, "scorecard_report", scorecard="security_requirements", where=UNCOUNTABLE)
    assert silence == [], "Port has counted"
    assert heard == [(1000, "1,000 entities read"), (2000, "2,000 entities read")]
    assert first_number(read) == first_number(counted)
    assert rows(read) == rows(counted)


def test_groups_that_port_cannot_count_are_read_together_once(large: World):
    counted = large.ask("scorecard_report", scorecard="security_requirements", group_by="team")
    large.requests.clear()
    read, heard = listen(
        large, "scorecard_report", scorecard="security_requirements", group_by="team", where=UNCOUNTABLE
    )
    assert rows(read) == rows(counted)
    assert len(heard) == 2
    searches = [path for _, path in large.requests if path == "/v1/blueprints/service/entities/search"]
    assert len(searches) <= 3 * 3, "the groups, the sum, and how many are left out, three pages each"


def test_a_new_scorecard_is_tried_on_all(large: World, large_truth: Truth):
    text, heard = listen(
        large, "simulate_scorecard", blueprint="service", rules=[rule("tested", "Gold", has("test_coverage", ">=", 70))]
    )
    tested = sum((it["properties"].get("test_coverage") or 0) >= 70 for it in large_truth.services.values())
    assert headline(text).startswith(
        f"the new scorecard would judge 2,300 entities: {2300 - tested:,} Basic, 0 Bronze, 0 Silver, {tested:,} Gold"
    )
    assert heard == [(1000, "1,000 entities read"), (2000, "2,000 entities read")]


def test_a_change_is_tried_on_all(large: World, large_truth: Truth):
    text, heard = listen(
        large,
        "simulate_scorecard",
        scorecard="security_requirements",
        filter={"conditions": [has("language", "=", "Go")]},
    )
    judged = len(large_truth.where(language="Go"))
    assert headline(text).startswith(
        f"Security Requirements: {2300 - judged:,} of 2,300 entities would change level: 0 fall, 0 rise, "
        f"{2300 - judged:,} no longer judged"
    )
    assert len(heard) == 2


def test_next_steps_are_found_among_all(large: World, large_truth: Truth):
    text, heard = listen(large, "suggest_next_steps", scorecard="security_requirements", limit=1)
    (step,) = rows(text)
    names = set(step["make pass"].split(" and "))
    failing = [set(large_truth.failing_rules(it, "security_requirements")) for it in large_truth.services]
    assert 0 < first_number(text) <= sum(bool(names & it) for it in failing)
    assert len(heard) == sum(bool(it) for it in failing) // 1000


def test_a_simulation_keeps_few_names_and_fates():
    ladder = Ladder.of(Scorecard.read(scorecards()[0][1]))
    simulation = Simulation(ladder, ladder, keep=5)
    for thousand in range(50):
        simulation.add(
            (f"e{thousand:02}{number:03}", Fate("Gold", "Bronze" if number % 10 else "Basic")) for number in range(1000)
        )
    assert simulation.total == simulation.listable == simulation.falling == 50_000
    assert [name for name, _ in simulation.listed] == ["e00000", "e00010", "e00020", "e00030", "e00040"]
    assert len(simulation.counts) == 2
