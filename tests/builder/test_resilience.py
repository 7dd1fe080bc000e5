"""Random plans, changes by others, faults and kills: Port ends as before, as planned, or as the report says."""

import json
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from anyio.from_thread import start_blocking_portal
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.builder.documents import NUMBER, TEXT, blueprint, rule, scorecard
from tests.builder.faulty import FaultyPort, Killed

from quaymaster import InputError
from quaymaster.auth import Credentials
from quaymaster.policy import Policy
from quaymaster.port import PortClient
from quaymaster.port.transport import PortTransport
from quaymaster_builder.applying.applying import apply
from quaymaster_builder.applying.store import Store
from quaymaster_builder.applying.undoing import plan_undo
from quaymaster_builder.model.parts import split
from quaymaster_builder.model.refs import Ref
from quaymaster_builder.planning.planner import Terms, plan_operations
from quaymaster_builder.planning.reading import Scope, read_documents
from quaymaster_builder.planning.trouble import PlanError
from quaymaster_sandbox.app import create_app
from quaymaster_sandbox.sandbox import CLIENT_ID, CLIENT_SECRET, Sandbox

START = datetime(2026, 3, 1, tzinfo=UTC)
GRANTS = Ref("blueprint_permissions", "service")
SCOPE = Scope(scorecards=True, actions=True, pages=True, single={GRANTS})
FATES = ("ok", "ok", "ok", "refused", "lost", "killed before", "killed after")


class Harbour:
    """A sandbox with a few services, a way to it that fails on demand, and a clock."""

    def __init__(self, portal, folder):
        self._portal = portal
        self.fates = []
        self.meddle = {}
        self.writes = 0
        self.now = START
        app = create_app(Sandbox())
        credentials = Credentials(CLIENT_ID, CLIENT_SECRET)
        transport = partial(PortTransport, "http://port.invalid", lambda: credentials, policy=Policy(), timeout_s=30)
        self.port = PortClient(transport(app=FaultyPort(app, self.decide)), "default")
        self.other = PortClient(transport(app=app), "default")
        self.store = Store(folder, b"k" * 32)

    def run(self, function, *arguments, **named):
        return self._portal.call(partial(function, *arguments, **named))

    def decide(self, method, path):
        self.writes += 1
        return self.fates.pop(0) if self.fates else "ok"

    def terms(self):
        return Terms("default", "local", self.now, timedelta(hours=1), 1000)

    def state(self):
        documents = self.run(read_documents, self.other, SCOPE)
        found = {str(ref): split(ref.kind, it) for ref, it in documents.items()}
        for ref in documents:
            if ref.kind == "page":
                del found[str(ref)][("widgets",)]  # the sandbox makes their ids up
        for ref in documents:
            if ref.kind == "blueprint" and not ref.identifier.startswith("_"):
                page = self.run(self.other.entities.search, ref.identifier)
                found |= {f"{ref.identifier}/{it.identifier}": (it.properties, it.relations) for it in page.entities}
        return json.loads(
            json.dumps({key: sorted(map(str, it.items())) if isinstance(it, dict) else it for key, it in found.items()})
        )

    def plan(self, operations):
        plan = self.run(plan_operations, self.other, operations, self.terms())
        return self.store.add(plan) if plan.steps else None

    def apply(self, plan_id):
        """Applies a plan, over as many calls as kills make necessary; returns the last outcome."""
        while True:
            self.now += timedelta(minutes=2)  # the lease of a call that was killed has run out
            if (outcome := self.run(self._apply_once, plan_id)) is not None:
                return outcome

    async def _apply_once(self, plan_id):
        stored = self.store.get(plan_id, "default", "local")
        try:
            return await apply(
                self.port, self.store, stored, clock=lambda: self.now, saved_entities=1000, report=_ignore
            )
        except Killed:
            return None

    def undo(self, plan_id):
        stored = self.store.get(plan_id, "default", "local")
        plan = self.run(plan_undo, self.other, stored, self.terms())
        return self.store.add(plan) if plan.steps else None


async def _ignore(done):
    pass


async def fill(port):
    await port.blueprints.create({**blueprint("team", lead=TEXT)})
    service = blueprint("service", tier=TEXT, cost=NUMBER, owner=TEXT)
    await port.blueprints.create(
        {**service, "relations": {"team": {"target": "team"}}, "mirrorProperties": {"lead": {"path": "team.lead"}}}
    )
    await port.entities.create("team", {"identifier": "web", "properties": {"lead": "ada"}})
    for name in ("cart", "pay"):
        values = {"tier": "T1", "cost": 3, "owner": "ada"}
        await port.entities.create("service", {"identifier": name, "properties": values, "relations": {"team": "web"}})
    await port.scorecards.create(
        "service", scorecard("ready", rule("owned"), rule("tiered", property="tier", operator="isNotEmpty"))
    )


ACTION = {
    "identifier": "deploy",
    "trigger": {
        "type": "self-service",
        "operation": "DAY-2",
        "blueprintIdentifier": "service",
        "userInputs": {"properties": {}, "required": [], "order": []},
    },
    "invocationMethod": {"type": "KAFKA", "payload": {"tier": "{{ .entity.properties.tier }}"}},
}


def of_service(op, kind, identifier, document=None, **more):
    given = {} if document is None else {"document": document}
    return {"op": op, "kind": kind, "blueprint": "service", "identifier": identifier, **given, **more}


OPERATIONS = [
    {"op": "create", "kind": "blueprint", "document": blueprint("env", region=TEXT)},
    {"op": "create", "kind": "blueprint", "document": {**blueprint("a"), "relations": {"b": {"target": "b"}}}},
    {"op": "create", "kind": "blueprint", "document": {**blueprint("b"), "relations": {"a": {"target": "a"}}}},
    of_service("create", "relation", "env", {"target": "env"}),
    of_service("create", "mirror", "region", {"path": "env.region"}),
    of_service("update", "property", "cost", TEXT),
    of_service("upsert", "property", "tier", {"type": "string", "enum": ["T1", "T2"]}),
    of_service("delete", "property", "owner"),
    of_service("delete", "mirror", "lead"),
    of_service("rename", "property", "tier", to="level"),
    of_service("rename", "relation", "team", to="squad"),
    of_service("update", "entity", "cart", {"title": "Cart", "properties": {"owner": "bob"}}),
    of_service("create", "entity", "docs", {"properties": {"owner": "eve"}, "relations": {"team": "web"}}),
    of_service("delete", "entity", "pay"),
    {
        "op": "create",
        "kind": "entity",
        "blueprint": "team",
        "document": {"identifier": "ops", "properties": {"lead": "x"}},
    },
    {"op": "delete", "kind": "blueprint", "identifier": "service"},
    {"op": "delete", "kind": "rule", "scorecard": "ready", "identifier": "owned"},
    {
        "op": "create",
        "kind": "rule",
        "scorecard": "ready",
        "document": rule("leads", property="lead", operator="isNotEmpty"),
    },
    {"op": "delete", "kind": "scorecard", "identifier": "ready"},
    {"op": "create", "kind": "scorecard", "blueprint": "service", "document": scorecard("safe", rule("safe-owned"))},
    {"op": "update", "kind": "level", "scorecard": "ready", "identifier": "Gold", "document": {"title": "Best"}},
    {"op": "create", "kind": "action", "document": ACTION},
    {"op": "update", "kind": "page", "identifier": "team", "document": {"title": "Teams", "locked": True}},
    {
        "op": "update",
        "kind": "blueprint_permissions",
        "identifier": "service",
        "document": {"entities": {"update": {"teams": ["web"]}}},
    },
]


@pytest.fixture(scope="module")
def portal():
    with start_blocking_portal("asyncio") as opened:
        yield opened


PLANS = st.lists(st.sampled_from(OPERATIONS), min_size=1, max_size=6, unique_by=json.dumps)


def harbour(portal, folder):
    made = Harbour(portal, folder)
    made.run(fill, made.other)
    return made


def planned(port, operations):
    try:
        return port.plan(operations)
    except PlanError:
        return None


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(operations=PLANS, fates=st.lists(st.sampled_from(FATES), max_size=8), finish=st.booleans())
def test_plan_ends_as_planned_or_as_before_whatever_fails(portal, tmp_path_factory, operations, fates, finish):
    folder = tmp_path_factory.mktemp("plans")
    reference = harbour(portal, folder / "reference")
    if (calm := planned(reference, operations)) is None:
        return
    assert not reference.apply(calm).failed
    wanted = reference.state()

    port = harbour(portal, folder / "port")
    before = port.state()
    plan_id = port.plan(operations)
    port.fates = list(fates)
    outcome = port.apply(plan_id)
    steps = len(port.store.get(plan_id, "default", "local").plan.steps)
    assert set(outcome.failed.values()) <= {"NOT DONE"}
    if not outcome.failed:
        assert len(outcome.done) == steps
        assert port.state() == wanted
        return
    port.fates = []
    if finish:
        assert not port.apply(plan_id).failed
        assert port.state() == wanted
    else:
        try:
            back = port.undo(plan_id)
        except InputError:
            assert not outcome.done
            back = None
        if back is not None:
            assert not port.apply(back).failed
        assert port.state() == before


async def meddle(port):
    await port.blueprints.update("service", {"title": "Theirs", "schema": {"properties": {"theirs": TEXT}}})
    await port.entities.update("service", "cart", {"icon": "Theirs", "properties": {"theirs": "kept"}})


async def find_theirs(port):
    service = (await port.blueprints.get("service")).to_json()
    cart = (await port.entities.get("service", "cart")).to_json()
    return (
        service["title"],
        service["schema"]["properties"].get("theirs"),
        cart["icon"],
        cart["properties"].get("theirs"),
    )


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(operations=PLANS, fates=st.lists(st.sampled_from(FATES), max_size=4), finish=st.booleans())
def test_what_others_change_meanwhile_is_never_lost(portal, tmp_path_factory, operations, fates, finish):
    port = harbour(portal, tmp_path_factory.mktemp("plans"))
    deleted = [it for it in operations if it["op"] == "delete" and it["kind"] == "blueprint"]
    plan_id = None if deleted else planned(port, operations)
    if plan_id is None:
        return
    port.fates = [*fates, "refused"]
    stopped = port.apply(plan_id)
    port.run(meddle, port.other)
    port.fates = []
    if finish and stopped.failed:
        port.apply(plan_id)
    elif stopped.done and (back := port.undo(plan_id)) is not None:
        port.apply(back)
    assert port.run(find_theirs, port.other) == ("Theirs", TEXT, "Theirs", "kept")
