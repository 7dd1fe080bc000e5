"""Which parts of entities a request wants to read (Port: `include`, `exclude` and what else reads take)."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

ALL_METAS = frozenset(
    {
        "identifier",
        "title",
        "icon",
        "blueprint",
        "team",
        "createdAt",
        "createdBy",
        "updatedAt",
        "updatedBy",
        "scorecards",
        "datasource",
    }
)
_ALWAYS = frozenset({"identifier", "title", "blueprint"})
_HIDDEN = frozenset({"datasource"})


@dataclass(frozen=True)
class _Paths:
    """Paths in either of Port's spellings: `properties.language` or `language`, `updatedAt` or `$updatedAt`."""

    metas: frozenset[str] = frozenset()
    properties: frozenset[str] = frozenset()
    relations: frozenset[str] = frozenset()
    bare: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()

    def has_meta(self, name: str) -> bool:
        return name in self.metas or name in self.bare

    def has_property(self, name: str) -> bool:
        return "properties" in self.groups or name in self.properties or name in self.bare

    def has_relation(self, name: str) -> bool:
        return "relations" in self.groups or name in self.relations or name in self.bare


def _paths(names: Iterable[str]) -> _Paths:
    metas, properties, relations, bare, groups = set(), set(), set(), set(), set()
    for name in names:
        group, dot, rest = name.partition(".")
        if name.startswith("$"):
            metas.add(name[1:])
        elif group == "properties" and dot:
            properties.add(rest)
        elif group == "relations" and dot:
            relations.add(rest)
        elif name in ("properties", "relations"):
            groups.add(name)
        elif group == "scorecards":
            metas.add("scorecards")
        else:
            bare.add(name)
    return _Paths(*map(frozenset, (metas, properties, relations, bare, groups)))


@dataclass(frozen=True)
class View:
    """The parts of entities to read; everything by default.

    `include` names what to keep and `exclude` what to leave out. Identifier, title and blueprint are always there (a
    guess). A bare name means the meta-property, the property and the relation of that name: Port spells these lists
    differently on different routes, and the sandbox takes both spellings on all of them.
    """

    include: _Paths | None = None
    exclude: _Paths = field(default_factory=_Paths)
    calculated: bool = True
    relation_titles: bool = False
    title_mirror_identifiers: bool = False

    def wants_meta(self, name: str) -> bool:
        """Tells whether a part at the top of the entity is wanted."""
        if name in _ALWAYS:
            return True
        if self.include is None:
            return name not in _HIDDEN and not self.exclude.has_meta(name)
        return self.include.has_meta(name) and not self.exclude.has_meta(name)

    @cached_property
    def metas(self) -> frozenset[str]:
        """The parts at the top of the entity that are wanted."""
        return frozenset(filter(self.wants_meta, ALL_METAS))

    def wants_property(self, name: str) -> bool:
        """Tells whether a property is wanted."""
        return (self.include is None or self.include.has_property(name)) and not self.exclude.has_property(name)

    def wants_relation(self, name: str) -> bool:
        """Tells whether a relation is wanted."""
        return (self.include is None or self.include.has_relation(name)) and not self.exclude.has_relation(name)


WHOLE = View()


def make_view(
    include: Iterable[str] | None = None,
    exclude: Iterable[str] | None = None,
    *,
    calculated: bool = True,
    relation_titles: bool = False,
    title_mirror_identifiers: bool = False,
) -> View:
    """Returns the view that the parameters of a request describe; an empty `include` asks for everything."""
    included = list(include or ())
    return View(
        _paths(included) if included else None,
        _paths(exclude or ()),
        calculated,
        relation_titles,
        title_mirror_identifiers,
    )
