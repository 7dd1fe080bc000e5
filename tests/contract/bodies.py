"""Port's request bodies: the verdict of Port's OpenAPI document on each, and ours.

body = next(body for body in BODIES if body.route == "POST /v1/blueprints")
body.port_accepts({"identifier": "service"})    # False: no title, no schema
body.refusals({"identifier": "service"})        # what we say about it, empty if we accept it
"""

import json
import os
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

import jsonschema_rs
import pytest

from quaymaster.port.documents import Document, find_shape_problems
from quaymaster.port.documents.action import ActionWrite
from quaymaster.port.documents.ai import AgentInvocation, AiInvocation
from quaymaster.port.documents.blueprint import (
    Blueprint,
    BlueprintPatch,
    BlueprintReplacement,
    MirrorRename,
    PropertyRename,
    RelationRename,
)
from quaymaster.port.documents.entity import BulkDelete, BulkEntities, EntityPatch, EntityReplacement, EntityWrite
from quaymaster.port.documents.integration import (
    IntegrationConfigUpdate,
    IntegrationPatch,
    MigrationCancellation,
    MigrationWrite,
    WebhookPatch,
    WebhookWrite,
)
from quaymaster.port.documents.organisation import (
    AccessTokenRequest,
    Invitation,
    OrganizationPatch,
    OrganizationReplacement,
    SecretPatch,
    SecretWrite,
    TeamPatch,
    TeamReplacement,
    TeamWrite,
    UserPatch,
)
from quaymaster.port.documents.permissions import ActionPermissions, BlueprintPermissions, PagePermissions
from quaymaster.port.documents.query import BlueprintQuery, DatasetQuery, IdentifierQuery, Query, ScorecardQuery
from quaymaster.port.documents.run import ApprovalDecision, RunLogWrite, RunPatch, RunRequest
from quaymaster.port.documents.scorecard import ScorecardListItem, ScorecardReplacement, ScorecardWrite
from quaymaster.port.documents.search import Aggregation, AggregationOverTime, BlueprintSearch, PropertiesHistory

_REFERENCE = Path(__file__).resolve().parents[3] / "shared" / "reference"


@cache
def load_openapi():
    """Port's OpenAPI document; skips the test when there is none on this machine."""
    path = openapi_path()
    if not path.exists():
        pytest.skip(f"Port's OpenAPI document is not at {path}; name it in QUAYMASTER_PORT_OPENAPI")
    return json.loads(path.read_text(encoding="utf-8"))


def openapi_path():
    """Where Port's OpenAPI document is looked for."""
    return Path(os.environ.get("QUAYMASTER_PORT_OPENAPI", _REFERENCE / "port-openapi.min.json"))


@cache
def load_examples():
    """The real documents beside Port's OpenAPI document, by file name; skips the test when there are none."""
    folder = openapi_path().parent / "examples"
    if not folder.exists():
        pytest.skip(f"there are no example documents in {folder}")
    return {path.name: json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.*.json"))}


@dataclass(frozen=True)
class Body:
    """The body of one route, and the model that we have for it."""

    route: str
    model: type[Document]
    is_list: bool = False

    def port_accepts(self, document):
        """Whether Port's schema accepts it. Defaults are taken care of: the reduced schema does not require them."""
        return self._validator.is_valid(document)

    def refusals(self, document):
        """What our model refuses in it."""
        if not self.is_list:
            return find_shape_problems(self.model, document)
        if not isinstance(document, list):
            return ["not a list"]
        return [problem for member in document for problem in find_shape_problems(self.model, member)]

    @cached_property
    def schema(self):
        """Port's schema of the body, complete in itself."""
        method, path = self.route.split()
        body = load_openapi()["paths"][path][method.lower()]["requestBody"]
        schema = body["content"]["application/json"]["schema"]
        return _corrected({**schema, "components": load_openapi()["components"]})

    @cached_property
    def _validator(self):
        return jsonschema_rs.Draft202012Validator(self.schema, validate_formats=True, formats={"url": _is_url})


class Component(Body):
    """A schema that Port uses in several bodies; its name stands in the place of the route."""

    @cached_property
    def schema(self):
        """Port's schema of that name, complete in itself."""
        openapi = load_openapi()
        return _corrected({"$ref": f"#/components/schemas/{self.route}", "components": openapi["components"]})


def disagreements(body, documents):
    """What Port's schema and we judge differently: a description, Port's verdict, and our first refusal."""
    found = []
    for description, document in documents:
        refusals = body.refusals(document)
        if body.port_accepts(document) == bool(refusals):
            found.append((description, "Port refuses" if not refusals else str(refusals[0])))
    return found


def _corrected(schema):
    """The schema as Port means it. The two corrections, and why:

    - patterns that the reduction wrote anew for Python's sake are put back as Port publishes them;
    - the words `create` and `delete` of a webhook's mapping are wanted to be of type object, which no word is, while
      Port's docs use words: the type is dropped.
    """
    if isinstance(schema, list):
        return [_corrected(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    parts = {key: _corrected(part) for key, part in schema.items()}
    if "x-port-pattern" in parts:
        parts["pattern"] = parts["x-port-pattern"]
    if parts.get("type") == "object" and parts.get("enum") in (["create"], ["delete"]):
        del parts["type"]
    return parts


def _is_url(text):
    """The format `url` of ajv-formats, in short: a URI of the web or of FTP."""
    uri = jsonschema_rs.Draft202012Validator({"format": "uri"}, validate_formats=True)
    return uri.is_valid(text) and text.lower().startswith(("http://", "https://", "ftp://"))


_BLUEPRINT = "/v1/blueprints/{blueprint_identifier}"
_ENTITY = _BLUEPRINT + "/entities/{entity_identifier}"

BODIES = [
    Body("POST /v1/auth/access_token", AccessTokenRequest),
    Body("POST /v1/blueprints", Blueprint),
    Body("PUT /v1/blueprints/{identifier}", BlueprintReplacement),
    Body("PATCH /v1/blueprints/{identifier}", BlueprintPatch),
    Body(f"PATCH {_BLUEPRINT}/properties/{{property_identifier}}/rename", PropertyRename),
    Body(f"PATCH {_BLUEPRINT}/mirror/{{property_identifier}}/rename", MirrorRename),
    Body(f"PATCH {_BLUEPRINT}/relations/{{relation_identifier}}/rename", RelationRename),
    Body(f"PATCH {_BLUEPRINT}/permissions", BlueprintPermissions),
    Body(f"POST {_BLUEPRINT}/entities", EntityWrite),
    Body(f"POST {_BLUEPRINT}/entities/bulk", BulkEntities),
    Body(f"PUT {_ENTITY}", EntityReplacement),
    Body(f"PATCH {_ENTITY}", EntityPatch),
    Body(f"POST {_BLUEPRINT}/bulk/entities/delete", BulkDelete),
    Body("POST /v1/entities/search", Query),
    Body(f"POST {_BLUEPRINT}/entities/search", BlueprintSearch),
    Body("POST /v1/entities/aggregate", Aggregation),
    Body("POST /v1/entities/aggregate-over-time", AggregationOverTime),
    Body("POST /v1/entities/properties-history", PropertiesHistory),
    Body(f"POST {_BLUEPRINT}/scorecards", ScorecardWrite),
    Body(f"PUT {_BLUEPRINT}/scorecards", ScorecardListItem, is_list=True),
    Body(f"PUT {_BLUEPRINT}/scorecards/{{scorecard_identifier}}", ScorecardReplacement),
    Body("POST /v1/actions", ActionWrite),
    Body("PUT /v1/actions/{action_identifier}", ActionWrite),
    Body("PATCH /v1/actions/{action_identifier}/permissions", ActionPermissions),
    Body("POST /v1/actions/{action_identifier}/runs", RunRequest),
    Body("PATCH /v1/actions/runs/{run_id}", RunPatch),
    Body("PATCH /v1/actions/runs/{run_id}/approval", ApprovalDecision),
    Body("POST /v1/actions/runs/{run_id}/logs", RunLogWrite),
    Body("PATCH /v1/pages/{page_identifier}/permissions", PagePermissions),
    Body("POST /v1/teams", TeamWrite),
    Body("PUT /v1/teams/{name}", TeamReplacement),
    Body("PATCH /v1/teams/{name}", TeamPatch),
    Body("POST /v1/users/invite", Invitation),
    Body("PATCH /v1/users/{user_email}", UserPatch),
    Body("PUT /v1/organization", OrganizationReplacement),
    Body("PATCH /v1/organization", OrganizationPatch),
    Body("POST /v1/organization/secrets", SecretWrite),
    Body("PATCH /v1/organization/secrets/{secret_name}", SecretPatch),
    Body("PATCH /v1/integration/{identifier}", IntegrationPatch),
    Body("PATCH /v1/integration/{identifier}/config", IntegrationConfigUpdate),
    Body("POST /v1/webhooks", WebhookWrite),
    Body("PUT /v1/webhooks/{identifier}", WebhookWrite),
    Body("PATCH /v1/webhooks/{identifier}", WebhookPatch),
    Body("POST /v1/migrations", MigrationWrite),
    Body("POST /v1/migrations/{migration_id}/cancel", MigrationCancellation),
    Body("POST /v1/ai/invoke", AiInvocation),
    Body("POST /v1/agent/{agentIdentifier}/invoke", AgentInvocation),
]

QUERIES = [
    Component("EntitiesQuery", Query),
    Component("EntitiesQueryV2", BlueprintQuery),
    Component("EntitiesQueryWithJq", DatasetQuery),
    Component("SearchIdentifierQuery", IdentifierQuery),
    Component("SearchRelationsQuery", IdentifierQuery),
    Component("ScorecardQuery", ScorecardQuery),
]
