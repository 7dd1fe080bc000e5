"""The demo organisation: well-formed, deterministic, made lazily, and shaped like a company's portal."""

import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import islice

import pytest
from tests import scorecard_truth
from tests.truth import Truth

from quaymaster_sandbox.demo import build
from quaymaster_sandbox.demo.names import service_name

NOW = datetime(2026, 11, 22, 12, 30, tzinfo=UTC)
IDENTIFIER = re.compile(r"^(?!\.{1,2}$)[\w@.+:\\/=-]+$")  # Port's pattern for entity identifiers
PYTHON_TYPES = {"string": str, "number": (int, float), "boolean": bool, "array": list, "object": dict}


@pytest.fixture(scope="module")
def organisation():
    return build(1000, now=NOW)


@pytest.fixture(scope="module")
def entities(organisation):
    return list(organisation.entities())


@pytest.fixture(scope="module")
def truth(organisation):
    return Truth(organisation)


def test_same_arguments_give_the_same_documents(organisation, entities):
    again = build(1000, now=NOW)
    assert list(again.entities()) == entities
    assert (again.blueprints, again.scorecards) == (organisation.blueprints, organisation.scorecards)
    assert (again.teams, again.users) == (organisation.teams, organisation.users)


def test_another_seed_gives_another_organisation(entities):
    others = [entity["identifier"] for blueprint, entity in build(1000, 8, NOW).entities() if blueprint == "service"]
    services = [entity["identifier"] for blueprint, entity in entities if blueprint == "service"]
    assert len(set(services) & set(others)) < 900


def test_all_instants_move_with_now(entities):
    year = timedelta(weeks=52)
    later = build(1000, now=NOW + year).entities()
    for (blueprint, before), (_, after) in zip(entities, later, strict=True):
        if blueprint == "oncall_shift":  # who has which week does not depend on when one looks
            continue
        assert {key: _moved(value, year) for key, value in before["properties"].items()} == after["properties"]


def _moved(value, by):
    if not re.fullmatch(r"\d{4}-.*\.000Z", str(value)):
        return value
    return (datetime.fromisoformat(value) + by).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def test_what_has_happened_happened_before_now(entities):
    instants = [entity["properties"].get("created_at", "") for _, entity in entities]
    assert max(instants) <= "2026-11-22T12:30:00.000Z"


def test_entities_are_made_while_they_are_read():
    endless = build(10**12, now=NOW).entities()
    assert len(list(islice(endless, 2000))) == 2000


def test_a_service_brings_about_seven_entities(entities):
    assert 6 <= len(entities) / 1000 <= 8


def test_identifiers_are_unique_and_allowed_by_port(entities):
    seen = Counter((blueprint, entity["identifier"]) for blueprint, entity in entities)
    assert seen.most_common(1)[0][1] == 1
    assert [identifier for _, identifier in seen if not IDENTIFIER.match(identifier)] == []


def test_blueprints_relate_only_to_earlier_ones(organisation):
    earlier = set()
    for blueprint in organisation.blueprints:
        earlier.add(blueprint["identifier"])
        assert {relation["target"] for relation in blueprint["relations"].values()} <= earlier


def test_entities_fit_their_blueprints(organisation, entities):
    blueprints = {blueprint["identifier"]: blueprint for blueprint in organisation.blueprints}
    assert [fault for name, entity in entities for fault in _faults(blueprints[name], entity)] == []


def _faults(blueprint, entity):
    schema, properties = blueprint["schema"], entity["properties"]
    for missing in set(schema["required"]) - set(properties):
        yield entity["identifier"], missing, "is required"
    for key, value in properties.items():
        prop = schema["properties"].get(key, {"type": "null"})
        number_is_flag = prop["type"] == "number" and isinstance(value, bool)
        if not isinstance(value, PYTHON_TYPES.get(prop["type"], ())) or number_is_flag:
            yield entity["identifier"], key, value
        if value not in prop.get("enum", [value]) or not _in_range(prop, value):
            yield entity["identifier"], key, value
        if prop.get("format") == "date-time":
            assert datetime.fromisoformat(value).tzinfo == UTC
        if prop.get("format") == "url":
            assert value.startswith("https://")
    for key, value in entity.get("relations", {}).items():
        if isinstance(value, list) is not blueprint["relations"][key]["many"]:
            yield entity["identifier"], key, value
    if "team" in entity and blueprint.get("ownership", {}).get("type") != "Direct":
        yield entity["identifier"], "team", "is not direct"


def _in_range(prop, value):
    return not isinstance(value, (int, float)) or prop.get("minimum", value) <= value <= prop.get("maximum", value)


def test_entities_relate_only_to_earlier_entities_or_to_services(organisation, entities):
    targets = {
        (blueprint["identifier"], key): relation["target"]
        for blueprint in organisation.blueprints
        for key, relation in blueprint["relations"].items()
    }
    services = {("service", entity["identifier"]) for blueprint, entity in entities if blueprint == "service"}
    seen, dangling = set(services), []
    for blueprint, entity in entities:
        for key, value in entity.get("relations", {}).items():
            wanted = {(targets[blueprint, key], one) for one in (value if isinstance(value, list) else [value])}
            dangling += wanted - seen
        seen.add((blueprint, entity["identifier"]))
    assert dangling == []


def test_people_named_in_entities_are_users_and_owners_are_teams(organisation, entities):
    emails = {user["email"] for user in organisation.users}
    teams = {team["identifier"] for team in organisation.teams}
    keys = ("user", "author", "triggered_by", "commander", "tech_lead")
    named = {entity["properties"][key] for _, entity in entities for key in keys if key in entity["properties"]}
    assert named <= emails
    assert {team for _, entity in entities for team in entity.get("team", [])} <= teams


def test_teams_and_users_name_each_other(organisation):
    members = {(team["name"], email) for team in organisation.teams for email in team["users"]}
    assert members == {(team, user["email"]) for user in organisation.users for team in user["teams"]}
    assert len({user["email"] for user in organisation.users}) == len(organisation.users)
    assert all(user["email"].isascii() for user in organisation.users)
    assert Counter(bool(user["teams"]) for user in organisation.users if user["status"] == "Disabled") == {False: 5}


def test_the_services_that_questions_name_are_there(truth):
    inventory = truth.services["InventoryService"]
    assert truth.owner_of("InventoryService") == ["backend"]
    assert (inventory["properties"]["language"], inventory["properties"]["type"]) == ("Java", "microservice")
    assert "OrderProcessing" in truth.services
    assert "ReportingService" not in truth.services


def test_inventory_service_is_held_below_gold_by_a_few_rules(truth):
    assert truth.level_of("InventoryService", "production_readiness") == "Bronze"
    failing = truth.failing_rules("InventoryService", "production_readiness")
    assert failing == ["has_runbook", "coverage_80", "few_bugs"]


@pytest.mark.parametrize("seed", range(5))
def test_every_seed_holds_the_named_services_to_the_same_story(seed):
    truth = Truth(build(60, seed, NOW))
    assert truth.level_of("InventoryService", "production_readiness") not in (None, "Gold")
    assert truth.owner_of("OrderProcessing") == ["backend"]
    assert truth.on_call("backend").keys() == {"primary", "secondary"}


def test_levels_are_spread_over_the_ladder(truth):
    for scorecard in truth.scorecards:
        levels = truth.levels(scorecard)
        assert all(levels[level] >= 20 for level in ("Basic", "Bronze", "Silver", "Gold")), (scorecard, levels)
    assert truth.levels("production_readiness")[None] == len(truth.where(type="library"))


def test_documented_questions_have_answers_worth_giving(truth):
    assert 500 < len(truth.in_production()) < 900
    assert 50 < len(truth.owned_by("backend", type="microservice")) < 200
    assert 100 < len(truth.java_microservices_bugs_coverage()) < 250
    assert 50 < len(truth.missing_dashboards()) < 200
    assert 0 < len(truth.unowned()) < 100


def test_production_means_the_same_by_lifecycle_and_by_environment(truth):
    by_environment = [name for name, e in truth.services.items() if "production" in e["relations"]["environments"]]
    assert truth.in_production() == sorted(by_environment)


def test_dashboards_flag_agrees_with_the_dashboard_links(truth):
    for name, entity in truth.services.items():
        properties = entity["properties"]
        both = "health_dashboard" in properties and "slo_dashboard" in properties
        assert properties.get("has_critical_dashboards", both) == both, name
    tiers = Counter(truth.services[name]["properties"]["tier"] for name in truth.missing_dashboards())
    assert tiers["Tier 1"] > 0


def test_order_processing_depends_on_others_and_others_on_it(truth):
    assert len(truth.dependencies_of("OrderProcessing")) == 6
    assert len(truth.dependents_of("OrderProcessing")) == 6
    assert len(truth.dependencies_of("OrderProcessing", 4)) > 9
    assert "OrderProcessing" in truth.dependencies_of("FraudScreening")  # closes a circle of three


def test_dependency_graph_has_hubs_depth_and_few_circles(truth):
    incoming = Counter(target for e in truth.services.values() for target in e["relations"]["depends_on"])
    assert incoming["EventBus"] > 50
    assert max(max(truth.dependencies_of(name, 50).values(), default=0) for name in truth.services) >= 6
    circular = [name for name in truth.services if _reaches_itself(truth, name)]
    assert 5 < len(circular) < 200


def _reaches_itself(truth, name):
    return any(
        name in truth.services[reached]["relations"]["depends_on"] for reached in truth.dependencies_of(name, 50)
    )


def test_every_team_has_one_primary_and_one_secondary_at_any_instant(organisation, truth):
    for team in organisation.teams:
        for hours in range(-6 * 7 * 24, 8 * 7 * 24, 31):
            on_call = truth.on_call(team["identifier"], NOW + timedelta(hours=hours))
            assert {level: len(people) for level, people in on_call.items()} == {"primary": 1, "secondary": 1}
            assert on_call["primary"] != on_call["secondary"]


def test_on_call_is_covered_in_the_hours_around_the_handover(organisation):
    for minutes in (-1, 0, 1):
        monday = datetime(2026, 11, 23, 9, tzinfo=UTC) + timedelta(minutes=minutes)
        on_call = Truth(build(20, now=monday)).on_call("backend")
        assert {level: len(people) for level, people in on_call.items()} == {"primary": 1, "secondary": 1}


def test_delivery_figures_differ_by_team_and_week(organisation, truth):
    weekly = truth.deployments_by_team_and_week()
    assert len({team for team, _ in weekly}) == len(organisation.teams) + 1  # and those without an owner
    assert len({week for _, week in weekly}) > 8
    assert truth.deployments_between(NOW - timedelta(days=7), NOW)["payments"] > 0
    assert truth.mean_minutes_to_recovery("identity") < truth.mean_minutes_to_recovery("warehouse-systems")
    assert truth.median_lead_time_hours("identity") < truth.median_lead_time_hours("warehouse-systems")
    assert 0 < truth.change_failure_rate("payments") < truth.change_failure_rate("warehouse-systems") < 0.5


def test_some_incidents_are_open_and_some_follow_a_failed_deployment(truth):
    statuses = Counter(incident["properties"]["status"] for incident in truth.incidents)
    assert statuses["Resolved"] > 200
    assert statuses["Open"] + statuses["Acknowledged"] > 0
    failed = {d["identifier"] for d in truth.deployments if d["properties"]["status"] != "Success"}
    causes = [i["relations"]["caused_by"] for i in truth.incidents if "caused_by" in i["relations"]]
    assert len(causes) > 20
    assert set(causes) <= failed


def test_replaying_the_changes_of_a_service_ends_at_its_document(organisation, truth):
    states = {}
    for change in organisation.changes():
        state = states.setdefault(change.identifier, {})
        assert all(state.get(key, value) == value for key, value in change.before.items())
        state |= change.after
    for name, state in states.items():
        properties = truth.services[name]["properties"]
        assert state == {key: properties.get(key) for key in state}
    assert 700 < len(states) < 950


def test_changes_come_in_order_and_before_now(organisation):
    latest = {}
    for change in organisation.changes():
        assert latest.get(change.identifier, "2026-05") <= change.at <= "2026-11-22T12:30:00.000Z"
        assert change.before != change.after
        latest[change.identifier] = change.at


def test_changes_move_services_between_levels(organisation, truth):
    scorecard = truth.scorecards["production_readiness"]
    past = {name: dict(entity["properties"]) for name, entity in truth.services.items()}
    for change in reversed(list(organisation.changes())):
        past[change.identifier] |= change.before
    moved = Counter()
    for name, properties in past.items():
        before = scorecard_truth.result(scorecard, truth.services[name] | {"properties": properties}, NOW)
        moved[(before or {}).get("level") == truth.level_of(name, "production_readiness")] += 1
    assert moved[False] > 50


def test_names_are_numbered_only_when_words_run_out():
    names = [service_name(index, 0).name for index in range(130_000)]
    assert len(set(names)) == len(names)
    assert not any(re.search(r"\d", name) for name in names[:100_000])
    assert any(re.search(r"\d$", name) for name in names)


def test_too_small_an_organisation_is_refused():
    with pytest.raises(ValueError, match="services must be at least 20, not 5"):
        build(5)


def test_an_instant_without_time_zone_is_refused():
    with pytest.raises(ValueError, match="now must have a time zone"):
        build(20, now=NOW.replace(tzinfo=None))
