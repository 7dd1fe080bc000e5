"""Documents cut into parts: what is compared, shown and written piece by piece.

A part is a path into a document, such as `("schema", "properties", "cost")`. Parts are the smallest things that a plan
changes, so that two people who change different parts of one document do not overwrite one another.
"""

from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from quaymaster_builder.model.canonical import canonical
from quaymaster_builder.model.refs import ABSENT, Json, RefKind

__all__ = [
    "KEYED_LISTS",
    "ORDER",
    "STAMPS",
    "Edit",
    "Part",
    "apply_edits",
    "diff",
    "from_port",
    "get_part",
    "is_same",
    "own_entity",
    "set_part",
    "split",
    "to_port",
    "with_order",
]

Part = tuple[str, ...]

STAMPS = frozenset({"createdAt", "createdBy", "updatedAt", "updatedBy", "id"})
"""Keys that Port adds to what it answers; they are nobody's to change."""

_ENTITY_KEYS = ("identifier", "title", "icon", "team", "properties", "relations")
"""The keys of an entity that can be written (Port: PATCH /v1/blueprints/{id}/entities/{id})."""

KEYED_LISTS: Mapping[str, str] = {"rules": "identifier", "levels": "title"}
"""The lists of a scorecard that are worked with as maps, each with the key that names its members."""

ORDER = ""
"""The name under which such a map holds the order of its members; no member can be named so."""

_BLUEPRINT_MAPS = ("relations", "mirrorProperties", "calculationProperties", "aggregationProperties")
_CONTAINERS: Mapping[RefKind, frozenset[Part]] = {
    "blueprint": frozenset({("schema",), ("schema", "properties"), *((name,) for name in _BLUEPRINT_MAPS)}),
    "scorecard": frozenset((name,) for name in KEYED_LISTS),
    "entity": frozenset({("properties",), ("relations",)}),
    "blueprint_permissions": frozenset(
        {("entities",), ("entities", "*"), ("entities", "updateProperties", "*"), ("entities", "updateRelations", "*")}
    ),
    "action_permissions": frozenset({("*",)}),
    "page_permissions": frozenset({("*",)}),
}
"""The objects that are cut further, by kind of document; everything else is one part."""

_NEEDED: Mapping[RefKind, Json] = {"blueprint": {"schema": {"properties": {}}}, "scorecard": {"rules": {ORDER: []}}}
"""What a new document has even if there is nothing in it (Port: POST /v1/blueprints, POST …/scorecards)."""

_DEFAULTS: Mapping[str, Json] = {
    "relations": {"many": False, "required": False},
    "aggregationProperties": {"type": "number"},
}
"""What Port fills into the members of a blueprint's maps (Port: POST /v1/blueprints, defaults)."""


@dataclass(frozen=True)
class Edit:
    """A change of one part.

    Attributes:
        part: The part.
        old: Its value before; `ABSENT` for a part that is new.
        new: Its value after; `ABSENT` for a part that goes.
        followed: What Port may have made of the old value by itself, when something that it refers to got another name.
    """

    part: Part
    old: Any = ABSENT
    new: Any = ABSENT
    followed: Any = ABSENT

    @property
    def is_removal(self) -> bool:
        """Whether the part goes."""
        return self.new is ABSENT

    def inverted(self) -> "Edit":
        """Returns the change back."""
        return Edit(self.part, self.new, self.old)


def from_port(kind: RefKind, document: Mapping[str, Any]) -> Json:
    """Returns a document as it is worked with: without what Port adds, and a scorecard's lists by name."""
    if kind == "entity":
        return {key: document[key] for key in _ENTITY_KEYS if key in document}
    kept = {key: value for key, value in document.items() if key not in STAMPS}
    if kind == "scorecard":
        kept.pop("blueprint", None)
        for key, name in KEYED_LISTS.items():
            if isinstance(kept.get(key), list):
                members = {member[name]: member for member in kept[key]}
                kept[key] = {ORDER: list(members), **members}
    return kept


def own_entity(entity: Mapping[str, Any], own: Container[str]) -> Json:
    """Returns an entity that was read, with the values of its own properties only and without keys that say nothing.

    Args:
        entity: As Port answered, with computed values among the properties.
        own: The identifiers of the properties that its blueprint does not compute.
    """
    document = from_port("entity", entity)
    kept = {key: value for key, value in document.items() if value not in (None, [])}
    properties, relations = document.get("properties", {}), document.get("relations", {})
    return {
        **kept,
        "properties": {name: value for name, value in properties.items() if name in own and value is not None},
        "relations": {name: value for name, value in relations.items() if value not in (None, [])},
    }


def to_port(kind: RefKind, document: Json) -> Json:
    """Returns a document as Port takes it; the opposite of `from_port`."""
    if kind != "scorecard":
        return document
    lists = {key: with_order(document[key]) for key in KEYED_LISTS if key in document}
    return {**document, **{key: [members[name] for name in members[ORDER]] for key, members in lists.items()}}


def with_order(members: Mapping[str, Any], first: Iterable[str] = ()) -> Json:
    """Returns the members of a keyed list with an order that names each once, those of `first` before others."""
    order = dict.fromkeys((*first, *members.get(ORDER, ()), *members))
    return {**members, ORDER: [name for name in order if name in members and name != ORDER]}


def split(kind: RefKind, document: Mapping[str, Any]) -> dict[Part, Any]:
    """Returns a document's parts, in the document's order."""
    return dict(_leaves(_CONTAINERS.get(kind, frozenset()), (), document))


def diff(kind: RefKind, before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> list[Edit]:
    """Returns how one document becomes the other: what goes, then what is new or changes; None is no document."""
    old, new = split(kind, before or {}), split(kind, after or {})
    gone = [Edit(part, value) for part, value in old.items() if part not in new]
    kept = [Edit(part, old.get(part, ABSENT), value) for part, value in new.items()]
    return [*gone, *(edit for edit in kept if not _is_identical(edit.old, edit.new))]


def apply_edits(kind: RefKind, document: Mapping[str, Any] | None, edits: Iterable[Edit]) -> Json:
    """Returns the document with the edits made; None starts from nothing."""
    edited = dict(_NEEDED.get(kind, {}) if document is None else document)
    for edit in edits:
        edited = set_part(edited, edit.part, edit.new)
    return edited


def get_part(document: Mapping[str, Any] | None, part: Part) -> Any:
    """Returns the value of a part; `ABSENT` if the document has none, or does not exist."""
    value: Any = ABSENT if document is None else document
    for key in part:
        if not isinstance(value, Mapping) or key not in value:
            return ABSENT
        value = value[key]
    return value


def set_part(document: Mapping[str, Any], part: Part, value: Any) -> Json:
    """Returns a copy of the document with another value for a part; `ABSENT` takes the part out."""
    copy = dict(document)
    if len(part) > 1:
        copy[part[0]] = set_part(copy.get(part[0]) or {}, part[1:], value)
    elif value is ABSENT:
        copy.pop(part[0], None)
    else:
        copy[part[0]] = value
    return copy


def is_same(kind: RefKind, part: Part, one: Any, other: Any) -> bool:
    """Tells whether Port makes no difference between two values of a part."""
    return part == ("rules", ORDER) or _is_identical(_normal(kind, part, one), _normal(kind, part, other))


def _leaves(containers: frozenset[Part], path: Part, value: Any) -> Iterator[tuple[Part, Any]]:
    if isinstance(value, Mapping) and (not path or path in containers or (*path[:-1], "*") in containers):
        for key, member in value.items():
            yield from _leaves(containers, (*path, key), member)
    else:
        yield path, value


def _is_identical(one: Any, other: Any) -> bool:
    if one is ABSENT or other is ABSENT:
        return one is other
    return canonical(one) == canonical(other)


def _normal(kind: RefKind, part: Part, value: Any) -> Any:
    """Returns a value with what Port makes of it: defaults filled in, nothing for what says nothing."""
    if value in (None, [], {}):
        return ABSENT
    if value is False and kind in {"action", "page"}:
        return ABSENT
    if kind == "blueprint" and isinstance(value, dict):
        return {**_DEFAULTS.get(part[0], {}), **value}
    if kind == "entity" and part[0] in {"team", "relations"}:
        return [value] if isinstance(value, str) else value
    return value
