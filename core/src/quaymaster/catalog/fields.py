"""What can be asked of entities: properties of all sorts, meta-properties, relations, scorecard levels."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from quaymaster.catalog.catalog import Catalog
from quaymaster.catalog.names import choose, fold, is_part
from quaymaster.errors import InputError
from quaymaster.port.documents.blueprint import Blueprint, CalculationProperty, Property
from quaymaster.port.documents.scorecard import DEFAULT_LEVELS

__all__ = ["Field", "Path", "fields_of", "resolve"]

_DEEPEST_MIRROR = 8
_SCORECARD_PREFIX = "scorecard:"
_LONG_FORMATS = {"markdown", "yaml", "proto"}


@dataclass(frozen=True)
class Field:
    """One thing that entities can be filtered by, sorted by, grouped by, or shown with.

    Attributes:
        identifier: As Port's rules name it: `lifecycle`, `$team`, or the identifier of a relation or scorecard.
        title: What people call it.
        kind: What it is.
        type: The JSON type of its values.
        format: What the type alone does not say, such as `date-time`.
        choices: The values that it can have, if they are fixed; of a scorecard its levels, the lowest first.
        target: Of a relation, the blueprint at the other end.
        through: Of a mirror property, its path.
    """

    identifier: str
    title: str | None
    kind: Literal["property", "meta", "relation", "scorecard"]
    type: str = "string"
    format: str | None = None
    choices: tuple[str, ...] = ()
    target: str = ""
    through: str | None = None

    @property
    def label(self) -> str:
        """Returns the name that answers use."""
        return self.identifier.removeprefix("$") if self.kind == "meta" else self.identifier

    @property
    def is_date(self) -> bool:
        """Whether its values are instants."""
        return self.format in {"date-time", "timer"}

    @property
    def is_long(self) -> bool:
        """Whether its values can be documents of their own."""
        return self.type == "object" or self.format in _LONG_FORMATS

    @property
    def is_team(self) -> bool:
        """Whether it holds the owning teams."""
        return self.identifier == "$team"


_META = (
    Field("$identifier", "Identifier", "meta"),
    Field("$title", "Title", "meta"),
    Field("$team", "Owning teams", "meta", "array"),
    Field("$icon", "Icon", "meta"),
    Field("$createdAt", "Created at", "meta", format="date-time"),
    Field("$updatedAt", "Updated at", "meta", format="date-time"),
    Field("$createdBy", "Created by", "meta"),
    Field("$updatedBy", "Updated by", "meta"),
)

_SYNONYMS = {
    "owner": "$team",
    "owners": "$team",
    "ownedby": "$team",
    "owningteam": "$team",
    "name": "$title",
    "id": "$identifier",
}
"""What people say for meta-properties, where a blueprint has nothing of that name."""


@dataclass(frozen=True)
class Path:
    """A field, or the field of an entity at the end of a chain of relations (`domain.title`)."""

    relations: tuple[Field, ...]
    field: Field

    def __str__(self) -> str:
        return ".".join(it.label for it in (*self.relations, self.field))


def fields_of(catalog: Catalog, blueprint: Blueprint) -> list[Field]:
    """Returns everything that can be asked of a blueprint's entities; names that occur twice stand nearest first."""
    return [
        *_own(blueprint),
        *(_mirror(catalog, blueprint, identifier) for identifier in blueprint.mirror_properties),
        *_relations(blueprint),
        *_META,
        *_scorecards(catalog, blueprint.identifier),
    ]


def resolve(catalog: Catalog, blueprint: Blueprint, name: str) -> Path:
    """Returns what a name stands for: an identifier or title, also behind relations (`system.domain.title`).

    Where a mirror property shows the end of a chain already, it is taken instead of the chain.

    Raises:
        InputError: There is no such field, or several.
    """
    fields = fields_of(catalog, blueprint)
    if name.startswith(_SCORECARD_PREFIX):
        scorecards = _scorecards(catalog, blueprint.identifier)
        wanted = name.removeprefix(_SCORECARD_PREFIX)
        return Path((), choose(wanted, scorecards, "scorecard", _described(blueprint), by_part=True))
    try:
        return Path((), _choose_field(name, fields, blueprint))
    except InputError:
        head, dot, rest = name.partition(".")
        relations = _relations(blueprint)
        if not dot or not relations:
            raise
        relation = choose(head, relations, "relation", _described(blueprint))
    target = catalog.blueprints.get(relation.target)
    if target is None:
        raise InputError(f"relation {head!r} leads to blueprint {relation.target!r}, which this credential cannot read")
    behind = resolve(catalog, target, rest)
    chain = Path((relation, *behind.relations), behind.field)
    wanted = ".".join(it.identifier for it in (*chain.relations, chain.field))
    mirror = next((it for it in fields if it.through == wanted), None)
    return chain if mirror is None else Path((), mirror)


def _choose_field(name: str, fields: list[Field], blueprint: Blueprint) -> Field:
    """Returns the field of a name; of those that go by it, a property wins over a relation, and so on down.

    A name that nothing has finds what has it as a part, such as `coverage` for `test_coverage`, if that is one only.
    """
    by_name = next((it for it in fields if name in {it.identifier, it.label}), None)
    if by_name is not None:
        return by_name
    word = fold(name)
    is_known = any(word in {fold(it.identifier), fold(it.title or "")} for it in fields)
    if word in _SYNONYMS and not is_known:
        return next(it for it in fields if it.identifier == _SYNONYMS[word])
    own = [it for it in fields if it.kind != "meta" and is_part(name, it)]
    among = own if own and not is_known else fields
    return choose(name, among, "property", _described(blueprint), by_part=True)


def _described(blueprint: Blueprint) -> str:
    return f"blueprint {blueprint.identifier!r}"


def _own(blueprint: Blueprint) -> Iterator[Field]:
    """Yields the properties that no other blueprint is needed to understand."""
    for identifier, definition in blueprint.schema_.properties.items():
        yield _typed(identifier, definition)
    for identifier, calculation in blueprint.calculation_properties.items():
        yield _typed(identifier, calculation)
    for identifier, aggregation in blueprint.aggregation_properties.items():
        yield Field(identifier, aggregation.title, "property", "number")


def _typed(identifier: str, definition: Property | CalculationProperty) -> Field:
    enum = definition.enum if isinstance(definition, Property) else None
    choices = tuple(it for it in enum or () if isinstance(it, str))
    return Field(identifier, definition.title, "property", definition.type, definition.format, choices)


def _mirror(catalog: Catalog, blueprint: Blueprint, identifier: str, depth: int = 0) -> Field:
    """Returns a mirror property with the type of what it shows; an array if a relation on its way leads to many."""
    mirror = blueprint.mirror_properties[identifier]
    *relations, last = mirror.path.split(".")
    many, end = False, blueprint
    for name in relations:
        relation = end.relations.get(name)
        if relation is None or relation.target not in catalog.blueprints:
            return Field(identifier, mirror.title, "property", through=mirror.path)
        many = many or relation.many
        end = catalog.blueprints[relation.target]
    if last in end.mirror_properties and depth < _DEEPEST_MIRROR:
        source: Field | None = _mirror(catalog, end, last, depth + 1)
    else:
        source = next((it for it in (*_own(end), *_META) if it.identifier == last), None)
    source = source or Field(last, None, "property")
    return Field(
        identifier,
        mirror.title,
        "property",
        "array" if many else source.type,
        source.format,
        source.choices,
        through=mirror.path,
    )


def _relations(blueprint: Blueprint) -> list[Field]:
    return [
        Field(identifier, relation.title, "relation", "array" if relation.many else "string", target=relation.target)
        for identifier, relation in blueprint.relations.items()
    ]


def _scorecards(catalog: Catalog, blueprint: str) -> list[Field]:
    return [
        Field(it.identifier, it.title, "scorecard", choices=tuple(level.title for level in it.levels or DEFAULT_LEVELS))
        for it in catalog.scorecards_of(blueprint)
    ]
