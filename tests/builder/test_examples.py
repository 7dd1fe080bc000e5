"""Real documents of Port's, there and back: created, read, changed, taken back."""

import json
import os
from pathlib import Path

import pytest
from tests.builder.comparing import differences, holds
from tests.builder.documents import TEXT, blueprint
from tests.builder.filled import apply

from quaymaster_builder.model.parts import split

FOLDER = Path(__file__).parents[3] / "shared" / "reference" / "examples"
if "QUAYMASTER_PORT_OPENAPI" in os.environ:
    FOLDER = Path(os.environ["QUAYMASTER_PORT_OPENAPI"]).parent / "examples"
pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason=f"Port's examples are not at {FOLDER}")
ADDED_BY_PORT = {"createdAt", "createdBy", "updatedAt", "updatedBy", "id", "blueprint"}


def names(kind):
    return sorted(it.name for it in FOLDER.glob(f"*.{kind}.json")) if FOLDER.is_dir() else []


def load(name):
    return json.loads((FOLDER / name).read_text(encoding="utf-8"))


def targets(document):
    """Returns a bare blueprint for everything that a document relates to, with the properties that mirrors show."""
    made = {it["target"]: blueprint(it["target"]) for it in document.get("relations", {}).values()}
    made |= {it["target"]: blueprint(it["target"]) for it in document.get("aggregationProperties", {}).values()}
    for mirror in document.get("mirrorProperties", {}).values():
        first, *rest = mirror["path"].split(".")
        if rest and not rest[-1].startswith("$") and len(rest) == 1 and first in document.get("relations", {}):
            made[document["relations"][first]["target"]]["schema"]["properties"][rest[0]] = TEXT
    made.pop(document["identifier"], None)
    return [it for name, it in made.items() if not name.startswith("_")]


def create(kind, document, **where):
    return {"op": "create", "kind": kind, "document": document, **where}


@pytest.mark.parametrize("name", names("blueprint"))
def test_blueprint_goes_there_and_back(quay, port, name):
    document = load(name)
    others = targets(document)
    if others:
        apply(quay, *(create("blueprint", it) for it in others))
    empty = port.state()
    created = apply(quay, create("blueprint", document))
    stored = port.send("GET", "/v1/blueprints/{}", document["identifier"])["blueprint"]
    assert holds(stored, document)
    before = port.state()
    change = {
        "op": "update",
        "kind": "blueprint",
        "identifier": document["identifier"],
        "document": {"title": "Changed"},
    }
    changed = apply(quay, change)
    assert differences(before, port.state()) == {("blueprints", document["identifier"], "title")}
    apply(quay, undo=changed)
    assert port.state() == before
    apply(quay, undo=created)
    assert port.state() == empty


@pytest.mark.parametrize("name", names("blueprint"))
def test_change_of_one_part_changes_that_part_alone(quay, port, name):
    document = load(name)
    apply(quay, *(create("blueprint", it) for it in targets(document)), create("blueprint", document))
    stored = port.state()["blueprints"][document["identifier"]]
    for part, value in list(split("blueprint", stored).items()):
        if isinstance(value, dict) and part[0] != "ownership" and len(part) > 1:
            before = port.state()
            place = ("blueprints", document["identifier"], *part)
            change = {"icon": "Star"} if part[0] == "schema" else {"title": "Other"}
            kinds = {"schema": "property", "relations": "relation", "mirrorProperties": "mirror"}
            kinds |= {"calculationProperties": "calculation", "aggregationProperties": "aggregation"}
            operation = {"op": "update", "kind": kinds[part[0]], "blueprint": document["identifier"]}
            apply(quay, {**operation, "identifier": part[-1], "document": change})
            assert differences(before, port.state()) == {(*place, *change)}


@pytest.mark.parametrize("name", names("scorecard"))
def test_scorecard_goes_there_and_back(quay, port, name):
    document = load(name)
    conditions = [it for rule in document["rules"] for it in rule["query"]["conditions"]]
    kinds = {bool: "boolean", int: "number", float: "number", str: "string", type(None): "string"}
    asked = {it["property"]: kinds[type(it.get("value"))] for it in conditions if not it["property"].startswith("$")}
    owner = blueprint("service", **{name: {"type": kind} for name, kind in asked.items()})
    apply(quay, create("blueprint", {**owner, "ownership": {"type": "Direct"}}))
    empty = port.state()
    created = apply(quay, create("scorecard", document, blueprint="service"))
    stored = port.send("GET", "/v1/blueprints/{}/scorecards/{}", "service", document["identifier"])["scorecard"]
    assert holds(stored, document)
    before = port.state()
    for rule in document["rules"]:
        operation = {
            "op": "update",
            "kind": "rule",
            "scorecard": document["identifier"],
            "identifier": rule["identifier"],
        }
        changed = apply(quay, {**operation, "document": {"title": "Changed"}})
        assert {it[:2] for it in differences(before, port.state())} == {("scorecards", document["identifier"])}
        apply(quay, undo=changed)
        assert port.state() == before
    gone = apply(
        quay,
        {
            "op": "delete",
            "kind": "rule",
            "scorecard": document["identifier"],
            "identifier": document["rules"][0]["identifier"],
        },
    )
    apply(quay, undo=gone)
    again = port.send("GET", "/v1/blueprints/{}/scorecards/{}", "service", document["identifier"])["scorecard"]
    assert [it["identifier"] for it in again["rules"]] == [it["identifier"] for it in document["rules"]]
    apply(quay, undo=created)
    assert port.state() == empty


@pytest.mark.parametrize("name", names("action"))
def test_action_goes_there_and_back(quay, port, name):
    document = load(name)
    inputs = document["trigger"]["userInputs"]["properties"].values()
    named = {it["blueprint"] for it in inputs if "blueprint" in it}
    named |= {document["trigger"]["blueprintIdentifier"]} if "blueprintIdentifier" in document["trigger"] else set()
    apply(quay, *(create("blueprint", blueprint(it)) for it in named))
    created = apply(quay, create("action", document))
    before = port.send("GET", "/v1/actions/{}", document["identifier"])["action"]
    assert holds(before, document)
    for key, value in (("title", "Changed"), ("description", "Changed"), ("publish", True), ("requiredApproval", True)):
        operation = {"op": "update", "kind": "action", "identifier": document["identifier"], "document": {key: value}}
        changed = apply(quay, operation)
        stored = port.send("GET", "/v1/actions/{}", document["identifier"])["action"]
        assert {it for it in differences(before, stored) if it[0] not in ADDED_BY_PORT} == {(key,)}
        apply(quay, undo=changed)
    again = port.send("GET", "/v1/actions/{}", document["identifier"])["action"]
    assert {it for it in differences(before, again) if it[0] not in ADDED_BY_PORT} == set()
    apply(quay, undo=created)
    assert port.send("GET", "/v1/actions")["actions"] == []


@pytest.mark.parametrize("name", names("blueprint-fragment"))
def test_fragment_of_a_blueprint_adds_what_it_says_and_goes_again(quay, port, name):
    fragment = {key: value for key, value in load(name).items() if key != "_comment"}
    owner = name.split("-")[0] if name.startswith("service") else "_team"
    shown = {it["path"].split(".")[1] for it in fragment.get("mirrorProperties", {}).values()}
    properties = {it: TEXT for it in shown if not it.startswith("$")}
    others = {it["target"] for it in fragment.get("relations", {}).values()} | {"service"}
    made = [blueprint(it, **properties) for it in sorted(others) if not it.startswith("_")]
    apply(quay, *(create("blueprint", it) for it in made))
    before = port.state()
    done = apply(quay, {"op": "update", "kind": "blueprint", "identifier": owner, "document": fragment})
    stored = port.send("GET", "/v1/blueprints/{}", owner)["blueprint"]
    assert holds(stored, fragment)
    apply(quay, undo=done)
    assert port.state() == before
