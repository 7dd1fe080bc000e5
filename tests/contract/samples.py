"""One rich document or more for each of Port's request bodies, written for these tests so that every key occurs.

SAMPLES["POST /v1/teams"]      # a list of documents that Port's schema accepts
"""

from tests.contract.samples_actions import ACTIONS, AUDIENCE, GRANT, POLICY
from tests.contract.samples_catalog import (
    BLUEPRINT,
    BLUEPRINT_BASE,
    BLUEPRINT_SEARCH,
    ENTITY,
    FOUND_ENTITY,
    GROUP,
    IDENTIFIER_QUERY,
    SCORECARD,
    SEARCH,
    SMALL_BLUEPRINT,
)

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
    "query": GROUP,
    "measureTimeBy": "$createdAt",
}
_ASKED = {"labels": {"team": "web"}, "provider": "anthropic", "model": "claude-haiku-4-5-20251001"}

_BLUEPRINT = "/v1/blueprints/{blueprint_identifier}"
_ENTITY = _BLUEPRINT + "/entities/{entity_identifier}"

SAMPLES = {
    "POST /v1/auth/access_token": [{"clientId": "a", "clientSecret": "b"}],
    "POST /v1/blueprints": [BLUEPRINT, SMALL_BLUEPRINT],
    "PUT /v1/blueprints/{identifier}": [BLUEPRINT, {"title": "Service", "schema": {"properties": {}}}],
    "PATCH /v1/blueprints/{identifier}": [
        BLUEPRINT,
        {**BLUEPRINT_BASE, "schema": {"properties": {"language": {"title": "Language"}}}},
    ],
    f"PATCH {_BLUEPRINT}/properties/{{property_identifier}}/rename": [{"newPropertyName": "tongue"}],
    f"PATCH {_BLUEPRINT}/mirror/{{property_identifier}}/rename": [{"newMirrorName": "tongue"}],
    f"PATCH {_BLUEPRINT}/relations/{{relation_identifier}}/rename": [{"newRelationIdentifier": "part_of"}],
    f"PATCH {_BLUEPRINT}/permissions": [
        {
            "entities": {
                "read": {**GRANT, "policy": GROUP},
                "register": GRANT,
                "update": GRANT,
                "unregister": GRANT,
                "updateProperties": {"$title": GRANT},
                "updateRelations": {"system": GRANT},
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
        {"func": "count", "query": GROUP},
        {"func": "average", "averageOf": "week", "measureTimeBy": "a", "calculationBy": "entities", "query": GROUP},
        {
            "func": "median",
            "property": "cost",
            "averageOf": "day",
            "measureTimeBy": "a",
            "calculationBy": "property",
            "query": GROUP,
        },
        {"func": "average", "property": "cost", "query": GROUP},
        {"func": "countValues", "property": "language", "query": GROUP},
        {"func": "countValues", "relation": "system", "query": GROUP},
        {"func": "countValues", "scorecard": "readiness", "query": GROUP},
        {"func": "countValues", "scorecard": "readiness", "rule": "has_owner", "query": GROUP},
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
        {"execute": {**GRANT, "policy": POLICY}, "approve": {**AUDIENCE, "policy": POLICY}},
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
    "PATCH /v1/pages/{page_identifier}/permissions": [{"read": AUDIENCE, "update": AUDIENCE}],
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
