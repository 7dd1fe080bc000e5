"""Rich documents around actions: forms, triggers, invocations, permissions."""

from tests.contract.samples_catalog import DATASET, GROUP

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
    "condition": {"type": "SEARCH", **GROUP},
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

AUDIENCE = {"users": ["jo@example.com"], "roles": ["Member"], "teams": ["web"]}
GRANT = {**AUDIENCE, "ownedByTeam": True}
POLICY = {"queries": {"mine": GROUP}, "conditions": [".results.mine.entities | length > 0"]}
