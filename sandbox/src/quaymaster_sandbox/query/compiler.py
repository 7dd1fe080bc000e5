"""Queries become conditions on the rows of one blueprint.

A query is compiled once for each blueprint that it may concern. In each compilation the blueprint is known, so a rule
on `$blueprint` or on a property that the blueprint does not have is decided at once, and a blueprint whose condition
comes out as false is never read.
"""

from collections.abc import Mapping
from typing import Any

from quaymaster_sandbox.catalog.blueprint import Aggregation, Calculation, Kind, Mirror
from quaymaster_sandbox.query.comparisons import Comparison, compare
from quaymaster_sandbox.query.paths import ends, find_relation, leads_to, match_any_path, related_to, relations_along
from quaymaster_sandbox.query.scope import Scope
from quaymaster_sandbox.query.sql import ALWAYS, NEVER, Sql, all_of, any_of
from quaymaster_sandbox.query.subjects import Cell, Subject, meta_property, own_property, relation_targets, scalar
from quaymaster_sandbox.scorecards.subjects import verdict_subject, with_status
from quaymaster_sandbox.storage.indexes import Column
from quaymaster_sandbox.values.ways import from_related, ways_to_target

_MY_TEAMS = "My Teams"
DEEPEST_MIRROR = 8
"""Mirrors of mirrors that are followed; two that mirror each other in a circle have no value."""


def compile_query(query: Mapping[str, Any], scope: Scope) -> Sql:
    """Returns the condition that an entity of the scope's blueprint matches the query.

    No rules match everything, for `or` too (a guess: Port's own screens send such filters).
    """
    rules = query["rules"]
    if not rules:
        return ALWAYS if query["combinator"] == "and" or scope.assumptions.empty_or_matches else NEVER
    join = all_of if query["combinator"] == "and" else any_of
    return join(_compile_rule(rule, scope) for rule in rules)


def _compile_rule(rule: Mapping[str, Any], scope: Scope) -> Sql:
    if "rules" in rule:
        return compile_query(rule, scope)
    if rule["operator"] == "relatedTo":
        return related_to(rule, scope)
    if rule["operator"] == "matchAny":
        return _match_any(rule, scope)
    if "propertySchema" in rule:
        return _property_schema(rule, scope)
    if "relation" in rule:
        return _compared(relation_subject(rule["relation"], rule.get("targetProperty"), scope), rule, scope)
    if "scorecard" in rule:
        return _compared(verdict_subject(rule["scorecard"], rule.get("scorecardRule"), scope), with_status(rule), scope)
    if isinstance(rule["property"], Mapping):
        return _about_the_caller(rule, scope)
    return _compared(property_subject(rule["property"], scope), rule, scope)


def _compared(subject: Subject | None, rule: Mapping[str, Any], scope: Scope) -> Sql:
    if subject is None:
        return NEVER
    if subject.column is not None:
        scope.searched.add(subject.column)
    value = rule.get("value")
    if isinstance(value, Mapping) and "context" in value:
        value = scope.caller.context_values(value["context"], value["property"])
        if value is None or value == []:
            return NEVER
    if rule.get("property") == "$team" and isinstance(value, list) and _MY_TEAMS in value:
        value = [name for name in value if name != _MY_TEAMS] + list(scope.caller.identifiers("userTeams"))
    return compare(rule["operator"], Comparison(subject, value, scope.now, scope.assumptions))


def _about_the_caller(rule: Mapping[str, Any], scope: Scope) -> Sql:
    """Returns a rule whose left side is the caller: the user's entity, or any of those of the user's teams."""
    context = rule["property"]["context"]
    blueprint = scope.catalog.find("_user" if context == "user" else "_team")
    identifiers = scope.caller.identifiers(context)
    if blueprint is None or not identifiers:
        return NEVER
    inner = _compile_rule({**rule, "property": rule["property"]["property"]}, scope.at(blueprint))
    named = any_of(Sql("v.identifier = ?", (identifier,)) for identifier in identifiers)
    return f"EXISTS (SELECT 1 FROM {blueprint.table} AS v WHERE " + all_of((named, inner)) + ")"


def property_subject(identifier: str, scope: Scope) -> Subject | None:
    """Returns the subject of a property or meta-property of the blueprint; None if it has none of this name."""
    blueprint = scope.blueprint
    if identifier == "$team":
        return _team_subject(scope)
    if identifier.startswith("$"):
        return meta_property(blueprint, identifier)
    if identifier in blueprint.properties:
        return own_property(blueprint, blueprint.properties[identifier])
    if identifier in blueprint.mirrors:
        return _mirror_subject(blueprint.mirrors[identifier], scope)
    if identifier in blueprint.calculations:
        return _calculation_subject(blueprint.calculations[identifier], scope)
    if identifier in blueprint.aggregations:
        return _aggregation_subject(blueprint.aggregations[identifier], scope)
    return None


def relation_subject(identifier: str, target_property: str | None, scope: Scope) -> Subject | None:
    """Returns the subject of a relation: the identifiers of its targets, or their titles."""
    relation = find_relation(scope.blueprint, identifier)
    target = scope.catalog.find(relation.target) if relation is not None else None
    if relation is None or target is None:
        return None
    return relation_targets(relation, target, "title" if target_property == "$title" else "identifier")


def _team_subject(scope: Scope) -> Subject | None:
    path = scope.blueprint.ownership_path
    if path is not None:
        return _path_subject(path, "$team", "$team", scope)
    return relation_subject("$team", None, scope)


def _mirror_subject(mirror: Mirror, scope: Scope) -> Subject | None:
    return _path_subject(mirror.relations, mirror.property, mirror.identifier, scope)


def _path_subject(names: tuple[str, ...], final: str, derived_name: str, scope: Scope) -> Subject | None:
    """Returns the subject of a property of other entities, at the end of a chain of relations."""
    chain = relations_along(scope.catalog, scope.blueprint, names)
    if chain is None or scope.depth > DEEPEST_MIRROR:
        return None
    relations, end = chain
    inner = property_subject(final, scope.at(end))
    if inner is None:
        return None

    def through(condition: Sql) -> Sql:
        return leads_to(relations, f"SELECT v.id FROM {end.table} AS v WHERE " + condition)

    derived = _derived(derived_name, scope)
    last = f"e{len(relations) - 1}.target"
    reached = (
        " JOIN (SELECT DISTINCT e0.source AS source, "
        + inner.value
        + f" AS value FROM {ends(relations)} JOIN {end.table} AS v ON v.id = {last}"
        + inner.join
        + f" WHERE e0.relation = {relations[0].id}) AS reached ON reached.source = v.id"
    )
    several = any(relation.many for relation in relations)
    # Arrays at the ends of several ways are joined to one, which is missing if none of them has an element.
    has_value = inner.length + " > 0" if several and inner.length is not None else inner.present
    is_array = inner.is_array or several
    return Subject(
        inner.cell,
        lambda condition: through(inner.holds(condition)),
        through(has_value),
        is_array=is_array,
        length="json_array_length(" + derived + ")" if is_array else None,
        whole=derived if is_array else None,
        value=Sql("reached.value"),
        join=reached,
        column=inner.column,
    )


def _derived(identifier: str, scope: Scope) -> Sql:
    return Sql("derived_value(?, v.id, ?)", (scope.blueprint.id, identifier))


def _calculation_subject(calculation: Calculation, scope: Scope) -> Subject:
    if calculation.column is not None:
        column = Sql(f"v.{calculation.column}")
        return scalar(column, calculation.kind, column, Column(scope.blueprint.table, calculation.column))
    derived = _derived(calculation.identifier, scope)
    if calculation.kind is not Kind.ARRAY:
        text = derived if calculation.kind is Kind.TEXT else _derived_text(calculation, scope)
        return scalar(derived, calculation.kind, text)
    return Subject(
        Cell(Sql("json_element(type, value)"), None, Sql("value")),
        lambda condition: "EXISTS (SELECT 1 FROM json_each(" + derived + ") WHERE " + condition + ")",
        derived + " IS NOT NULL",
        is_array=True,
        length="json_array_length(" + derived + ")",
        whole=derived,
        value=Sql("json_element(made.type, made.value)"),
        join=" JOIN json_each(" + derived + ") AS made",
    )


def _derived_text(calculation: Calculation, scope: Scope) -> Sql:
    return Sql("derived_text(?, v.id, ?)", (scope.blueprint.id, calculation.identifier))


def _aggregation_subject(aggregation: Aggregation, scope: Scope) -> Subject:
    """Returns the subject of an aggregation; SQLite counts by itself, other functions are worked out beforehand.

    So is a count that another query asks for in turn: two that count one another would have no end.
    """
    definition = aggregation.definition
    if definition["calculationSpec"]["func"] == "count" and scope.depth == 0:
        return scalar(_count(definition, scope), Kind.NUMBER, None)
    return scalar(_derived(aggregation.identifier, scope), Kind.NUMBER, None)


def _count(definition: Mapping[str, Any], scope: Scope) -> Sql:
    target = scope.catalog.find(definition["target"])
    ways = list(ways_to_target(scope.catalog, scope.blueprint, definition)) if target is not None else []
    condition = NEVER
    if target is not None and ways:
        condition = compile_query(definition["query"], scope.at(target)) if definition.get("query") else ALWAYS
    if target is None or condition == NEVER:
        return Sql("0")
    return "(SELECT count(*)" + from_related(ways, Sql("= v.id"), target, condition) + ")"


def _match_any(rule: Mapping[str, Any], scope: Scope) -> Sql:
    value = rule["value"]
    if isinstance(value, Mapping):
        value = scope.caller.context_values(value["context"], value["property"])
    values = [value] if isinstance(value, str) else [name for name in value or () if isinstance(name, str)]
    definition = rule["property"]
    if isinstance(definition, Mapping) and "path" in definition:
        return match_any_path(definition, values, scope)
    return _compile_rule({"property": definition, "operator": "in", "value": values}, scope)


def _property_schema(rule: Mapping[str, Any], scope: Scope) -> Sql:
    """Returns that any property of the rule's schema satisfies the operator.

    Own and calculation properties have a schema of their own; a mirror has that of its source, an aggregation is a
    number.
    """
    wanted = rule["propertySchema"]
    blueprint = scope.blueprint
    names = (*blueprint.properties, *blueprint.calculations, *blueprint.aggregations, *blueprint.mirrors)
    matching = [name for name in names if _fits(_property_schema_of(name, scope), wanted)]
    comparison = {"operator": rule["operator"], "value": rule.get("value")}
    return any_of(_compile_rule({"property": name, **comparison}, scope) for name in matching)


def _property_schema_of(name: str, scope: Scope) -> Mapping[str, Any]:
    """Returns the schema of a property's values, an empty one if it has none, as mirrors of several entities."""
    blueprint = scope.blueprint
    if name in blueprint.properties:
        return blueprint.properties[name].schema
    if name in blueprint.calculations:
        return blueprint.calculations[name].schema
    if name in blueprint.aggregations:
        return {"type": "number"}
    mirror = blueprint.mirrors.get(name)
    chain = relations_along(scope.catalog, blueprint, mirror.relations) if mirror is not None else None
    if mirror is None or chain is None or any(relation.many for relation in chain[0]) or scope.depth > DEEPEST_MIRROR:
        return {}
    return _property_schema_of(mirror.property, scope.at(chain[1]))


def _fits(schema: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    if schema.get("type") != wanted.get("type") or schema.get("format") != wanted.get("format"):
        return False
    items = schema.get("items")
    return "items" not in wanted or (isinstance(items, Mapping) and _fits(items, wanted["items"]))
