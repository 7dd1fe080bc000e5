"""What Port shows of what was written, worked out anew at each look."""

from dataclasses import dataclass
from typing import Any

from .model import Aggregation, Entity, Model, Scorecard, fits, steps

_LEVELS = ("Basic", "Bronze", "Silver", "Gold")


@dataclass(frozen=True)
class Reader:
    """Reads a model."""

    model: Model

    def read(self, entity: Entity) -> dict[str, Any]:
        """Returns an entity as Port shows it, without stamps."""
        names = sorted(entity.blueprint.names)
        relations = {
            name: _shown(entity.relations.get(name, []), many=relation.many)
            for name, relation in entity.blueprint.relations.items()
        }
        return {
            "identifier": entity.identifier,
            "title": entity.title,
            "blueprint": entity.blueprint.identifier,
            "team": entity.team,
            "properties": {name: value for name in names if (value := self.value(entity, name)) is not None},
            "relations": relations,
            "scorecards": self.scores(entity),
        }

    def value(self, entity: Entity, name: str) -> Any:
        """Returns the value of a property of any kind; None if there is none."""
        blueprint = entity.blueprint
        if name in ("$identifier", "$title"):
            return getattr(entity, name[1:])
        if name in blueprint.mirrors:
            return self._mirrored(entity, blueprint.mirrors[name])
        if name in blueprint.calculations:
            kind, source = blueprint.calculations[name]
            value = None if source in blueprint.calculations else self.value(entity, source)
            return value if value is not None and fits(kind, value) else None
        if name in blueprint.aggregations:
            return self._aggregated(entity, blueprint.aggregations[name])
        return entity.properties.get(name)

    def _mirrored(self, entity: Entity, path: list[str]) -> Any:
        reached, listed = [entity], False
        for place, name in steps(entity.blueprint, path):
            listed = listed or place.relations[name].many
            reached = [end for it in reached for end in it.relations.get(name, [])]
        values = [value for it in reached if (value := self.value(it, path[-1])) is not None]
        if not listed:
            return values[0] if values else None
        return [part for value in values for part in (value if isinstance(value, list) else [value])] or None

    def _aggregated(self, entity: Entity, aggregation: Aggregation) -> Any:
        source = self.model.blueprints.get(aggregation.source)
        relation = None if source is None else source.relations.get(aggregation.relation)
        leads_here = relation is not None and relation.target is entity.blueprint
        pointing = self.model.of(source) if source is not None and leads_here else []
        pointing = [it for it in pointing if entity in it.relations.get(aggregation.relation, [])]
        if aggregation.func == "count":
            return len(pointing)
        numeric = source is not None and source.properties.get(aggregation.property or "") == "number"
        numbers = [it.properties.get(aggregation.property or "") for it in pointing] if numeric else []
        numbers = [number for number in numbers if number is not None]
        return sum(numbers) if aggregation.func == "sum" else max(numbers, default=None)

    def scores(self, entity: Entity) -> dict[str, Any]:
        """Returns level and rules for each scorecard that judges an entity."""
        return {
            name: self._judged(entity, scorecard)
            for name, scorecard in self.model.scorecards.items()
            if scorecard.blueprint is entity.blueprint and self._passes(entity, scorecard.filter, None)
        }

    def _judged(self, entity: Entity, scorecard: Scorecard) -> dict[str, Any]:
        passed = {name: self._passes(entity, it, value) for name, (_, it, value) in scorecard.rules.items()}
        levels = {name: level for name, (level, _, _) in scorecard.rules.items()}
        reached = _LEVELS[0]
        for level in _LEVELS[1:]:
            if not all(passed[name] for name, it in levels.items() if it == level):
                break
            reached = level if level in levels.values() else reached
        statuses = {True: "SUCCESS", False: "FAILURE"}
        rules = [{"identifier": name, "status": statuses[it], "level": levels[name]} for name, it in passed.items()]
        return {"level": reached, "rules": rules}

    def _passes(self, entity: Entity, name: str | None, wanted: Any) -> bool:
        """Tells whether a value is there or, if one is wanted, is that; no name asks nothing."""
        if name is None:
            return True
        value = self.value(entity, name) if name in entity.blueprint.names else None
        return value not in (None, "", []) if wanted is None else value == wanted and type(value) is type(wanted)


def _shown(ends: list[Entity], *, many: bool) -> Any:
    names = [end.identifier for end in ends]
    return names if many else (names or [None])[0]
