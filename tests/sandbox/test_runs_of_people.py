"""Runs of users: who may run what, who approves, who sees what."""

from typing import Any

import pytest
from anyio.from_thread import BlockingPortal

from quaymaster_sandbox.app import create_app
from quaymaster_sandbox.sandbox import Sandbox

from .conftest import Door
from .test_runs import ENTITIES, TEXT, THING, define, refused, run

REFUSED = (403, "missing_permissions")
FOUND = "[.results.things.entities[].identifier]"
PERMISSIONS = "/v1/actions/act/permissions"


@pytest.fixture
def things(door: Door) -> Door:
    door.ok("POST", "/v1/blueprints", json=THING)
    for name, role in (("ada", "Admin"), ("mia", "Member"), ("bob", "Member")):
        invitee = {"email": f"{name}@x.y", "firstName": name.title(), "roles": [role]}
        door.ok("POST", "/v1/users/invite", json={"invitee": invitee})
    door.ok("POST", "/v1/teams", json={"name": "blue", "users": ["mia@x.y"]})
    door.ok("POST", ENTITIES, json={"identifier": "ours", "title": "Mia", "team": "blue", "properties": {"size": 1}})
    door.ok("POST", ENTITIES, json={"identifier": "free", "properties": {"size": 2}})
    return door


@pytest.fixture
def user(things: Door, sandbox: Sandbox, portal: BlockingPortal) -> Any:
    """Makes a door for the user of a name."""
    doors: dict[str, Door] = {}

    def open_door(name: str) -> Door:
        if name not in doors:
            client = {"organization_of": "sandbox", "client_id": name, "client_secret": name, "email": f"{name}@x.y"}
            things.ok("POST", "/__sandbox/clients", json=client)
            doors[name] = Door(create_app(sandbox), portal, name, name).log_in()
        return doors[name]

    return open_door


def grant(door: Door, **grants: Any) -> None:
    door.ok("PATCH", PERMISSIONS, json=grants)


def policy(condition: str, **rule: Any) -> dict[str, Any]:
    rules = [{"property": "$blueprint", "operator": "=", "value": "thing"}, *([rule] if rule else [])]
    return {"queries": {"things": {"combinator": "and", "rules": rules}}, "conditions": ["error", condition]}


def scopes(door: Door) -> list[str]:
    permissions = door.ok("GET", "/v1/auth/permissions?action_version=v2")["permissions"]
    return [scope for scope in permissions if scope.startswith("execute:")]


def test_members_run_actions_but_do_not_define_them(things: Door, user: Any) -> None:
    define(things)
    member = user("mia")
    made = run(member)
    assert (made["createdBy"], made["source"]) == ("mia@x.y", "API")
    document = things.ok("GET", "/v1/actions/act")["action"]
    body = {key: document[key] for key in ("identifier", "trigger", "invocationMethod")}
    assert member.refused("POST", "/v1/actions", json={**body, "identifier": "new"}) == REFUSED
    assert member.refused("PUT", "/v1/actions/act", json=body) == REFUSED
    assert member.refused("DELETE", "/v1/actions/act") == REFUSED
    assert member.refused("PATCH", PERMISSIONS, json={}) == REFUSED


@pytest.mark.parametrize(
    ("execute", "mia", "bob"),
    [
        ({}, True, True),
        ({"roles": ["Admin"]}, False, False),
        ({"roles": [], "users": ["bob@x.y"]}, False, True),
        ({"roles": [], "teams": ["blue"]}, True, False),
        ({"roles": ["Admin"], "policy": policy('.user.email == "mia@x.y"')}, True, False),
        ({"policy": policy("(.results.things.entities | length) == 2")}, True, True),
        ({"policy": policy(".inputs.name == .user.firstName")}, True, False),
        ({"policy": policy(".no jq (")}, False, False),
        (
            {"policy": policy(f"{FOUND} == ['ours']", property="$title", operator="=", value="{{ .inputs.name }}")},
            True,
            True,
        ),
        ({"policy": policy(f"{FOUND} == []", property="$title", operator="=", value="{{ error }}")}, False, False),
    ],
)
def test_grants_and_policies_decide_who_runs_an_action(
    things: Door, user: Any, execute: Any, mia: bool, bob: bool
) -> None:
    define(things, inputs={"name": TEXT})
    grant(things, execute=execute)
    for name, allowed in (("mia", mia), ("bob", bob)):
        sent = user(name).send("POST", "/v1/actions/act/runs", json={"properties": {"name": "Mia"}})
        assert sent.status_code == (202 if allowed else 403), (name, sent.text)
    run(things, name="Mia")


def test_owners_run_actions_on_what_is_theirs(things: Door, user: Any) -> None:
    define(things, trigger={"operation": "DAY-2", "blueprintIdentifier": "thing"})
    grant(things, execute={"roles": ["Admin"], "ownedByTeam": True})
    assert run(user("mia"), entity="ours")["createdBy"] == "mia@x.y"
    assert refused(user("mia"), entity="free") == REFUSED
    assert refused(user("bob"), entity="ours") == REFUSED


def test_the_scopes_of_a_caller_name_what_it_may_run(things: Door, user: Any) -> None:
    define(things)
    assert scopes(user("mia")) == scopes(things) == ["execute:actions:act"]
    grant(things, execute={"roles": ["Admin"], "ownedByTeam": True})
    assert scopes(user("mia")) == ["execute:team_entities:actions:act"]
    grant(things, execute={"ownedByTeam": False})
    assert scopes(user("mia")) == []
    assert scopes(user("ada")) == ["execute:actions:act"]


def test_an_administrator_can_run_an_action_as_somebody_else(things: Door, user: Any) -> None:
    define(things, {"type": "KAFKA", "payload": {"by": "{{ .trigger.by.user.firstName }}"}})
    made = run(things, query="?run_as=mia@x.y")
    assert (made["createdBy"], made["impersonatedBy"]) == ("mia@x.y", "sandbox")
    assert made["payload"]["payload"] == {"by": "Mia"}
    path = "/v1/actions/act/runs?run_as="
    body: dict[str, Any] = {"properties": {}}
    assert user("bob").refused("POST", f"{path}mia@x.y", json=body) == REFUSED
    assert things.refused("POST", f"{path}no@x.y", json=body) == (404, "user_not_found")
    assert things.refused("POST", f"{path}nobody", json=body) == (422, "invalid_request")
    grant(things, execute={"roles": ["Admin"]})
    assert things.refused("POST", f"{path}mia@x.y", json=body) == REFUSED


def test_members_see_and_change_only_their_own_runs(things: Door, user: Any) -> None:
    define(things)
    define(things, identifier="open", allowAnyoneToViewRuns=True)
    mine, shared = run(user("mia"))["id"], run(user("mia"), "open")["id"]

    def seen(door: Door) -> list[str]:
        return [shown["id"] for shown in door.ok("GET", "/v1/actions/runs")["runs"]]

    assert seen(user("mia")) == seen(user("ada")) == seen(things) == [shared, mine]
    assert seen(user("bob")) == [shared]
    assert user("bob").refused("GET", f"/v1/actions/runs/{mine}") == (404, "not_found")
    assert user("bob").refused("PATCH", f"/v1/actions/runs/{shared}", json={"summary": "s"}) == REFUSED
    user("mia").ok("PATCH", f"/v1/actions/runs/{shared}", json={"status": "SUCCESS"})


def approve(door: Door, run_id: str, status: str = "APPROVE") -> Any:
    answer = door.send("PATCH", f"/v1/actions/runs/{run_id}/approval", json={"status": status, "description": "d"})
    assert answer.status_code == 201, answer.text
    return answer.json()["run"]


UPSERT = {"type": "UPSERT_ENTITY", "blueprintIdentifier": "thing", "mapping": {"identifier": "{{ .inputs.name }}"}}


@pytest.mark.parametrize("required", [True, {"type": "ANY"}])
def test_one_approver_is_enough_unless_all_are_asked(things: Door, user: Any, required: Any) -> None:
    define(things, UPSERT, {"name": TEXT}, requiredApproval=required)
    waiting = run(user("mia"), name="new")
    assert (waiting["status"], waiting["requiredApproval"]) == ("WAITING_FOR_APPROVAL", {"type": "ANY"})
    assert things.refused("GET", f"{ENTITIES}/new") == (404, "not_found")
    path = f"/v1/actions/runs/{waiting['id']}/approval"
    assert user("bob").refused("PATCH", path, json={"status": "APPROVE"}) == (404, "not_found")
    assert user("mia").refused("PATCH", path, json={"status": "APPROVE"}) == REFUSED
    done = approve(user("ada"), waiting["id"])
    word = {"userId": "ada@x.y", "state": "APPROVED", "description": "d"}
    assert (done["status"], done["approval"]) == ("SUCCESS", word)
    things.ok("GET", f"{ENTITIES}/new")
    again = user("ada").refused("PATCH", path, json={"status": "APPROVE"})
    assert again == (422, "run_not_waiting_for_approval")


def test_all_approvers_have_to_agree_if_all_are_asked(things: Door, user: Any) -> None:
    define(things, UPSERT, {"name": TEXT}, requiredApproval={"type": "ALL"})
    grant(things, approve={"users": ["bob@x.y"], "roles": ["Admin"]})
    waiting = run(user("mia"), name="new")["id"]
    path = f"/v1/actions/runs/{waiting}/approvers"
    assert approve(user("bob"), waiting)["status"] == "WAITING_FOR_APPROVAL"
    bob = {"userId": "bob@x.y", "state": "APPROVED", "description": "d"}
    ada = {"userId": "ada@x.y", "state": "PENDING", "description": None}
    assert things.ok("GET", path)["approvers"] == [bob]
    assert things.ok("GET", f"{path}?include_pending_approvers=true")["approvers"] == [bob, ada]
    assert approve(user("ada"), waiting)["status"] == "SUCCESS"


def test_one_approver_who_declines_ends_the_run(things: Door, user: Any) -> None:
    define(things, UPSERT, {"name": TEXT}, requiredApproval={"type": "ALL"})
    waiting = run(user("mia"), name="new")["id"]
    ended = approve(user("ada"), waiting, "DECLINE")
    assert (ended["status"], ended["approval"]["state"]) == ("DECLINED", "DECLINED")
    assert ended["endedAt"] is not None
    assert things.refused("PATCH", f"/v1/actions/runs/{waiting}", json={"summary": "s"}) == (422, "run_exhausted")
    assert things.refused("GET", f"{ENTITIES}/new") == (404, "not_found")


def test_whoever_asked_may_withdraw_a_waiting_run(things: Door, user: Any) -> None:
    define(things, requiredApproval=True)
    path = f"/v1/actions/runs/{run(user('mia'))['id']}"
    assert user("mia").refused("PATCH", path, json={"status": "SUCCESS"}) == (422, "invalid_request")
    assert user("mia").ok("PATCH", path, json={"status": "FAILURE"})["run"]["status"] == "FAILURE"


def test_a_policy_names_the_approvers(things: Door, user: Any) -> None:
    define(things, inputs={"name": TEXT}, requiredApproval=True)
    grant(things, approve={"policy": policy('[.inputs.name + "@x.y", 5]')})
    waiting = run(user("mia"), name="bob")["id"]
    assert user("ada").refused("PATCH", f"/v1/actions/runs/{waiting}/approval", json={"status": "APPROVE"}) == REFUSED
    assert approve(user("bob"), waiting)["status"] == "IN_PROGRESS"
