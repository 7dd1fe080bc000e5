"""The demo organisation: an invented online marketplace called Lanternry and its software catalog."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from quaymaster_sandbox.demo.activity import around
from quaymaster_sandbox.demo.blueprints import blueprints
from quaymaster_sandbox.demo.history import HISTORY_DAYS, Change, changes_of
from quaymaster_sandbox.demo.landmarks import LANDMARKS
from quaymaster_sandbox.demo.names import DOMAINS, SYSTEMS
from quaymaster_sandbox.demo.oncall import schedules, shifts
from quaymaster_sandbox.demo.people import COMPANY, Team, staff, team_documents
from quaymaster_sandbox.demo.schema import Document
from quaymaster_sandbox.demo.scorecards import scorecards
from quaymaster_sandbox.demo.services import Service, ServiceMaker

_ENVIRONMENTS = (
    ("production", "Production", "eu-west-1"),
    ("staging", "Staging", "eu-west-1"),
    ("development", "Development", "eu-central-1"),
)


@dataclass(frozen=True)
class DemoOrganisation:
    """Everything in the demo organisation, as documents that Port's API takes.

    `blueprints` are in the order of their relations, `scorecards` are (blueprint, document) pairs, `teams` and `users`
    have the shapes of GET /v1/teams and GET /v1/users. All instants are relative to `now`.
    """

    name: str
    services: int
    seed: int
    now: datetime
    blueprints: list[Document]
    scorecards: list[tuple[str, Document]]
    teams: list[Document]
    users: list[Document]
    _staff: tuple[Team, ...]

    def entities(self) -> Iterator[tuple[str, Document]]:
        """Yields (blueprint, entity) pairs, made while they are read: about seven a service, and a thousand besides.

        Each entity comes after those that it relates to, services excepted: these depend on one another in circles.
        What belongs to a service (its workloads, deployments, …) comes right after it.
        """
        yield from self._surroundings()
        now_s = self.now.timestamp()
        for service in self._services():
            yield "service", service.document
            yield from around(service, now_s)

    @property
    def founded(self) -> datetime:
        """When the catalog was filled: before the first of the changes, and before everything that has a date."""
        return self.now - timedelta(days=2 * HISTORY_DAYS)

    def changes(self) -> Iterator[Change]:
        """Yields the past changes of all services, in the order of `entities`; those of one service oldest first."""
        now_s = self.now.timestamp()
        for service in self._services():
            yield from changes_of(service, self.seed, now_s)

    def _services(self) -> Iterator[Service]:
        maker = ServiceMaker(self.services, self.seed, self.now.timestamp(), self._staff)
        return map(maker.make, range(self.services))

    def _surroundings(self) -> Iterator[tuple[str, Document]]:
        for identifier, kind, region in _ENVIRONMENTS:
            yield "environment", _entity(identifier, kind, {"type": kind, "region": region})
        for identifier, title in DOMAINS.items():
            yield "domain", _entity(identifier, title, {"description": f"{title} at {self.name}."})
        for system in SYSTEMS.values():
            description = f"{system.title}: {', '.join(system.subjects).lower()}."
            entity = _entity(system.identifier, system.title, {"description": description})
            yield "system", {**entity, "team": [system.team], "relations": {"domain": system.domain}}
        for schedule in schedules(self._staff):
            yield "oncall_schedule", schedule
        for shift in shifts(self._staff, self.now):
            yield "oncall_shift", shift


def build(services: int = 1000, seed: int = 7, now: datetime | None = None) -> DemoOrganisation:
    """Returns the demo organisation of a size; the same arguments always give the same documents.

    Args:
        services: how many services, at least as many as there are hand-written ones (20).
        seed: which of many like organisations.
        now: the instant that the demo plays at, with a time zone; the present second by default.

    Raises:
        ValueError: `services` is too small, or `now` has no time zone.
    """
    if services < len(LANDMARKS):
        raise ValueError(f"services must be at least {len(LANDMARKS)}, not {services}")
    if now is None:
        now = datetime.now(UTC)
    if now.tzinfo is None:
        raise ValueError("now must have a time zone")
    teams, users = staff(seed)
    return DemoOrganisation(
        name=COMPANY,
        services=services,
        seed=seed,
        now=now.astimezone(UTC).replace(microsecond=0),
        blueprints=blueprints(),
        scorecards=scorecards(),
        teams=team_documents(teams),
        users=users,
        _staff=teams,
    )


def _entity(identifier: str, title: str, properties: dict[str, Any]) -> Document:
    return {"identifier": identifier, "title": title, "properties": properties}
