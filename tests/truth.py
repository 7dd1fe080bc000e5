"""The true answers to questions about the demo organisation, worked out straight from its documents.

It shares no code with the tools or the sandbox: it reads the documents once and answers with loops and dictionaries.

    truth = Truth(build(1000, now=now))
    truth.owner_of("InventoryService")          # ["backend"]
"""

from collections import Counter, defaultdict
from datetime import datetime
from statistics import mean, median

from tests import scorecard_truth


class Truth:
    """Answers about one demo organisation."""

    def __init__(self, organisation):
        self.organisation = organisation
        self.now = organisation.now
        self.services = {}
        self.counts = Counter()
        self.deployments = []
        self.incidents = []
        self.shifts = []
        kept = {"deployment": self.deployments, "incident": self.incidents, "oncall_shift": self.shifts}
        for blueprint, entity in organisation.entities():
            self.counts[blueprint] += 1
            if blueprint == "service":
                self.services[entity["identifier"]] = entity
            elif blueprint in kept:
                kept[blueprint].append(entity)
        self.scorecards = {document["identifier"]: document for _, document in organisation.scorecards}

    # Ownership, counts and lists

    def owner_of(self, service):
        """Identifiers of the teams that own it, possibly none."""
        return self.services[service].get("team", [])

    def where(self, **properties):
        """Sorted identifiers of the services with exactly these property values; None: the property is missing."""
        return sorted(
            name
            for name, entity in self.services.items()
            if all(entity["properties"].get(key) == value for key, value in properties.items())
        )

    def in_production(self):
        """Sorted identifiers of the services in production."""
        return self.where(lifecycle="Production")

    def owned_by(self, team, **properties):
        """Sorted identifiers of the services of a team with these property values."""
        return [name for name in self.where(**properties) if team in self.owner_of(name)]

    def unowned(self):
        """Sorted identifiers of the services that no team owns."""
        return sorted(name for name in self.services if not self.owner_of(name))

    def services_by(self, prop):
        """Number of services for each value of a property; None counts those without it."""
        return Counter(entity["properties"].get(prop) for entity in self.services.values())

    def java_microservices_bugs_coverage(self):
        """(identifier, bug count, test coverage or None) of every Java microservice, sorted by identifier."""
        return [
            (name, entity["properties"]["bug_count"], entity["properties"].get("test_coverage"))
            for name in self.where(type="microservice", language="Java")
            for entity in [self.services[name]]
        ]

    def missing_dashboards(self):
        """Sorted identifiers of the services that need the critical dashboards and do not have them all."""
        return self.where(has_critical_dashboards=False)

    # Dependencies

    def dependencies_of(self, service, depth=1):
        """{identifier: hops} of what a service depends on, within `depth` hops, itself excepted."""
        return self._walk(service, depth, lambda name: self.services[name]["relations"]["depends_on"])

    def dependents_of(self, service, depth=1):
        """{identifier: hops} of what depends on a service, within `depth` hops, itself excepted."""
        dependents = defaultdict(list)
        for name, entity in self.services.items():
            for target in entity["relations"]["depends_on"]:
                dependents[target].append(name)
        return self._walk(service, depth, lambda name: dependents[name])

    @staticmethod
    def _walk(start, depth, neighbours):
        hops, frontier = {start: 0}, [start]
        for distance in range(1, depth + 1):
            found = {name: distance for here in frontier for name in neighbours(here) if name not in hops}
            frontier = list(found)
            hops |= found
        del hops[start]
        return hops

    # On-call

    def on_call(self, team, at=None):
        """{level: [e-mail]} of who is on call for a team at an instant, now by default."""
        at = at or self.now
        found = defaultdict(list)
        for shift in self.shifts:
            properties = shift["properties"]
            if team in shift["team"] and instant(properties["start"]) <= at < instant(properties["end"]):
                found[properties["level"]].append(properties["user"])
        return dict(found)

    # Scorecards

    def result_of(self, service, scorecard):
        """The scorecard's level and rules for a service; None if the filter leaves the service out."""
        return scorecard_truth.result(self.scorecards[scorecard], self.services[service], self.now)

    def level_of(self, service, scorecard):
        """The level of a service; None if it is not evaluated."""
        result = self.result_of(service, scorecard)
        return result and result["level"]

    def failing_rules(self, service, scorecard):
        """Identifiers of the rules that fail, in the scorecard's order."""
        result = self.result_of(service, scorecard)
        return [rule["identifier"] for rule in result["rules"] if rule["status"] == "FAILURE"] if result else []

    def levels(self, scorecard):
        """Number of services on each level; None counts those not evaluated."""
        return Counter(self.level_of(name, scorecard) for name in self.services)

    # DORA

    def deployments_by_team_and_week(self):
        """Number of deployments for each (team, ISO week as "2026-W47"); team None for services without owner."""
        found = Counter()
        for deployment in self.deployments:
            for team in deployment.get("team") or [None]:
                found[team, week(deployment["properties"]["created_at"])] += 1
        return found

    def deployments_between(self, start, end):
        """Number of deployments of each team in [start, end]."""
        return Counter(
            team
            for deployment in self.deployments
            if start <= instant(deployment["properties"]["created_at"]) <= end
            for team in deployment.get("team") or [None]
        )

    def mean_minutes_to_recovery(self, team):
        """Mean of the recovery times of a team's resolved incidents, in minutes."""
        return mean(self._values(self.incidents, team, "recovery_minutes"))

    def median_lead_time_hours(self, team):
        """Median lead time for change over a team's deployments, in hours."""
        return median(self._values(self.deployments, team, "lead_time_hours"))

    def change_failure_rate(self, team):
        """Share of a team's deployments that failed or were rolled back, 0–1."""
        statuses = self._values(self.deployments, team, "status")
        return sum(status != "Success" for status in statuses) / len(statuses)

    @staticmethod
    def _values(entities, team, prop):
        return [e["properties"][prop] for e in entities if team in e.get("team", []) and prop in e["properties"]]


def instant(text):
    """The instant that an ISO 8601 text of Port's names."""
    return datetime.fromisoformat(text)


def week(text):
    """The ISO week of an instant, as "2026-W47"."""
    year, number, _ = instant(text).isocalendar()
    return f"{year}-W{number:02d}"
