"""The blueprint `service`, about which most questions are asked."""

from quaymaster_sandbox.demo.names import SERVICE_TYPES
from quaymaster_sandbox.demo.schema import (
    DIRECT,
    Document,
    blueprint,
    choice_property,
    count,
    flag_property,
    instant_property,
    number_property,
    relation,
    text_property,
    url_property,
    user_property,
)

LANGUAGES = ("Java", "Kotlin", "Python", "Go", "TypeScript", "Ruby", "Scala", "Rust")
LIFECYCLES = ("Experimental", "Development", "Production", "Retired")


def service_blueprint() -> Document:
    """Returns the service blueprint."""
    return blueprint(
        "service",
        "Service",
        "Microservice",
        _service_basics() | _service_quality() | _service_security(),
        description="Something that a team builds, releases and looks after.",
        required=["type", "language", "lifecycle"],
        relations={
            "domain": relation("Domain", "domain"),
            "system": relation("System", "system"),
            "environments": relation("Environments", "environment", many=True),
            "depends_on": relation("Depends on", "service", many=True),
            "on_call": relation("On-call schedule", "oncall_schedule"),
        },
        mirrorProperties={
            "domain_title": {"title": "Domain name", "path": "domain.$title"},
            "on_call_rotation": {"title": "On-call rotation", "path": "on_call.rotation"},
        },
        calculationProperties={
            "repository_name": {
                "title": "Repository name",
                "type": "string",
                "calculation": '.properties.repository | split("/") | .[-2:] | join("/")',
            }
        },
        aggregationProperties={
            "open_incidents": count(
                "Open incidents",
                "incident",
                "service",
                {"combinator": "and", "rules": [{"property": "status", "operator": "!=", "value": "Resolved"}]},
            )
        },
        ownership=DIRECT,
    )


def _service_basics() -> Document:
    lifecycle = dict(zip(LIFECYCLES, ("purple", "blue", "green", "lightGray"), strict=True))
    return {
        "type": text_property("Type", enum=list(SERVICE_TYPES)),
        "language": text_property("Language", enum=list(LANGUAGES)),
        "lifecycle": choice_property(
            "Lifecycle",
            lifecycle,
            description="Production: serves from the production environment. Retired: runs nowhere.",
        ),
        "tier": choice_property("Tier", {"Tier 1": "red", "Tier 2": "orange", "Tier 3": "lightGray"}),
        "readme": text_property("README", format="markdown"),
        "repository": url_property("Repository"),
        "runbook": url_property("Runbook"),
        "tech_lead": user_property("Tech lead"),
        "slack_channel": text_property("Slack channel"),
        "tags": {"type": "array", "title": "Tags", "items": {"type": "string"}},
        "monthly_cost_usd": number_property("Monthly cost (USD)", minimum=0),
    }


def _service_quality() -> Document:
    return {
        "test_coverage": number_property("Test coverage (%)", minimum=0, maximum=100),
        "bug_count": number_property("Bug count", minimum=0),
        "slo_target": number_property("SLO target (%)", minimum=0, maximum=100),
        "health_dashboard": url_property("Health dashboard"),
        "slo_dashboard": url_property("SLO dashboard"),
        "has_critical_dashboards": flag_property(
            "Has critical monitoring dashboards",
            description="True with both the health and the SLO dashboard; empty where nothing runs that needs them.",
        ),
        "last_deployed_at": instant_property("Last deployed"),
    }


def _service_security() -> Document:
    return {
        "critical_vulnerabilities": number_property("Critical vulnerabilities", minimum=0),
        "high_vulnerabilities": number_property("High vulnerabilities", minimum=0),
        "secret_scanning": flag_property("Secret scanning"),
        "branch_protection": flag_property("Branch protection"),
        "static_analysis": flag_property("Static analysis"),
        "dependency_scanning": flag_property("Dependency scanning"),
        "data_classification": choice_property(
            "Data classification",
            {"Public": "green", "Internal": "blue", "Confidential": "orange", "Restricted": "red"},
        ),
        "last_security_review": instant_property("Last security review"),
    }
