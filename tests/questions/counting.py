"""Questions that count and list."""

from tests.answers import rows
from tests.questions.question import holds, names, number, table
from tests.questions.services import amount, ask, most, services
from tests.truth import Truth


def tiers_by_lifecycle(text: str, truth: Truth) -> None:
    for row in rows(text):
        tier = row.pop("tier \\ lifecycle")
        assert {stage: int(count) for stage, count in row.items()} == {
            stage: len(truth.where(tier=tier, lifecycle=stage)) for stage in row
        }
    assert len(rows(text)) == 3


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
        300,
        holds(
            lambda _: "owner: Backend\n",
            lambda it: f"Production Readiness: {it.level_of('InventoryService', 'production_readiness')} (",
            lambda _: "\non call",
        ),
        tool="describe_entity",
        identifier="InventoryService",
    ),
]
