"""The blueprints and scorecards of one organisation, as one transaction sees them."""

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from quaymaster_sandbox.catalog.blueprint import Blueprint, Relation
from quaymaster_sandbox.errors import not_found
from quaymaster_sandbox.scorecards.scorecard import Scorecards

if TYPE_CHECKING:
    from quaymaster_sandbox.scorecards.dependencies import Dependencies


class Catalog:
    """An unchanging set of blueprints in order of creation, found by identifier or number, and of their scorecards."""

    def __init__(self, version: int, blueprints: Mapping[str, Blueprint], scorecards: Scorecards) -> None:
        self.version = version
        self.scorecards = scorecards
        self._by_identifier = dict(blueprints)
        self._by_id = {blueprint.id: blueprint for blueprint in blueprints.values()}
        self._relation_sources = {
            relation.id: (blueprint, relation)
            for blueprint in blueprints.values()
            for relation in blueprint.relations.values()
        }

    def __iter__(self) -> Iterator[Blueprint]:
        return iter(self._by_identifier.values())

    def __contains__(self, identifier: str) -> bool:
        return identifier in self._by_identifier

    def find(self, identifier: str) -> Blueprint | None:
        """Returns the blueprint of this identifier, or None."""
        return self._by_identifier.get(identifier)

    def get(self, identifier: str) -> Blueprint:
        """Returns the blueprint of this identifier; Port's 404 if there is none."""
        blueprint = self._by_identifier.get(identifier)
        if blueprint is None:
            raise not_found("Blueprint", identifier)
        return blueprint

    def by_id(self, blueprint_id: int) -> Blueprint:
        """Returns the blueprint of this number."""
        return self._by_id[blueprint_id]

    def relation(self, relation_id: int) -> tuple[Blueprint, Relation]:
        """Returns the blueprint that defines the relation of this number, and the relation."""
        return self._relation_sources[relation_id]

    def relations_to(self, identifier: str) -> list[tuple[Blueprint, Relation]]:
        """Returns every relation whose target is this blueprint, with the blueprint that defines it."""
        return [pair for pair in self._relation_sources.values() if pair[1].target == identifier]

    def with_blueprint(self, blueprint: Blueprint, *, replacing: str | None = None) -> "Catalog":
        """Returns the next version of the catalog, with one blueprint added or put in the place of another."""
        blueprints: dict[str, Blueprint] = {}
        for identifier, known in self._by_identifier.items():
            placed = blueprint if identifier == replacing else known
            blueprints[placed.identifier] = placed
        blueprints[blueprint.identifier] = blueprint
        return Catalog(self.version + 1, blueprints, self.scorecards)

    def without_blueprint(self, identifier: str) -> "Catalog":
        """Returns the next version of the catalog, with one blueprint less."""
        blueprints = {key: known for key, known in self._by_identifier.items() if key != identifier}
        return Catalog(self.version + 1, blueprints, self.scorecards)

    def with_scorecards(self, scorecards: Scorecards) -> "Catalog":
        """Returns the next version of the catalog, with these scorecards in the place of all others."""
        return Catalog(self.version + 1, self._by_identifier, scorecards)

    @cached_property
    def dependencies(self) -> "Dependencies":
        """Which entities the scorecards judge by looking at other entities."""
        from quaymaster_sandbox.scorecards.dependencies import Dependencies  # here: it follows relations of the catalog

        return Dependencies(self)
