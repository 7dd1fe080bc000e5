"""What users may do; machines, as in the other tests, may do everything."""

import re
from typing import Any

import pytest
from anyio.from_thread import BlockingPortal

from quaymaster_sandbox.app import create_app
from quaymaster_sandbox.routes import ROUTES
from quaymaster_sandbox.sandbox import Sandbox

from .conftest import Door

PROPERTIES = {"secrecy": {"type": "number"}, "note": {"type": "string"}}
THING = {"identifier": "thing", "title": "Thing", "schema": {"properties": PROPERTIES}}
ENTITIES = "/v1/blueprints/thing/entities"
GRANTS = "/v1/blueprints/thing/permissions"
EVERYTHING = {"combinator": "and", "rules": [{"property": "$blueprint", "operator": "=", "value": "thing"}]}
REFUSED = (403, "missing_permissions")


@pytest.fixture
def things(door: Door) -> Door:
    door.ok("POST", "/v1/blueprints", json=THING)
    for name, role in (("ada", "Admin"), ("mia", "Member"), ("bob", "Member")):
        door.ok("POST", "/v1/users/invite", json={"invitee": {"email": f"{name}@x.y", "roles": [role]}})
    door.ok("POST", "/v1/teams", json={"name": "blue", "users": ["mia@x.y"]})
    door.ok("POST", ENTITIES, json={"identifier": "ours", "team": "blue", "properties": {"secrecy": 2}})
    door.ok("POST", ENTITIES, json={"identifier": "free", "properties": {"secrecy": 0}})
    return door


@pytest.fixture
def user(things: Door, sandbox: Sandbox, portal: BlockingPortal) -> Any:
    """Makes a door for the user of a name."""

    def open_door(name: str) -> Door:
        client = {"organization_of": "sandbox", "client_id": name, "client_secret": name, "email": f"{name}@x.y"}
        things.ok("POST", "/__sandbox/clients", json=client)
        return Door(create_app(sandbox), portal, name, name).log_in()

    return open_door


def seen(door: Door) -> list[str]:
    """The things that every way of reading shows alike."""
    found = [entity["identifier"] for entity in door.ok("GET", ENTITIES)["entities"]]
    searched = door.ok("POST", "/v1/entities/search", json=EVERYTHING)["entities"]
    paged = door.ok("POST", f"{ENTITIES}/search", json={})["entities"]
    counted = door.ok("POST", "/v1/entities/aggregate", json={"func": "count", "query": EVERYTHING})["result"]
    assert [entity["identifier"] for entity in searched] == found
    assert [entity["identifier"] for entity in paged] == found
    assert counted == len(found) == door.ok("GET", f"{ENTITIES}-count")["count"]
    for name in ("ours", "free"):
        assert door.send("GET", f"{ENTITIES}/{name}").status_code == (200 if name in found else 404)
    return found


def test_at_first_members_read_and_administrators_write(user: Any) -> None:
    member, administrator = user("mia"), user("ada")
    assert seen(member) == ["ours", "free"]
    for method, path, body in (
        ("POST", ENTITIES, {"identifier": "new"}),
        ("PATCH", f"{ENTITIES}/free", {"title": "x"}),
        ("PUT", f"{ENTITIES}/free", {"title": "x"}),
        ("DELETE", f"{ENTITIES}/free", None),
    ):
        assert member.refused(method, path, json=body) == REFUSED
        administrator.ok(method, path, json=body)


@pytest.mark.parametrize(
    ("read", "mia", "bob"),
    [
        ({"roles": ["Admin"]}, [], []),
        ({"roles": ["Admin"], "ownedByTeam": True}, ["ours"], []),
        ({"roles": ["Admin"], "teams": ["blue"]}, ["ours", "free"], []),
        ({"roles": ["Admin"], "users": ["bob@x.y"]}, [], ["ours", "free"]),
        (
            {
                "roles": ["Admin"],
                "policy": {"combinator": "and", "rules": [{"property": "secrecy", "operator": "<", "value": 1}]},
            },
            ["free"],
            ["free"],
        ),
    ],
)
def test_every_read_is_filtered_by_the_permissions(
    things: Door, user: Any, read: Any, mia: list[str], bob: list[str]
) -> None:
    things.ok("PATCH", GRANTS, json={"entities": {"read": read}})
    assert seen(user("mia")) == mia
    assert seen(user("bob")) == bob
    assert seen(user("ada")) == ["ours", "free"]


def test_owners_may_change_what_is_theirs_but_not_every_property(things: Door, user: Any) -> None:
    grant = {"ownedByTeam": True}
    entities = {"update": grant, "updateProperties": {"note": grant, "secrecy": {"roles": ["Admin"]}}}
    things.ok("PATCH", GRANTS, json={"entities": entities})
    member = user("mia")
    member.ok("PATCH", f"{ENTITIES}/ours", json={"properties": {"note": "mine"}})
    assert member.refused("PATCH", f"{ENTITIES}/ours", json={"properties": {"secrecy": 0}}) == REFUSED
    assert member.refused("PATCH", f"{ENTITIES}/free", json={"properties": {"note": "x"}}) == REFUSED


def test_permissions_on_unknown_fields_are_refused(things: Door) -> None:
    body = {"entities": {"updateProperties": {"nothing": {"users": []}}}}
    assert things.refused("PATCH", GRANTS, json=body) == (422, "invalid_permissions")


def test_context_rules_see_the_caller_and_match_nothing_for_machines(things: Door, user: Any) -> None:
    rule = {
        "property": "$team",
        "operator": "containsAny",
        "value": {"context": "userTeams", "property": "$identifier"},
    }
    body = {"combinator": "and", "rules": [rule]}

    def found(door: Door) -> list[str]:
        entities = door.ok("POST", "/v1/entities/search", json=body)["entities"]
        return [entity["identifier"] for entity in entities if entity["blueprint"] == "thing"]

    assert found(user("mia")) == ["ours"]
    assert found(user("bob")) == []
    assert found(things) == []


def test_members_see_no_integrations_and_only_read_scopes(user: Any) -> None:
    member = user("mia")
    assert member.refused("GET", "/v1/integration") == REFUSED
    assert member.refused("GET", "/v1/webhooks") == REFUSED
    scopes = member.ok("GET", "/v1/auth/permissions?action_version=v2")["permissions"]
    assert {scope.partition(":")[0] for scope in scopes} == {"read"}


def test_members_define_nothing(user: Any) -> None:
    member, administrator = user("mia"), user("ada")
    for route in ROUTES:
        if route.moderators:
            path = re.sub(r"\{\w+\}", "thing", route.path)
            assert member.refused(route.method, path, json={}) == REFUSED, path
            assert administrator.send(route.method, path, json={}).json().get("error") != REFUSED[1], path
