"""The services of the demo organisation: each is computed from its number and the seed alone, so none is kept.

How well a service is looked after follows from its team's maturity and from luck. It decides coverage, bugs, runbooks
and scanners together, so that scorecard levels differ by team as they do in real organisations.
"""

import random
import time
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from quaymaster_sandbox.demo.dependencies import dependencies_of
from quaymaster_sandbox.demo.landmarks import LANDMARKS
from quaymaster_sandbox.demo.names import SYSTEMS, ServiceName, service_name
from quaymaster_sandbox.demo.people import Team
from quaymaster_sandbox.demo.schema import Document

DAY_S = 86_400
_REPOSITORIES = "https://git.lanternry.example"
_GRAFANA = "https://grafana.lanternry.example/d"
_RUNBOOKS = "https://handbook.lanternry.example/runbooks"
_LANGUAGES = {
    "microservice": ("Java", "Java", "Java", "Kotlin", "Python", "Go", "Go", "TypeScript", "Scala", "Ruby", "Rust"),
    "frontend": ("TypeScript",),
    "library": ("Java", "Java", "Kotlin", "Python", "TypeScript", "Go"),
    "data-pipeline": ("Python", "Python", "Scala", "Java"),
    "scheduled-job": ("Python", "Java", "Go", "Ruby"),
}
_LIFECYCLES = ("Production",) * 14 + ("Development",) * 3 + ("Experimental",) + ("Retired",) * 2
_ENVIRONMENTS = {
    "Experimental": ("development",),
    "Development": ("staging", "development"),
    "Production": ("production", "staging", "development"),
    "Retired": (),
}
_TIERS = ("Tier 1", "Tier 2", "Tier 2", "Tier 3", "Tier 3", "Tier 3")
_CLASSES = ("Public", "Internal", "Internal", "Confidential", "Restricted")
_TAGS = ("pci", "gdpr", "event-driven", "rest", "grpc", "batch", "eu-only", "customer-facing", "legacy")
_LANDMARK_NAMES = frozenset(landmark.name for landmark in LANDMARKS)


class Service(NamedTuple):
    """A service's document, and what the documents around it (workloads, deployments, …) are made from.

    `draw` gives the random numbers of this service; it holds until the next service is made.
    """

    document: Document
    slug: str
    type: str
    lifecycle: str
    owners: tuple[str, ...]
    people: tuple[str, ...]
    care: float
    last_deployed_s: float
    draw: Callable[[], float]


class _Identity(NamedTuple):
    """What a service is, before anything about its condition is known."""

    name: str
    slug: str
    type: str
    system: str
    language: str
    team: Team | None
    depends_on: list[str]
    overrides: Mapping[str, Any]


def iso(epoch_s: float) -> str:
    """Returns the instant as Port writes it: ISO 8601 in UTC with milliseconds and `Z`."""
    return time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(epoch_s))


class ServiceMaker:
    """Makes the service with any number, always the same for the same sizes, seed, teams and instant."""

    def __init__(self, services: int, seed: int, now_s: float, teams: tuple[Team, ...]) -> None:
        """`now_s` is the instant in seconds since the epoch to which all instants are relative."""
        self._services = services
        self._seed = seed
        self._now_s = now_s
        self._teams = {team.identifier: team for team in teams}
        self._everyone = tuple(email for team in teams for email in team.members)
        self._random = random.Random()  # noqa: S311 - made-up data, no secrets

    def make(self, index: int) -> Service:
        """Returns the service with the number `index`, from 0 to the number of services less one."""
        self._random.seed(self._seed << 40 | index)
        draw = self._random.random
        identity = self._landmark(index) if index < len(LANDMARKS) else self._generated(index, draw)
        team = identity.team
        care = 0.6 * (team.maturity if team else 0.3) + 0.4 * draw()
        # The hand-written services are always live: questions about them have answers.
        lifecycle = "Production" if index < len(LANDMARKS) else _pick(_LIFECYCLES, draw)
        people = team.members if team else self._everyone
        deployed_s = self._now_s - DAY_S * (200 if lifecycle == "Retired" else 2 + 40 * (1 - care)) * draw()
        properties = _basics(identity, lifecycle, people, care, draw)
        properties |= _condition(identity, lifecycle, care, draw)
        properties |= _security(care, self._now_s, draw)
        if identity.type != "library":
            properties["last_deployed_at"] = iso(deployed_s)
        for key, value in identity.overrides.items():
            if value is None:
                properties.pop(key, None)
            else:
                properties[key] = value
        document = self._document(identity, lifecycle, properties, care, draw)
        owners = (team.identifier,) if team else ()
        return Service(document, identity.slug, identity.type, lifecycle, owners, people, care, deployed_s, draw)

    def _name(self, index: int) -> ServiceName:
        name = service_name(index - len(LANDMARKS), self._seed * 7919)
        if name.name in _LANDMARK_NAMES:
            return name._replace(name=f"Core{name.name}", slug=f"core-{name.slug}")
        return name

    def _typed_name(self, index: int) -> tuple[str, str]:
        name = self._name(index)
        return name.name, name.type

    def _landmark(self, index: int) -> _Identity:
        known = LANDMARKS[index]
        return _Identity(
            known.name,
            known.slug,
            known.type,
            known.system,
            known.language,
            self._teams[known.team],
            list(known.depends_on),
            known.properties,
        )

    def _generated(self, index: int, draw: Callable[[], float]) -> _Identity:
        name = self._name(index)
        return _Identity(
            name.name,
            name.slug,
            name.type,
            name.system.identifier,
            _pick(_LANGUAGES[name.type], draw),
            self._owner(name, draw()),
            dependencies_of(index, name.type, self._services, draw, self._typed_name),
            {},
        )

    def _owner(self, name: ServiceName, roll: float) -> Team | None:
        """Returns the team of the system as a rule; Backend, the web or the app team, or nobody, for some services."""
        if roll < 0.04:
            return None
        if name.type == "microservice" and roll < 0.12:
            return self._teams["backend"]
        if name.type == "frontend" and roll < 0.5:
            return self._teams["storefront-web" if roll < 0.3 else "mobile-apps"]
        return self._teams[name.system.team]

    def _document(
        self, identity: _Identity, lifecycle: str, properties: Document, care: float, draw: Callable[[], float]
    ) -> Document:
        team = identity.team
        system = SYSTEMS[identity.system]
        relations: Document = {
            "domain": system.domain,
            "system": system.identifier,
            "environments": list(_ENVIRONMENTS[lifecycle]),
            "depends_on": identity.depends_on,
        }
        if team and lifecycle == "Production" and draw() < 0.75 + 0.4 * care:
            relations["on_call"] = f"{team.identifier}-on-call"
        document: Document = {"identifier": identity.name, "title": identity.name}
        if team:
            document["team"] = [team.identifier]
        document["properties"] = properties
        document["relations"] = relations
        return document


def _pick(choices: tuple[str, ...], draw: Callable[[], float]) -> str:
    return choices[int(draw() * len(choices))]


def _basics(
    identity: _Identity, lifecycle: str, people: tuple[str, ...], care: float, draw: Callable[[], float]
) -> Document:
    slug, system = identity.slug, identity.system
    properties: Document = {
        "type": identity.type,
        "language": identity.language,
        "lifecycle": lifecycle,
        "tier": _pick(_TIERS, draw),
        "repository": f"{_REPOSITORIES}/{system}/{slug}",
        "slack_channel": f"#{identity.team.identifier if identity.team else system}",
        "tags": sorted({_pick(_TAGS, draw), _pick(_TAGS, draw)}),
        "monthly_cost_usd": round(20 + 1800 * draw() ** 4, 2),
    }
    if identity.team:
        properties["tech_lead"] = _pick(people, draw)
    if draw() < 0.75 + 0.25 * care:
        properties["readme"] = (
            f"# {identity.name}\n\nA {identity.type} of the {SYSTEMS[system].title} system, written in "
            f"{identity.language}.\n\n## Run it\n\n```\nmake run\n```\n"
        )
    if draw() < 0.35 + 0.65 * care:
        properties["runbook"] = f"{_RUNBOOKS}/{slug}"
    return properties


def _condition(identity: _Identity, lifecycle: str, care: float, draw: Callable[[], float]) -> Document:
    properties: Document = {"bug_count": int(60 * (1 - care) * draw() ** 1.5)}
    if draw() < 0.96:
        properties["test_coverage"] = round(min(99.5, 30 + 55 * care + 35 * (draw() - 0.4)), 1)
    if identity.type == "library" or lifecycle != "Production":
        return properties
    if draw() < 0.4 + 0.6 * care:
        properties["slo_target"] = 99.95 if care > 0.8 else 99.9 if care > 0.5 else 99.5
    has_health, has_slo_dashboard = draw() < 0.85 + 0.15 * care, draw() < 0.75 + 0.3 * care
    if has_health:
        properties["health_dashboard"] = f"{_GRAFANA}/{identity.slug}/health"
    if has_slo_dashboard:
        properties["slo_dashboard"] = f"{_GRAFANA}/{identity.slug}/slo"
    properties["has_critical_dashboards"] = has_health and has_slo_dashboard
    return properties


def _security(care: float, now_s: float, draw: Callable[[], float]) -> Document:
    properties: Document = {
        "critical_vulnerabilities": int(4 * (1 - care) * draw() ** 2),
        "high_vulnerabilities": int(14 * (1 - care) * draw()),
        "secret_scanning": draw() < 0.75 + 0.25 * care,
        "branch_protection": draw() < 0.7 + 0.3 * care,
        "static_analysis": draw() < 0.4 + 0.6 * care,
        "dependency_scanning": draw() < 0.5 + 0.5 * care,
    }
    if draw() < 0.7 + 0.3 * care:
        properties["data_classification"] = _pick(_CLASSES, draw)
    if draw() < 0.5 + 0.5 * care:
        properties["last_security_review"] = iso(now_s - DAY_S * (20 + 500 * (1 - 0.4 * care) * draw()))
    return properties
