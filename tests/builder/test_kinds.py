"""Every kind of document, created, replaced, deleted and taken back."""

import pytest
from tests.builder import whole
from tests.builder.comparing import holds
from tests.builder.conftest import Port
from tests.builder.documents import TEXT, blueprint, rule, scorecard
from tests.builder.filled import DOCUMENTS, OWNERS, apply, fill, stored

from quaymaster_sandbox.testing import open_quay

ALONE = [(kind, it) for kind, documents in DOCUMENTS.items() for it in documents if kind not in OWNERS]
NAMES = [f"{kind}-{it['identifier']}" for kind, it in ALONE]
OF_SERVICE = {"entity", "scorecard"}


@pytest.fixture(scope="module")
def quay(tmp_path_factory):
    with open_quay({"builder": {"data_dir": tmp_path_factory.mktemp("plans"), "consent": "plan"}}) as opened:
        fill(opened)
        yield opened


def named(op, kind, subject, **more):
    owner = {"blueprint": "service"} if kind in OF_SERVICE else {}
    return {"op": op, "kind": kind, "identifier": subject["identifier"], **owner, **more}


@pytest.mark.parametrize(("kind", "document"), ALONE, ids=NAMES)
def test_deleted_document_comes_back_whole(quay, kind, document):
    port = Port(quay)
    before = port.state()
    done = apply(quay, named("delete", kind, document))
    assert port.state() != before
    apply(quay, undo=done)
    assert port.state() == before


@pytest.mark.parametrize(("kind", "document"), ALONE, ids=NAMES)
def test_created_document_goes_again(quay, kind, document):
    port, copy = Port(quay), {**document, "identifier": "a-copy"}
    if kind == "scorecard":
        copy["rules"] = [{**it, "identifier": f"{it['identifier']}-2"} for it in document["rules"]]
    before = port.state()
    done = apply(quay, named("create", kind, copy, document=copy))
    assert holds(stored(port, kind, copy), copy)
    apply(quay, undo=done)
    assert port.state() == before


SLIM = {
    "blueprint": blueprint("service", tier=TEXT),
    "scorecard": scorecard("ready", rule("tiered", property="tier", operator="=", value="x")),
    "action": {**whole.BASE, "title": "Slim", "icon": None, "description": None},
    "entity": {"identifier": "cart", "properties": {"tier": "low"}},
    "page": {"identifier": "overview", "title": "Slim", "type": "dashboard", "widgets": []},
}
"""A document of each kind that says less than the one that is there."""


@pytest.mark.parametrize("kind", SLIM)
def test_replaced_document_has_nothing_but_what_it_was_replaced_with(quay, kind):
    port = Port(quay)
    document = {key: value for key, value in SLIM[kind].items() if value is not None}
    before = port.state()
    done = apply(quay, named("replace", kind, document, document=document))
    after = stored(port, kind, document)
    assert holds(after, document)
    assert not [it for it in ("description", "icon", "filter", "mirrorProperties", "locked") if after.get(it)]
    apply(quay, undo=done)
    assert port.state() == before


PARTS = [
    ("property", "code"),
    ("relation", "helpers"),
    ("mirror", "lead"),
    ("calculation", "link"),
    ("aggregation", "pace"),
]


@pytest.mark.parametrize(("kind", "name"), PARTS)
def test_part_of_a_blueprint_goes_and_gets_another_name_and_comes_back(quay, kind, name):
    port = Port(quay)
    before = port.state()
    where = {"kind": kind, "blueprint": "service", "identifier": name}
    for operation in ({"op": "delete", **where}, {"op": "rename", "to": "another", **where}):
        done = apply(quay, operation)
        assert port.state() != before
        apply(quay, undo=done)
        assert port.state() == before


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "create", "kind": "rule", "document": rule("named", "Good", property="$title", operator="isNotEmpty")},
        {"op": "delete", "kind": "rule", "identifier": "coded"},
        {"op": "create", "kind": "level", "document": {"title": "Fair", "color": "bronze"}, "position": 1},
        {"op": "update", "kind": "level", "identifier": "Good", "document": {"title": "Fine"}},
        {"op": "update", "kind": "rule", "identifier": "coded", "document": {"identifier": "has-code"}},
        {"op": "update", "kind": "level", "identifier": "Best", "document": {"color": "red"}, "position": 1},
    ],
    ids=["new rule", "rule goes", "new level", "level's name", "rule's name", "level's rank"],
)
def test_single_rule_or_level_changes_and_comes_back(quay, operation):
    port = Port(quay)
    before = port.state()
    done = apply(quay, {**operation, "scorecard": "ready"})
    assert port.state()["scorecards"] != before["scorecards"]
    apply(quay, undo=done)
    assert port.state() == before


def test_rules_follow_the_name_of_their_level(quay):
    level = {"kind": "level", "scorecard": "ready", "identifier": "Good"}
    done = apply(quay, {"op": "update", **level, "document": {"title": "Fine"}})
    ready = stored(Port(quay), "scorecard", whole.SCORECARD)
    assert [it["title"] for it in ready["levels"]] == ["None", "Fine", "Best"]
    assert {it["identifier"]: it["level"] for it in ready["rules"]} == {"coded": "Fine", "tiered": "Best"}
    apply(quay, undo=done)


def test_entities_are_written_many_at_a_time(quay):
    port = Port(quay)
    before, sent = port.state(), len(quay.requests)

    def many(op, **values):
        where = {"op": op, "kind": "entity", "blueprint": "task"}
        documents = {f"t{n}": {"properties": {"hours": n}, **values} for n in range(45)}
        return [{**where, "identifier": name, "document": it} for name, it in documents.items()]

    done = apply(quay, *many("create"))
    assert len([it for it in quay.requests[sent:] if it.path.endswith("/entities/bulk")]) == 3
    changed = apply(quay, *many("update", title="T"))
    gone = apply(quay, *many("delete"))
    apply(quay, undo=gone)
    apply(quay, undo=changed)
    assert not [it["title"] for it in port.state()["entities"]["task"] if it.get("title")]
    apply(quay, undo=done)
    assert port.state() == before
