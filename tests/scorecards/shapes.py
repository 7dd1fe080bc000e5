"""Scorecards of many shapes on the demo's blueprints: ladders, filters, combinators, negations, relations."""

from typing import Any

from tests.truth import Truth


def rule(identifier: str, level: str, *conditions: dict[str, Any], combinator: str = "and") -> dict[str, Any]:
    query = {"combinator": combinator, "conditions": list(conditions)}
    return {"identifier": identifier, "title": identifier.replace("_", " "), "level": level, "query": query}


def has(name: str, operator: str, value: Any = None, **more: Any) -> dict[str, Any]:
    condition = {"property": name, "operator": operator, **more}
    return condition if value is None else {**condition, "value": value}


def related(name: str, operator: str, value: Any = None) -> dict[str, Any]:
    condition = {"relation": name, "operator": operator}
    return condition if value is None else {**condition, "value": value}


def shape(identifier: str, *rules: dict[str, Any], levels: list[str] | None = None, **more: Any) -> dict[str, Any]:
    colors = ["red", "orange", "yellow", "green", "blue", "purple"]
    ladder = [{"title": title, "color": color} for title, color in zip(levels or [], colors, strict=False)]
    return {
        "identifier": identifier,
        "title": identifier.replace("_", " ").title(),
        "rules": list(rules),
        **({"levels": ladder} if ladder else {}),
        **more,
    }


def only(*conditions: dict[str, Any], combinator: str = "and") -> dict[str, Any]:
    return {"combinator": combinator, "conditions": list(conditions)}


SHAPES: list[tuple[str, dict[str, Any]]] = [
    ("service", shape("one_rule", rule("owned", "Bronze", has("$team", "isNotEmpty")))),
    (
        "service",
        shape(
            "two_steps",
            rule("tested", "Pass", has("test_coverage", ">=", 70)),
            levels=["Fail", "Pass"],
        ),
    ),
    (
        "service",
        shape(
            "gaps_in_the_ladder",
            rule("few_bugs", "C", has("bug_count", "<", 15)),
            rule("tiered", "E", has("tier", "in", ["Tier 1", "Tier 2"])),
            levels=["A", "B", "C", "D", "E", "F"],
        ),
    ),
    (
        "service",
        shape(
            "either_or",
            rule("documented", "Silver", has("readme", "isNotEmpty"), has("runbook", "isNotEmpty"), combinator="or"),
            rule("watched", "Gold", has("slo_dashboard", "isNotEmpty"), has("health_dashboard", "isNotEmpty")),
        ),
    ),
    (
        "service",
        shape(
            "negations",
            rule("classified", "Silver", has("data_classification", "isEmpty", **{"not": True})),
            rule("not_retired", "Bronze", has("lifecycle", "!=", "Retired")),
            rule("not_java", "Gold", has("language", "doesNotContains", "Java")),
        ),
    ),
    (
        "service",
        shape(
            "relations",
            rule("in_a_domain", "Bronze", related("domain", "isNotEmpty")),
            rule("on_call", "Silver", related("on_call", "isNotEmpty")),
            rule("not_in_runtime", "Gold", related("system", "!=", "runtime")),
        ),
    ),
    (
        "service",
        shape(
            "dates",
            rule("reviewed", "Silver", has("last_security_review", "between", {"preset": "last6Months"})),
            rule("deployed", "Bronze", has("last_deployed_at", "between", {"preset": "lastMonth"})),
        ),
    ),
    (
        "service",
        shape(
            "filtered_by_two",
            rule("tested", "Gold", has("test_coverage", ">", 50)),
            filter=only(has("type", "=", "microservice"), has("lifecycle", "=", "Production")),
        ),
    ),
    (
        "service",
        shape(
            "filtered_by_either",
            rule("scanned", "Bronze", has("secret_scanning", "=", True)),
            rule("protected", "Silver", has("branch_protection", "=", True)),
            filter=only(has("language", "=", "Go"), has("tier", "=", "Tier 1"), combinator="or"),
        ),
    ),
    (
        "service",
        shape(
            "filtered_by_a_relation",
            rule("cheap", "Bronze", has("monthly_cost_usd", "<=", 500)),
            filter=only(related("on_call", "isNotEmpty")),
        ),
    ),
    (
        "service",
        shape(
            "mirrors_and_counts",
            rule("quiet", "Bronze", has("open_incidents", "=", 0)),
            rule("named_domain", "Silver", has("domain_title", "beginsWith", "P")),
        ),
    ),
    (
        "service",
        shape(
            "crowded_step",
            *(
                rule(identifier, "Gold", has(name, operator, value))
                for identifier, name, operator, value in [
                    ("a", "test_coverage", ">=", 60),
                    ("b", "bug_count", "<=", 8),
                    ("c", "secret_scanning", "=", True),
                    ("d", "static_analysis", "=", True),
                    ("e", "tier", "=", "Tier 1"),
                    ("f", "high_vulnerabilities", "<=", 2),
                ]
            ),
        ),
    ),
    (
        "incident",
        {**shape("incident_quality", rule("resolved", "Gold", has("status", "=", "Resolved"))), "title": "Quality"},
    ),
    (
        "service",
        {**shape("service_quality", rule("tested", "Gold", has("test_coverage", ">=", 70))), "title": "Quality"},
    ),
]


def truth_with_shapes(organisation: Any) -> Truth:
    """Returns the true answers about an organisation that has these scorecards as well.

    What Port mirrors and aggregates for their conditions is worked out here.
    """
    truth = Truth(organisation)
    open_incidents = dict.fromkeys(truth.services, 0)
    for incident in truth.incidents:
        if incident["properties"]["status"] != "Resolved":
            open_incidents[incident["relations"]["service"]] += 1
    titles = {entity["identifier"]: entity["title"] for name, entity in organisation.entities() if name == "domain"}
    for name, service in truth.services.items():
        service["properties"]["open_incidents"] = open_incidents[name]
        domain = service["relations"].get("domain")
        if domain:
            service["properties"]["domain_title"] = titles[domain]
    truth.scorecards |= {document["identifier"]: document for blueprint, document in SHAPES if blueprint == "service"}
    return truth
