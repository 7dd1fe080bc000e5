"""Values that are not stored, for conditions that ask for them entity by entity."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from quaymaster_sandbox.catalog.blueprint import Blueprint

if TYPE_CHECKING:
    from quaymaster_sandbox.session import Session

_SINGLY = 20
"""So many entities are worked out one by one; whoever asks for more will ask for all."""


@dataclass
class _Column:
    asked: int = 0
    values: dict[int, Any] | None = None


@dataclass
class DerivedValues:
    """The derived values that a session has worked out, by blueprint and property, until it writes something."""

    _columns: dict[tuple[int, str], _Column] = field(default_factory=dict)

    def get(self, session: "Session", blueprint: Blueprint, entity_id: int, identifier: str) -> Any:
        """Returns one value; None if there is none.

        After the first few entities, the values of all entities of the blueprint are worked out together, which is far
        cheaper for each.
        """
        from quaymaster_sandbox.values.reading import property_values  # here: reading works in a session

        column = self._columns.setdefault((blueprint.id, identifier), _Column())
        if column.values is None:
            column.asked += 1
            if column.asked <= _SINGLY:
                return property_values(session, blueprint, identifier, (entity_id,)).get(entity_id)
            ids = [row[0] for row in session.connection.execute(f"SELECT id FROM {blueprint.table}")]
            column.values = property_values(session, blueprint, identifier, ids)
        return column.values.get(entity_id)

    def forget(self) -> None:
        """Forgets all values, because something was written."""
        self._columns.clear()
