"""What an entity has where a rule's conditions look."""

from typing import Any

from quaymaster import inline
from quaymaster.catalog.catalog import Catalog
from quaymaster.catalog.columns import value_of
from quaymaster.catalog.fields import Field, fields_of
from quaymaster.port.documents.blueprint import Blueprint
from quaymaster.port.documents.entity import Entity
from quaymaster_scorecards.ladder import JSON
from quaymaster_scorecards.translation import TypeOf
from quaymaster_scorecards.words import subject_of, subjects

__all__ = ["Values", "types_of"]


class Values:
    """Reads the values that conditions are about from the entities of a blueprint."""

    def __init__(self, catalog: Catalog, blueprint: Blueprint) -> None:
        self._catalog = catalog
        fields = fields_of(catalog, blueprint)
        self._relations = {it.identifier: it for it in fields if it.kind == "relation"}
        self._properties = {it.identifier: it for it in fields if it.kind in {"property", "meta"}}

    def of(self, entity: Entity, query: JSON) -> str:
        """Returns what an entity has, in words, for each thing that a query looks at: `test_coverage is 11.8`."""
        return ", ".join(f"{subject_of(it)} {self._state(entity, it)}" for it in subjects(query))

    def _state(self, entity: Entity, condition: JSON) -> str:
        field = self._field(condition)
        if field is None:
            return "does not exist"
        value = value_of(self._catalog, field, entity)
        return "is empty" if value in (None, "", [], {}) else f"is {_shown(value)}"

    def _field(self, condition: JSON) -> Field | None:
        if "relation" in condition:
            return self._relations.get(condition["relation"])
        return self._properties.get(condition["property"])


def types_of(catalog: Catalog, blueprint: Blueprint) -> TypeOf:
    """Returns the function that tells the JSON type of a blueprint's properties."""
    return {it.identifier: it.type for it in fields_of(catalog, blueprint) if it.kind in {"property", "meta"}}.get


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return inline(", ".join(map(str, value)))
    return str(value).lower() if isinstance(value, bool) else inline(value)
