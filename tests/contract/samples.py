"""One rich document or more for each of Port's request bodies, written for these tests so that every key occurs.

SAMPLES["POST /v1/teams"]      # a list of documents that Port's schema accepts
"""

_GROUP = {"combinator": "or", "rules": [{"property": "$team", "operator": "in", "value": ["web", "ops"]}]}
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
        _GROUP,
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
_BLUEPRINT_BASE = {
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
            "query": _GROUP,
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
BLUEPRINT = {**_BLUEPRINT_BASE, "schema": {"properties": _PROPERTIES, "required": ["language"]}}
_SMALL_BLUEPRINT = {
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

_VISIBLE = {"jqQuery": ".form.kind == 1"}
_INPUTS = {
    "properties": {
        "service": {
            "type": "string",
            "format": "entity",
            "blueprint": "service",
            "title": "Service",
            "icon": "Microservice",
            "dependsOn": ["kind"],
            "visible": _VISIBLE,
            "jqQuery": None,
            "dataset": DATASET,
            "sort": {"property": "$title", "order": "ASC"},
        },
        "kind": {"type": "number", "visible": True, "enum": [1, 2], "default": {"jqQuery": "1"}},
    },
    "required": ["service"],
    "titles": {"heading": {"title": "More", "description": "About it", "visible": _VISIBLE}},
}
_DAY_2 = {
    "type": "self-service",
    "operation": "DAY-2",
    "blueprintIdentifier": "service",
    "userInputs": {**_INPUTS, "order": ["heading", "service", "kind"]},
    "actionCardButtonText": "Go",
    "executeActionButtonText": "Go now",
    "condition": {"type": "SEARCH", **_GROUP},
}
_CREATE = {
    "type": "self-service",
    "operation": "CREATE",
    "userInputs": {
        **_INPUTS,
        "required": {"jqQuery": "[]"},
        "steps": [{"title": "One", "order": ["service"], "visible": _VISIBLE}, {"title": "Two", "visible": False}],
    },
}
_CHANGE = {
    "type": "automation",
    "event": {"type": "ENTITY_UPDATED", "blueprintIdentifier": "service"},
    "condition": {"type": "JQ", "expressions": [".diff.after != null"], "combinator": "and"},
}
_TIMER = {"type": "TIMER_PROPERTY_EXPIRED", "blueprintIdentifier": "lease", "propertyIdentifier": "ends"}
_RUN_CHANGE = {"type": "ANY_RUN_CHANGE", "actionIdentifier": "deploy"}
_WEBHOOK_METHOD = {
    "type": "WEBHOOK",
    "url": "https://example.com/{{ .run.id }}",
    "agent": "{{ .inputs.agent }}",
    "synchronized": True,
    "method": "POST",
    "headers": {"run": "{{ .run.id }}"},
    "body": {"inputs": "{{ .inputs }}"},
}
_UPSERT_METHOD = {
    "type": "UPSERT_ENTITY",
    "blueprintIdentifier": "service",
    "mapping": {
        "identifier": "{{ .inputs.name }}",
        "title": "{{ .inputs.name }}",
        "icon": "Microservice",
        "team": ["{{ .inputs.team }}"],
        "properties": {"language": "Go"},
        "relations": {"system": "shop", "uses": ["db"], "old": None},
    },
}
_ACTION = {
    "identifier": "deploy:service",
    "title": "Deploy",
    "icon": "Deployment",
    "description": "Ships it",
    "trigger": _DAY_2,
    "invocationMethod": _WEBHOOK_METHOD,
    "requiredApproval": {"type": "ALL"},
    "approvalNotification": {"type": "webhook", "url": "https://example.com/hook", "format": "slack"},
    "publish": True,
    "allowAnyoneToViewRuns": False,
}


def _action(trigger, method, **parts):
    return {"identifier": "act", "trigger": trigger, "invocationMethod": method, **parts}


ACTIONS = [
    _ACTION,
    _action(_CREATE, _UPSERT_METHOD, requiredApproval=True, approvalNotification={"type": "email"}),
    _action(_CHANGE, {"type": "KAFKA", "payload": [{"a": 1}]}),
    _action(
        {"type": "automation", "event": _TIMER},
        {
            "type": "GITHUB",
            "org": "acme",
            "repo": "shop",
            "workflow": "deploy.yml",
            "workflowInputs": {"a": "{{ .inputs.a }}"},
            "reportWorkflowStatus": "true",
        },
    ),
    _action(
        {"type": "automation", "event": _RUN_CHANGE},
        {
            "type": "GITLAB",
            "projectName": "shop",
            "groupName": "acme",
            "defaultRef": "main",
            "pipelineVariables": {"A": "b"},
        },
    ),
    _action(_CHANGE, {"type": "AZURE_DEVOPS", "webhook": "deploy", "org": "acme", "payload": {"a": 1}}),
    _action(
        _CHANGE,
        {
            "type": "INTEGRATION_ACTION",
            "installationId": "github",
            "integrationActionType": "dispatch_workflow",
            "integrationActionExecutionProperties": {"workflow": "deploy.yml"},
        },
    ),
]

_AUDIENCE = {"users": ["jo@example.com"], "roles": ["Member"], "teams": ["web"]}
_GRANT = {**_AUDIENCE, "ownedByTeam": True}
_POLICY = {"queries": {"mine": _GROUP}, "conditions": [".results.mine.entities | length > 0"]}

_MAPPING = {
    "operation": {"type": "create"},
    "blueprint": "service",
    "filter": ".body.kind == 1",
    "itemsToParse": ".body.items",
    "entity": {
        "identifier": {"combinator": '"and"', "rules": [{"property": '"slug"'}]},
        "title": ".item.title",
        "icon": '"Microservice"',
        "team": {"combinator": '"and"', "rules": []},
        "properties": {"language": ".item.language"},
        "relations": {"system": ".item.system"},
    },
}
_DELETE_MAPPING = {
    "operation": {"type": "delete", "deleteDependents": True},
    "blueprint": "service",
    "filter": "true",
    "itemsToParse": ".body",
    "entity": {"identifier": ".item.id"},
}
_WEBHOOK = {
    "identifier": "github",
    "title": "GitHub",
    "description": "Pushes",
    "icon": "Github",
    "enabled": False,
    "integrationType": "custom",
    "mappings": [
        _MAPPING,
        {"blueprint": "service", "entity": {"identifier": ".body.id"}},
        {"operation": "create", "blueprint": "service", "entity": {"identifier": ".body.id"}},
        {"operation": "delete", "blueprint": "service", "entity": {"identifier": ".body.id"}, "extra": 1},
        _DELETE_MAPPING,
    ],
    "security": {
        "secret": "s",
        "signatureHeaderName": "x-signature",
        "signatureAlgorithm": "sha256",
        "signaturePrefix": "sha256=",
        "requestIdentifierPath": None,
    },
}
_SOURCE = {
    "identifier": ".name",
    "title": ".name",
    "blueprint": '"service"',
    "properties": {"language": ".language"},
    "relations": {"system": ".system"},
}
_CONFIG = {
    "deleteDependentEntities": True,
    "createMissingRelatedEntities": False,
    "resources": [
        {"kind": "repository", "selector": {"query": "true"}, "port": {"entity": {"mappings": _SOURCE}}},
        {"kind": "team", "selector": {}, "port": {"entity": {"mappings": [_SOURCE]}}},
    ],
}
_INTEGRATION = {
    "title": "GitHub",
    "installationAppType": "github",
    "version": "1.0.0",
    "spec": {"a": 1},
    "actionsProcessingEnabled": True,
    "config": _CONFIG,
    "changelogDestination": {"type": "WEBHOOK", "url": "https://example.com/hook", "agent": True},
}
_MIGRATION = {
    "sourceBlueprint": "service",
    "mapping": {
        "blueprint": "system",
        "filter": ".properties.language == 1",
        "itemsToParse": ".properties.tags",
        "entity": {
            "identifier": ".identifier",
            "title": ".title",
            "icon": '"Cloud"',
            "team": ".team[0]",
            "properties": {"a": ".properties.a"},
            "relations": {"b": ".relations.b"},
        },
    },
}
_TEAM = {"name": "web shop", "users": ["jo@example.com"], "description": "Sells"}
_SETTINGS = {"hiddenBlueprints": ["_rule"], "federatedLogout": True, "portalIcon": "Port", "portalTitle": "Acme"}
_SUPPORT = {
    "supportUserPermission": "OPT_IN",
    "supportUserTTL": "ONE_DAY",
    "supportUserExpiresAt": "2026-01-31T09:30:00.000Z",
}
_BANNER = {"enabled": True, "content": "Hello", "link": "https://example.com", "color": "blue"}
_SECRET = {"secretName": "TOKEN-1_a", "secretValue": "s", "description": "For CI"}
_OVER_TIME = {
    "blueprint": "service",
    "timeRange": {"preset": "last3Months", "timeZone": "Europe/Berlin"},
    "timeInterval": "isoWeek",
    "query": _GROUP,
    "measureTimeBy": "$createdAt",
}
_ASKED = {"labels": {"team": "web"}, "provider": "anthropic", "model": "claude-haiku-4-5-20251001"}

_BLUEPRINT = "/v1/blueprints/{blueprint_identifier}"
_ENTITY = _BLUEPRINT + "/entities/{entity_identifier}"

SAMPLES = {
    "POST /v1/auth/access_token": [{"clientId": "a", "clientSecret": "b"}],
    "POST /v1/blueprints": [BLUEPRINT, _SMALL_BLUEPRINT],
    "PUT /v1/blueprints/{identifier}": [BLUEPRINT, {"title": "Service", "schema": {"properties": {}}}],
    "PATCH /v1/blueprints/{identifier}": [
        BLUEPRINT,
        {**_BLUEPRINT_BASE, "schema": {"properties": {"language": {"title": "Language"}}}},
    ],
    f"PATCH {_BLUEPRINT}/properties/{{property_identifier}}/rename": [{"newPropertyName": "tongue"}],
    f"PATCH {_BLUEPRINT}/mirror/{{property_identifier}}/rename": [{"newMirrorName": "tongue"}],
    f"PATCH {_BLUEPRINT}/relations/{{relation_identifier}}/rename": [{"newRelationIdentifier": "part_of"}],
    f"PATCH {_BLUEPRINT}/permissions": [
        {
            "entities": {
                "read": {**_GRANT, "policy": _GROUP},
                "register": _GRANT,
                "update": _GRANT,
                "unregister": _GRANT,
                "updateProperties": {"$title": _GRANT},
                "updateRelations": {"system": _GRANT},
            }
        }
    ],
    f"POST {_BLUEPRINT}/entities": [ENTITY, FOUND_ENTITY],
    f"POST {_BLUEPRINT}/entities/bulk": [{"entities": [ENTITY, FOUND_ENTITY]}],
    f"PUT {_ENTITY}": [ENTITY, {"team": IDENTIFIER_QUERY, "extra": 1}],
    f"PATCH {_ENTITY}": [ENTITY, {"title": None, "icon": None, "team": None}, {"team": IDENTIFIER_QUERY}],
    f"POST {_BLUEPRINT}/bulk/entities/delete": [{"entities": ["a", "b"]}],
    "POST /v1/entities/search": [SEARCH],
    f"POST {_BLUEPRINT}/entities/search": [
        {"query": BLUEPRINT_SEARCH, "include": ["$title"], "exclude": ["docs"], "limit": 1000, "from": "next"}
    ],
    "POST /v1/entities/aggregate": [
        {"func": "count", "query": _GROUP},
        {"func": "average", "averageOf": "week", "measureTimeBy": "a", "calculationBy": "entities", "query": _GROUP},
        {
            "func": "median",
            "property": "cost",
            "averageOf": "day",
            "measureTimeBy": "a",
            "calculationBy": "property",
            "query": _GROUP,
        },
        {"func": "average", "property": "cost", "query": _GROUP},
        {"func": "countValues", "property": "language", "query": _GROUP},
        {"func": "countValues", "relation": "system", "query": _GROUP},
        {"func": "countValues", "scorecard": "readiness", "query": _GROUP},
        {"func": "countValues", "scorecard": "readiness", "rule": "has_owner", "query": _GROUP},
    ],
    "POST /v1/entities/aggregate-over-time": [
        {**_OVER_TIME, "aggregationType": "aggregatePropertiesValues", "func": "last", "properties": ["cost"]},
        {**_OVER_TIME, "aggregationType": "countEntities", "func": "count", "breakdownProperty": "language"},
        {
            **_OVER_TIME,
            "aggregationType": "countEntities",
            "func": "average",
            "timeRange": {"preset": "last2Years"},
            "timeInterval": "quarter",
        },
    ],
    "POST /v1/entities/properties-history": [
        {
            "entityIdentifier": "cart",
            "blueprintIdentifier": "service",
            "propertyNames": ["cost"],
            "timeInterval": "day",
            "timeRange": {"preset": "lastMonth", "timeZone": "UTC"},
        },
        {
            "entityIdentifier": "cart",
            "blueprintIdentifier": "service",
            "propertyNames": ["cost"],
            "timeInterval": "quarter",
            "timeRange": {"preset": "last3Years", "timeZone": "UTC"},
        },
    ],
    f"POST {_BLUEPRINT}/scorecards": [SCORECARD, {**SCORECARD, "levels": []}],
    f"PUT {_BLUEPRINT}/scorecards": [[{**SCORECARD, "id": "x"}, {"identifier": "b", "title": "B", "rules": []}]],
    f"PUT {_BLUEPRINT}/scorecards/{{scorecard_identifier}}": [SCORECARD],
    "POST /v1/actions": ACTIONS,
    "PUT /v1/actions/{action_identifier}": ACTIONS[2:4],
    "PATCH /v1/actions/{action_identifier}/permissions": [
        {"execute": {**_GRANT, "policy": _POLICY}, "approve": {**_AUDIENCE, "policy": _POLICY}},
        {"execute": {"policy": None}, "approve": {"policy": None}},
    ],
    "POST /v1/actions/{action_identifier}/runs": [{"properties": {"a": 1}, "entity": "cart"}],
    "PATCH /v1/actions/runs/{run_id}": [
        {
            "status": "SUCCESS",
            "statusLabel": "Done",
            "link": ["https://example.com"],
            "message": {},
            "summary": "It went well",
            "externalRunId": "7",
        },
        {"link": "https://example.com"},
    ],
    "PATCH /v1/actions/runs/{run_id}/approval": [{"status": "APPROVE", "description": "Fine"}],
    "POST /v1/actions/runs/{run_id}/logs": [
        {"message": "Started", "terminationStatus": "FAILURE", "statusLabel": "Over"}
    ],
    "PATCH /v1/pages/{page_identifier}/permissions": [{"read": _AUDIENCE, "update": _AUDIENCE}],
    "POST /v1/teams": [_TEAM],
    "PUT /v1/teams/{name}": [_TEAM],
    "PATCH /v1/teams/{name}": [_TEAM, {"description": None}],
    "POST /v1/users/invite": [{"invitee": {"email": "jo@example.com", "roles": ["Member"], "teams": ["web"]}}],
    "PATCH /v1/users/{user_email}": [{"roles": ["Admin"], "teams": ["web"]}],
    "PUT /v1/organization": [{"name": "Acme", "settings": _SETTINGS, "announcement": _BANNER}],
    "PATCH /v1/organization": [
        {
            "name": "Acme",
            "settings": {**_SETTINGS, **_SUPPORT},
            "announcement": {**_BANNER, "link": None},
            "isOnboarded": True,
            "toolSelectionProvisioning": {"status": "DONE"},
        }
    ],
    "POST /v1/organization/secrets": [_SECRET],
    "PATCH /v1/organization/secrets/{secret_name}": [{"secretValue": "t", "description": "For CD"}],
    "PATCH /v1/integration/{identifier}": [
        _INTEGRATION,
        {"title": None, "config": None, "changelogDestination": {}},
        {"changelogDestination": {"type": "KAFKA"}},
    ],
    "PATCH /v1/integration/{identifier}/config": [{"config": _CONFIG}, {"config": None}],
    "POST /v1/webhooks": [_WEBHOOK],
    "PUT /v1/webhooks/{identifier}": [_WEBHOOK],
    "PATCH /v1/webhooks/{identifier}": [_WEBHOOK],
    "POST /v1/migrations": [_MIGRATION],
    "POST /v1/migrations/{migration_id}/cancel": [{"reason": "Too slow"}],
    "POST /v1/ai/invoke": [
        {
            **_ASKED,
            "userPrompt": "Who owns cart?",
            "tools": ["^list_.*"],
            "systemPrompt": "Be brief",
            "executionMode": "Automatic",
        }
    ],
    "POST /v1/agent/{agentIdentifier}/invoke": [{**_ASKED, "prompt": "Who owns cart?"}],
}
