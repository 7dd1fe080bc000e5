"""Everything around the catalog: organisations, tokens, limits, faults, the audit log and what else Port keeps."""

import json
from typing import Any

import pytest
from anyio.from_thread import BlockingPortal

from quaymaster_sandbox.app import create_app
from quaymaster_sandbox.sandbox import Sandbox

from .conftest import Door

THING = {"identifier": "thing", "title": "Thing", "schema": {"properties": {"size": {"type": "number"}}}}
EVERYTHING = {"combinator": "and", "rules": []}


@pytest.fixture
def things(door: Door) -> Door:
    door.ok("POST", "/v1/blueprints", json=THING)
    return door


def other_door(door: Door, sandbox: Sandbox, portal: BlockingPortal, client_id: str) -> Door:
    return Door(create_app(sandbox), portal, client_id, "secret").log_in()


def test_organisations_do_not_see_one_another(things: Door, sandbox: Sandbox, portal: BlockingPortal) -> None:
    body = {"name": "Other", "client_id": "other", "client_secret": "secret"}
    things.ok("POST", "/__sandbox/organizations", json=body)
    other = other_door(things, sandbox, portal, "other")
    assert other.refused("GET", "/v1/blueprints/thing") == (404, "not_found")
    other.ok("POST", "/v1/blueprints", json={**THING, "title": "Theirs"})
    other.ok("POST", "/v1/blueprints/thing/entities", json={"identifier": "t"})
    assert things.ok("GET", "/v1/blueprints/thing")["blueprint"]["title"] == "Thing"
    assert things.ok("POST", "/v1/entities/search", json=EVERYTHING)["entities"] == []


def test_a_client_gets_the_same_token_until_it_expires(door: Door, clock: Any) -> None:
    body = {"clientId": "sandbox", "clientSecret": "sandbox"}
    first = door.ok("POST", "/v1/auth/access_token", json=body)
    clock.pass_by(seconds=600)
    second = door.ok("POST", "/v1/auth/access_token", json=body)
    assert second == {**first, "expiresIn": first["expiresIn"] - 600}
    clock.pass_by(hours=3)
    assert door.ok("POST", "/v1/auth/access_token", json=body)["accessToken"] != first["accessToken"]


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer nonsense", "nonsense"])
def test_without_a_good_token_nothing_is_answered(door: Door, header: str) -> None:
    assert door.refused("GET", "/v1/blueprints", headers={"authorization": header}) == (401, "unauthorized")


def test_a_bare_token_is_as_good_as_a_bearer(door: Door) -> None:
    bare = door.headers["authorization"].removeprefix("Bearer ")
    door.ok("GET", "/v1/blueprints", headers={"authorization": bare})


def test_wrong_credentials_get_no_token(door: Door) -> None:
    body = {"clientId": "sandbox", "clientSecret": "wrong"}
    assert door.refused("POST", "/v1/auth/access_token", json=body) == (401, "invalid_credentials")


def test_too_many_requests_are_refused_until_the_period_is_over(door: Door, clock: Any) -> None:
    door.ok("PUT", "/__sandbox/rate-limits", json={"others": 2, "period_s": 60})
    first = door.send("GET", "/v1/blueprints")
    assert first.headers["x-ratelimit-limit"] == "2"
    assert first.headers["x-ratelimit-remaining"] == "1"
    assert first.headers["x-ratelimit-reset"] == "60"
    door.ok("GET", "/v1/blueprints")
    assert door.refused("GET", "/v1/blueprints") == (429, "rate_limit_exceeded")
    clock.pass_by(seconds=60)
    door.ok("GET", "/v1/blueprints")


def test_a_body_of_more_than_a_mebibyte_is_refused(door: Door) -> None:
    body = {**THING, "description": "x" * 1024 * 1024}
    assert door.refused("POST", "/v1/blueprints", json=body) == (413, "bad_request")


@pytest.mark.parametrize("body", [b"{", b"\xff", b"NaN", b"[1e999]", b"[" * 100_000, b'{"a": 1,}'])
def test_a_body_that_is_no_json_is_refused(door: Door, body: bytes) -> None:
    assert door.refused("POST", "/v1/blueprints", content=body) == (400, "bad_request")


def test_an_unknown_route_is_answered_as_fastify_does(door: Door) -> None:
    answer = door.send("PUT", "/v1/x?y=1")
    assert answer.status_code == 404
    assert answer.json() == {"ok": False, "error": "not_found", "message": "Route PUT:/v1/x?y=1 not found"}
    assert door.refused("GET", "/v1/blueprints/") == (404, "not_found")


def test_a_route_that_is_missing_here_names_itself(door: Door) -> None:
    answer = door.send("POST", "/v1/blueprints/service/entities/top-search", json={})
    assert answer.status_code == 501
    expected = "The sandbox does not implement POST /v1/blueprints/{blueprint_identifier}/entities/top-search"
    assert answer.json() == {"ok": False, "error": "not_implemented", "message": expected}


def test_a_fault_strikes_as_often_as_it_was_asked_to(things: Door) -> None:
    fault = {"method": "GET", "path": "/v1/blueprints", "times": 2, "status": 503, "headers": {"retry-after": "7"}}
    things.ok("POST", "/__sandbox/faults", json=fault)
    first = things.send("GET", "/v1/blueprints")
    assert (first.status_code, first.headers["retry-after"]) == (503, "7")
    things.ok("GET", "/v1/teams")
    assert things.send("GET", "/v1/blueprints/thing").status_code == 503
    things.ok("GET", "/v1/blueprints")
    assert things.ok("GET", "/__sandbox/faults")["faults"] == []


@pytest.mark.parametrize(("reset", "stored"), [("before", []), ("after", ["t"])])
def test_a_broken_connection_may_leave_a_write_done_or_not(things: Door, reset: str, stored: list[str]) -> None:
    things.ok("POST", "/__sandbox/faults", json={"reset": reset, "times": 1})
    with pytest.raises(ConnectionResetError):
        things.send("POST", "/v1/blueprints/thing/entities", json={"identifier": "t"})
    entities = things.ok("GET", "/v1/blueprints/thing/entities")["entities"]
    assert [entity["identifier"] for entity in entities] == stored


def test_tokens_can_be_made_to_expire(door: Door) -> None:
    door.ok("POST", "/__sandbox/tokens/expire")
    assert door.refused("GET", "/v1/blueprints") == (401, "unauthorized")
    door.log_in().ok("GET", "/v1/blueprints")


def test_a_secret_is_kept_but_never_shown(door: Door) -> None:
    path = "/v1/organization/secrets"
    created = door.ok("POST", path, json={"secretName": "KEY", "secretValue": "hush", "description": "d"})
    assert "hush" not in str(created) + str(door.ok("GET", path)) + str(door.ok("GET", f"{path}/KEY"))
    taken = door.refused("POST", path, json={"secretName": "KEY", "secretValue": "x"})
    assert taken == (409, "identifier_taken")
    door.ok("DELETE", f"{path}/KEY")
    assert door.refused("GET", f"{path}/KEY") == (404, "not_found")


def test_a_webhook_makes_entities_of_the_events_that_it_receives(things: Door) -> None:
    mapping = {
        "blueprint": "thing",
        "filter": '.headers."x-kind" == "things"',
        "itemsToParse": ".body.things",
        "entity": {"identifier": ".item.name", "title": '"The " + .item.name', "properties": {"size": ".item.size"}},
    }
    webhook = things.ok("POST", "/v1/webhooks", json={"title": "Things", "mappings": [mapping]})["webhook"]
    event = {"things": [{"name": "a", "size": 1}, {"name": "b", "size": "wrong"}, {"name": "c", "size": 3}]}
    assert things.send("POST", webhook["url"], json=event).status_code == 202
    assert things.ok("GET", "/v1/blueprints/thing/entities")["entities"] == []
    things.send("POST", webhook["url"], json=event, headers={"x-kind": "things"})
    entities = things.ok("GET", "/v1/blueprints/thing/entities")["entities"]
    assert [(e["identifier"], e["title"], e["properties"]) for e in entities] == [
        ("a", "The a", {"size": 1}),
        ("c", "The c", {"size": 3}),
    ]


def test_a_webhook_with_a_secret_refuses_unsigned_events(things: Door) -> None:
    security = {"secret": "s", "signatureHeaderName": "X-Sign", "signatureAlgorithm": "plain"}
    webhook = things.ok("POST", "/v1/webhooks", json={"title": "Signed", "security": security})["webhook"]
    assert things.refused("POST", webhook["url"], json={}) == (401, "invalid_signature")
    assert things.send("POST", webhook["url"], json={}, headers={"x-sign": "s"}).status_code == 202


def test_a_migration_copies_entities_and_is_complete_at_once(things: Door) -> None:
    things.ok("POST", "/v1/blueprints", json={**THING, "identifier": "copy"})
    things.ok("POST", "/v1/blueprints/thing/entities", json={"identifier": "t", "properties": {"size": 2}})
    mapping = {
        "blueprint": "copy",
        "entity": {"identifier": ".identifier", "properties": {"size": ".properties.size * 2"}},
    }
    body = {"sourceBlueprint": "thing", "mapping": mapping}
    migration = things.ok("POST", "/v1/migrations", json=body)["migration"]
    assert migration["status"] == "COMPLETED"
    assert things.ok("GET", f"/v1/migrations/{migration['id']}")["migration"] == migration
    copied = things.ok("GET", "/v1/blueprints/copy/entities/t")["entity"]
    assert copied["properties"] == {"size": 4}


def test_a_blueprint_can_go_with_all_its_entities(things: Door) -> None:
    things.ok("POST", "/v1/blueprints/thing/entities", json={"identifier": "t"})
    answer = things.ok("DELETE", "/v1/blueprints/thing/all-entities?delete_blueprint=true")
    assert things.ok("GET", f"/v1/migrations/{answer['migrationId']}")["migration"]["status"] == "COMPLETED"
    assert things.refused("GET", "/v1/blueprints/thing") == (404, "not_found")


def test_a_page_keeps_what_is_written_to_it(things: Door) -> None:
    assert things.ok("GET", "/v1/pages/thing")["page"]["type"] == "blueprint-entities"
    dashboard = {"type": "dashboard-widget", "widgets": [{"id": "w", "type": "markdown", "markdown": "a"}]}
    things.ok("POST", "/v1/pages", json={"identifier": "board", "title": "Board", "widgets": [dashboard]})
    things.ok("PATCH", "/v1/pages/board/widgets/w", json={"markdown": "b"})
    widget = things.ok("GET", "/v1/pages/board")["page"]["widgets"][0]["widgets"][0]
    assert widget == {"id": "w", "type": "markdown", "markdown": "b"}
    things.ok("DELETE", "/v1/pages/board/widgets/w")
    assert things.ok("GET", "/v1/pages/board")["page"]["widgets"][0]["widgets"] == []
    assert things.refused("DELETE", "/v1/pages/board/widgets/w") == (404, "not_found")


def test_an_integration_is_kept_with_its_configuration(door: Door) -> None:
    body = {"installationId": "my-k8s", "installationAppType": "k8s", "version": "1.0.0"}
    door.ok("POST", "/v1/integration", json=body)
    resource = {
        "kind": "pods",
        "selector": {},
        "port": {"entity": {"mappings": {"identifier": ".a", "blueprint": ".b"}}},
    }
    door.ok("PATCH", "/v1/integration/my-k8s/config", json={"config": {"resources": [resource]}})
    integration = door.ok("GET", "/v1/integration/my-k8s")["integration"]
    assert integration["config"]["resources"] == [resource]
    metrics = door.ok("GET", f"/v1/integration/{integration['_id']}/syncMetrics")
    assert [entry["kind"] for entry in metrics["data"]] == ["pods"]
    assert door.refused("GET", "/v1/integration/nothing") == (404, "not_found")


def test_port_ai_answers_as_an_event_stream(door: Door) -> None:
    body = {"userPrompt": "How many?", "tools": []}
    answer = door.send("POST", "/v1/ai/invoke?invocation_identifier=i1", json=body)
    assert answer.headers["content-type"] == "text/event-stream; charset=utf-8"
    frames = answer.text.strip().split("\n\n")
    text = "".join(f.removeprefix("event: execution\ndata: ") for f in frames if f.startswith("event: execution"))
    assert text == "This is the sandbox: no model was asked. The prompt was: How many?"
    assert frames[-1].startswith("event: done\ndata: {")
    assert door.ok("GET", "/v1/ai/invoke/i1")["result"]["status"] == "Completed"
    assert door.ok("GET", "/v1/quota/ai-invocations")["monthlyQuotaUsage"]["remainingQuota"] == 49


def test_port_ai_says_what_a_test_has_scripted(door: Door) -> None:
    tool_call = {"name": "count_entities", "arguments": '{"blueprint": "service"}', "content": "7"}
    door.ok("PUT", "/__sandbox/ai", json={"answer": "There are\n7.", "toolCalls": [tool_call]})
    frames = door.send("POST", "/v1/ai/invoke", json={"userPrompt": "How many?", "tools": []}).text.split("\n\n")
    call = {"id": "call_1", "lastChunk": True, "name": "count_entities", "arguments": '{"blueprint": "service"}'}
    assert json.loads(frames[0].removeprefix("event: tool_call\ndata: ")) == call
    result = {"id": "call_1", "content": "7", "lastChunk": True}
    assert json.loads(frames[1].removeprefix("event: tool_result\ndata: ")) == result
    assert frames[2] == "event: execution\ndata: There are\ndata: 7."
    door.ok("DELETE", "/__sandbox/ai")
    assert "no model was asked" in door.send("POST", "/v1/ai/invoke", json={"userPrompt": "Who?", "tools": []}).text


def test_a_team_has_members_and_owns_entities(things: Door) -> None:
    things.ok("POST", "/v1/users/invite", json={"invitee": {"email": "a@b.c", "roles": ["Admin"]}})
    things.ok("POST", "/v1/teams", json={"name": "Blue Team", "users": ["a@b.c"]})
    assert things.ok("GET", "/v1/users/a@b.c")["user"]["teams"] == ["Blue Team"]
    things.ok("POST", "/v1/blueprints/thing/entities", json={"identifier": "t", "team": "Blue Team"})
    assert things.ok("GET", "/v1/blueprints/thing/entities/t")["entity"]["team"] == ["Blue Team"]
    assert things.ok("GET", "/v1/blueprints/_team/entities/Blue%20Team")["entity"]["properties"]["size"] == 1
    unknown = things.refused("PATCH", "/v1/teams/Blue%20Team", json={"users": ["x@y.z"]})
    assert unknown == (404, "user_not_found")
    things.ok("DELETE", "/v1/teams/Blue%20Team")
    assert things.ok("GET", "/v1/blueprints/thing/entities/t")["entity"]["team"] == []
