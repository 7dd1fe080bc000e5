"""Real documents, from Port's own open-source repositories, are taken by the fitting route and read back unchanged."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

_FOLDER = Path(__file__).parents[2].parent / "shared" / "reference" / "examples"
_INDEX = _FOLDER / "index.json"

if not _INDEX.is_file():
    pytest.skip(f"there are no example documents at {_FOLDER}", allow_module_level=True)

_ITEMS = json.loads(_INDEX.read_text(encoding="utf-8"))["items"]
BLUEPRINTS = [item["file"] for item in _ITEMS if item["kind"] == "blueprint"]


def load(name: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((_FOLDER / name).read_text(encoding="utf-8"))
    return document


def shortfall(sent: Any, stored: Any, path: str = "") -> Iterator[str]:
    """Yields the places where what was stored differs from what was sent; it may have more."""
    if isinstance(sent, dict) and isinstance(stored, dict):
        for key, value in sent.items():
            if key in stored:
                yield from shortfall(value, stored[key], f"{path}/{key}")
            else:
                yield f"{path}/{key}"
    elif sent != stored:
        yield path


def make_targets(door: Any, document: dict[str, Any]) -> None:
    """Creates the blueprints that a document leads to, with the properties and relations that its mirrors need."""
    relations = document.get("relations", {})
    paths = [mirror["path"].split(".") for mirror in document.get("mirrorProperties", {}).values()]
    needed = {relation["target"] for relation in relations.values()}
    needed |= {aggregation["target"] for aggregation in document.get("aggregationProperties", {}).values()}
    for target in sorted(needed - {document["identifier"]}):
        body: dict[str, Any] = {"identifier": target, "title": target, "schema": {"properties": {}}, "relations": {}}
        for path in paths:
            if path[0] in relations and relations[path[0]]["target"] == target:
                body["relations"] |= {step: {"target": target} for step in path[1:-1]}
                if not path[-1].startswith("$"):
                    body["schema"]["properties"][path[-1]] = {"type": "string"}
        if door.send("GET", f"/v1/blueprints/{target}").status_code == 404:
            door.ok("POST", "/v1/blueprints", json=body)


@pytest.mark.parametrize("name", BLUEPRINTS)
def test_a_real_blueprint_reads_back_unchanged(door: Any, name: str) -> None:
    document = load(name)
    make_targets(door, document)
    door.ok("POST", "/v1/blueprints", json=document)
    stored = door.ok("GET", f"/v1/blueprints/{document['identifier']}")["blueprint"]
    assert list(shortfall(document, stored)) == []
    replaced = door.ok("PUT", f"/v1/blueprints/{document['identifier']}", json=document)["blueprint"]
    assert list(shortfall(document, replaced)) == []


def test_the_fragments_of_real_blueprints_can_be_patched_in(door: Any) -> None:
    texts = {name: {"type": "string"} for name in ("url", "readme", "codeowners", "language")}
    for name, properties in (("githubRepository", texts), ("organization", {})):
        door.ok(
            "POST", "/v1/blueprints", json={"identifier": name, "title": name, "schema": {"properties": properties}}
        )
    service = {
        "identifier": "service",
        "title": "Service",
        "schema": {"properties": {}},
        "ownership": {"type": "Direct"},
    }
    door.ok("POST", "/v1/blueprints", json=service)
    for blueprint, name in (
        ("service", "service-github-mirrors-patch.blueprint-fragment.json"),
        ("_team", "team-aggregation-patch.blueprint-fragment.json"),
        ("_team", "team-hierarchy-patch.blueprint-fragment.json"),
    ):
        fragment = load(name)
        patched = door.ok("PATCH", f"/v1/blueprints/{blueprint}", json=fragment)["blueprint"]
        assert list(shortfall(fragment, patched)) == []


def test_a_team_counts_the_services_that_it_owns(door: Any) -> None:
    service = {
        "identifier": "service",
        "title": "Service",
        "schema": {"properties": {}},
        "ownership": {"type": "Direct"},
    }
    door.ok("POST", "/v1/blueprints", json=service)
    door.ok("PATCH", "/v1/blueprints/_team", json=load("team-aggregation-patch.blueprint-fragment.json"))
    for team in ("blue", "red"):
        door.ok("POST", "/v1/teams", json={"name": team})
    for name, teams in (("a", ["blue"]), ("b", ["blue", "red"]), ("c", [])):
        door.ok("POST", "/v1/blueprints/service/entities", json={"identifier": name, "team": teams})
    entities = door.ok("GET", "/v1/blueprints/_team/entities")["entities"]
    owned = {entity["identifier"]: entity["properties"]["numberOfOwnedServices"] for entity in entities}
    assert owned == {"blue": 2, "red": 1}
