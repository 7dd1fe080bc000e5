"""Rich documents of the catalog: queries, blueprints, entities, scorecards."""

GROUP = {"combinator": "or", "rules": [{"property": "$team", "operator": "in", "value": ["web", "ops"]}]}
_CALLER = {"context": "userTeams", "property": "$identifier"}

SEARCH = {
    "combinator": "and",
    "rules": [
        {"property": "$blueprint", "operator": "=", "value": "service"},
        {"property": "replicas", "operator": ">=", "value": 3},
        {"property": "$updatedAt", "operator": "<", "value": "2026-01-31T09:30:00.000Z"},
        {"property": "$createdAt", "operator": "between", "value": {"preset": "last3Months"}},
        {
            "property": "$createdAt",
            "operator": "notBetween",
            "value": {"from": "2026-01-01T00:00:00Z", "to": "2026-02-01T00:00:00+01:00"},
        },
        {"property": "deployed", "operator": "=", "value": {"preset": "today"}},
        {"property": "owner", "operator": "isEmpty"},
        {"property": "support_ends", "operator": "isNotExpired"},
        {"property": _CALLER, "operator": "=", "value": "web"},
        {"property": "$team", "operator": "containsAny", "value": _CALLER},
        {"property": "ports", "operator": "in", "value": [80, 443]},
        {"operator": "relatedTo", "blueprint": "team", "value": ["web"], "direction": "upstream", "required": True},
        {"property": {"path": ["parent", {"relation": "parent", "maxHops": 3}]}, "operator": "matchAny", "value": "a"},
        {"property": {"path": ["owner"], "fromBlueprint": "team"}, "operator": "matchAny", "value": _CALLER},
        {"property": "$identifier", "operator": "matchAny", "value": ["a", "b"]},
        {
            "propertySchema": {"type": "array", "format": "user", "items": {"type": "string", "format": "user"}},
            "operator": "contains",
            "value": "jo@example.com",
        },
        GROUP,
    ],
}
BLUEPRINT_SEARCH = {
    "combinator": "and",
    "rules": [
        *(rule for rule in SEARCH["rules"] if rule.get("value") != [80, 443]),
        {"relation": "system", "operator": "beginsWith", "value": "pay", "targetProperty": "$title"},
        {"relation": "system", "operator": "isNotEmpty", "targetProperty": "$identifier"},
        {"scorecard": "readiness", "operator": "in", "value": ["Gold", "Silver"]},
        {"scorecard": "readiness", "scorecardRule": "has_owner", "operator": "=", "value": "SUCCESS"},
        {"scorecard": "readiness", "scorecardRule": "has_owner", "operator": "isEmpty"},
    ],
}
DATASET = {
    "combinator": "and",
    "rules": [
        *SEARCH["rules"],
        {"property": "language", "operator": "=", "value": {"jqQuery": ".form.language"}},
        {"property": "replicas", "operator": ">", "value": {"jqQuery": ".form.replicas"}},
        {"operator": "relatedTo", "blueprint": "team", "value": {"jqQuery": ".user.team"}},
        {"propertySchema": {"type": "string"}, "operator": "=", "value": {"jqQuery": ".user.email"}},
    ],
}
IDENTIFIER_QUERY = {
    "combinator": "and",
    "rules": [
        {"property": "$blueprint", "operator": "=", "value": "service"},
        {"property": "slug", "operator": "in", "value": ["a"]},
        {"property": "names", "operator": "containsAny", "value": ["a"]},
        {"property": "name", "operator": "contains", "value": None},
        {"combinator": "or", "rules": [{"property": "number", "operator": "=", "value": 7}]},
    ],
}
CONDITIONS = {
    "combinator": "and",
    "conditions": [
        {"property": "owner", "operator": "isNotEmpty", "not": False},
        {"relation": "system", "operator": "isEmpty"},
        {"property": "replicas", "operator": ">=", "value": 2},
        {"property": "tags", "operator": "containsAny", "value": ["prod"]},
        {"relation": "system", "operator": "in", "value": ["payments"]},
        {"relation": "system", "operator": "doesNotBeginsWith", "value": "old"},
        {"property": "$updatedAt", "operator": "between", "value": {"preset": "lastMonth"}},
        {
            "property": "$updatedAt",
            "operator": "=",
            "value": {"from": "2026-01-01T00:00:00Z", "to": "2026-02-01T00:00:00Z"},
        },
    ],
}

_SIGN_IN = {
    "clientId": "portal",
    "authorizationUrl": "https://id.example.com/authorize",
    "tokenUrl": "https://id.example.com/token",
    "authorizationScope": ["openid"],
}
BLUEPRINT_BASE = {
    "identifier": "service",
    "title": "Service",
    "description": "Something that runs",
    "icon": "Microservice",
    "ownership": {"type": "Inherited", "path": "system", "title": "Owners"},
    "calculationProperties": {
        "link": {
            "title": "Link",
            "description": "Where it is",
            "icon": "Link",
            "calculation": '"https://example.com/" + .identifier',
            "type": "string",
            "format": "url",
            "spec": "embedded-url",
            "specAuthentication": _SIGN_IN,
            "colorized": True,
            "colors": {"a": "paleBlue"},
        },
        "names": {"calculation": "[.title]", "type": "array", "items": {"type": "string", "format": "user"}},
    },
    "mirrorProperties": {"tier": {"path": "system.$title", "title": "Tier"}},
    "aggregationProperties": {
        "incidents": {
            "title": "Incidents",
            "description": "How many",
            "icon": "Alert",
            "type": "number",
            "target": "incident",
            "calculationSpec": {"func": "count", "calculationBy": "entities"},
            "query": GROUP,
            "pathFilter": [{"path": ["service"], "fromBlueprint": "incident"}],
        },
        "weekly": {
            "title": "A week",
            "target": "incident",
            "calculationSpec": {
                "func": "average",
                "calculationBy": "entities",
                "averageOf": "week",
                "measureTimeBy": "$createdAt",
            },
        },
        "cost": {
            "title": "Cost",
            "target": "resource",
            "calculationSpec": {"func": "sum", "calculationBy": "property", "property": "cost"},
        },
        "mean_cost": {
            "title": "Mean cost",
            "target": "resource",
            "calculationSpec": {
                "func": "average",
                "calculationBy": "property",
                "property": "cost",
                "averageOf": "total",
                "measureTimeBy": "day",
            },
        },
    },
    "relations": {
        "system": {
            "title": "System",
            "target": "system",
            "required": True,
            "many": False,
            "description": "What it is part of",
            "type": "part",
        }
    },
    "changelogDestination": {"type": "WEBHOOK", "url": "https://example.com/hook", "agent": False},
}
_PROPERTIES = {
    "docs": {
        "type": "string",
        "title": "Docs",
        "description": "Read me",
        "icon": "Book",
        "format": "url",
        "spec": "embedded-url",
        "specAuthentication": _SIGN_IN,
    },
    "language": {"type": "string", "enum": ["Go", "Python"], "enumColors": {"Go": "blue"}, "default": "Go"},
    "tags": {"type": "array", "items": {"type": "string"}, "uniqueItems": True},
}
BLUEPRINT = {**BLUEPRINT_BASE, "schema": {"properties": _PROPERTIES, "required": ["language"]}}
SMALL_BLUEPRINT = {
    "identifier": "a/b:c",
    "title": "Émile",
    "schema": {"properties": {}},
    "ownership": {"type": "Direct", "title": "Owners"},
    "changelogDestination": {"type": "KAFKA"},
    "includeInGlobalSearch": True,
}

_ENTITY_PARTS = {
    "title": "Cart",
    "icon": "Microservice",
    "properties": {"language": "Go", "ports": [80], "docs": None},
    "relations": {"system": "shop", "uses": ["db=1", "ca/che"], "old": None, "found": IDENTIFIER_QUERY},
}
ENTITY = {**_ENTITY_PARTS, "identifier": "cart@1", "team": ["web"]}
FOUND_ENTITY = {"identifier": IDENTIFIER_QUERY, "team": IDENTIFIER_QUERY}

_RULE = {
    "identifier": "has_owner",
    "title": "Has an owner",
    "description": "Somebody answers",
    "level": "Silver",
    "query": CONDITIONS,
}
SCORECARD = {
    "identifier": "readiness",
    "title": "Readiness",
    "filter": CONDITIONS,
    "rules": [_RULE],
    "levels": [{"title": "Basic", "color": "paleBlue"}, {"title": "Silver", "color": "silver"}],
    "properties": {"priority": 1},
}
