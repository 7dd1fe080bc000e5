"""What a query is compiled against: one blueprint of a catalog, an instant and a caller."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Protocol

from quaymaster_sandbox.assumptions import Assumptions
from quaymaster_sandbox.catalog.blueprint import Blueprint
from quaymaster_sandbox.catalog.catalog import Catalog
from quaymaster_sandbox.storage.indexes import Column


class Caller(Protocol):
    """Who asks, as far as a query can depend on it (Port: rules with `context`)."""

    def identifiers(self, context: str) -> Sequence[str]:
        """Returns the caller's own identifier in `_user` for `user`, those of the caller's teams for `userTeams`."""

    def context_values(self, context: str, property_identifier: str) -> Any:
        """Returns a property of the caller's `_user` entity, or the list of those of the caller's teams."""


@dataclass(frozen=True)
class Scope:
    """The surroundings of one compilation; conditions are about the blueprint's rows under the alias `v`."""

    catalog: Catalog
    blueprint: Blueprint
    now: datetime
    caller: Caller
    assumptions: Assumptions
    depth: int = 0
    """How many mirrors of mirrors led here."""
    searched: set[Column] = field(default_factory=set)
    """The columns that compiled queries compare, to which each compilation adds its own."""

    def at(self, blueprint: Blueprint) -> "Scope":
        """Returns the same surroundings for another blueprint, one mirror deeper."""
        return replace(self, blueprint=blueprint, depth=self.depth + 1)
