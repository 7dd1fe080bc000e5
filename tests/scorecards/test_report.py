"""Reports, held against levels and results worked out in plain Python, for scorecards of many shapes."""

from collections import Counter

import pytest
from tests.answers import cursor, first_number, headline, rows
from tests.scorecards.shapes import SHAPES

NAMES = [
    "production_readiness",
    "security_requirements",
    *(document["identifier"] for blueprint, document in SHAPES if blueprint == "service"),
]


def results(truth, scorecard):
    """Returns the result of each judged service."""
    found = {name: truth.result_of(name, scorecard) for name in truth.services}
    return {name: result for name, result in found.items() if result is not None}


def failing(result):
    return {it["identifier"] for it in result["rules"] if it["status"] == "FAILURE"}


def levels_of(document):
    return [it["title"] for it in document.get("levels") or []] or ["Basic", "Bronze", "Silver", "Gold"]


def badness(document, result):
    """Returns what makes a service worse than another: its level, then how many rules of the next step it fails."""
    levels = levels_of(document)
    above = [
        it for it in levels[levels.index(result["level"]) + 1 :] if any(r["level"] == it for r in document["rules"])
    ]
    next_rules = {it["identifier"] for it in document["rules"] if above and it["level"] == above[0]}
    return levels.index(result["level"]), -len(failing(result) & next_rules)


@pytest.mark.parametrize("scorecard", NAMES)
def test_levels_are_counted(world, truth, scorecard):
    text = headline(world.ask("scorecard_report", scorecard=scorecard, blueprint="service", limit=0))
    judged = results(truth, scorecard)
    counts = Counter(it["level"] for it in judged.values())
    assert f"{sum(bool(failing(it)) for it in judged.values()):,} of {len(judged):,} service entities" in text
    listed = ", ".join(f"{counts[level]:,} {level}" for level in levels_of(truth.scorecards[scorecard]))
    assert text.endswith(f": {listed}")


@pytest.mark.parametrize("scorecard", NAMES)
def test_failures_are_counted_by_rule(world, truth, scorecard):
    text = world.ask("scorecard_report", scorecard=scorecard, blueprint="service", limit=0)
    counts = Counter(rule for it in results(truth, scorecard).values() for rule in failing(it))
    lines = [line.split("\t") for line in text.splitlines() if line[:1].isdigit() and "\t" in line]
    assert [(line[1], line[2], int(line[3])) for line in lines] == [
        (it["identifier"], it["level"], counts[it["identifier"]]) for it in truth.scorecards[scorecard]["rules"]
    ]


@pytest.mark.parametrize("scorecard", NAMES)
def test_worst_come_first_with_the_rules_they_fail(world, truth, scorecard):
    document = truth.scorecards[scorecard]
    judged = results(truth, scorecard)
    listed, page = [], None
    while True:
        arguments = {"cursor": page} if page else {}
        text = world.ask("scorecard_report", scorecard=scorecard, blueprint="service", limit=150, **arguments)
        listed += rows(text)
        if (page := cursor(text)) is None:
            break
    numbers = {str(number): it["identifier"] for number, it in enumerate(document["rules"], 1)}
    assert sorted(it["entity"] for it in listed) == sorted(name for name, it in judged.items() if failing(it))
    assert all({numbers[it] for it in row["fails"].split()} == failing(judged[row["entity"]]) for row in listed)
    assert all(row["level"] == judged[row["entity"]]["level"] for row in listed)
    order = [badness(document, judged[row["entity"]]) for row in listed]
    assert order == sorted(order)


@pytest.mark.parametrize("scorecard", ["security_requirements", "gaps_in_the_ladder", "filtered_by_two"])
def test_teams_are_ranked_by_how_far_up_they_are(world, truth, scorecard):
    text = world.ask("scorecard_report", scorecard=scorecard, group_by="team")
    document = truth.scorecards[scorecard]
    levels = levels_of(document)
    top = max(levels.index(it["level"]) for it in document["rules"])
    titles = {team["identifier"]: team["name"] for team in truth.organisation.teams}
    expected: dict[str, Counter] = {}
    for name, result in results(truth, scorecard).items():
        for team in truth.owner_of(name) or [None]:
            expected.setdefault(titles.get(team, "(none)"), Counter())[result["level"]] += 1
    listed = rows(text)
    assert {row["team"]: [int(row[level]) for level in levels] for row in listed} == {
        team: [counts[level] for level in levels] for team, counts in expected.items()
    }
    scores = [
        100 * sum(levels.index(level) * n for level, n in expected[row["team"]].items()) / top / int(row["judged"])
        for row in listed
    ]
    assert scores == sorted(scores)
    assert [row["score"] for row in listed] == [f"{score:.0f}" for score in scores]


def test_two_teams_are_compared_rule_by_rule(world, truth):
    text = world.ask(
        "scorecard_report",
        scorecard="security_requirements",
        group_by="team",
        where={"team": ["Backend", "Payments"]},
    )
    assert {row["team"] for row in rows(text)} == {"Backend", "Payments"}
    shares = {}
    for team in ("backend", "payments"):
        owned = [truth.result_of(name, "security_requirements") for name in truth.owned_by(team)]
        shares[team] = sum("no_critical" not in failing(it) for it in owned) / len(owned)
    order = [row["team"].lower() for row in rows(text)]
    assert f"\nno_critical\tSilver\t{shares[order[0]]:.0%}\t{shares[order[1]]:.0%}\n" in text


def test_the_worst_of_very_many_groups_are_found(world, truth):
    text = world.ask("scorecard_report", scorecard="incident_quality", group_by="service")
    counts: dict[str, Counter] = {}
    for incident in truth.incidents:
        resolved = incident["properties"]["status"] == "Resolved"
        counts.setdefault(incident["relations"]["service"], Counter())[resolved] += 1
    scores = {name: 100 * it[True] / it.total() for name, it in counts.items()}
    worst = sorted(scores, key=lambda name: (scores[name], name))
    assert len(worst) > 50
    assert [(row["service"], row["score"]) for row in rows(text)] == [(it, f"{scores[it]:.0f}") for it in worst[:50]]
    assert f"rows 1-50 of {len(worst)}; the rest is not shown" in text
    assert headline(text).endswith(
        f"worst first: {worst[0]} {scores[worst[0]]:.0f}, {worst[-1]} {scores[worst[-1]]:.0f}"
    )


def test_groups_by_a_relation_say_how_many_have_none(world, truth):
    text = world.ask("scorecard_report", scorecard="one_rule", group_by="domain")
    counts = Counter(it["relations"].get("domain") for it in truth.services.values())
    missing = counts.pop(None, 0)
    assert {row["domain"]: int(row["judged"]) for row in rows(text)} == counts
    assert (f"{missing} more have no domain" in text) == bool(missing)


def test_a_filter_limits_the_report(world, truth):
    text = world.ask(
        "scorecard_report", scorecard="security_requirements", where={"team": "backend", "language": "Java"}
    )
    owned = [truth.result_of(name, "security_requirements") for name in truth.owned_by("backend", language="Java")]
    assert first_number(text) == sum(bool(failing(it)) for it in owned)
    assert f"of {len(owned)} service entities with team = backend, language = Java fail" in headline(text)


def test_a_filter_that_aggregates_cannot_say_gives_the_same(world, truth):
    where = {"on_call": {"isEmpty": True}}
    text = world.ask("scorecard_report", scorecard="security_requirements", where=where)
    found = [name for name, it in truth.services.items() if not it["relations"].get("on_call")]
    failed = sum(bool(truth.failing_rules(name, "security_requirements")) for name in found)
    assert headline(text).startswith(f"{failed} of {len(found)} service entities")


def test_entities_on_a_level_are_listed(world, truth):
    text = world.ask("scorecard_report", scorecard="production_readiness", level="silver", limit=200)
    assert {row["entity"] for row in rows(text)} == {
        name for name in truth.services if truth.level_of(name, "production_readiness") == "Silver"
    }


def test_entities_that_fail_a_rule_are_listed(world, truth):
    text = world.ask("scorecard_report", scorecard="production_readiness", rule="Has a runbook", limit=200)
    expected = {name for name in truth.services if "has_runbook" in truth.failing_rules(name, "production_readiness")}
    assert {row["entity"] for row in rows(text)} == expected
    assert headline(text).startswith(f"{len(expected)} fail has_runbook")


def test_entities_on_a_level_that_fail_a_rule_are_counted(world, truth):
    text = world.ask("scorecard_report", scorecard="production_readiness", level="Bronze", rule="has_slo", limit=5)
    expected = [
        name
        for name in truth.services
        if truth.level_of(name, "production_readiness") == "Bronze"
        and "has_slo" in truth.failing_rules(name, "production_readiness")
    ]
    assert first_number(text) == len(expected)
    assert f"rows 1-5 of {len(expected)}" in text


def test_those_outside_the_filter_are_counted_apart(world, truth):
    text = world.ask("scorecard_report", scorecard="filtered_by_two", limit=0)
    outside = len(truth.services) - len(results(truth, "filtered_by_two"))
    assert text.endswith(f"{outside} more are outside the scorecard's filter")


def test_all_scorecards_of_a_blueprint_are_compared(world, truth):
    text = world.ask("scorecard_report", blueprint="service")
    listed = {row["scorecard"]: row for row in rows(text)}
    assert set(listed) == set(NAMES)
    for name in NAMES:
        judged = results(truth, name)
        assert int(listed[name]["judged"]) == len(judged)
        assert int(listed[name]["fail"]) == sum(bool(failing(it)) for it in judged.values())


def test_scorecards_of_one_name_on_two_blueprints_are_asked_about(world):
    assert world.refusal("scorecard_report", scorecard="Quality") == (
        "scorecard 'Quality' is ambiguous; choose one of: 'incident_quality' on blueprint 'incident', "
        "'service_quality' on blueprint 'service'"
    )
    assert "incident entities" in headline(world.ask("scorecard_report", scorecard="Quality", blueprint="incident"))


def test_unknown_levels_and_rules_list_the_real_ones(world):
    assert world.refusal("scorecard_report", scorecard="gaps_in_the_ladder", level="Gold") == (
        "scorecard 'gaps_in_the_ladder' has no level 'Gold'; its levels, lowest first: A, B, C, D, E, F"
    )
    assert world.refusal("scorecard_report", scorecard="gaps_in_the_ladder", rule="tierd") == (
        "unknown rule 'tierd' of scorecard 'gaps_in_the_ladder'; choose from: tiered, few_bugs"
    )


def test_a_cursor_goes_with_its_own_question(world):
    text = world.ask("scorecard_report", scorecard="security_requirements", limit=3)
    said = world.refusal("scorecard_report", scorecard="production_readiness", limit=3, cursor=cursor(text))
    assert said.startswith("this cursor belongs to another question")


def test_list_arguments_are_refused_with_groups(world):
    said = world.refusal("scorecard_report", scorecard="one_rule", group_by="team", level="Bronze")
    assert said == "level goes with the list of one scorecard's entities: name one scorecard, no group_by"


def test_nobody_judged_says_why(world):
    text = world.ask("scorecard_report", scorecard="one_rule", where={"language": "Rust", "type": "frontend"})
    assert headline(text) == "One Rule judges no such entity"
    assert "no entity meets" in text


def test_requests_do_not_depend_on_the_number_of_entities(world):
    world.ask("scorecard_report", scorecard="security_requirements")
    world.requests.clear()
    world.ask("scorecard_report", scorecard="security_requirements")
    aggregates = [path for _, path in world.requests if path == "/v1/entities/aggregate"]
    assert len(aggregates) == 1 + 7, "the levels, and one for each rule"
    assert len(world.requests) <= 1 + 8 + 1 + 3, "the scorecards, the aggregates, the total, and the list"
