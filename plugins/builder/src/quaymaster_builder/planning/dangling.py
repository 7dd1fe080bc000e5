"""Finds what documents say of one another that is not so: references that Port would refuse."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from quaymaster import nearest_first
from quaymaster_builder.model.parts import ORDER, Part, get_part
from quaymaster_builder.model.references import PROPERTY_MAPS, find_property, follow_path, list_objects
from quaymaster_builder.model.refs import ABSENT, Documents, Json, Ref, RefKind
from quaymaster_builder.planning.values import find_value_problems

__all__ = ["META_PROPERTIES", "find_dangling"]

META_PROPERTIES = frozenset(
    f"${name}"
    for name in (
        "identifier",
        "title",
        "blueprint",
        "team",
        "icon",
        "createdAt",
        "updatedAt",
        "createdBy",
        "updatedBy",
        "datasource",
    )
)
"""What every entity has beside its properties (Port: Search and query, Meta-properties)."""

Finding = tuple[str, str]
"""A problem and a remedy."""


def find_dangling(ref: Ref, part: Part, value: Any, documents: Documents) -> Iterator[Finding]:
    """Yields each thing that a part refers to and that is not in the documents."""
    if part[-1] != ORDER and ref.kind in _FINDERS:
        yield from _FINDERS[ref.kind](ref, part, value, documents)


def _in_blueprint(ref: Ref, part: Part, value: Any, documents: Documents) -> Iterator[Finding]:
    match part:
        case ("relations", name):
            yield from _unknown_blueprint(value["target"], documents)
            if value.get("many") and value.get("required"):
                yield f"relation {name!r} is both many and required", "Port takes one of the two"
        case ("mirrorProperties", _):
            *relations, end = value["path"].split(".")
            yield from _broken_path(ref.identifier, relations, documents, end)
        case ("ownership",) | ("teamInheritance",) if "path" in value:
            path = [name for name in value["path"].split(".") if name != "$team"]
            yield from _broken_path(ref.identifier, path, documents)
        case ("aggregationProperties", _):
            yield from _unknown_blueprint(value["target"], documents)
            measured = value["calculationSpec"].get("property")
            yield from _unknown_properties(value["target"], [measured] if measured else [], documents)
    if part[:-1] in PROPERTY_MAPS:
        others = [path for path in PROPERTY_MAPS if path != part[:-1]]
        for other in others:
            if get_part(documents[ref], (*other, part[-1])) is not ABSENT:
                yield f"{part[-1]!r} is also in {'.'.join(other)}", "give one of the two another identifier"


def _in_scorecard(ref: Ref, part: Part, value: Any, documents: Documents) -> Iterator[Finding]:
    yield from _unknown_blueprint(ref.blueprint, documents)
    if part[0] in {"rules", "filter"}:
        yield from _unknown_in_query(ref.blueprint, value, documents)
    elif part == ("properties",):
        yield from _unknown_properties("_scorecard", value, documents)


def _in_action(ref: Ref, part: Part, value: Any, documents: Documents) -> Iterator[Finding]:
    if part == ("invocationMethod",) and value.get("type") == "UPSERT_ENTITY":
        yield from _in_mapping(value, documents)
    if part != ("trigger",):
        return
    event = value.get("event") or value
    if blueprint := event.get("blueprintIdentifier"):
        yield from _unknown_blueprint(blueprint, documents)
        yield from _unknown_in_query(blueprint, value.get("condition"), documents)
    if blueprint and "propertyIdentifier" in event:
        yield from _unknown_properties(blueprint, [event["propertyIdentifier"]], documents)
    if (action := event.get("actionIdentifier")) and Ref("action", action) not in documents:
        yield _unknown("action", action, (it.identifier for it in documents if it.kind == "action"))
    yield from _in_form(value.get("userInputs") or {}, documents)


def _in_form(form: Json, documents: Documents) -> Iterator[Finding]:
    inputs = form.get("properties") or {}
    for definition in list_objects(inputs):
        if definition.get("format") == "entity" and isinstance(definition.get("blueprint"), str):
            yield from _unknown_blueprint(definition["blueprint"], documents)
    known = {*inputs, *(form.get("titles") or {})}
    orders = [form.get("order") or [], *(step.get("order") or [] for step in form.get("steps") or ())]
    required = form.get("required")
    for name in dict.fromkeys(name for order in orders for name in order if name not in known):
        yield f"the form's order names an input {name!r} that it does not have", _choices(name, known)
    for name in required if isinstance(required, list) else ():
        if name not in inputs:
            yield f"the form requires an input {name!r} that it does not have", _choices(name, inputs)


def _in_mapping(method: Json, documents: Documents) -> Iterator[Finding]:
    blueprint, mapping = method["blueprintIdentifier"], method["mapping"]
    if "{{" in blueprint:
        return
    yield from _unknown_blueprint(blueprint, documents)
    plain = [[name for name in mapping.get(key) or () if "{{" not in name] for key in ("properties", "relations")]
    yield from _unknown_properties(blueprint, plain[0], documents)
    yield from _unknown_relations(blueprint, plain[1], documents)


def _in_entity(ref: Ref, part: Part, value: Any, documents: Documents) -> Iterator[Finding]:
    owner = Ref("blueprint", ref.blueprint)
    yield from _unknown_blueprint(ref.blueprint, documents)
    match part:
        case ("properties", name):
            definition = get_part(documents.get(owner), (*PROPERTY_MAPS[0], name))
            if definition is not ABSENT:
                yield from find_value_problems(definition, value)
            elif owner in documents:
                computed = find_property(documents, ref.blueprint, name)
                reason = "is computed by Port" if computed else "is not a property"
                yield f"{name!r} of {owner} {reason}", _choices(name, _members(documents[owner], PROPERTY_MAPS[0]))
        case ("relations", name):
            yield from _unknown_relations(ref.blueprint, [name], documents)
            relation = get_part(documents.get(owner), part)
            if isinstance(value, list) and relation is not ABSENT and not relation.get("many"):
                yield f"relation {name!r} of {owner} leads to one entity, not a list", "give one identifier"


def _in_permissions(ref: Ref, part: Part, value: Any, documents: Documents) -> Iterator[Finding]:
    match part:
        case ("entities", "updateProperties", name, *_) if name not in META_PROPERTIES:
            yield from _unknown_properties(ref.identifier, [name], documents)
        case ("entities", "updateRelations", name, *_):
            yield from _unknown_relations(ref.identifier, [name], documents)


_FINDERS: Mapping[RefKind, Callable[[Ref, Part, Any, Documents], Iterator[Finding]]] = {
    "blueprint": _in_blueprint,
    "blueprint_permissions": _in_permissions,
    "scorecard": _in_scorecard,
    "action": _in_action,
    "entity": _in_entity,
}


def _unknown_in_query(blueprint: str, query: Any, documents: Documents) -> Iterator[Finding]:
    rules = list(list_objects(query))
    properties = [rule["property"] for rule in rules if isinstance(rule.get("property"), str)]
    yield from _unknown_properties(blueprint, properties, documents)
    relations = [rule["relation"] for rule in rules if isinstance(rule.get("relation"), str)]
    yield from _unknown_relations(blueprint, relations, documents)


def _broken_path(
    blueprint: str, relations: list[str], documents: Documents, end: str | None = None
) -> Iterator[Finding]:
    where = blueprint
    for place, name in enumerate(relations):
        found = follow_path(documents, blueprint, relations[: place + 1])[1]
        if found is None:
            yield from _unknown_relations(where, [name], documents)
            return
        where = found
    if end is not None:
        yield from _unknown_properties(where, [end], documents)


def _unknown_blueprint(identifier: str, documents: Documents) -> Iterator[Finding]:
    if Ref("blueprint", identifier) not in documents:
        yield _unknown("blueprint", identifier, (it.identifier for it in documents if it.kind == "blueprint"))


def _unknown_properties(blueprint: str, names: Iterable[str], documents: Documents) -> Iterator[Finding]:
    ref = Ref("blueprint", blueprint)
    if ref not in documents:
        return
    for name in dict.fromkeys(names):
        if name not in META_PROPERTIES and find_property(documents, blueprint, name) is None:
            known = [it for path in PROPERTY_MAPS for it in _members(documents[ref], path)]
            yield f"{ref} has no property {name!r}", _choices(name, known)


def _unknown_relations(blueprint: str, names: Iterable[str], documents: Documents) -> Iterator[Finding]:
    ref = Ref("blueprint", blueprint)
    for name in dict.fromkeys(names):
        if ref in documents and follow_path(documents, blueprint, [name])[1] is None:
            yield f"{ref} has no relation {name!r}", _choices(name, _members(documents[ref], ("relations",)))


def _members(document: Json, path: Part) -> Iterable[str]:
    members = get_part(document, path)
    return () if members is ABSENT else members


def _unknown(kind: str, identifier: str, known: Iterable[str]) -> Finding:
    return f"there is no {kind} {identifier!r}", _choices(identifier, known)


def _choices(name: str, known: Iterable[str]) -> str:
    names = nearest_first(name, known)
    more = f" and {len(names) - 10} more" if len(names) > 10 else ""
    return f"there are: {', '.join(names[:10])}{more}" if names else "there are none"
