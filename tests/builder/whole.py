"""Documents of every kind in which every key occurs that Port's documents can have, and one that nobody knows."""

from typing import Any

from tests.builder.documents import NUMBER, TEXT, Json, blueprint, rule

SIGN_IN = {
    "clientId": "portal",
    "authorizationUrl": "https://id.example.com/authorize",
    "tokenUrl": "https://id.example.com/token",
    "authorizationScope": ["openid"],
}
QUERY = {"combinator": "and", "rules": [{"property": "status", "operator": "!=", "value": "done"}]}
_TASK = {"status": TEXT, "hours": NUMBER, "effort": NUMBER}
WORLD = [
    {**blueprint("squad", lead=TEXT, motto=TEXT), "ownership": {"type": "Direct"}},
    {**blueprint("crew", lead=TEXT, motto=TEXT), "ownership": {"type": "Direct"}},
    blueprint("task", **_TASK),
    blueprint("issue", **_TASK),
    {**blueprint("twin", tier=TEXT, code=TEXT), "relations": {"squad": {"target": "squad"}}},
]
"""The blueprints that the documents lead to."""

_PROPERTIES: Json = {
    "tier": {
        "type": "string",
        "title": "Tier",
        "description": "How much it matters",
        "icon": "Star",
        "default": "low",
        "enum": ["low", "high"],
        "enumColors": {"low": "green", "high": "red"},
    },
    "code": {"type": "string", "pattern": "^[a-z]*$", "minLength": 1, "maxLength": 9, "ours": {"deep": [1, {"a": 2}]}},
    "page": {"type": "string", "format": "url", "spec": "embedded-url", "specAuthentication": SIGN_IN},
    "size": {"type": "number", "minimum": 1, "maximum": 9, "exclusiveMinimum": 0, "exclusiveMaximum": 10},
    "tags": {
        "type": "array",
        "items": {"type": "string", "format": "user"},
        "minItems": 0,
        "maxItems": 9,
        "uniqueItems": True,
    },
}
_CALCULATIONS: Json = {
    "link": {
        "title": "Link",
        "description": "Where it is",
        "icon": "Link",
        "calculation": '"https://example.com/" + .identifier',
        "type": "string",
        "format": "url",
        "spec": "embedded-url",
        "specAuthentication": SIGN_IN,
        "colorized": True,
        "colors": {"a": "paleBlue"},
    },
    "names": {"calculation": "[.title]", "type": "array", "items": {"type": "string", "format": "user"}},
}
_AGGREGATIONS: Json = {
    "open": {
        "title": "Open tasks",
        "description": "How many",
        "icon": "Alert",
        "type": "number",
        "target": "task",
        "calculationSpec": {"func": "count", "calculationBy": "entities"},
        "query": QUERY,
        "pathFilter": [{"path": ["service"], "fromBlueprint": "task"}],
    },
    "total": {
        "title": "Hours",
        "target": "task",
        "calculationSpec": {"func": "sum", "calculationBy": "property", "property": "hours"},
    },
    "pace": {
        "title": "Pace",
        "target": "task",
        "calculationSpec": {
            "func": "average",
            "calculationBy": "property",
            "property": "hours",
            "averageOf": "week",
            "measureTimeBy": "$createdAt",
        },
    },
}
SERVICE: Json = {
    "identifier": "service",
    "title": "Service",
    "description": "Something that runs",
    "icon": "Microservice",
    "schema": {"properties": _PROPERTIES, "required": ["tier"]},
    "calculationProperties": _CALCULATIONS,
    "mirrorProperties": {"lead": {"path": "squad.lead", "title": "Lead"}},
    "aggregationProperties": _AGGREGATIONS,
    "relations": {
        "squad": {"target": "squad", "title": "Squad", "description": "Whose", "required": False},
        "helpers": {"target": "crew", "many": True},
    },
    "ownership": {"type": "Direct", "title": "Owners"},
    "changelogDestination": {"type": "WEBHOOK", "url": "https://hooks.example.com/x", "agent": True},
    "includeInGlobalSearch": True,
    "ours": {"deep": [1, {"a": 2}]},
}
LIBRARY: Json = {
    **blueprint("library", name=TEXT),
    "relations": {"squad": {"target": "squad"}, "crew": {"target": "crew"}},
    "ownership": {"type": "Inherited", "path": "squad", "title": "Owners"},
    "changelogDestination": {"type": "KAFKA"},
}
HEIR: Json = {
    **blueprint("heir", name=TEXT),
    "relations": {"squad": {"target": "squad"}, "crew": {"target": "crew"}},
    "teamInheritance": {"path": "squad"},
}
SCORECARD: Json = {
    "identifier": "ready",
    "title": "Ready",
    "filter": {"combinator": "and", "conditions": [{"property": "tier", "operator": "=", "value": "high"}]},
    "levels": [
        {"title": "None", "color": "paleBlue"},
        {"title": "Good", "color": "green"},
        {"title": "Best", "color": "gold"},
    ],
    "rules": [
        {**rule("coded", "Good", property="code", operator="isNotEmpty"), "description": "It has a code"},
        rule("tiered", "Best", property="tier", operator="isNotEmpty"),
    ],
    "properties": {"note": "ours"},
}
ENTITY: Json = {
    "identifier": "cart",
    "title": "Cart",
    "icon": "Star",
    "team": ["web"],
    "properties": {"tier": "high", "code": "c", "size": 3, "tags": ["ada@example.com"]},
    "relations": {"squad": "north"},
}
PAGE: Json = {
    "identifier": "overview",
    "title": "Overview",
    "icon": "Star",
    "type": "dashboard",
    "blueprint": "service",
    "parent": "services",
    "after": "catalog",
    "locked": True,
    "widgets": [
        {
            "id": "root",
            "type": "dashboard-widget",
            "title": "All",
            "layout": [{"height": 400, "columns": [{"id": "text", "size": 12}]}],
            "widgets": [{"id": "text", "type": "markdown", "title": "Text", "markdown": "# Hello"}],
        }
    ],
    "ours": {"deep": [1]},
}
_GRANT: Json = {"users": ["ada@example.com"], "roles": ["Admin"], "teams": ["web"]}
_POLICY: Json = {"queries": {"mine": QUERY}, "conditions": ["true"]}
PERMISSIONS: Json = {
    "blueprint_permissions": {
        "entities": {
            "read": {**_GRANT, "ownedByTeam": False, "policy": QUERY},
            **{key: {**_GRANT, "ownedByTeam": False} for key in ("register", "update", "unregister")},
            "updateProperties": {"tier": {**_GRANT, "ownedByTeam": False}},
            "updateRelations": {"squad": {**_GRANT, "ownedByTeam": False}},
        }
    },
    "action_permissions": {
        "execute": {**_GRANT, "ownedByTeam": False, "policy": _POLICY},
        "approve": {**_GRANT, "policy": _POLICY},
    },
    "page_permissions": {"read": _GRANT, "update": _GRANT},
}
_JQ = {"jqQuery": ".user.email"}
_FORM: Json = {
    "properties": {
        "name": {
            "type": "string",
            "title": "Name",
            "description": "What it is called",
            "icon": "Star",
            "default": "low",
            "enum": ["low", "high"],
            "enumColors": {"low": "green"},
            "disabled": False,
            "visible": True,
            "pattern": "^[a-z]*$",
            "minLength": 1,
            "maxLength": 9,
            "ours": {"deep": [1]},
        },
        "mail": {"type": "string", "format": "email", "default": _JQ, "visible": _JQ, "dependsOn": ["name"]},
        "code": {"type": "string", "encryption": "aes256-gcm"},
        "squad": {
            "type": "string",
            "format": "entity",
            "blueprint": "squad",
            "dataset": {"combinator": "and", "rules": [{"property": "lead", "operator": "=", "value": _JQ}]},
            "sort": {"property": "$title", "order": "ASC"},
        },
        "size": {"type": "number", "minimum": 1, "maximum": 9},
        "tags": {"type": "array", "items": {"type": "string"}, "minItems": 0, "maxItems": 9, "uniqueItems": True},
    },
    "required": ["name"],
    "titles": {"head": {"title": "About", "description": "What it is", "visible": True}},
}
_ORDERED: Json = {**_FORM, "order": ["head", "name", "mail", "code", "squad", "size", "tags"]}
_STEPS: Json = {
    **_FORM,
    "required": _JQ,
    "steps": [
        {"title": "One", "order": ["head", "name", "mail"], "visible": True},
        {"title": "Two", "order": ["code", "squad", "size", "tags"], "visible": _JQ},
    ],
}
_INPUTS = {"name": "{{ .inputs.name }}", "deep": {"list": [1, "{{ .run.id }}", None]}}
METHODS: list[Json] = [
    {"type": "KAFKA", "payload": _INPUTS},
    {
        "type": "WEBHOOK",
        "url": "https://hooks.example.com/x",
        "agent": True,
        "synchronized": True,
        "method": "POST",
        "headers": {"X-Run": "{{ .run.id }}"},
        "body": _INPUTS,
    },
    {
        "type": "GITHUB",
        "org": "acme",
        "repo": "infra",
        "workflow": "new.yml",
        "workflowInputs": _INPUTS,
        "reportWorkflowStatus": True,
    },
    {
        "type": "GITLAB",
        "projectName": "infra",
        "groupName": "acme",
        "defaultRef": "main",
        "pipelineVariables": {"NAME": "{{ .inputs.name }}"},
    },
    {"type": "AZURE_DEVOPS", "webhook": "port", "org": "acme", "payload": _INPUTS},
    {
        "type": "INTEGRATION_ACTION",
        "installationId": "github",
        "integrationActionType": "dispatch_workflow",
        "integrationActionExecutionProperties": {"org": "acme", "repo": "infra", "workflow": "new.yml"},
    },
    {
        "type": "UPSERT_ENTITY",
        "blueprintIdentifier": "service",
        "mapping": {
            "identifier": "{{ .inputs.name }}",
            "title": "{{ .inputs.name }}",
            "icon": "Star",
            "team": ["web"],
            "properties": {"tier": "low", "code": "{{ .inputs.name }}"},
            "relations": {"squad": "{{ .inputs.squad }}"},
        },
    },
]
EVENTS: list[Json] = [
    *(
        {"type": kind, "blueprintIdentifier": "service"}
        for kind in ("ENTITY_CREATED", "ENTITY_UPDATED", "ENTITY_DELETED", "ANY_ENTITY_CHANGE")
    ),
    {"type": "TIMER_PROPERTY_EXPIRED", "blueprintIdentifier": "service", "propertyIdentifier": "code"},
    *({"type": kind, "actionIdentifier": "base"} for kind in ("RUN_CREATED", "RUN_UPDATED", "ANY_RUN_CHANGE")),
]


def action(method: Json, form: Json = _ORDERED, **more: Any) -> Json:
    """Returns a self-service action with every key of one."""
    return {
        "identifier": f"do-{method['type'].lower().replace('_', '-')}",
        "title": "Do it",
        "icon": "Star",
        "description": "It does it",
        "trigger": {
            "type": "self-service",
            "operation": "DAY-2",
            "blueprintIdentifier": "service",
            "userInputs": form,
            "actionCardButtonText": "Do",
            "executeActionButtonText": "Do now",
            "condition": {
                "type": "SEARCH",
                "combinator": "and",
                "rules": [{"property": "tier", "operator": "=", "value": "low"}],
            },
        },
        "invocationMethod": method,
        "requiredApproval": {"type": "ANY"},
        "approvalNotification": {"type": "webhook", "url": "https://hooks.example.com/approve", "format": "json"},
        "publish": True,
        "allowAnyoneToViewRuns": True,
        **more,
    }


def automation(event: Json) -> Json:
    """Returns an automation with every key of one."""
    return {
        "identifier": f"on-{event['type'].lower().replace('_', '-')}",
        "title": "On it",
        "description": "When it happens",
        "icon": "Star",
        "trigger": {
            "type": "automation",
            "event": event,
            "condition": {"type": "JQ", "expressions": ["true", ".diff != null"], "combinator": "and"},
        },
        "invocationMethod": METHODS[0],
        "publish": False,
    }


BASE: Json = {**action(METHODS[0], requiredApproval=True, approvalNotification={"type": "email"}), "identifier": "base"}
ACTIONS: list[Json] = [*map(action, METHODS), {**action(METHODS[0], _STEPS), "identifier": "in-steps"}]
AUTOMATIONS: list[Json] = [automation(it) for it in EVENTS]
