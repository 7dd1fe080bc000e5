"""Questions whose calls are written as people speak: parts of names, other words, titles, relative dates."""

from collections import Counter
from datetime import timedelta
from statistics import mean
from typing import Any

from tests.answers import headline
from tests.questions.people import on_call, title
from tests.questions.question import Check, Question, holds, line, names, number, table
from tests.questions.services import amount, ask, most, percentile, services
from tests.truth import Truth, instant


def said(text: str, of: Check) -> Check:
    """Holds that the headline says what was understood, and the rest."""

    def check(answer: str, truth: Truth) -> None:
        assert text in headline(answer)
        of(answer, truth)

    return check


def since(truth: Truth, entities: list[Any], days: int, **properties: str) -> list[dict[str, Any]]:
    """Returns the properties of the entities of the last days that have these values."""
    start = truth.now - timedelta(days=days)
    found = [it["properties"] for it in entities if start < instant(it["properties"]["created_at"]) <= truth.now]
    return [it for it in found if all(it.get(name) == value for name, value in properties.items())]


def of_domain(truth: Truth, domain: str) -> list[dict[str, Any]]:
    return [it["properties"] for it in truth.services.values() if it["relations"]["domain"] == domain]


def costs(truth: Truth) -> dict[str, float]:
    titles = {it["identifier"]: it["title"] for name, it in truth.organisation.entities() if name == "domain"}
    return {text: sum(it["monthly_cost_usd"] for it in of_domain(truth, name)) for name, text in titles.items()}


def around_inventory(truth: Truth) -> int:
    related = Counter(
        name
        for name, it in truth.organisation.entities()
        for end in it.get("relations", {}).values()
        if "InventoryService" in (end if isinstance(end, list) else [end])
    )
    return sum(related.values())


def recovery_by_severity(truth: Truth) -> dict[str, float]:
    solved = [it["properties"] for it in truth.incidents if "recovery_minutes" in it["properties"]]
    return {
        severity: percentile([it for it in solved if it["severity"] == severity], "recovery_minutes", 90)
        for severity in {it["severity"] for it in solved}
    }


WORDING = [
    ask(
        "wording",
        "Which Go services does SRE own that are only experimental?",
        60,
        said(
            "team = sre, language = Go, lifecycle = Experimental",
            names(lambda it: it.owned_by("sre", language="Go", lifecycle="Experimental")),
        ),
        tool="list_entities",
        where={"owner": "SRE", "language": "go", "lifecycle": "experimental"},
    ),
    ask(
        "wording",
        "How many production services have a coverage under 50 and more than 20 bugs?",
        45,
        said(
            "test_coverage < 50, bug_count > 20",
            number(
                amount(
                    lambda it: (
                        it["lifecycle"] == "Production" and it.get("test_coverage", 100) < 50 and it["bug_count"] > 20
                    )
                )
            ),
        ),
        where={"lifecycle": "production", "coverage": {"lt": 50}, "bugs": {"$gt": 20}},
    ),
    ask(
        "wording",
        "How many services does the Trust & Risk domain have?",
        25,
        said("domain = risk", number(lambda it: len(of_domain(it, "risk")))),
        where={"domain": "Trust & Risk"},
    ),
    ask(
        "wording",
        "How many services are written in Kotlin or belong to Search?",
        45,
        number(
            lambda it: sum(
                entity["properties"]["language"] == "Kotlin" or "search" in it.owner_of(name)
                for name, entity in it.services.items()
            )
        ),
        where={"or": [{"language": "Kotlin"}, {"owner": "Search"}]},
    ),
    ask(
        "wording",
        "How many tier 1 services are not Platform's?",
        45,
        number(lambda it: len(it.where(tier="Tier 1")) - len(it.owned_by("platform", tier="Tier 1"))),
        where={"tier": "Tier 1", "owned_by": {"not": "Platform team"}},
    ),
    ask(
        "wording",
        "How many services are Gold in readiness?",
        30,
        said(
            "production_readiness = Gold",
            number(lambda it: sum(it.level_of(name, "production_readiness") == "Gold" for name in it.services)),
        ),
        where={"readiness": "gold"},
    ),
    ask(
        "wording",
        "Which five services in production are covered best?",
        140,
        most(
            "test_coverage",
            lambda it: [name for name in it.in_production() if "test_coverage" in it.services[name]["properties"]],
            5,
        ),
        tool="list_entities",
        where={"lifecycle": "Production"},
        columns=["coverage"],
        sort="coverage desc",
        limit=5,
    ),
    ask(
        "wording",
        "What does each domain cost a month?",
        160,
        table("domain_title", "sum(monthly_cost_usd)", costs, 1),
        tool="aggregate_entities",
        measures=["sum of monthly cost"],
        group_by="domain.title",
    ),
    ask(
        "wording",
        "How well are the Backend team's services covered on average?",
        45,
        line(
            lambda it: (
                f"average(test_coverage) = {round(mean(covered), 2):,}, "
                f"over {len(it.owned_by('backend')):,} service entities match team = backend"
                if (covered := it._values(it.services.values(), "backend", "test_coverage"))
                else ""
            )
        ),
        tool="aggregate_entities",
        measures=["avg coverage"],
        where={"team": "Backend team"},
    ),
    ask(
        "wording",
        "How many deployments have failed in the last 7 days?",
        45,
        number(lambda it: len(since(it, it.deployments, 7, status="Failed"))),
        blueprint="deployments",
        where={"status": "failed", "created_at": {"after": "7 days ago"}},
    ),
    ask(
        "wording",
        "How many incidents of which severity did the last 30 days bring?",
        90,
        table("severity", "count", lambda it: Counter(each["severity"] for each in since(it, it.incidents, 30))),
        blueprint="incidents",
        where={"created_at": "last 30 days"},
        group_by="severity",
    ),
    ask(
        "wording",
        "How long do nine of ten incidents take at most, by severity?",
        70,
        table("severity", "p90(recovery_minutes)", recovery_by_severity, 1),
        tool="aggregate_entities",
        blueprint="incident",
        measures=["p90(recovery_minutes)"],
        where={"recovery_minutes": {"not": None}},
        group_by="severity",
    ),
    ask(
        "wording",
        "How many services have not been deployed for 90 days?",
        40,
        number(
            lambda it: sum(
                instant(each["properties"]["last_deployed_at"]) < it.now - timedelta(days=90)
                for each in it.services.values()
                if "last_deployed_at" in each["properties"]
            )
        ),
        where={"last_deployed_at": {"before": "now-90d"}},
    ),
    ask(
        "wording",
        "How many teams' services would notice if EventBus stopped?",
        250,
        number(lambda it: len(it.dependents_of("EventBus"))),
        where={"depends_on": "event bus"},
        group_by="owner",
    ),
    ask(
        "wording",
        "What of any kind hangs on InventoryService?",
        250,
        holds(lambda it: f"InventoryService is depended on by {around_inventory(it):,} ("),
        tool="trace_dependencies",
        identifier="inventory service",
        relation="all",
        direction="downstream",
    ),
    ask("wording", "How many users are there?", 12, number(lambda it: len(it.organisation.users)), blueprint="users"),
    Question(
        "wording",
        "Who is on call for the SRE team, asked by its full name?",
        "who_is_on_call",
        {"team": "SRE team", "at": "now"},
        52,
        holds(lambda it: f"on call for {title(it, 'sre')}", lambda it: f": {on_call(it, 'sre', 'primary')} (primary"),
    ),
    Question(
        "wording",
        "Does anything wait for Priya Rossi?",
        "describe_user_details",
        {"user": "priya.rossi@lanternry.example"},
        200,
        holds(lambda _: "; no run waits for their approval"),
    ),
    ask(
        "wording",
        "Which services have neither coverage nor a runbook?",
        330,
        names(services(lambda it: "test_coverage" not in it and "runbook" not in it)),
        tool="list_entities",
        where={"coverage": None, "runbook": None},
    ),
]
