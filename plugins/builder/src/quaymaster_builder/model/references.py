"""What the parts of documents need of one another: the order of steps and the blast radius come from this.

Documents that Port does not check (pages, jq programs) are read as far as their text allows; a reference that is missed
costs a warning, never a wrong write.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from quaymaster_builder.model.parts import ORDER, Part, get_part, split
from quaymaster_builder.model.refs import ABSENT, Documents, Json, Ref, RefKind

__all__ = ["PROPERTY_MAPS", "SELF", "Node", "find_dependents", "find_property", "follow_path", "list_objects", "needs"]

SELF: Part = ()
"""The part that stands for a document as a whole: that it exists."""

PROPERTY_MAPS: Sequence[Part] = (
    ("schema", "properties"),
    ("mirrorProperties",),
    ("calculationProperties",),
    ("aggregationProperties",),
)
"""Where the properties of a blueprint stand, of every sort; an entity shows them side by side."""

_MANAGED = "rule_result_target"
"""The type of relations that Port keeps itself, as scorecards come and go (Port: Scorecards as blueprints)."""

_TEAM_RELATIONS = frozenset({"$team", "_owning_teams"})
_JQ_PROPERTY = re.compile(r"""\.properties\.(?:"([^"]+)"|'([^']+)'|([A-Za-z0-9_@-]+))""")


class Node(NamedTuple):
    """A part of a document, or, with the part `SELF`, the document."""

    ref: Ref
    part: Part = SELF


def needs(ref: Ref, part: Part, value: Any, documents: Documents) -> Iterator[Node]:
    """Yields what has to exist before a part can have a value; a node may come more than once.

    Args:
        ref: The document.
        part: The part of it.
        value: The part's value.
        documents: The state in which references are looked up.
    """
    if ref.owner is not None:
        yield Node(ref.owner)
    if part and part[-1] != ORDER and ref.kind in _READERS:
        yield from _READERS[ref.kind](ref, part, value, documents)


def find_dependents(documents: Documents, among: Iterable[Ref] | None = None) -> dict[Node, list[Node]]:
    """Returns, for every part that something needs, the parts that need it, in the order of the documents.

    Args:
        documents: The state.
        among: The documents whose needs count; None for all.
    """
    dependents: defaultdict[Node, list[Node]] = defaultdict(list)
    for ref in documents if among is None else among:
        for part, value in split(ref.kind, documents.get(ref, {})).items():
            for needed in dict.fromkeys(needs(ref, part, value, documents)):
                dependents[needed].append(Node(ref, part))
    return dict(dependents)


def find_property(documents: Documents, blueprint: str, identifier: str) -> Node | None:
    """Returns the part that defines a blueprint's property, of any sort; None for meta-properties and unknown ones."""
    ref = Ref("blueprint", blueprint)
    nodes = (Node(ref, (*path, identifier)) for path in PROPERTY_MAPS)
    return next((node for node in nodes if get_part(documents.get(ref), node.part) is not ABSENT), None)


def follow_path(documents: Documents, blueprint: str, relations: Iterable[str]) -> tuple[list[Node], str | None]:
    """Returns the relations on a path and the blueprint where it ends; None if the path leads nowhere."""
    passed: list[Node] = []
    for name in relations:
        if name in _TEAM_RELATIONS:
            blueprint = "_team"
            continue
        node = Node(Ref("blueprint", blueprint), ("relations", name))
        relation = get_part(documents.get(node.ref), node.part)
        if relation is ABSENT:
            return passed, None
        passed.append(node)
        blueprint = relation["target"]
    return passed, blueprint


def _of_blueprint(ref: Ref, part: Part, value: Any, documents: Documents) -> Iterator[Node]:
    match part:
        case ("relations", _) if value.get("type") != _MANAGED:
            yield Node(Ref("blueprint", value["target"]))
        case ("mirrorProperties", _):
            yield from _along(ref, value["path"], documents)
        case ("calculationProperties", _):
            yield from _named(documents, ref.identifier, _jq_properties(value))
        case ("aggregationProperties", _):
            yield from _of_aggregation(ref, value, documents)
        case ("ownership",) | ("teamInheritance",) if value and "path" in value:
            yield from follow_path(documents, ref.identifier, value["path"].split("."))[0]
        case ("schema", "required"):
            yield from (Node(ref, ("schema", "properties", name)) for name in value)


def _of_aggregation(ref: Ref, value: Json, documents: Documents) -> Iterator[Node]:
    target = value["target"]
    yield Node(Ref("blueprint", target))
    measured = value["calculationSpec"].get("property")
    asked = [rule["property"] for rule in list_objects(value.get("query")) if isinstance(rule.get("property"), str)]
    yield from _named(documents, target, [*asked, *([measured] if measured else ())])
    for path_filter in value.get("pathFilter") or ():
        start = path_filter.get("fromBlueprint", ref.identifier)
        yield from follow_path(documents, start, path_filter["path"])[0]


def _of_scorecard(ref: Ref, part: Part, value: Any, documents: Documents) -> Iterator[Node]:
    if part[0] in {"rules", "filter"}:
        yield from _of_query(ref.blueprint, value, documents)
    elif part == ("properties",):
        yield from _named(documents, "_scorecard", value)


def _of_action(ref: Ref, part: Part, value: Any, documents: Documents) -> Iterator[Node]:
    for found in list_objects(value):
        for key in ("blueprintIdentifier", "blueprint"):
            if isinstance(found.get(key), str):
                yield Node(Ref("blueprint", found[key]))
        if isinstance(found.get("actionIdentifier"), str):
            yield Node(Ref("action", found["actionIdentifier"]))
    trigger = documents[ref].get("trigger") or {}
    event = trigger.get("event") or trigger
    if own := event.get("blueprintIdentifier"):
        expired = event.get("propertyIdentifier")
        yield from _named(documents, own, [*_jq_properties(value), *([expired] if expired else ())])
        if part == ("trigger",):
            yield from _of_query(own, trigger.get("condition"), documents)
    if part == ("invocationMethod",) and "mapping" in value:
        yield from _of_mapping(value["blueprintIdentifier"], value["mapping"], documents)


def _of_mapping(blueprint: str, mapping: Json, documents: Documents) -> Iterator[Node]:
    yield from _named(documents, blueprint, mapping.get("properties") or ())
    for relation in mapping.get("relations") or ():
        yield from follow_path(documents, blueprint, [relation])[0]


def _of_entity(ref: Ref, part: Part, value: Any, documents: Documents) -> Iterator[Node]:
    if part[0] == "properties":
        yield from _named(documents, ref.blueprint, [part[1]])
    elif part[0] == "relations":
        passed, target = follow_path(documents, ref.blueprint, [part[1]])
        yield from passed
        ends = value if isinstance(value, list) else [value]
        if target is not None:
            yield from (Node(Ref("entity", end, target)) for end in ends if isinstance(end, str))


def _of_permissions(ref: Ref, part: Part, value: Any, documents: Documents) -> Iterator[Node]:
    match part:
        case ("entities", "updateProperties", name, *_):
            yield from _named(documents, ref.identifier, [name])
        case ("entities", "updateRelations", name, *_):
            yield from follow_path(documents, ref.identifier, [name])[0]


def _of_page(ref: Ref, part: Part, value: Any, documents: Documents) -> Iterator[Node]:
    if part == ("blueprint",) and isinstance(value, str):
        yield Node(Ref("blueprint", value))
    for widget in list_objects(value):
        if isinstance(widget.get("blueprint"), str):
            yield Node(Ref("blueprint", widget["blueprint"]))


_READERS: Mapping[RefKind, Callable[[Ref, Part, Any, Documents], Iterator[Node]]] = {
    "blueprint": _of_blueprint,
    "blueprint_permissions": _of_permissions,
    "scorecard": _of_scorecard,
    "action": _of_action,
    "entity": _of_entity,
    "page": _of_page,
}


def _along(ref: Ref, path: str, documents: Documents) -> Iterator[Node]:
    *relations, end = path.split(".")
    passed, blueprint = follow_path(documents, ref.identifier, relations)
    yield from passed
    if blueprint is not None:
        yield from _named(documents, blueprint, [end])


def _of_query(blueprint: str, query: Any, documents: Documents) -> Iterator[Node]:
    for rule in list_objects(query):
        if isinstance(rule.get("property"), str):
            yield from _named(documents, blueprint, [rule["property"]])
        if isinstance(rule.get("relation"), str):
            yield from follow_path(documents, blueprint, [rule["relation"]])[0]


def _named(documents: Documents, blueprint: str, properties: Iterable[str]) -> Iterator[Node]:
    yield from filter(None, (find_property(documents, blueprint, name) for name in properties))


def list_objects(value: Any) -> Iterator[Json]:
    """Yields every object within a JSON value, the value itself included."""
    if isinstance(value, dict):
        yield value
        value = list(value.values())
    if isinstance(value, list):
        for member in value:
            yield from list_objects(member)


def _jq_properties(value: Any) -> list[str]:
    """Returns the properties of the entity that the jq programs within a JSON value read."""
    return [next(filter(None, match)) for match in _JQ_PROPERTY.findall(str(value))]
