"""Random catalogs and random queries over them, for hypothesis."""

from datetime import datetime
from typing import Any

from hypothesis import strategies as st

from .brute_force import Thing, World

BLUEPRINTS: list[dict[str, Any]] = [
    {
        "identifier": "domain",
        "title": "Domain",
        "schema": {
            "properties": {
                "name": {"type": "string"},
                "rank": {"type": "number"},
                "since": {"type": "string", "format": "date-time"},
                "labels": {"type": "array"},
            }
        },
        "relations": {"parent": {"target": "domain"}},
        "ownership": {"type": "Direct"},
    },
    {
        "identifier": "service",
        "title": "Service",
        "schema": {
            "properties": {
                "language": {"type": "string"},
                "replicas": {"type": "number"},
                "live": {"type": "boolean"},
                "released": {"type": "string", "format": "date-time"},
                "ends": {"type": "string", "format": "timer"},
                "notes": {"type": "string", "format": "markdown"},
                "labels": {"type": "array"},
                "extra": {"type": "object"},
            }
        },
        "relations": {"domain": {"target": "domain"}, "uses": {"target": "service", "many": True}},
        "mirrorProperties": {
            "domain_name": {"path": "domain.name"},
            "domain_rank": {"path": "domain.rank"},
            "domain_labels": {"path": "domain.labels"},
            "domain_title": {"path": "domain.$title"},
            "parent_since": {"path": "domain.parent.since"},
            "used_languages": {"path": "uses.language"},
            "used_labels": {"path": "uses.labels"},
            "used_domain_names": {"path": "uses.domain_name"},
        },
        "calculationProperties": {
            "copied_language": {"type": "string", "calculation": ".properties.language"},
            "copied_live": {"type": "boolean", "calculation": ".properties.live"},
            "copied_rank": {"type": "number", "calculation": ".properties.domain_rank"},
            "copied_labels": {"type": "array", "calculation": ".properties.labels"},
            "copied_release": {"type": "string", "format": "date-time", "calculation": ".properties.released"},
        },
    },
]
COUNTS = {
    "domain": {"service_count": ("service", "domain"), "child_count": ("domain", "parent")},
    "service": {"user_count": ("service", "uses")},
}
TEAMS = ("red", "blue")
_TEXTS = ("", "a", "A", "ab", "b%_", "ä", "a b")
_NUMBERS = (-1, 0, 1, 2, 2.5, 10**12)
_INSTANTS = (
    "2026-03-15T12:00:00.000Z",
    "2026-03-15T14:00:00+02:00",
    "2026-03-14T23:30:00Z",
    "2026-03-16T00:30:00+01:00",
    "2026-03-01T00:00:00.123456Z",
    "2025-06-01T00:00:00Z",
    "2027-01-01T00:00:00Z",
)
_NAMES = ("n1", "n2", "n3", "n4", "n5")
_ELEMENTS = (*_TEXTS, *_NUMBERS, True, False)


def aggregation(source: str, relation: str) -> dict[str, Any]:
    """A count of what points at an entity by one relation."""
    return {
        "title": relation,
        "target": source,
        "calculationSpec": {"calculationBy": "entities", "func": "count"},
        "pathFilter": [{"fromBlueprint": source, "path": [relation]}],
    }


AGGREGATIONS = {
    blueprint: {name: aggregation(*count) for name, count in counts.items()} for blueprint, counts in COUNTS.items()
}
TYPES = {
    "domain": {"name": "text", "rank": "number", "since": "instant", "labels": "list"}
    | dict.fromkeys(COUNTS["domain"], "number"),
    "service": {
        "language": "text",
        "replicas": "number",
        "live": "flag",
        "released": "instant",
        "ends": "instant",
        "notes": "text",
        "labels": "list",
        "extra": "object",
        "domain_name": "text",
        "domain_rank": "number",
        "domain_labels": "list",
        "domain_title": "text",
        "parent_since": "instant",
        "used_languages": "list",
        "used_labels": "list",
        "used_domain_names": "list",
        "copied_language": "text",
        "copied_live": "flag",
        "copied_rank": "number",
        "copied_labels": "list",
        "copied_release": "instant",
        "user_count": "number",
    },
}
CARE = {
    "identifier": "care",
    "title": "Care",
    "filter": {"combinator": "and", "conditions": [{"property": "live", "operator": "!=", "value": False}]},
    "rules": [
        {
            "identifier": name,
            "title": name,
            "level": level,
            "query": {"combinator": "and", "conditions": [condition]},
        }
        for name, level, condition in (
            ("fast", "Bronze", {"property": "replicas", "operator": ">=", "value": 1}),
            ("named", "Gold", {"property": "domain_name", "operator": "isNotEmpty"}),
            ("calm", "Gold", {"property": "user_count", "operator": "<", "value": 2}),
        )
    ],
}
_DATED = ("string", "date-time")
SCHEMAS: dict[str, dict[str, tuple[str, str | None]]] = {
    "domain": {"name": ("string", None), "rank": ("number", None), "since": _DATED, "labels": ("array", None)}
    | dict.fromkeys(COUNTS["domain"], ("number", None)),
    "service": {
        **dict.fromkeys(("language", "domain_name", "copied_language"), ("string", None)),
        **dict.fromkeys(("replicas", "domain_rank", "copied_rank", "user_count"), ("number", None)),
        **dict.fromkeys(("live", "copied_live"), ("boolean", None)),
        **dict.fromkeys(("released", "parent_since", "copied_release"), _DATED),
        **dict.fromkeys(("labels", "domain_labels", "copied_labels"), ("array", None)),
        "ends": ("string", "timer"),
        "notes": ("string", "markdown"),
        "extra": ("object", None),
    },
}
COPIES = {
    "service": {
        "copied_language": "language",
        "copied_live": "live",
        "copied_rank": "domain_rank",
        "copied_labels": "labels",
        "copied_release": "released",
    }
}

_VALUES = {
    "string": st.sampled_from(_TEXTS),
    "number": st.sampled_from(_NUMBERS),
    "boolean": st.booleans(),
    "array": st.lists(st.sampled_from(_ELEMENTS), max_size=3),
    "object": st.sampled_from([{}, {"a": 1}]),
}


def _value(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    if schema.get("format") in ("date-time", "timer"):
        return st.sampled_from(_INSTANTS)
    return _VALUES[schema["type"]]


@st.composite
def things(draw: st.DrawFn, blueprint: dict[str, Any], identifier: str, names: dict[str, list[str]]) -> Thing:
    properties = {
        name: value
        for name, schema in blueprint["schema"]["properties"].items()
        if (value := draw(st.none() | _value(schema))) is not None
    }
    relations = {}
    for name, relation in blueprint["relations"].items():
        ends = names[relation["target"]]
        relations[name] = draw(st.lists(st.sampled_from(ends), unique=True, max_size=3 if relation.get("many") else 1))
    team = draw(st.lists(st.sampled_from(TEAMS), unique=True))
    return Thing(
        blueprint["identifier"], identifier, draw(st.none() | st.sampled_from(_TEXTS)), team, properties, relations
    )


@st.composite
def worlds(draw: st.DrawFn, now: datetime) -> World:
    names = {
        blueprint["identifier"]: draw(st.lists(st.sampled_from(_NAMES), unique=True, min_size=1))
        for blueprint in BLUEPRINTS
    }
    found = [
        draw(things(blueprint, identifier, names))
        for blueprint in BLUEPRINTS
        for identifier in names[blueprint["identifier"]]
    ]
    return World(
        found,
        TYPES,
        {b["identifier"]: {n: m["path"] for n, m in b.get("mirrorProperties", {}).items()} for b in BLUEPRINTS},
        {b["identifier"]: {n: r["target"] for n, r in b["relations"].items()} for b in BLUEPRINTS},
        {(b["identifier"], n) for b in BLUEPRINTS for n, r in b["relations"].items() if r.get("many")},
        COPIES,
        COUNTS,
        now,
        SCHEMAS,
    )


_PROPERTIES = sorted({*TYPES["domain"], *TYPES["service"], "nothing", "$identifier", "$title", "$blueprint", "$team"})
_SCALARS = st.sampled_from([*_TEXTS, *_NUMBERS, True, False, *_INSTANTS, *_NAMES, *TEAMS, "domain", "service"])
_TEXT_LISTS = st.lists(st.sampled_from([*_TEXTS, *_INSTANTS, *_NAMES, *TEAMS]), max_size=3)
_LISTS = _TEXT_LISTS | st.lists(st.sampled_from(_NUMBERS), max_size=3) | st.lists(st.booleans(), max_size=2)
_PRESETS = ("today", "tomorrow", "yesterday", "lastDay", "lastWeek", "last2Weeks", "lastMonth", "last3Months")
_RANGES = st.builds(
    lambda ends: {"from": ends[0], "to": ends[1]}, st.tuples(st.sampled_from(_INSTANTS), st.sampled_from(_INSTANTS))
) | st.builds(lambda name: {"preset": name}, st.sampled_from((*_PRESETS, "last6Months", "last12Months")))
_PROPERTY = st.sampled_from(_PROPERTIES)


def _of(property_: st.SearchStrategy[Any], operators: list[str], value: st.SearchStrategy[Any] | None) -> Any:
    parts: dict[str, Any] = {"property": property_, "operator": st.sampled_from(operators)}
    return st.fixed_dictionaries(parts if value is None else {**parts, "value": value})


def _judged(operators: list[str], value: st.SearchStrategy[Any] | None, *, of_rule: bool = False) -> Any:
    parts: dict[str, Any] = {"scorecard": st.sampled_from(["care", "care", "care", "nothing"])}
    if of_rule:
        parts["scorecardRule"] = st.sampled_from(["fast", "named", "calm", "nothing"])
    parts["operator"] = st.sampled_from(operators)
    return st.fixed_dictionaries(parts if value is None else {**parts, "value": value})


PROPERTY_RULES = st.one_of(
    _of(_PROPERTY, ["=", "!="], st.none() | _SCALARS | _LISTS),
    _of(_PROPERTY, ["in", "notIn", "containsAny"], _LISTS),
    _of(_PROPERTY, ["contains", "doesNotContains", "beginsWith", "doesNotBeginsWith"], _SCALARS),
    _of(_PROPERTY, ["endsWith", "doesNotEndsWith"], _SCALARS),
    _of(_PROPERTY, [">", ">=", "<", "<="], st.sampled_from([*_NUMBERS, *_INSTANTS])),
    _of(_PROPERTY, ["between", "notBetween", "="], _RANGES),
    _of(_PROPERTY, ["isEmpty", "isNotEmpty", "isExpired", "isNotExpired"], None),
)
RELATED_RULES = st.fixed_dictionaries(
    {
        "operator": st.just("relatedTo"),
        "blueprint": st.sampled_from(["domain", "service"]),
        "value": st.sampled_from(_NAMES) | st.lists(st.sampled_from(_NAMES), max_size=2),
    },
    optional={"direction": st.sampled_from(["upstream", "downstream"]), "required": st.booleans()},
)
SCHEMA_RULES = st.fixed_dictionaries(
    {
        "propertySchema": st.fixed_dictionaries(
            {"type": st.sampled_from(["string", "number", "boolean", "array"])},
            optional={"format": st.sampled_from(["date-time", "timer", "markdown"])},
        ),
        "operator": st.sampled_from(["=", "!=", "contains"]),
        "value": _SCALARS,
    }
)
_LEVELS = st.sampled_from(["Basic", "Bronze", "Silver", "Gold", "B"])
_WORDS = st.sampled_from(["SUCCESS", "FAILURE", "Passed", "Not passed"])
SCORECARD_RULES = st.one_of(
    _judged(["=", "!=", "contains", "beginsWith", "doesNotEndsWith"], _LEVELS),
    _judged(["in"], st.lists(_LEVELS, max_size=3)),
    _judged(["isEmpty", "isNotEmpty"], None),
    _judged(["=", "!="], _WORDS, of_rule=True),
    _judged(["in"], st.lists(_WORDS, max_size=2), of_rule=True),
    _judged(["isEmpty", "isNotEmpty"], None, of_rule=True),
)
_PATHS = st.sampled_from(
    [
        {"path": ["domain"]},
        {"path": ["uses"]},
        {"path": ["uses", "domain", "parent"]},
        {"path": [{"relation": "uses", "maxHops": 3}]},
        {"path": ["domain", {"relation": "parent", "maxHops": 2}]},
        {"path": [{"relation": "parent", "maxHops": 15}]},
        {"path": ["uses"], "fromBlueprint": "service"},
        {"path": ["domain", "parent"], "fromBlueprint": "service"},
        {"path": [{"relation": "uses", "maxHops": 2}, "domain"], "fromBlueprint": "service"},
        {"path": ["parent", {"relation": "parent", "maxHops": 3}], "fromBlueprint": "domain"},
        {"path": ["nowhere"]},
    ]
)
MATCH_ANY_RULES = st.fixed_dictionaries(
    {
        "property": _PATHS | st.sampled_from(["$identifier", "language"]),
        "operator": st.just("matchAny"),
        "value": st.sampled_from(_NAMES) | st.lists(st.sampled_from(_NAMES), max_size=3),
    }
)
RELATION_RULES = st.fixed_dictionaries(
    {
        "relation": st.sampled_from(["domain", "uses", "parent", "nowhere"]),
        "operator": st.sampled_from(["=", "!=", "contains", "doesNotContains", "beginsWith", "endsWith"]),
        "value": st.none() | st.sampled_from([*_NAMES, *_TEXTS]),
    },
    optional={"targetProperty": st.sampled_from(["$title", "$identifier"])},
) | st.fixed_dictionaries(
    {"relation": st.sampled_from(["domain", "uses"]), "operator": st.sampled_from(["isEmpty", "isNotEmpty"])}
)


def queries(rules: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    def grouped(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
        return st.fixed_dictionaries(
            {"combinator": st.sampled_from(["and", "or"]), "rules": st.lists(inner, max_size=3)}
        )

    return grouped(st.recursive(rules, grouped, max_leaves=4))
