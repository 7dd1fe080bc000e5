"""Port's query language once more, by brute force: every rule is tried on every entity, in plain Python.

It shares no code with the sandbox. A world is a list of entities as dictionaries; derived values are worked out anew at
each look, from the definitions in `DERIVED`.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

NEGATIONS = {
    "!=": "=",
    "doesNotContains": "contains",
    "doesNotBeginsWith": "beginsWith",
    "doesNotEndsWith": "endsWith",
    "notIn": "in",
    "isNotEmpty": "isEmpty",
}
PRESET_DAYS = {
    "lastDay": 1,
    "lastWeek": 7,
    "last2Weeks": 14,
    "lastMonth": 30,
    "last3Months": 90,
    "last6Months": 180,
    "last12Months": 365,
}


@dataclass
class Thing:
    """One entity of the world."""

    blueprint: str
    identifier: str
    title: str | None = None
    team: list[str] = field(default_factory=list)
    properties: dict[str, Any] = field(default_factory=dict)
    relations: dict[str, list[str]] = field(default_factory=dict)


@dataclass
class World:
    """All entities, and what is known of their blueprints."""

    things: list[Thing]
    types: dict[str, dict[str, str]]
    """By blueprint: the type of each property of any kind (`text`, `number`, `flag`, `instant`, `list`, `object`)."""
    mirrors: dict[str, dict[str, str]]
    relations: dict[str, dict[str, str]]
    """By blueprint: the target of each relation."""
    many: set[tuple[str, str]]
    copies: dict[str, dict[str, str]]
    """By blueprint: calculations, each of which copies a property."""
    counts: dict[str, dict[str, tuple[str, str]]]
    """By blueprint: aggregations, each of which counts what points at the entity: (blueprint, relation)."""
    now: datetime
    schemas: dict[str, dict[str, tuple[str, str | None]]] = field(default_factory=dict)
    """By blueprint: type and format of the properties that have a schema of their own, or that of one other entity."""

    def find(self, blueprint: str, identifier: str) -> Thing:
        return next(t for t in self.things if (t.blueprint, t.identifier) == (blueprint, identifier))

    def targets(self, thing: Thing, relation: str) -> list[Thing]:
        blueprint = self.relations[thing.blueprint][relation]
        return [self.find(blueprint, identifier) for identifier in thing.relations.get(relation, [])]

    def value(self, thing: Thing, name: str) -> Any:
        """The value of a property of any kind; None if it is missing."""
        metas = {
            "$identifier": thing.identifier,
            "$title": thing.title,
            "$blueprint": thing.blueprint,
            "$team": thing.team or None,
        }
        if name in metas:
            return metas[name]
        if name in self.copies.get(thing.blueprint, {}):
            return self.value(thing, self.copies[thing.blueprint][name])
        if name in self.counts.get(thing.blueprint, {}):
            source, relation = self.counts[thing.blueprint][name]
            return sum(t.blueprint == source and thing.identifier in t.relations.get(relation, []) for t in self.things)
        if name in self.mirrors.get(thing.blueprint, {}):
            return self._mirrored(thing, self.mirrors[thing.blueprint][name].split("."))
        return thing.properties.get(name)

    def _mirrored(self, thing: Thing, path: list[str]) -> Any:
        reached, listed, blueprint = [thing], False, thing.blueprint
        for step in path[:-1]:
            listed = listed or (blueprint, step) in self.many
            reached = [target for source in reached for target in self.targets(source, step)]
            blueprint = self.relations[blueprint][step]
        values = [value for target in reached if (value := self.value(target, path[-1])) is not None]
        if not listed:
            return values[0] if values else None
        return [e for value in values for e in (value if isinstance(value, list) else [value])] or None

    def type_of(self, blueprint: str, name: str) -> str | None:
        metas = {"$identifier": "text", "$title": "text", "$blueprint": "text", "$team": "list"}
        return metas.get(name) or self.types[blueprint].get(name)


def matches(query: dict[str, Any], thing: Thing, world: World) -> bool:
    """Tells whether an entity matches a query."""
    if not query["rules"]:
        return True
    verdicts = [_rule(rule, thing, world) for rule in query["rules"]]
    return all(verdicts) if query["combinator"] == "and" else any(verdicts)


def _rule(rule: dict[str, Any], thing: Thing, world: World) -> bool:
    if "rules" in rule:
        return matches(rule, thing, world)
    if rule["operator"] == "relatedTo":
        return _related(rule, thing, world)
    if rule["operator"] == "matchAny":
        return _match_any(rule, thing, world)
    if "relation" in rule:
        return _relation(rule, thing, world)
    if "propertySchema" in rule:
        return _property_schema(rule, thing, world)
    if "scorecard" in rule:
        return _scorecard(rule, thing, world)
    kind = world.type_of(thing.blueprint, rule["property"])
    if kind is None:
        return False
    return _compare(rule["operator"], world.value(thing, rule["property"]), rule.get("value"), kind, world.now)


def _compare(operator: str, value: Any, wanted: Any, kind: str, now: datetime) -> bool:
    if operator in NEGATIONS:
        return not _compare(NEGATIONS[operator], value, wanted, kind, now)
    if operator == "isEmpty":
        return value is None
    if operator == "notBetween":
        return value is not None and not _compare("between", value, wanted, kind, now)
    if operator == "isNotExpired":
        return value is not None and kind == "instant" and instant(value) > now
    if operator == "=" and wanted is None:
        return value is None
    if value is None:
        return False
    if isinstance(value, list):
        return _compare_list(operator, value, wanted)
    match operator:
        case "=" if isinstance(wanted, dict):
            return _compare("between", value, wanted, kind, now)
        case "=":
            return _equal(value, wanted, kind)
        case "in":
            return any(_equal(value, choice, kind) for choice in wanted)
        case "contains":
            return kind in ("text", "instant") and isinstance(wanted, str) and wanted in value
        case "beginsWith":
            return kind in ("text", "instant") and isinstance(wanted, str) and value.startswith(wanted)
        case "endsWith":
            return kind in ("text", "instant") and isinstance(wanted, str) and value.endswith(wanted)
        case ">" | ">=" | "<" | "<=":
            return _ordered(operator, value, wanted, kind)
        case "between":
            return kind == "instant" and _within(instant(value), wanted, now)
        case "isExpired":
            return kind == "instant" and instant(value) <= now
    return False


def _compare_list(operator: str, value: list[Any], wanted: Any) -> bool:
    match operator:
        case "=":
            return isinstance(wanted, list) and [(type(a), a) for a in value] == [(type(b), b) for b in wanted]
        case "contains":
            return any(_same(element, wanted) for element in value)
        case "in" | "containsAny":
            return any(_same(element, choice) for element in value for choice in wanted)
    return False


def _same(left: Any, right: Any) -> bool:
    return isinstance(left, bool) == isinstance(right, bool) and left == right


def _equal(value: Any, wanted: Any, kind: str) -> bool:
    if kind == "object":
        return False
    if kind == "instant":
        return isinstance(wanted, str) and instant(wanted) is not None and instant(value) == instant(wanted)
    return _same(value, wanted)


def _ordered(operator: str, value: Any, wanted: Any, kind: str) -> bool:
    if kind == "instant":
        value, wanted = instant(value), instant(wanted) if isinstance(wanted, str) else None
    elif kind != "number" or isinstance(wanted, str):
        return False
    if wanted is None:
        return False
    return {">": value > wanted, ">=": value >= wanted, "<": value < wanted, "<=": value <= wanted}[operator]


def _within(value: datetime, wanted: dict[str, Any], now: datetime) -> bool:
    if "preset" not in wanted:
        return instant(wanted["from"]) <= value <= instant(wanted["to"])
    preset = wanted["preset"]
    if preset in PRESET_DAYS:
        return now - timedelta(days=PRESET_DAYS[preset]) <= value <= now
    day = now.date() + timedelta(days={"yesterday": -1, "today": 0, "tomorrow": 1}[preset])
    return value.astimezone(UTC).date() == day


def instant(text: str) -> Any:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _relation(rule: dict[str, Any], thing: Thing, world: World) -> bool:
    name = rule["relation"]
    if name not in world.relations[thing.blueprint]:
        return False
    ends = world.targets(thing, name)
    values = [end.title if rule.get("targetProperty") == "$title" else end.identifier for end in ends]
    if (thing.blueprint, name) in world.many:
        present = [value for value in values if value is not None]
        if rule["operator"] in ("isEmpty", "isNotEmpty") or rule.get("value") is None:
            return _compare(rule["operator"], values or None, rule.get("value"), "list", world.now)
        return _compare(rule["operator"], present or None, rule.get("value"), "list", world.now)
    return _compare(rule["operator"], values[0] if values else None, rule.get("value"), "text", world.now)


def _property_schema(rule: dict[str, Any], thing: Thing, world: World) -> bool:
    wanted = (rule["propertySchema"]["type"], rule["propertySchema"].get("format"))
    names = [name for name, schema in world.schemas[thing.blueprint].items() if schema == wanted]
    kinds = {name: world.type_of(thing.blueprint, name) or "" for name in names}
    return any(
        _compare(rule["operator"], world.value(thing, name), rule.get("value"), kinds[name], world.now)
        for name in names
    )


def _scorecard(rule: dict[str, Any], thing: Thing, world: World) -> bool:
    """Tells whether the level that an entity has reached, or the status of one of its rules, is as asked."""
    if thing.blueprint != "service" or rule["scorecard"] != "care":
        return False
    statuses = _statuses(thing, world)
    if "scorecardRule" not in rule:
        return _compare(rule["operator"], _level(statuses), rule.get("value"), "text", world.now)
    if rule["scorecardRule"] not in ("fast", "named", "calm"):
        return False
    words = {"Passed": "SUCCESS", "Not passed": "FAILURE"}
    value = rule.get("value")
    value = [words.get(it, it) for it in value] if isinstance(value, list) else words.get(value, value)
    return _compare(rule["operator"], statuses.get(rule["scorecardRule"]), value, "text", world.now)


def _statuses(thing: Thing, world: World) -> dict[str, str]:
    """What the rules of the scorecard `care` say of a service; nothing where its filter leaves the service out."""
    if world.value(thing, "live") is False:
        return {}
    replicas, users = world.value(thing, "replicas"), world.value(thing, "user_count")
    passed = {
        "fast": replicas is not None and replicas >= 1,
        "named": world.value(thing, "domain_name") not in (None, ""),
        "calm": users < 2,
    }
    return {name: "SUCCESS" if it else "FAILURE" for name, it in passed.items()}


def _level(statuses: dict[str, str]) -> str | None:
    if not statuses:
        return None
    if statuses["fast"] == "FAILURE":
        return "Basic"
    return "Gold" if statuses["named"] == statuses["calm"] == "SUCCESS" else "Bronze"


def _neighbours(thing: Thing, world: World, *, upstream: bool) -> list[Thing]:
    if upstream:
        return [target for name in world.relations[thing.blueprint] for target in world.targets(thing, name)]
    return [
        source
        for source in world.things
        for name in world.relations[source.blueprint]
        if any(target is thing for target in world.targets(source, name))
    ]


def _related(rule: dict[str, Any], thing: Thing, world: World) -> bool:
    values = [rule["value"]] if isinstance(rule["value"], str) else rule["value"]
    roots = [t for t in world.things if t.blueprint == rule["blueprint"] and t.identifier in values]
    if any(root is thing for root in roots) or rule.get("required"):
        return False  # no relation of these worlds is required
    directions = {"upstream": [True], "downstream": [False]}.get(rule.get("direction"), [True, False])
    for upstream in directions:
        reached: list[Thing] = []
        pending = list(roots)
        while pending:
            for near in _neighbours(pending.pop(), world, upstream=upstream):
                if not any(near is known for known in reached):
                    reached.append(near)
                    pending.append(near)
        if any(end is thing for end in reached):
            return True
    return False


def _match_any(rule: dict[str, Any], thing: Thing, world: World) -> bool:
    values = [rule["value"]] if isinstance(rule["value"], str) else rule["value"]
    definition = rule["property"]
    if isinstance(definition, str):
        return _rule({"property": definition, "operator": "in", "value": values}, thing, world)
    origin = definition.get("fromBlueprint")
    if origin is None:
        return any(end.identifier in values for end in _walk([thing], definition["path"], world))
    starts = [t for t in world.things if t.blueprint == origin and t.identifier in values]
    return any(end is thing for end in _walk(starts, definition["path"], world))


def _walk(starts: list[Thing], path: list[Any], world: World) -> list[Thing]:
    reached = starts
    for position, item in enumerate(path):
        name, hops = (item, 1) if isinstance(item, str) else (item["relation"], item.get("maxHops", 1))
        frontier = reached
        collected = list(reached) if position and not isinstance(item, str) else []
        for _ in range(hops):
            frontier = [
                target for t in frontier if name in world.relations[t.blueprint] for target in world.targets(t, name)
            ]
            collected += frontier
            frontier = list({id(t): t for t in frontier}.values())
        reached = list({id(t): t for t in collected}.values())
    return reached
