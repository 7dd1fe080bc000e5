"""Questions that compare, and that look for what is missing."""

from collections import Counter

from tests.answers import rows
from tests.questions.question import holds, names, number, table
from tests.questions.services import amount, ask, by, mean_of, percentile, services
from tests.truth import Truth


def bugs_and_coverage(text: str, truth: Truth) -> None:
    found = [line.split("\t") for line in text.split("```")[1].split("\n")[2:-1]]
    wanted = {name: values for name, *values in truth.java_microservices_bugs_coverage()}
    assert len(found) == min(200, len(wanted))
    for name, bugs, coverage in found:
        assert [float(bugs), float(coverage) if coverage else None] == wanted[name]


def levels_by_team(text: str, truth: Truth) -> None:
    found = {
        (row["production_readiness \\ team"], team): int(row[team] or 0)
        for row in rows(text)
        for team in ("Backend", "Payments")
    }
    for (level, team), count in found.items():
        of_team = [truth.level_of(name, "production_readiness") or "(none)" for name in truth.owned_by(team.lower())]
        assert of_team.count(level) == count
    assert sum(found.values()) == len(truth.owned_by("backend")) + len(truth.owned_by("payments"))


COMPARISON = [
    ask(
        "comparison",
        "Show me the bug count vs. test coverage for all Java microservices.",
        2261,
        bugs_and_coverage,
        tool="list_entities",
        where={"type": "microservice", "language": "Java"},
        columns=["bug_count", "test_coverage"],
        limit=200,
    ),
    ask(
        "comparison",
        "Which language has the best test coverage on average?",
        140,
        table("language", "average(test_coverage)", by("language", lambda group: mean_of(group, "test_coverage")), 1),
        tool="aggregate_entities",
        measures=["average(test_coverage)"],
        group_by="language",
    ),
    ask(
        "comparison",
        "What do services cost by tier, in sum?",
        80,
        table(
            "tier", "sum(monthly_cost_usd)", by("tier", lambda group: sum(it["monthly_cost_usd"] for it in group)), 1
        ),
        tool="aggregate_entities",
        measures=["sum(monthly_cost_usd)"],
        group_by="tier",
    ),
    ask(
        "comparison",
        "What is the 90th percentile of bugs, by type of service?",
        110,
        table("type", "p90(bug_count)", by("type", lambda group: percentile(group, "bug_count", 90)), 1),
        tool="aggregate_entities",
        measures=["p90(bug_count)"],
        group_by="type",
    ),
    ask(
        "comparison",
        "What share of the services in each tier has no runbook?",
        80,
        table("tier", "share", by("tier", lambda group: sum("runbook" not in it for it in group) / len(group)), 2),
        tool="aggregate_entities",
        measures=["share"],
        share_of={"runbook": None},
        group_by="tier",
    ),
    ask(
        "comparison",
        "How do the levels of Production Readiness differ between Backend and Payments?",
        170,
        levels_by_team,
        where={"team": ["Backend", "Payments"]},
        group_by=["production_readiness", "team"],
    ),
]

MISSING = [
    ask(
        "missing data",
        "Which of our services are missing critical monitoring dashboards?",
        343,
        names(Truth.missing_dashboards),
        tool="list_entities",
        where={"has_critical_dashboards": False},
    ),
    ask(
        "missing data",
        "Which tier 1 services have no runbook?",
        320,
        names(services(lambda it: it["tier"] == "Tier 1" and "runbook" not in it)),
        tool="list_entities",
        where={"tier": "Tier 1", "runbook": None},
    ),
    ask(
        "missing data",
        "How many services have neither a README nor a runbook?",
        35,
        number(amount(lambda it: "readme" not in it and "runbook" not in it)),
        where={"readme": None, "runbook": None},
    ),
    ask(
        "missing data",
        "Which services were never reviewed for security, by team?",
        260,
        table(
            "team",
            "count",
            lambda it: Counter(
                next(
                    (team["name"] for team in it.organisation.teams if team["identifier"] in it.owner_of(name)),
                    "(none)",
                )
                for name in services(lambda p: "last_security_review" not in p)(it)
            ),
        ),
        where={"last_security_review": None},
        group_by="team",
    ),
    ask(
        "missing data",
        "Who owns ReportingService?",
        70,
        holds(lambda _: "no such service: ReportingService", lambda _: "does not exist; nearest: "),
        tool="get_entities_by_identifiers",
        identifiers=["ReportingService"],
        columns=["team"],
    ),
]
