"""Questions about dependencies, delivery and incidents, history, and several organisations."""

import re
from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from statistics import median
from typing import Any

from tests.answers import headline, rows
from tests.questions.question import holds, number, table
from tests.questions.services import ask
from tests.truth import Truth, instant, week

from quaymaster_sandbox.demo import build


def tree(up: bool, depth: int, service: str = "OrderProcessing") -> Any:
    """Holds that the tree has exactly what the graph has; of a large one, the number."""

    def check(text: str, truth: Truth) -> None:
        expected = (truth.dependencies_of if up else truth.dependents_of)(service, depth)
        direct = sum(hops == 1 for hops in expected.values())
        says = f"{'depends on' if up else 'is depended on by'} {direct:,}"
        assert says + (f", {len(expected):,} within" if depth > 1 else "") in headline(text)
        lines = re.findall(r"^ +(\S+)$", text, re.MULTILINE)
        assert set(lines) <= set(expected)
        assert len(lines) == len(expected) or "not shown" in text

    return check


DEPENDENCIES = [
    ask(
        "dependencies",
        "What are the dependencies of the 'OrderProcessing' service?",
        62,
        tree(up=True, depth=1),
        tool="trace_dependencies",
        identifier="OrderProcessing",
        direction="upstream",
    ),
    ask(
        "dependencies",
        "Who depends on OrderProcessing?",
        62,
        tree(up=False, depth=1),
        tool="trace_dependencies",
        identifier="OrderProcessing",
        direction="downstream",
    ),
    ask(
        "dependencies",
        "What does OrderProcessing depend on, directly and indirectly?",
        200,
        tree(up=True, depth=4),
        tool="trace_dependencies",
        identifier="OrderProcessing",
        direction="upstream",
        depth=4,
    ),
    ask(
        "dependencies",
        "What breaks if PricingEngine is down?",
        2600,
        tree(up=False, depth=3, service="PricingEngine"),
        tool="trace_dependencies",
        identifier="PricingEngine",
        direction="downstream",
        depth=3,
    ),
    ask(
        "dependencies",
        "How does CheckoutFrontend come to depend on EventBus?",
        45,
        holds(
            lambda it: (
                f"EventBus over {it.dependencies_of('CheckoutFrontend', 9)['EventBus']} steps: CheckoutFrontend → "
            )
        ),
        tool="trace_dependencies",
        identifier="CheckoutFrontend",
        to="EventBus",
        direction="upstream",
    ),
    ask(
        "dependencies",
        "Which services depend directly on PaymentGateway and are tier 1?",
        60,
        number(
            lambda it: sum(
                it.services[name]["properties"]["tier"] == "Tier 1" for name in it.dependents_of("PaymentGateway")
            )
        ),
        tool="list_entities",
        where={"depends_on": "PaymentGateway", "tier": "Tier 1"},
    ),
    ask(
        "dependencies",
        "What runs InventoryService, and where?",
        110,
        number(
            lambda it: sum(
                name == "workload" and entity["relations"].get("service") == "InventoryService"
                for name, entity in it.organisation.entities()
            )
        ),
        tool="list_entities",
        blueprint="workload",
        where={"service": "InventoryService"},
        columns=["environment.title", "health"],
    ),
]


def last_week(truth: Truth) -> Counter[str]:
    counts = truth.deployments_between(truth.now - timedelta(days=7), truth.now)
    names = {team["identifier"]: team["name"] for team in truth.organisation.teams}
    return Counter({names.get(team, "(none)"): count for team, count in counts.items()})


def of_team(truth: Truth, entities: list[Any], team: str, prop: str) -> list[float]:
    return [it["properties"][prop] for it in entities if team in it.get("team", []) and prop in it["properties"]]


def by_week(truth: Truth) -> Mapping[str, int]:
    start = truth.now - timedelta(days=30)
    return Counter(
        week(it["properties"]["created_at"])
        for it in truth.deployments
        if start <= instant(it["properties"]["created_at"]) <= truth.now
    )


DORA = [
    ask(
        "DORA",
        "How many deployments did we have last week, by team?",
        250,
        table("team", "count", last_week),
        blueprint="deployment",
        where={"created_at": "lastWeek"},
        group_by="team",
    ),
    ask(
        "DORA",
        "What is the payments team's MTTR?",
        40,
        holds(
            lambda it: f"average(recovery_minutes) = {it.mean_minutes_to_recovery('payments'):,.2f}".rstrip("0").rstrip(
                "."
            )
        ),
        tool="aggregate_entities",
        blueprint="incident",
        measures=["average(recovery_minutes)"],
        where={"team": "payments"},
    ),
    ask(
        "DORA",
        "What is the change failure rate of Backend and of Payments?",
        80,
        table(
            "team",
            "share",
            lambda it: {"Backend": it.change_failure_rate("backend"), "Payments": it.change_failure_rate("payments")},
            2,
        ),
        tool="aggregate_entities",
        blueprint="deployment",
        measures=["share"],
        share_of={"status": ["Failed", "Rolled back"]},
        where={"team": ["Backend", "Payments"]},
        group_by="team",
    ),
    ask(
        "DORA",
        "What is the median lead time for change, by team?",
        280,
        table(
            "team",
            "median(lead_time_hours)",
            lambda it: (
                {
                    team["name"]: it.median_lead_time_hours(team["identifier"])
                    for team in it.organisation.teams
                    if of_team(it, it.deployments, team["identifier"], "lead_time_hours")
                }
                | unowned_median(it)
            ),
            1,
        ),
        tool="aggregate_entities",
        blueprint="deployment",
        measures=["median(lead_time_hours)"],
        group_by="team",
    ),
    ask(
        "DORA",
        "How often did we deploy in each of the last weeks?",
        110,
        table("created_at:week", "count", by_week),
        blueprint="deployment",
        where={"created_at": "lastMonth"},
        group_by="created_at:week",
    ),
    ask(
        "DORA",
        "How many incidents of which severity are open?",
        70,
        table(
            "severity",
            "count",
            lambda it: Counter(
                incident["properties"]["severity"]
                for incident in it.incidents
                if incident["properties"]["status"] != "Resolved"
            ),
        ),
        blueprint="incident",
        where={"status": {"!=": "Resolved"}},
        group_by="severity",
    ),
    ask(
        "DORA",
        "Compare lead time and deployments of Search and Analytics.",
        110,
        holds(
            lambda it: f"Search\t{len(of_team(it, it.deployments, 'search', 'lead_time_hours'))}\t",
            lambda it: f"Analytics\t{len(of_team(it, it.deployments, 'analytics', 'lead_time_hours'))}\t",
        ),
        tool="aggregate_entities",
        blueprint="deployment",
        measures=["count", "median(lead_time_hours)", "p90(lead_time_hours)"],
        where={"team": ["Search", "Analytics"]},
        group_by="team",
    ),
    ask(
        "DORA",
        "How many incidents were caused by a deployment?",
        40,
        number(lambda it: sum(bool(incident["relations"].get("caused_by")) for incident in it.incidents)),
        blueprint="incident",
        where={"caused_by": {"!=": None}},
    ),
]


def unowned_median(truth: Truth) -> dict[str, float]:
    values = [it["properties"]["lead_time_hours"] for it in truth.deployments if not it.get("team")]
    return {"(none)": median(values)} if values else {}


def both_changes(text: str, truth: Truth) -> None:
    assert [(row["property"], row["before"], row["after"]) for row in rows(text)][:2] == [
        ("slack_channel", "#elsewhere", truth.services["DesignSystem"]["properties"]["slack_channel"]),
        ("slack_channel", truth.services["DesignSystem"]["properties"]["slack_channel"], "#elsewhere"),
    ]


HISTORY = [
    ask(
        "history",
        "What changed on DesignSystem lately?",
        160,
        both_changes,
        tool="entity_history",
        identifier="DesignSystem",
    ),
    ask(
        "history",
        "Who changed the Slack channel of DesignSystem, and when?",
        160,
        both_changes,
        tool="entity_history",
        identifier="DesignSystem",
        property="Slack channel",
    ),
    ask(
        "history",
        "What was the last change of DesignSystem?",
        110,
        holds(lambda _: "2 changes of DesignSystem", lambda _: "rows 1-1 of 2"),
        tool="entity_history",
        identifier="DesignSystem",
        limit=1,
    ),
]

OTHER = {"services": 60, "seed": 2}
"""The organisation `acme-us`; the one that most questions are about is `acme-eu`."""


def other(truth: Truth) -> Truth:
    return Truth(build(**OTHER, now=truth.now))


ORGANISATIONS = [
    ask(
        "organisations",
        "How many services do our organisations have in production?",
        60,
        holds(
            lambda it: f"acme-eu: {len(it.in_production()):,} service",
            lambda it: f"acme-us: {len(other(it).in_production())} service",
        ),
        where={"lifecycle": "Production"},
        profiles=["acme-eu", "acme-us"],
    ),
    ask(
        "organisations",
        "Who owns InventoryService in each organisation?",
        45,
        holds(lambda _: "acme-eu: InventoryService: team = Backend; acme-us: InventoryService: team = Backend"),
        tool="get_entities_by_identifiers",
        identifiers=["InventoryService"],
        columns=["team"],
        profiles=["*"],
    ),
    ask(
        "organisations",
        "Which retired services does acme-us have?",
        150,
        number(lambda it: len(other(it).where(lifecycle="Retired"))),
        tool="list_entities",
        where={"lifecycle": "Retired"},
        profiles=["acme-us"],
    ),
    ask(
        "organisations",
        "Which of all our services have more than 50 bugs?",
        400,
        holds(
            lambda it: f"acme-eu: {sum(s['properties']['bug_count'] > 50 for s in it.services.values()):,} service",
            lambda it: (
                f"acme-us: {sum(s['properties']['bug_count'] > 50 for s in other(it).services.values())} service"
            ),
        ),
        tool="list_entities",
        where={"bug_count": {">": 50}},
        columns=["bug_count"],
        profiles=["acme-eu", "acme-us"],
    ),
]
