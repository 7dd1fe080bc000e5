"""What happens around a service: workloads, pull requests, deployments and incidents of the last ninety days."""

from collections.abc import Callable, Iterator
from typing import Any

from quaymaster_sandbox.demo.schema import Document
from quaymaster_sandbox.demo.services import DAY_S, Service, iso

WINDOW_DAYS = 90
_HOUR_S = 3600
_SEVERITIES = ("SEV1", "SEV2", "SEV2", "SEV3", "SEV3", "SEV3", "SEV4", "SEV4")
_SYMPTOMS = (
    "High latency",
    "Errors above threshold",
    "Out of memory",
    "Queue backlog",
    "Certificate expiry",
    "Data gap",
)
_CHANGES = (
    "Bump dependencies", "Fix flaky test", "Add retry with backoff", "Cache lookups", "Remove dead code",
    "Validate input earlier", "Add audit fields", "Migrate to new schema", "Reduce log noise", "Return partial results",
)  # fmt: skip


def around(service: Service, now_s: float) -> Iterator[tuple[str, Document]]:
    """Yields (blueprint, document) pairs of everything around one service, each after those that it relates to."""
    yield from _workloads(service)
    if service.lifecycle == "Retired":
        return
    yield from _pull_requests(service, now_s)
    if service.type == "library" or service.lifecycle == "Experimental":
        return
    failures: list[tuple[str, float]] = []
    yield from _deployments(service, now_s, failures)
    if service.lifecycle == "Production":
        yield from _incidents(service, now_s, failures)


def _document(service: Service, identifier: str, title: str, properties: Document, **relations: str) -> Document:
    created = {"createdAt": properties["created_at"]} if "created_at" in properties else {}
    return {
        "identifier": identifier,
        "title": title,
        **created,
        "team": list(service.owners),
        "properties": properties,
        "relations": {"service": service.document["identifier"], **relations},
    }


def _pick(choices: tuple[str, ...], draw: Callable[[], float]) -> str:
    return choices[int(draw() * len(choices))]


def _workloads(service: Service) -> Iterator[tuple[str, Document]]:
    if service.type == "library":
        return
    kind = "CronJob" if service.type in ("scheduled-job", "data-pipeline") else "Deployment"
    namespace = service.document["relations"]["system"]
    for environment in service.document["relations"]["environments"]:
        if environment == "development" or (environment == "staging" and service.draw() < 0.5):
            continue
        replicas = 1 if kind == "CronJob" else 1 + int(service.draw() * 5)
        ready = replicas if service.draw() < 0.9 + 0.1 * service.care else max(0, replicas - 1)
        document = _document(
            service,
            f"{environment}/{namespace}/{service.slug}",
            service.slug,
            {
                "kind": kind,
                "namespace": namespace,
                "replicas": replicas,
                "ready_replicas": ready,
                "image": f"registry.lanternry.example/{namespace}/{service.slug}:{int(service.draw() * 400)}",
                "health": "Healthy" if ready == replicas else "Degraded",
            },
            environment=environment,
        )
        del document["team"]  # inherited from the service
        yield "workload", document


def _pull_requests(service: Service, now_s: float) -> Iterator[tuple[str, Document]]:
    draw = service.draw
    for number in range(1, int(draw() * 4) + 1):
        age_s = DAY_S * WINDOW_DAYS * draw()
        created_s = now_s - age_s
        cycle_s = _HOUR_S * (2 + 120 * (1 - service.care) * draw())
        properties: dict[str, Any] = {
            "status": "Open",
            "author": _pick(service.people, draw),
            "created_at": iso(created_s),
            "link": f"{service.document['properties']['repository']}/pull/{number}",
        }
        if cycle_s < age_s:
            properties["status"] = "Merged" if draw() < 0.9 else "Closed"
            if properties["status"] == "Merged":
                properties["merged_at"] = iso(created_s + cycle_s)
                properties["cycle_time_hours"] = round(cycle_s / _HOUR_S, 1)
        yield "pull_request", _document(service, f"{service.slug}-pr-{number}", _pick(_CHANGES, draw), properties)


def _deployments(service: Service, now_s: float, failures: list[tuple[str, float]]) -> Iterator[tuple[str, Document]]:
    """Yields the deployments, newest first; those to production that went wrong are added to `failures`."""
    draw = service.draw
    count = int(1 + 6 * draw() * (0.4 + service.care)) if service.last_deployed_s > now_s - DAY_S * WINDOW_DAYS else 0
    at_s = service.last_deployed_s
    live = service.lifecycle == "Production"
    for number in range(count, 0, -1):
        roll = draw()
        failed_share = 0.22 * (1 - service.care)
        status = "Failed" if roll < failed_share else "Rolled back" if roll < 1.6 * failed_share else "Success"
        identifier = f"{service.slug}-deploy-{number}"
        environment = "production" if live and draw() < 0.8 else "staging"
        if status != "Success" and environment == "production":
            failures.append((identifier, at_s))
        yield (
            "deployment",
            _document(
                service,
                identifier,
                f"{service.document['identifier']} 1.{number}.0",
                {
                    "status": status,
                    "version": f"1.{number}.0",
                    "created_at": iso(at_s),
                    "lead_time_hours": round(1 + 90 * (1 - service.care) * draw() ** 2, 1),
                    "triggered_by": _pick(service.people, draw),
                },
                environment=environment,
            ),
        )
        at_s -= DAY_S * 60 * draw() / count


def _incidents(service: Service, now_s: float, failures: list[tuple[str, float]]) -> Iterator[tuple[str, Document]]:
    draw = service.draw
    for number in range(1, int(2.4 * (1.3 - service.care) * draw()) + 1):
        relations = {}
        created_s = now_s - DAY_S * WINDOW_DAYS * draw()
        if failures and draw() < 0.5:
            relations["caused_by"], failed_s = failures[int(draw() * len(failures))]
            created_s = min(now_s, failed_s + 600)
        response_s = 60 * (2 + 30 * draw() * (1.2 - service.care))
        recovery_s = response_s + 60 * (10 + 900 * (1.05 - service.care) * draw() ** 2)
        properties: dict[str, Any] = {
            "severity": _pick(_SEVERITIES, draw),
            "status": "Open",
            "created_at": iso(created_s),
        }
        if created_s + response_s < now_s:
            properties["status"] = "Acknowledged"
            properties["acknowledged_at"] = iso(created_s + response_s)
            properties["commander"] = _pick(service.people, draw)
        if created_s + recovery_s < now_s and draw() < 0.97:
            properties["status"] = "Resolved"
            properties["resolved_at"] = iso(created_s + recovery_s)
            properties["recovery_minutes"] = round(recovery_s / 60, 1)
        title = f"{_pick(_SYMPTOMS, draw)} in {service.document['identifier']}"
        yield "incident", _document(service, f"{service.slug}-incident-{number}", title, properties, **relations)
