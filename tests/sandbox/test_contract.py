"""Requests made from Port's own OpenAPI document, right ones and wrong ones: every answer is one that Port documents.

Port's published schemas of responses are wrong in places, so only statuses and the shape of refusals are looked at.
That the sandbox takes and refuses the bodies that Port does is shown where the models of documents are tested.
"""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from anyio.from_thread import BlockingPortal
from hypothesis import HealthCheck, Phase, settings
from schemathesis import GenerationMode
from schemathesis.core import NotSet

from quaymaster_sandbox.app import create_app
from quaymaster_sandbox.ids import Ids
from quaymaster_sandbox.ratelimits import RateLimits
from quaymaster_sandbox.sandbox import Sandbox

from .conftest import NOON, Door

_DEFAULT = Path(__file__).parents[2].parent / "shared" / "reference" / "port-openapi.min.json"
_OPENAPI = Path(os.environ.get("QUAYMASTER_PORT_OPENAPI", _DEFAULT))

if not _OPENAPI.is_file():
    pytest.skip(
        f"Port's OpenAPI document is not at {_OPENAPI}; QUAYMASTER_PORT_OPENAPI names another place",
        allow_module_level=True,
    )

DOCUMENTED = {400, 401, 403, 404, 409, 413, 422}
"""The refusals that Port's documentation and the records of its answers know of a request that is wrong."""

_document = json.loads(_OPENAPI.read_text(encoding="utf-8"))
schema = schemathesis.openapi.from_dict(_document)
schema.config.generation.update(modes=[GenerationMode.POSITIVE, GenerationMode.NEGATIVE])


def _has_plain_body(context: Any) -> bool:
    """Tells whether bodies for an operation are made quickly: its schema is not put together from others."""
    return "$ref" not in json.dumps(context.operation.definition.raw.get("requestBody", {}))


quick = schema.include(_has_plain_body)

_SOME = settings(
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture
def port(portal: BlockingPortal) -> Iterator[Door]:
    """A sandbox that never grows tired of requests."""
    limits = RateLimits(entities=10**9, others=10**9)
    sandbox = Sandbox(clock=lambda: NOON, ids=Ids(1), rate_limits=limits)
    door = Door(create_app(sandbox), portal).log_in()
    stock(door)
    yield door
    sandbox.database.close()


def aim(case: Any) -> str:
    """Returns the path of a case, led to something that is there."""
    path: str = case.operation.path
    for name, values in AIMS.items():
        for template, value in values.items():
            if path.startswith(template):
                path = path.replace(f"{{{name}}}", value)
    return path


AIMS = {
    "blueprint_identifier": {"/v1/blueprints": "service"},
    "entity_identifier": {"/v1/blueprints": "e"},
    "property_identifier": {"/v1/blueprints": "a"},
    "relation_identifier": {"/v1/blueprints": "r"},
    "identifier": {"/v1/blueprints": "service", "/v1/pages": "service", "/v1/webhooks": "w", "/v1/integration": "i"},
    "page_identifier": {"/v1/pages": "service"},
    "widget_id": {"/v1/pages": "w"},
    "integrationInternalId": {"/v1/integration": "i"},
    "secret_name": {"/v1/organization": "KEY"},
    "name": {"/v1/teams": "team"},
    "user_email": {"/v1/users": "a@b.c"},
    "migration_id": {"/v1/migrations": "m"},
    "invocation_identifier": {"/v1/ai": "n"},
    "agentIdentifier": {"/v1/agent": "g"},
    "action_identifier": {"/v1/actions": "act"},
    "run_id": {"/v1/actions": "RUN"},
    "scorecard_identifier": {"/v1/blueprints": "card"},
}
"""A name for each path parameter, by the beginning of the path; `stock` puts something behind most of them.

`RUN` stands for a run that is begun for the request.
"""


def stock(port: Door) -> None:
    """Puts back what the requests before have deleted or renamed."""
    properties = {"a": {"type": "string"}, "n": {"type": "number"}, "at": {"type": "string", "format": "date-time"}}
    blueprint = {
        "identifier": "service",
        "title": "Service",
        "schema": {"properties": properties},
        "relations": {"r": {"target": "service"}},
    }
    trigger = {"type": "self-service", "operation": "CREATE", "userInputs": {"properties": {}}}
    page = {"identifier": "service", "widgets": [{"id": "w", "type": "markdown"}]}
    for path, body in (
        ("/v1/blueprints", blueprint),
        ("/v1/blueprints/service/entities", {"identifier": "e"}),
        ("/v1/pages", page),
        ("/v1/webhooks", {"identifier": "w", "title": "W"}),
        ("/v1/integration", {"installationId": "i"}),
        ("/v1/organization/secrets", {"secretName": "KEY", "secretValue": "v"}),
        ("/v1/teams", {"name": "team"}),
        ("/v1/users/invite", {"invitee": {"email": "a@b.c"}}),
        ("/v1/blueprints/service/scorecards", {"identifier": "card", "title": "Card", "rules": []}),
        ("/v1/actions", {"identifier": "act", "trigger": trigger, "invocationMethod": {"type": "KAFKA"}}),
    ):
        port.send("POST", path, json=body)


def start_run(port: Door) -> str:
    """Returns the identifier of a run in progress."""
    run: str = port.ok("POST", "/v1/actions/act/runs", json={"properties": {}})["run"]["id"]
    return run


def check_answer(case: Any, answer: Any) -> None:
    if answer.is_success:
        assert str(answer.status_code) in case.operation.definition.raw["responses"] or answer.status_code == 201
        return
    assert answer.status_code in DOCUMENTED, answer.text
    body = answer.json()
    assert body["ok"] is False
    assert isinstance(body["error"], str)
    assert isinstance(body["message"], str)


def run(port: Door, case: Any) -> None:
    """Sends a case to the names that it has made up, and then to things that are there."""
    body = case.body if isinstance(case.body, bytes | NotSet) else json.dumps(case.body).encode()
    content = None if isinstance(body, NotSet) else body
    for path in dict.fromkeys((case.formatted_path, aim(case))):
        there = path.replace("/RUN", f"/{start_run(port)}") if "/RUN" in path else path
        answer = port.send(case.method, there, params=case.query or None, content=content)
        check_answer(case, answer)
        if answer.is_success and case.method in ("PUT", "PATCH", "DELETE"):
            stock(port)


@quick.parametrize()
@settings(_SOME, max_examples=5)
def test_answers_are_those_that_port_documents(port: Door, case: Any) -> None:
    run(port, case)


@pytest.mark.slow
@schema.parametrize()
@settings(_SOME, max_examples=30)
def test_answers_to_many_requests_are_those_that_port_documents(port: Door, case: Any) -> None:
    run(port, case)
