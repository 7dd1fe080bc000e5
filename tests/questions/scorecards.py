"""Questions about scorecards of sixteen shapes: what fails, why, what to do next, and what a rule would do."""

from collections import Counter
from typing import Any

from tests import scorecard_truth
from tests.answers import headline, rows
from tests.questions.question import holds, number
from tests.questions.standings import (
    ask,
    failing,
    failing_rule,
    gap,
    groups,
    lifts,
    moved,
    on_level,
    report,
    results,
    simulated,
)
from tests.scorecards.shapes import SHAPES, has, only, related, rule, shape
from tests.truth import Truth


def prop(name: str, value: Any) -> Any:
    return lambda it: it["properties"].get(name) == value


def of_team(team: str) -> Any:
    return lambda it: team in it.get("team", [])


def teams_of(truth: Truth, service: dict[str, Any]) -> list[str]:
    titles = {it["identifier"]: it["name"] for it in truth.organisation.teams}
    return [titles[it] for it in service.get("team", [])] or ["(none)"]


def by(name: str) -> Any:
    return lambda _, service: [service["properties"].get(name, "(none)")]


def by_domain(_: Truth, service: dict[str, Any]) -> list[str]:
    return [service["relations"]["domain"]] if service["relations"].get("domain") else []


def two_teams(text: str, truth: Truth) -> None:
    """Each team's share of passing services, rule by rule."""
    for team, title in (("backend", "Backend"), ("payments", "Payments")):
        judged = results(truth, "security_requirements", of_team(team))
        counts = Counter(rule for it in judged.values() for rule in failing(it))
        table = [line.split("\t") for line in text.splitlines() if "\t" in line]
        column = next(line for line in table if line[:2] == ["rule", "level"]).index(title)
        for it in truth.scorecards["security_requirements"]["rules"]:
            shown = next(line for line in table if line[0] == it["identifier"])
            assert shown[column] == f"{1 - counts[it['identifier']] / len(judged):.0%}"


def compared(text: str, truth: Truth) -> None:
    """A row for each scorecard of services."""
    found = {row["scorecard"]: row for row in rows(text)}
    assert found.keys() == truth.scorecards.keys()
    for name, row in found.items():
        judged = results(truth, name)
        failed = sum(bool(failing(it)) for it in judged.values())
        assert (int(row["judged"]), int(row["fail"])) == (len(judged), failed)


def incidents(text: str, truth: Truth) -> None:
    document = next(it for blueprint, it in SHAPES if blueprint == "incident")
    found = [scorecard_truth.result(document, it, truth.now) for it in truth.incidents]
    failed = sum(it["level"] != "Gold" for it in found)
    assert headline(text).startswith(f"{failed:,} of {len(found):,} incident entities")


def stricter(document: dict[str, Any]) -> dict[str, Any]:
    tested = rule("tested", "Pass", has("test_coverage", ">=", 85))
    return {**document, "rules": [tested]}


def with_slo(document: dict[str, Any]) -> dict[str, Any]:
    return {**document, "rules": [*document["rules"], SLO]}


def without_coverage(document: dict[str, Any]) -> dict[str, Any]:
    return {**document, "rules": [it for it in document["rules"] if it["identifier"] != "coverage_60"]}


SLO = rule("has_target", "Bronze", has("slo_target", "isNotEmpty"))
ON_CALL = rule("on_call", "Gold", related("on_call", "isNotEmpty"))
TESTED = rule("tested", "Silver", has("test_coverage", ">", 75), has("bug_count", "<", 5), combinator="or")
IN_GO = only(has("language", "=", "Go"))

REPORTS = [
    ask("Which services are failing our security requirements scorecard?", 600, report("security_requirements"),
        "security requirements"),
    ask("How ready for production are we?", 650, report("production_readiness"), "production_readiness"),
    ask("Is everything owned by somebody?", 300, report("one_rule"), "one_rule"),
    ask("Which services do not pass the coverage gate?", 290, report("two_steps"), "Two Steps"),
    ask("How far up the ladder of six levels are our services?", 320, report("gaps_in_the_ladder"),
        "gaps_in_the_ladder"),
    ask("Which services are neither documented nor watched?", 340, report("either_or"), "either_or"),
    ask("Which services fail a rule that says what must not be?", 350, report("negations"), "negations"),
    ask("Which services lack a domain or somebody on call?", 350, report("relations"), "relations"),
    ask("Which services were not deployed or reviewed lately?", 350, report("dates"), "dates"),
    ask("Which microservices in production are not tested?", 310, report("filtered_by_two"), "filtered_by_two"),
    ask("Which Go or tier 1 services are not scanned or protected?", 330, report("filtered_by_either"),
        "filtered_by_either"),
    ask("Which services on call are expensive?", 330, report("filtered_by_a_relation"), "filtered_by_a_relation"),
    ask("Which services have open incidents?", 340, report("mirrors_and_counts"), "mirrors_and_counts"),
    ask("Which services fail most of six rules at once?", 550, report("crowded_step"), "crowded_step"),
    ask("What is the quality of our services?", 300, report("service_quality"), "Quality", blueprint="service"),
    ask("What is the quality of our incident reports?", 240, incidents, "Quality", blueprint="incident"),
]  # fmt: skip

FILTERED = [
    ask("How secure are the services of Backend?", 430, report("security_requirements", of_team("backend")),
        "security_requirements", where={"team": "Backend"}),
    ask("How ready are our Java services?", 650, report("production_readiness", prop("language", "Java")),
        "production_readiness", where={"language": "Java"}),
    ask("How secure are services that nobody is on call for?", 440,
        report("security_requirements", lambda it: not it["relations"].get("on_call")),
        "security_requirements", where={"on_call": None}),
    ask("Which services are in a branch that anybody may push to?", 490,
        failing_rule("security_requirements", "branch_protection"), "security_requirements", rule="branch_protection"),
    ask("Which services have no runbook?", 680, failing_rule("production_readiness", "has_runbook"),
        "production_readiness", rule="Has a runbook"),
    ask("Which services of Payments are not classified?", 270,
        failing_rule("security_requirements", "classified", of_team("payments")),
        "security_requirements", rule="classified", where={"team": "Payments"}),
    ask("Which services still run on Java, against the rule?", 390, failing_rule("negations", "not_java"),
        "negations", rule="not_java"),
    ask("Which services have nobody on call, as the relations scorecard sees it?", 360,
        failing_rule("relations", "on_call"), "relations", rule="on_call"),
    ask("Which services are Silver in production readiness?", 500, on_level("production_readiness", "Silver"),
        "production_readiness", level="silver"),
    ask("Which services are Gold in security?", 340, on_level("security_requirements", "Gold"),
        "security_requirements", level="Gold"),
    ask("Which services are on level C of six?", 310, on_level("gaps_in_the_ladder", "C"),
        "gaps_in_the_ladder", level="c"),
    ask("Which tier 2 services are Basic in security?", 450,
        on_level("security_requirements", "Basic", prop("tier", "Tier 2")),
        "security_requirements", level="Basic", where={"tier": "Tier 2"}),
]  # fmt: skip

GROUPED = [
    ask("Which teams are the worst at security?", 520, groups("security_requirements", "team", teams_of),
        "security_requirements", group_by="team"),
    ask("Which languages are the least ready for production?", 200,
        groups("production_readiness", "language", by("language")), "production_readiness", group_by="language"),
    ask("Which tiers climb the ladder of six levels?", 190, groups("gaps_in_the_ladder", "tier", by("tier")),
        "gaps_in_the_ladder", group_by="tier"),
    ask("Which domains miss security reviews?", 260, groups("dates", "domain", by_domain), "dates", group_by="domain"),
    ask("Which lifecycles pass the coverage gate?", 140, groups("two_steps", "lifecycle", by("lifecycle")),
        "two_steps", group_by="lifecycle"),
    ask("How do Backend and Payments compare on security?", 200, two_teams, "security_requirements",
        group_by="team", where={"team": ["Backend", "Payments"]}),
    ask("How do all scorecards of services compare?", 570, compared, blueprint="service"),
]  # fmt: skip

GAPS = [
    ask("What's preventing InventoryService from reaching Gold?", 120,
        gap("production_readiness", "InventoryService", "Gold"), "production readiness", "scorecard_gap",
        identifiers=["InventoryService"], level="Gold"),
    ask("What keeps InventoryService from Silver?", 60, gap("production_readiness", "InventoryService", "Silver"),
        "production_readiness", "scorecard_gap", identifiers=["InventoryService"], level="Silver"),
    ask("Why is OrderProcessing not Gold in security?", 70, gap("security_requirements", "OrderProcessing", "Gold"),
        "security_requirements", "scorecard_gap", identifiers=["OrderProcessing"]),
    ask("Which of six rules does PaymentGateway fail?", 60, gap("crowded_step", "PaymentGateway", "Gold"),
        "crowded_step", "scorecard_gap", identifiers=["PaymentGateway"]),
    ask("What would take EventBus to level E?", 20, gap("gaps_in_the_ladder", "EventBus", "E"),
        "gaps_in_the_ladder", "scorecard_gap", identifiers=["EventBus"], level="E"),
    ask("What is there to do about InventoryService's dates?", 60, gap("dates", "InventoryService", "Silver"),
        "dates", "scorecard_gap", identifiers=["InventoryService"]),
    ask("Why is DesignSystem not judged?", 30,
        holds(lambda _: "does not judge DesignSystem: its filter asks type is not library"),
        "production_readiness", "scorecard_gap", identifiers=["DesignSystem"]),
]  # fmt: skip

AHEAD = [
    ask("What would a rule for an SLO target do to security levels?", 460, moved("security_requirements", with_slo),
        "security_requirements", "simulate_scorecard", rules=[SLO]),
    ask("What if the coverage gate asked for 85 %?", 340, moved("two_steps", stricter), "two_steps",
        "simulate_scorecard", rules=[stricter({})["rules"][0]]),
    ask("What if production readiness asked for no coverage at Silver?", 550,
        moved("production_readiness", without_coverage), "production_readiness", "simulate_scorecard",
        remove_rules=["coverage_60"]),
    ask("How would services do on a new scorecard with two rules?", 330, simulated(shape("x", ON_CALL, TESTED)),
        tool="simulate_scorecard", blueprint="service", rules=[ON_CALL, TESTED]),
    ask("How would it be for Go services alone?", 320, simulated(shape("x", ON_CALL, TESTED, filter=IN_GO)),
        tool="simulate_scorecard", blueprint="service", rules=[ON_CALL, TESTED], filter=IN_GO),
    ask("How would it be on a ladder of our own?", 270,
        simulated(shape("x", {**TESTED, "level": "Fine"}, levels=["Poor", "Fine"])),
        tool="simulate_scorecard", blueprint="service", rules=[{**TESTED, "level": "Fine"}], levels=["Poor", "Fine"]),
    ask("What should Backend do next for production readiness?", 290,
        lifts("production_readiness", of_team("backend")), "production_readiness", "suggest_next_steps",
        team="Backend"),
    ask("What lifts most services in security?", 310, lifts("security_requirements"), "security_requirements",
        "suggest_next_steps"),
    ask("What lifts most of the crowded ones?", 240, lifts("crowded_step"), "crowded_step", "suggest_next_steps"),
    ask("Which scorecards do we have?", 360, number(lambda it: len(it.scorecards) + 1), tool="list_scorecards"),
    ask("What does the scorecard with a filter on a relation ask exactly?", 230,
        holds(lambda _: '"filter":{"combinator":"and","conditions":[{"relation":"on_call","operator":"isNotEmpty"}]}'),
        tool="list_scorecards", identifiers=["filtered_by_a_relation"]),
]  # fmt: skip

SCORECARDS = [*REPORTS, *FILTERED, *GROUPED, *GAPS, *AHEAD]
