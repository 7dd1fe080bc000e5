"""A small model of Port in memory, for the stateful test: it keeps what was written and works all else out.

It shares no code with the sandbox. A write either happens or raises `Refused` with every code that would be right.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

Answer = tuple[int, str]
MISMATCH: Answer = (422, "blueprint_schema_mismatch")
NOT_FOUND: Answer = (404, "not_found")
TAKEN: Answer = (409, "identifier_taken")
DEPENDENTS: Answer = (403, "has_dependents")
BAD_PATH: Answer = (422, "invalid_mirror_property_path")
_TYPES: dict[str, Any] = {"string": str, "number": (int, float), "boolean": bool, "array": list}


class Refused(Exception):  # noqa: N818 - not an error here: it is an answer
    """A write that Port refuses with one of these statuses and codes."""

    def __init__(self, *answers: Answer) -> None:
        self.answers = set(answers)


@dataclass(eq=False)
class Entity:
    blueprint: "Blueprint"
    identifier: str
    title: str | None = None
    properties: dict[str, Any] = field(default_factory=dict)
    relations: dict[str, list["Entity"]] = field(default_factory=dict)
    team: list[str] = field(default_factory=list)


@dataclass
class Relation:
    target: "Blueprint"
    many: bool
    required: bool


@dataclass
class Aggregation:
    """What counts or sums up the entities of a blueprint, found by name, that point at an entity by a relation."""

    source: str
    relation: str
    func: str
    property: str | None


@dataclass(eq=False)
class Blueprint:
    identifier: str
    properties: dict[str, str]
    required: list[str]
    relations: dict[str, Relation] = field(default_factory=dict)
    mirrors: dict[str, list[str]] = field(default_factory=dict)
    calculations: dict[str, tuple[str, str]] = field(default_factory=dict)
    """By name: the type, and the property of any kind that is copied."""
    aggregations: dict[str, Aggregation] = field(default_factory=dict)

    @property
    def names(self) -> set[str]:
        return {*self.properties, *self.mirrors, *self.calculations, *self.aggregations}


@dataclass
class Scorecard:
    blueprint: Blueprint
    rules: dict[str, tuple[str, str, Any]]
    """By identifier: the level, and the property that must be there (None) or have a value."""
    filter: str | None = None


@dataclass
class Write:
    """The body of a write of an entity, as far as the model knows it; what is not given is not in the body."""

    title: str | None = None
    properties: dict[str, Any] = field(default_factory=dict)
    relations: dict[str, Any] = field(default_factory=dict)
    team: list[str] | None = None
    identifier: str | None = None

    def body(self) -> dict[str, Any]:
        given = {"title": self.title, "team": self.team, "identifier": self.identifier}
        parts = {name: value for name, value in given.items() if value is not None}
        return {**parts, "properties": self.properties, "relations": self.relations}


def steps(start: Blueprint, path: list[str]) -> list[tuple[Blueprint, str]]:
    """Returns the relations of a mirror's path, with the blueprints that they start from."""
    passed, place = [], start
    for name in path[:-1]:
        passed.append((place, name))
        place = place.relations[name].target
    return passed


class Model:
    """All that has been written."""

    def __init__(self) -> None:
        self.blueprints: dict[str, Blueprint] = {}
        self.entities: list[Entity] = []
        self.scorecards: dict[str, Scorecard] = {}
        self.teams: set[str] = set()

    def of(self, blueprint: Blueprint) -> list[Entity]:
        return [entity for entity in self.entities if entity.blueprint is blueprint]

    def find(self, blueprint: Blueprint, identifier: str) -> Entity | None:
        return next((it for it in self.of(blueprint) if it.identifier == identifier), None)

    def get(self, blueprint: Blueprint, identifier: str) -> Entity:
        entity = self.find(blueprint, identifier)
        if entity is None:
            raise Refused(NOT_FOUND)
        return entity

    # Blueprints

    def rename_blueprint(self, blueprint: Blueprint, new: str) -> None:
        if new in self.blueprints:
            raise Refused(TAKEN)
        for other in self.blueprints.values():
            for aggregation in other.aggregations.values():
                if aggregation.source == blueprint.identifier:
                    aggregation.source = new
        del self.blueprints[blueprint.identifier]
        blueprint.identifier = new
        self.blueprints[new] = blueprint

    def delete_blueprint(self, blueprint: Blueprint) -> None:
        others = [it for it in self.blueprints.values() if it is not blueprint]
        if self.of(blueprint) or any(r.target is blueprint for it in others for r in it.relations.values()):
            raise Refused(DEPENDENTS)
        del self.blueprints[blueprint.identifier]
        self.scorecards = {name: it for name, it in self.scorecards.items() if it.blueprint is not blueprint}

    def delete_all(self, blueprint: Blueprint) -> None:
        relations = [relation for it in self.blueprints.values() for relation in it.relations.values()]
        if any(relation.target is blueprint and relation.required for relation in relations):
            raise Refused(DEPENDENTS)
        self._remove(self.of(blueprint))

    def drop_property(self, blueprint: Blueprint, name: str) -> None:
        if any(self._ends_at(blueprint, path) == (blueprint, name) for path in blueprint.mirrors.values()):
            raise Refused(BAD_PATH)
        del blueprint.properties[name]
        blueprint.required = [it for it in blueprint.required if it != name]
        for entity in self.of(blueprint):
            entity.properties.pop(name, None)

    def drop_relation(self, blueprint: Blueprint, name: str) -> None:
        if any((blueprint, name) in passed for passed in self._passed()):
            raise Refused(BAD_PATH)
        del blueprint.relations[name]
        for entity in self.of(blueprint):
            entity.relations.pop(name, None)

    def rename_property(self, blueprint: Blueprint, old: str, new: str) -> None:
        if old not in blueprint.properties:
            raise Refused(NOT_FOUND)
        if new in blueprint.names:
            raise Refused(TAKEN)
        for other in self.blueprints.values():
            for path in other.mirrors.values():
                if self._ends_at(other, path) == (blueprint, old):
                    path[-1] = new
        blueprint.properties = {new if it == old else it: kind for it, kind in blueprint.properties.items()}
        blueprint.required = [new if it == old else it for it in blueprint.required]
        for entity in self.of(blueprint):
            if old in entity.properties:
                entity.properties[new] = entity.properties.pop(old)

    def rename_relation(self, blueprint: Blueprint, old: str, new: str) -> None:
        if old not in blueprint.relations:
            raise Refused(NOT_FOUND)
        if new in blueprint.relations:
            raise Refused(TAKEN)
        for other in self.blueprints.values():
            for path in other.mirrors.values():
                renamed = [step == (blueprint, old) for step in steps(other, path)]
                path[:-1] = [new if is_it else it for it, is_it in zip(path[:-1], renamed, strict=True)]
            for aggregation in other.aggregations.values():
                if (aggregation.source, aggregation.relation) == (blueprint.identifier, old):
                    aggregation.relation = new
        blueprint.relations = {new if it == old else it: relation for it, relation in blueprint.relations.items()}
        for entity in self.of(blueprint):
            if old in entity.relations:
                entity.relations[new] = entity.relations.pop(old)

    def _passed(self) -> list[list[tuple[Blueprint, str]]]:
        return [steps(it, path) for it in self.blueprints.values() for path in it.mirrors.values()]

    def _ends_at(self, start: Blueprint, path: list[str]) -> tuple[Blueprint, str]:
        place, name = steps(start, path)[-1]
        return place.relations[name].target, path[-1]

    # Entities

    def create(
        self, blueprint: Blueprint, write: Write, *, upsert: bool = False, merge: bool = False, missing: bool = False
    ) -> None:
        assert write.identifier is not None
        existing = self.find(blueprint, write.identifier)
        if existing is not None and not upsert:
            raise Refused(TAKEN)
        self.write(existing or Entity(blueprint, write.identifier), write, merge=merge, missing=missing)

    def write(self, entity: Entity, write: Write, *, merge: bool, missing: bool = False) -> None:
        """Changes an entity, or adds it if it is new; `merge` keeps what the write does not name."""
        kept = entity if merge else Entity(entity.blueprint, entity.identifier)
        properties = {**kept.properties, **write.properties}
        properties = {name: value for name, value in properties.items() if value is not None}
        relations = {**kept.relations, **self._targets(entity, write, missing=missing)}
        team = kept.team if write.team is None else list(dict.fromkeys(write.team))
        problems = {*self._problems(entity, write, properties, relations, missing=missing)}
        if problems:
            raise Refused(*problems)
        self._add_missing(entity, relations)
        entity.title = write.title or kept.title
        entity.identifier = write.identifier or entity.identifier
        entity.properties, entity.relations, entity.team = properties, relations, team
        if entity not in self.entities:
            self.entities.append(entity)

    def _problems(
        self,
        entity: Entity,
        write: Write,
        properties: dict[str, Any],
        relations: dict[str, list[Entity]],
        *,
        missing: bool,
    ) -> Iterable[Answer]:
        blueprint = entity.blueprint
        holder = None if write.identifier is None else self.find(blueprint, write.identifier)
        if holder not in (None, entity):
            yield TAKEN
        for name, value in write.properties.items():
            if name not in blueprint.properties or not fits(blueprint.properties[name], value):
                yield MISMATCH
        if any(name not in properties for name in blueprint.required):
            yield MISMATCH
        for name, value in write.relations.items():
            relation = blueprint.relations.get(name)
            if relation is None:
                yield 422, "blueprint_missing_relation"
            elif isinstance(value, list) and not relation.many:
                yield 422, "relation_many_violation"
            elif not missing and len(set(_listed(value))) > len(relations[name]):
                yield NOT_FOUND
        for name, relation in blueprint.relations.items():
            if relation.required and not relations.get(name):
                yield 422, "required_relation"
                yield NOT_FOUND
        if not self.teams.issuperset(write.team or ()):
            yield NOT_FOUND

    def _targets(self, entity: Entity, write: Write, *, missing: bool) -> dict[str, list[Entity]]:
        """Returns what the write points at; entities that do not exist are made, but not kept yet."""
        made: dict[tuple[Blueprint, str], Entity] = {(entity.blueprint, write.identifier or entity.identifier): entity}
        targets = {}
        for name, value in write.relations.items():
            if name in entity.blueprint.relations:
                blueprint = entity.blueprint.relations[name].target
                found = []
                for identifier in dict.fromkeys(_listed(value)):
                    target = self.find(blueprint, identifier) or made.get((blueprint, identifier))
                    if target is None and missing:
                        target = made[blueprint, identifier] = Entity(blueprint, identifier, identifier)
                    found += [] if target is None else [target]
                targets[name] = found
        return targets

    def _add_missing(self, entity: Entity, relations: dict[str, list[Entity]]) -> None:
        targets = dict.fromkeys(target for ends in relations.values() for target in ends)
        self.entities += [target for target in targets if target not in self.entities and target is not entity]

    def delete(self, entities: list[Entity], *, with_dependents: bool) -> None:
        doomed = list(entities)
        for entity in doomed:
            doomed += [it for it in self.entities if it not in doomed and _requires(it, entity)]
        if len(doomed) > len(entities) and not with_dependents:
            raise Refused(DEPENDENTS)
        self._remove(doomed)

    def _remove(self, entities: list[Entity]) -> None:
        self.entities = [it for it in self.entities if it not in entities]
        for entity in self.entities:
            for name, ends in entity.relations.items():
                entity.relations[name] = [end for end in ends if end not in entities]

    def delete_team(self, team: str) -> None:
        if team not in self.teams:
            raise Refused(NOT_FOUND)
        self.teams.remove(team)
        for entity in self.entities:
            entity.team = [it for it in entity.team if it != team]


def fits(kind: str, value: Any) -> bool:
    is_alien = isinstance(value, bool) and kind != "boolean"
    return value is None or (isinstance(value, _TYPES[kind]) and not is_alien)


def _listed(value: Any) -> list[str]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _requires(entity: Entity, other: Entity) -> bool:
    relations = entity.blueprint.relations.items()
    return any(relation.required and other in entity.relations.get(name, []) for name, relation in relations)
