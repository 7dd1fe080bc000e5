"""Questions that count, list and compare."""

from collections import Counter
from collections.abc import Callable
from typing import Any

from tests.answers import rows
from tests.questions.question import Check, Question, holds, names, number, table
from tests.truth import Truth


def services(condition: Callable[[dict[str, Any]], Any]) -> Callable[[Truth], list[str]]:
    """Returns what gives the services whose properties meet a condition."""
    return lambda it: [name for name, service in it.services.items() if condition(service["properties"])]


def amount(condition: Callable[[dict[str, Any]], Any]) -> Callable[[Truth], int]:
    return lambda it: len(services(condition)(it))


def by(prop: str, figure: Callable[[list[dict[str, Any]]], float]) -> Callable[[Truth], dict[str, float]]:
    """Returns what gives a figure of the services for each value of a property."""

    def compute(truth: Truth) -> dict[str, float]:
        groups: dict[str, list[dict[str, Any]]] = {}
        for service in truth.services.values():
            groups.setdefault(service["properties"].get(prop, "(none)"), []).append(service["properties"])
        return {name: figure(group) for name, group in groups.items()}

    return compute


def most(prop: str, expected: Callable[[Truth], list[str]], count: int) -> Check:
    """Holds that the rows begin with the highest values of a property."""

    def check(text: str, truth: Truth) -> None:
        values = sorted((truth.services[name]["properties"][prop] for name in expected(truth)), reverse=True)[:count]
        shown = [line.split("\t")[1] for line in text.split("\n")[3 : 3 + count]]
        assert [float(value) for value in shown] == values

    return check


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


def tiers_by_lifecycle(text: str, truth: Truth) -> None:
    for row in rows(text):
        tier = row.pop("tier \\ lifecycle")
        assert {stage: int(count) for stage, count in row.items()} == {
            stage: len(truth.where(tier=tier, lifecycle=stage)) for stage in row
        }
    assert len(rows(text)) == 3


def mean_of(group: list[dict[str, Any]], prop: str) -> float:
    values = [it[prop] for it in group if prop in it]
    return sum(values) / len(values)


def percentile(group: list[dict[str, Any]], prop: str, percent: int) -> float:
    values = sorted(it[prop] for it in group)
    place = (len(values) - 1) * percent / 100
    below = int(place)
    above = min(below + 1, len(values) - 1)
    return values[below] + (values[above] - values[below]) * (place - below)


def ask(
    topic: str,
    question: str,
    tokens: int,
    check: Check,
    /,
    tool: str = "count_entities",
    blueprint: str | None = "service",
    **arguments: Any,
) -> Question:
    """Returns a question about services, if it does not say otherwise."""
    named = {} if blueprint is None else {"blueprint": blueprint}
    return Question(topic, question, tool, {**named, **arguments}, tokens, check)


COUNTING = [
    ask(
        "counting",
        "How many services do we have in production?",
        27,
        number(lambda it: len(it.in_production())),
        where={"lifecycle": "Production"},
    ),
    ask("counting", "How many services are there?", 12, number(lambda it: len(it.services))),
    ask(
        "counting",
        "How many services use which language?",
        80,
        table("language", "count", lambda it: it.services_by("language")),
        group_by="language",
    ),
    ask(
        "counting",
        "How are services spread over tiers and lifecycles?",
        110,
        tiers_by_lifecycle,
        group_by=["tier", "lifecycle"],
    ),
    ask(
        "counting",
        "How many Java or Kotlin services have more than 20 bugs?",
        40,
        number(amount(lambda it: it["language"] in ("Java", "Kotlin") and it["bug_count"] > 20)),
        where={"language": ["Java", "Kotlin"], "bug_count": {">": 20}},
    ),
    ask(
        "counting",
        "How many services handle restricted data and have critical vulnerabilities?",
        45,
        number(amount(lambda it: it.get("data_classification") == "Restricted" and it["critical_vulnerabilities"] > 0)),
        where={"data_classification": "Restricted", "critical_vulnerabilities": {">": 0}},
    ),
    ask(
        "counting",
        "How many workloads are degraded?",
        25,
        number(
            lambda it: sum(
                entity["properties"]["health"] == "Degraded"
                for name, entity in it.organisation.entities()
                if name == "workload"
            )
        ),
        blueprint="workload",
        where={"health": "Degraded"},
    ),
    ask(
        "counting",
        "How many pull requests are open?",
        25,
        number(
            lambda it: sum(
                entity["properties"]["status"] == "Open"
                for name, entity in it.organisation.entities()
                if name == "pull_request"
            )
        ),
        blueprint="pull request",
        where={"status": "open"},
    ),
    ask(
        "counting",
        "What kinds of things are in the catalog, and how many of each?",
        220,
        holds(
            lambda it: f"\t{it.counts['service']}\n",
            lambda it: f"\t{it.counts['deployment']}\n",
            lambda it: f"\t{it.counts['workload']}\n",
        ),
        tool="list_blueprints",
        blueprint=None,
        counts=True,
    ),
    ask(
        "counting",
        "How many services are in the Ordering system?",
        25,
        number(lambda it: sum(entity["relations"]["system"] == "ordering" for entity in it.services.values())),
        where={"system.title": "Ordering"},
    ),
]

LISTS = [
    ask(
        "lists",
        "Which production services of tier 1 have test coverage below 60 %?",
        700,
        names(
            services(
                lambda it: (
                    it["lifecycle"] == "Production" and it["tier"] == "Tier 1" and it.get("test_coverage", 100) < 60
                )
            )
        ),
        tool="list_entities",
        where={"lifecycle": "Production", "tier": "Tier 1", "test_coverage": {"<": 60}},
        columns=["test_coverage"],
    ),
    ask(
        "lists",
        "Which ten services have the most bugs?",
        130,
        most("bug_count", lambda it: list(it.services), 10),
        tool="list_entities",
        columns=["bug_count"],
        sort="-bug_count",
        limit=10,
    ),
    ask(
        "lists",
        "Which of the Payments team's services cost the most?",
        130,
        most("monthly_cost_usd", lambda it: it.owned_by("payments"), 5),
        tool="list_entities",
        where={"team": "payments"},
        columns=["monthly_cost_usd"],
        sort="-monthly_cost_usd",
        limit=5,
    ),
    ask(
        "lists",
        "Which services are tagged pci or gdpr and are customer-facing?",
        350,
        names(services(lambda it: {"pci", "gdpr"} & set(it["tags"]) and "customer-facing" in it["tags"])),
        tool="list_entities",
        where={
            "combinator": "and",
            "rules": [
                {"property": "tags", "operator": "containsAny", "value": ["pci", "gdpr"]},
                {"property": "tags", "operator": "contains", "value": "customer-facing"},
            ],
        },
    ),
    ask(
        "lists",
        "Which services of the Commerce domain are retired?",
        320,
        names(
            lambda it: [
                name for name in it.where(lifecycle="Retired") if it.services[name]["relations"]["domain"] == "commerce"
            ]
        ),
        tool="list_entities",
        where={"domain.title": "Commerce", "lifecycle": "Retired"},
    ),
    ask(
        "lists",
        "Which services have Gold in Security Requirements?",
        330,
        names(lambda it: [name for name in it.services if it.level_of(name, "security_requirements") == "Gold"]),
        tool="list_entities",
        where={"Security Requirements": "Gold"},
    ),
    ask(
        "lists",
        "Which services of the Platform team are at Basic in Production Readiness?",
        200,
        names(
            lambda it: [
                name for name in it.owned_by("platform") if it.level_of(name, "production_readiness") == "Basic"
            ]
        ),
        tool="list_entities",
        where={"production_readiness": "Basic", "team": "Platform"},
    ),
    ask(
        "lists",
        "What is there about inventory?",
        170,
        holds(lambda _: "\nInventoryService\tInventoryService\tservice\n"),
        tool="search_catalog",
        blueprint=None,
        text="inventory service",
    ),
    ask(
        "lists",
        "Find the notification dispacher.",
        220,
        holds(lambda _: "\nNotificationDispatcher\tNotificationDispatcher\tservice\n"),
        tool="search_catalog",
        blueprint=None,
        text="notification dispacher",
    ),
    ask(
        "lists",
        "Tell me about InventoryService.",
        450,
        holds(
            lambda _: "owner: Backend\n",
            lambda it: f"Production Readiness: {it.level_of('InventoryService', 'production_readiness')} (",
            lambda _: "\non call",
        ),
        tool="describe_entity",
        identifier="InventoryService",
    ),
]

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
