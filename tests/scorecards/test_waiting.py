"""Entities that Port has not judged yet: told apart from those outside a filter, and never taken for good."""

import pytest
from anyio.from_thread import BlockingPortal
from tests.answers import headline, rows
from tests.scorecards.conftest import World
from tests.scorecards.shapes import has, rule
from tests.truth import Truth

from quaymaster_sandbox.catalog.entity_rows import find_id
from quaymaster_sandbox.clients import find_organization
from quaymaster_sandbox.demo import build
from quaymaster_sandbox.query.sql import NEVER, Sql
from quaymaster_sandbox.sandbox import CLIENT_ID
from quaymaster_sandbox.scorecards.verdicts import forget_entities
from quaymaster_sandbox.session import Actor

SERVICES = 60
WAITING = 7


@pytest.fixture(scope="module")
def slow(portal: BlockingPortal) -> World:
    """An organisation in which Port has not come to some services yet (Port's docs: results may take a while)."""
    world = World(portal, build(SERVICES))
    forget_results(world, waiting(Truth(world.organisation)))
    return world


@pytest.fixture(scope="module")
def judged(slow: World) -> Truth:
    """What is true of the services that have results."""
    truth = Truth(slow.organisation)
    for name in waiting(truth):
        del truth.services[name]
    return truth


def waiting(truth: Truth) -> list[str]:
    """Returns services that every scorecard is going to judge."""
    return [name for name in sorted(truth.services) if truth.result_of(name, "production_readiness")][:WAITING]


def forget_results(world: World, names: list[str]) -> None:
    """Takes the results of services away from the sandbox, which judges at once."""
    with world.sandbox.database.read() as connection:
        organization = find_organization(connection, CLIENT_ID)
    with world.sandbox.session(organization, Actor(CLIENT_ID), writes=True) as session:
        service = session.catalog.get("service")
        judges = [
            it for found in session.catalog.scorecards.of(service.id) for it in (found.id, *found.rule_ids.values())
        ]
        ids = [find_id(session.connection, service, name) for name in names]
        forget_entities(session.connection, judges, ids, Sql(f"SELECT 1 WHERE {NEVER.text}"))


def test_a_report_counts_them_apart(slow: World, judged: Truth):
    text = slow.ask("scorecard_report", scorecard="production_readiness", limit=0)
    results = [judged.result_of(name, "production_readiness") for name in judged.services]
    outside = results.count(None)
    assert f"of {len(results) - outside} service entities fail" in headline(text)
    assert text.endswith(f"{outside} more are outside the scorecard's filter\n{WAITING} more have no result yet")


def test_where_there_is_no_filter_they_are_all_that_is_left_out(slow: World, judged: Truth):
    text = slow.ask("scorecard_report", scorecard="security_requirements", limit=0)
    assert f"of {len(judged.services)} service entities fail" in headline(text)
    assert text.endswith(f"{WAITING} more have no result yet")


def test_groups_say_how_many_are_missing(slow: World):
    text = slow.ask("scorecard_report", scorecard="security_requirements", group_by="team")
    assert sum(int(row["judged"]) for row in rows(text)) == SERVICES - WAITING
    assert text.endswith(f"{WAITING} more have no result yet")


def test_a_gap_says_that_there_is_no_result_yet(slow: World):
    name = waiting(Truth(slow.organisation))[0]
    text = slow.ask("scorecard_gap", identifiers=[name], scorecard="production_readiness")
    assert text == (
        f"none of these is judged\nProduction Readiness has no result for {name} yet: Port may need a while"
    )


def test_next_steps_do_not_call_them_good(slow: World):
    name = waiting(Truth(slow.organisation))[0]
    text = slow.ask("suggest_next_steps", identifier=name, scorecard="production_readiness")
    assert text.endswith("1 more has no result yet")
    text = slow.ask("suggest_next_steps", scorecard="security_requirements")
    assert text.endswith(f"{WAITING} more have no result yet")


def test_a_changed_rule_is_tried_on_those_that_are_judged(slow: World, judged: Truth):
    text = slow.ask(
        "simulate_scorecard", scorecard="security_requirements", rules=[rule("r", "Gold", has("tier", "isNotEmpty"))]
    )
    assert f" of {len(judged.services)} entities would change level" in headline(text)
    assert text.endswith(f"{WAITING} more have no result yet")


def test_a_new_scorecard_is_tried_on_them_too(slow: World):
    text = slow.ask("simulate_scorecard", blueprint="service", rules=[rule("r", "Gold", has("tier", "isNotEmpty"))])
    assert headline(text).startswith(f"the new scorecard would judge {SERVICES} entities")
