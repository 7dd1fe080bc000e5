"""The blueprints of the demo organisation, as Port's documents.

They stand in the order in which their relations allow to create them. Two of them aggregate over blueprints that come
later (a domain counts its services), as in most real portals: create those in two passes, as Port's own CLI does.
"""

from quaymaster_sandbox.demo.schema import (
    DIRECT,
    Document,
    blueprint,
    choice_property,
    count,
    instant_property,
    number_property,
    relation,
    text_property,
    url_property,
    user_property,
)
from quaymaster_sandbox.demo.service_blueprint import service_blueprint


def blueprints() -> list[Document]:
    """Returns all blueprints, each after those that it relates to."""
    return [
        _environment(),
        _domain(),
        _system(),
        _oncall_schedule(),
        _oncall_shift(),
        service_blueprint(),
        _workload(),
        _pull_request(),
        _deployment(),
        _incident(),
    ]


def _environment() -> Document:
    return blueprint(
        "environment",
        "Environment",
        "Environment",
        {
            "type": choice_property("Type", {"Production": "green", "Staging": "yellow", "Development": "blue"}),
            "region": text_property("Region"),
        },
    )


def _domain() -> Document:
    return blueprint(
        "domain",
        "Domain",
        "TwoUsers",
        {"description": text_property("Description")},
        aggregationProperties={"service_count": count("Services", "service", "domain")},
    )


def _system() -> Document:
    return blueprint(
        "system",
        "System",
        "Template",
        {"description": text_property("Description")},
        relations={"domain": relation("Domain", "domain")},
        aggregationProperties={"service_count": count("Services", "service", "system")},
        ownership=DIRECT,
    )


def _oncall_schedule() -> Document:
    return blueprint(
        "oncall_schedule",
        "On-call Schedule",
        "pagerduty",
        {
            "timezone": text_property("Time zone"),
            "rotation": text_property("Rotation"),
            "url": url_property("Schedule"),
            "members": {"type": "array", "title": "Members", "items": {"type": "string", "format": "user"}},
        },
        ownership=DIRECT,
    )


def _oncall_shift() -> Document:
    return blueprint(
        "oncall_shift",
        "On-call Shift",
        "Clock",
        {
            "user": user_property("On call"),
            "level": choice_property("Level", {"primary": "red", "secondary": "yellow"}),
            "start": instant_property("Start"),
            "end": instant_property("End"),
        },
        required=["user", "level", "start", "end"],
        relations={"schedule": relation("Schedule", "oncall_schedule", required=True)},
        ownership=DIRECT,
    )


def _workload() -> Document:
    return blueprint(
        "workload",
        "Workload",
        "Cluster",
        {
            "kind": text_property("Kind", enum=["Deployment", "StatefulSet", "CronJob"]),
            "namespace": text_property("Namespace"),
            "replicas": number_property("Replicas", minimum=0),
            "ready_replicas": number_property("Ready replicas", minimum=0),
            "image": text_property("Image"),
            "health": choice_property("Health", {"Healthy": "green", "Degraded": "red"}),
        },
        relations={
            "service": relation("Service", "service"),
            "environment": relation("Environment", "environment"),
        },
        mirrorProperties={"tier": {"title": "Tier", "path": "service.tier"}},
        ownership={"type": "Inherited", "path": "service", "title": "Owning teams"},
    )


def _pull_request() -> Document:
    return blueprint(
        "pull_request",
        "Pull Request",
        "Git",
        {
            "status": choice_property("Status", {"Open": "green", "Merged": "purple", "Closed": "lightGray"}),
            "author": user_property("Author"),
            "created_at": instant_property("Created"),
            "merged_at": instant_property("Merged"),
            "cycle_time_hours": number_property("Cycle time (h)", minimum=0),
            "link": url_property("Link"),
        },
        relations={"service": relation("Service", "service")},
        ownership=DIRECT,
    )


def _deployment() -> Document:
    return blueprint(
        "deployment",
        "Deployment",
        "Deployment",
        {
            "status": choice_property("Status", {"Success": "green", "Failed": "red", "Rolled back": "orange"}),
            "version": text_property("Version"),
            "created_at": instant_property("Created"),
            "lead_time_hours": number_property("Lead time for change (h)", minimum=0),
            "triggered_by": user_property("Triggered by"),
        },
        required=["status", "created_at"],
        relations={
            "service": relation("Service", "service"),
            "environment": relation("Environment", "environment"),
        },
        mirrorProperties={"service_tier": {"title": "Service tier", "path": "service.tier"}},
        ownership=DIRECT,
    )


def _incident() -> Document:
    return blueprint(
        "incident",
        "Incident",
        "Alert",
        {
            "severity": choice_property(
                "Severity", {"SEV1": "red", "SEV2": "orange", "SEV3": "yellow", "SEV4": "lightGray"}
            ),
            "status": choice_property("Status", {"Open": "red", "Acknowledged": "yellow", "Resolved": "green"}),
            "created_at": instant_property("Created"),
            "acknowledged_at": instant_property("Acknowledged"),
            "resolved_at": instant_property("Resolved"),
            "recovery_minutes": number_property("Time to recovery (min)", minimum=0),
            "commander": user_property("Incident commander"),
        },
        required=["severity", "status", "created_at"],
        relations={
            "service": relation("Service", "service"),
            "caused_by": relation("Caused by", "deployment"),
        },
        calculationProperties={
            "recovery_hours": {
                "title": "Time to recovery (h)",
                "type": "number",
                "calculation": ".properties.recovery_minutes / 60",
            }
        },
        ownership=DIRECT,
    )
