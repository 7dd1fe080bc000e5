"""Rich documents of every kind are taken by the fitting route and read back unchanged."""

import json
from copy import deepcopy
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from tests.contract.samples import SAMPLES

from quaymaster.port.documents.page import WIDGET_TYPES

from .conftest import Door
from .test_examples import make_targets, shortfall

_EXAMPLES = Path(__file__).parents[3] / "shared" / "reference" / "examples"
_MAPPING = {"identifier": ".item.name", "blueprint": '"thing"', "properties": {"size": ".size"}, "relations": {}}
_FOUND = {"combinator": "and", "rules": [{"property": "$identifier", "operator": "=", "value": ".owner"}]}


def kept(door: Door, path: str, document: dict[str, Any], key: str, *, name: str = "identifier") -> None:
    """Writes a document and reads it back from the list of its kind and by its name."""
    created = door.ok("POST", path, json=document)[key]
    shown = door.ok("GET", f"{path}/{quote(created[name], safe='')}")[key]
    assert list(shortfall(document, created)) == list(shortfall(document, shown)) == []


@pytest.mark.parametrize("number", range(len(SAMPLES["POST /v1/blueprints"])))
def test_blueprints_are_kept(door: Door, number: int) -> None:
    document = deepcopy(SAMPLES["POST /v1/blueprints"][number])
    make_targets(door, document)
    kept(door, "/v1/blueprints", document, "blueprint")


@pytest.mark.parametrize("number", range(len(SAMPLES["POST /v1/actions"])))
def test_actions_are_kept(door: Door, number: int) -> None:
    kept(door, "/v1/actions", SAMPLES["POST /v1/actions"][number], "action")


@pytest.mark.parametrize("number", range(len(SAMPLES["POST /v1/webhooks"])))
def test_webhooks_are_kept(door: Door, number: int) -> None:
    kept(door, "/v1/webhooks", SAMPLES["POST /v1/webhooks"][number], "webhook")


@pytest.mark.parametrize("kind", WIDGET_TYPES)
def test_pages_with_every_widget_are_kept(door: Door, kind: str) -> None:
    widget = {"id": "w", "type": kind, "title": "W", "dataset": {"combinator": "and", "rules": []}, "own": {"a": [1]}}
    root = {"id": "root", "type": "dashboard-widget", "layout": [{"height": 4, "columns": []}], "widgets": [widget]}
    for number, widgets in enumerate(([widget], [root], [{**root, "type": "grouper", "groups": [{"title": "G"}]}])):
        kept(door, "/v1/pages", {"identifier": f"page{number}", "type": "dashboard", "widgets": widgets}, "page")


@pytest.mark.parametrize(
    "mappings",
    [
        _MAPPING,
        [_MAPPING, {**_MAPPING, "team": ".team"}],
        {**_MAPPING, "identifier": _FOUND},
        {**_MAPPING, "relations": {"owner": _FOUND, "uses": ".uses", "parent": None}},
    ],
)
def test_mappings_of_integrations_are_kept(door: Door, mappings: Any) -> None:
    port = {"itemsToParse": ".items", "entity": {"mappings": mappings}}
    resource = {"kind": "pull-request", "selector": {"query": "true", "states": ["open"]}, "port": port}
    config = {"deleteDependentEntities": True, "createMissingRelatedEntities": True, "resources": [resource]}
    integration = {"installationId": "github", "installationAppType": "GitHub", "title": "GitHub", "version": "1"}
    kept(door, "/v1/integration", {**integration, "config": config}, "integration", name="installationId")
    door.ok("PATCH", "/v1/integration/github/config", json={"config": {**config, "extra": {"any": 1}}})
    shown = door.ok("GET", "/v1/integration/github")["integration"]["config"]
    assert shown == {**config, "extra": {"any": 1}}


@pytest.mark.skipif(not _EXAMPLES.is_dir(), reason=f"the published documents are not at {_EXAMPLES}")
def test_published_workflows_are_kept_and_not_run(door: Door) -> None:
    paths = sorted(_EXAMPLES.glob("*.workflow.json"))
    assert paths
    for path in paths:
        document = json.loads(path.read_text(encoding="utf-8"))
        kept(door, "/v1/workflows", document, "workflow")
        answer = door.send("POST", f"/v1/workflows/{document['identifier']}/runs", json={})
        assert (answer.status_code, answer.json()["error"]) == (501, "not_implemented")
    assert door.refused("POST", "/v1/workflows", json={"nodes": []}) == (422, "invalid_request")
    assert door.refused("GET", "/v1/workflows/none") == (404, "not_found")


def test_every_published_document_is_of_a_kind_that_is_tried() -> None:
    if _EXAMPLES.is_dir():
        kinds = {path.name.split(".")[-2] for path in _EXAMPLES.glob("*.*.json")}
        assert kinds == {"blueprint", "blueprint-fragment", "scorecard", "action", "workflow"}
