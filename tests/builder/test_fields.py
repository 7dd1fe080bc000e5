"""Every field of every kind of document: changed through a plan, that field alone changes, and undo takes it back."""

import pytest
from tests.builder import whole
from tests.builder.comparing import differences, holds, leaves
from tests.builder.conftest import STAMPS, Port
from tests.builder.filled import DOCUMENTS, OWNERS, apply, fill, stored

from quaymaster.port.documents.action import ActionWrite
from quaymaster.port.documents.outline import list_fields, list_kinds
from quaymaster.port.documents.query import Query, ScorecardQuery
from quaymaster_builder.kinds import MODELS
from quaymaster_builder.model.parts import KEYED_LISTS, ORDER, from_port, get_part
from quaymaster_builder.planning.operations import PART_MAPS
from quaymaster_sandbox.testing import open_quay

CASES = [(kind, document) for kind, documents in DOCUMENTS.items() for document in documents]
NAMES = [f"{kind}-{it.get('identifier', 'all')}" for kind, it in CASES]
OTHER = {
    "squad": "crew",
    "squad.lead": "squad.motto",
    "task": "issue",
    "service": "twin",
    "base": "other",
    "code": "tier",
    "tier": "code",
    "hours": "effort",
    "sum": "max",
    "week": "day",
    "and": "or",
    "ASC": "DESC",
    "ANY": "ALL",
    "DAY-2": "DELETE",
    "ENTITY_CREATED": "ENTITY_UPDATED",
    "ENTITY_UPDATED": "ENTITY_DELETED",
    "ENTITY_DELETED": "ANY_ENTITY_CHANGE",
    "ANY_ENTITY_CHANGE": "ENTITY_CREATED",
    "RUN_CREATED": "RUN_UPDATED",
    "RUN_UPDATED": "ANY_RUN_CHANGE",
    "ANY_RUN_CHANGE": "RUN_CREATED",
    "dashboard": "home",
    "json": "slack",
    "url": "email",
    "user": "team",
    "email": "url",
    "entity": "user",
    "north": "south",
    "low": "high",
    "high": "low",
    "Good": "Best",
    "Best": "Good",
    "paleBlue": "blue",
    "green": "lime",
    "red": "pink",
    "gold": "silver",
    "crew": "squad",
    **dict.fromkeys(("embedded-url", "count", "average")),
}
"""Another value where not every text will do; None where no other fits the rest of the document."""
FURTHER = {"tier": "code", "name": "mail", "web": "ops", "Admin": "Member"}
"""What a list takes besides, where not every text will do."""
ALONE = {"identifier", "calculationBy", "integrationActionType"}
"""What says which document it is, or has one value that fits the rest."""


@pytest.fixture(scope="module")
def quay(tmp_path_factory):
    with open_quay({"builder": {"data_dir": tmp_path_factory.mktemp("plans"), "consent": "plan"}}) as opened:
        fill(opened)
        yield opened


def refkind(kind):
    return "action" if kind == "automation" else kind


def changes(kind, document):
    """Yields each place in a document that can have another value, with the operation that gives it."""
    worked = from_port(refkind(kind), document)
    for place, value in leaves(worked):
        names_it = place[-1] in ALONE or place[-1] == KEYED_LISTS.get(place[0]) or place[-1] == ORDER
        if names_it or (new := other(place[-1], value)) is None:
            continue
        yield place, {"op": "update", **operation(kind, document, place, new)}


def fresh_changes(kind, document):
    """Yields the changes of a document that no earlier one of its kind has: actions share most of their fields."""
    earlier = DOCUMENTS[kind][: DOCUMENTS[kind].index(document)]
    known = [(place, value) for it in earlier for place, value in leaves(it)]
    for place, change in changes(kind, document):
        if (place, get_part(document, place)) not in known:
            yield place, change


def operation(kind, document, place, value):
    """Returns the operation that gives a place of a document another value, by its part where it has one."""
    parts = {path: part for part, path in PART_MAPS.items()}
    identifier = OWNERS.get(kind) or document["identifier"]
    for size in (1, 2):
        if kind == "blueprint" and place[:size] in parts:
            named = {"kind": parts[place[:size]], "identifier": place[size]}
            return {**named, "blueprint": identifier, "document": nested(place[size + 1 :], value)}
    if kind == "scorecard" and place[0] in KEYED_LISTS:
        named = {"kind": place[0].removesuffix("s"), "scorecard": identifier, "identifier": place[1]}
        return {**named, "document": nested(place[2:], value)}
    owner = {"blueprint": "service"} if kind in {"entity", "scorecard"} else {}
    return {"kind": kind, "identifier": identifier, **owner, "document": nested(place, value)}


def nested(place, value):
    for key in reversed(place):
        value = {key: value}
    return value


def other(key, value):
    """Returns another value for a field; None where the field has one value that fits the rest of the document."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if isinstance(value, str):
        if key == "type":
            return OTHER.get(value) if value != "email" else None
        return OTHER.get(value, f"{value}x")
    if isinstance(value, dict):
        return {inner: other(inner, member) for inner, member in value.items()}
    if isinstance(value[0], dict):
        inner = next(it for it in ("title", "value", "path", "height", "property") if it in value[0])
        return [{**value[0], inner: other(inner, value[0][inner])}, *value[1:]]
    return value[::-1] if len(value) > 1 else [*value, FURTHER.get(value[0], f"{value[0]}x")]


@pytest.mark.parametrize(("kind", "document"), CASES, ids=NAMES)
def test_undo_takes_the_changes_of_all_fields_back(quay, kind, document):
    port = Port(quay)
    model, before = port.state(), stored(port, kind, document)
    expected = dict(changes(kind, document))
    done = apply(quay, *expected.values())
    after = stored(port, kind, document)
    assert differences(from_port(refkind(kind), before), from_port(refkind(kind), after)) == expected.keys()
    apply(quay, undo=done)
    assert differences(before, stored(port, kind, document)) <= {(stamp,) for stamp in STAMPS}
    assert port.state() == model


@pytest.mark.parametrize(("kind", "document"), CASES, ids=NAMES)
def test_document_is_stored_whole_and_a_change_of_a_field_changes_that_field_alone(quay, kind, document):
    port = Port(quay)
    before = stored(port, kind, document)
    assert holds(before, document)
    for place, change in fresh_changes(kind, document):
        apply(quay, change)
        after = stored(port, kind, document)
        assert differences(from_port(refkind(kind), before), from_port(refkind(kind), after)) == {place}
        before = after


def test_samples_have_every_field_of_every_kind():
    for kind, documents in DOCUMENTS.items():
        occurring = {it for document in documents for it in fields_in(MODELS[kind], document)}
        if kind not in {"action", "automation"}:
            assert fields_of(MODELS[kind]) - occurring == set()
    actions = {
        it for document in [*whole.ACTIONS, *whole.AUTOMATIONS, whole.BASE] for it in fields_in(ActionWrite, document)
    }
    assert fields_of(ActionWrite) - actions == set()


QUERIES = (Query, ScorecardQuery)
"""What is kept as one; every rule of it is compared with Port's schema in `tests/contract`."""
NOBODYS = {("Relation", "type"), ("InputProperty", "jqQuery"), ("EntityWrite", "identifier")}
"""What only Port writes, what may only be null, and what names the document."""


def fields_of(model, seen=frozenset()):
    """Returns every field of a kind of document and of the objects within it, with the name of its model."""
    if issubclass(model, QUERIES) or model in seen:
        return set()
    if kinds := list_kinds(model):
        return set().union(*(fields_of(it, seen) for it in kinds.values()))
    own = {(model.__name__, it.key) for it in list_fields(model) if it.key not in STAMPS} - NOBODYS
    return own.union(*(fields_of(it.inner, seen | {model}) for it in list_fields(model) if it.inner))


def fields_in(model, value):
    """Yields those of these fields that occur in a document."""
    if isinstance(value, list) or (isinstance(value, dict) and is_map(model, value)):
        for member in value if isinstance(value, list) else value.values():
            yield from fields_in(model, member)
    elif isinstance(value, dict) and not issubclass(model, QUERIES):
        model = list_kinds(model).get(value.get("type"), model)
        inner = {it.key: it.inner for it in list_fields(model)}
        for key, member in value.items():
            yield model.__name__, key
            if inner.get(key) is not None:
                yield from fields_in(inner[key], member)


def is_map(model, value):
    """Tells whether an object holds objects of a kind by name."""
    keys = {it.key for it in list_fields(model)} | {"type"}
    return not keys & value.keys() and all(isinstance(it, dict) for it in value.values()) and not list_kinds(model)
