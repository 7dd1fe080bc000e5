"""The areas of the client against the sandbox: what is written is what Port has."""

from collections.abc import AsyncIterator

import pytest

from quaymaster.auth import Credentials
from quaymaster.policy import Policy
from quaymaster.port import PortClient
from quaymaster.port.documents.entity import EntityWrite
from quaymaster.port.errors import ConflictError, ForbiddenError, NotFoundError, Outcome, PortError, RejectedError
from quaymaster.port.transport import PortTransport
from quaymaster_sandbox.serve import LazyApplication, SandboxOptions

TEXT = {"type": "string", "title": "Text"}
BERTH = {
    "identifier": "berth",
    "title": "Berth",
    "schema": {"properties": {"size": {"type": "number"}, "note": TEXT}, "required": []},
    "relations": {"quay": {"title": "Quay", "target": "quay", "required": False, "many": False}},
}
QUAY = {"identifier": "quay", "title": "Quay", "schema": {"properties": {}, "required": []}}
SCORECARD = {
    "identifier": "ready",
    "title": "Ready",
    "rules": [
        {
            "identifier": "sized",
            "title": "Has a size",
            "level": "Gold",
            "query": {"combinator": "and", "conditions": [{"property": "size", "operator": "isNotEmpty"}]},
        }
    ],
}
ACTION = {
    "identifier": "paint",
    "trigger": {"type": "self-service", "operation": "CREATE", "userInputs": {"properties": {"color": TEXT}}},
    "invocationMethod": {"type": "KAFKA"},
}


@pytest.fixture
async def port() -> AsyncIterator[PortClient]:
    app = LazyApplication(SandboxOptions(demo=False))
    transport = PortTransport("", lambda: Credentials("sandbox", "sandbox"), policy=Policy(), timeout_s=30, app=app)
    client = PortClient(transport, "test")
    await client.blueprints.create(QUAY)
    await client.blueprints.create(BERTH)
    yield client
    await transport.aclose()


async def test_blueprint_is_changed_replaced_and_deleted(port):
    changed = await port.blueprints.update("berth", {"title": "Mooring"})
    assert (changed.title, set(changed.schema_.properties)) == ("Mooring", {"size", "note"})
    read = (await port.blueprints.get("berth")).to_json()
    read["schema"]["properties"].pop("note")
    replaced = await port.blueprints.replace("berth", read)
    assert set(replaced.schema_.properties) == {"size"}
    await port.blueprints.delete("berth")
    with pytest.raises(NotFoundError):
        await port.blueprints.get("berth")


async def test_parts_of_a_blueprint_are_renamed_with_their_values(port):
    await port.entities.create("berth", {"identifier": "a", "properties": {"size": 3}})
    await port.blueprints.rename("berth", "property", "size", "length")
    renamed = await port.blueprints.rename("berth", "relation", "quay", "pier")
    assert set(renamed.relations) == {"pier"}
    assert (await port.entities.get("berth", "a")).properties == {"length": 3}


async def test_all_entities_of_a_blueprint_are_deleted(port):
    await port.entities.create_many("berth", [{"identifier": str(it)} for it in range(3)])
    assert await port.blueprints.delete_entities("berth") is None
    assert await port.entities.count("berth") == 0


async def test_entity_is_created_once(port):
    created = await port.entities.create("berth", EntityWrite(identifier="a/b", properties={"size": 3}))
    assert (created.identifier, created.properties) == ("a/b", {"size": 3})
    with pytest.raises(ConflictError) as caught:
        await port.entities.create("berth", {"identifier": "a/b"})
    assert caught.value.outcome is Outcome.NOT_DONE
    assert (await port.entities.create("berth", {"properties": {"size": 1}})).identifier.startswith("e_")


async def test_entity_is_merged_or_overridden(port):
    await port.entities.create("berth", {"identifier": "a", "properties": {"size": 3, "note": "x"}})
    merged = await port.entities.upsert("berth", {"identifier": "a", "properties": {"size": 4}})
    assert merged.properties == {"size": 4, "note": "x"}
    overridden = await port.entities.upsert("berth", {"identifier": "a", "properties": {"size": 5}}, merge=False)
    assert overridden.properties == {"size": 5}


async def test_entity_is_updated_renamed_replaced_and_deleted(port):
    await port.entities.create("berth", {"identifier": "a", "properties": {"size": 3, "note": "x"}})
    assert (await port.entities.update("berth", "a", {"properties": {"note": None}})).properties == {"size": 3}
    assert (await port.entities.update("berth", "a", {"identifier": "b"})).identifier == "b"
    assert (await port.entities.replace("berth", "b", {"title": "B"})).properties == {}
    await port.entities.delete("berth", "b")
    with pytest.raises(NotFoundError):
        await port.entities.get("berth", "b")


async def test_related_entities_are_created_if_asked_for(port):
    document = {"identifier": "a", "relations": {"quay": "north"}}
    with pytest.raises(NotFoundError):
        await port.entities.create("berth", document)
    await port.entities.create("berth", document, create_missing=True)
    assert (await port.entities.get("quay", "north")).identifier == "north"


async def test_check_stores_nothing(port):
    await port.entities.check("berth", {"identifier": "a"})
    with pytest.raises(RejectedError):
        await port.entities.check("berth", {"identifier": "a", "properties": {"size": "large"}})
    assert await port.entities.count("berth") == 0


async def test_many_are_written_in_chunks_with_a_result_for_each(port):
    await port.entities.create("berth", {"identifier": "17"})
    documents = [{"identifier": str(it), "properties": {"size": it}} for it in range(45)]
    documents[30]["properties"] = {"size": "large"}
    result = await port.entities.create_many("berth", documents)
    assert result.created == [it for it in range(45) if it not in {17, 30}]
    assert [(it.index, it.identifier, it.status, it.code) for it in result.failures] == [
        (17, "17", 409, "identifier_taken"),
        (30, "30", 422, "blueprint_schema_mismatch"),
    ]
    documents[30]["properties"] = {"size": 30}
    result = await port.entities.upsert_many("berth", documents)
    assert (result.created, len(result.updated), result.failures) == ([30], 44, [])


async def test_many_are_chunked_by_size_too(port):
    documents = [{"identifier": str(it), "properties": {"note": "x" * 200_000}} for it in range(9)]
    result = await port.entities.create_many("berth", documents)
    assert (result.created, result.failures) == (list(range(9)), [])


async def test_document_too_large_for_port_is_told_and_the_others_are_written(port):
    documents = [{"identifier": "a"}, {"identifier": "b", "properties": {"note": "x" * 1_100_000}}, {"identifier": "c"}]
    result = await port.entities.create_many("berth", documents)
    assert (result.created, [(it.index, it.identifier, it.status) for it in result.failures]) == (
        [0, 2],
        [(1, "b", 413)],
    )


async def test_many_are_deleted_and_those_that_were_there_are_named(port):
    await port.entities.create_many("berth", [{"identifier": str(it)} for it in range(120)])
    deleted = await port.entities.delete_many("berth", [str(it) for it in range(110)] + ["nobody"])
    assert sorted(deleted, key=int) == [str(it) for it in range(110)]
    assert await port.entities.count("berth") == 10


async def test_long_list_is_read_to_its_end(port):
    await port.entities.create_many("berth", [{"identifier": str(it)} for it in range(1100)])
    stream = port.entities.search_all("berth", include=["$identifier"])
    assert len({entity.identifier async for entity in stream}) == 1100
    assert (stream.read, stream.change) == (1100, None)


async def test_scorecards_are_created_replaced_and_deleted(port):
    await port.scorecards.create("berth", SCORECARD)
    read = (await port.scorecards.get("berth", "ready")).to_json()
    replaced = await port.scorecards.replace("berth", "ready", {**read, "title": "Set"})
    assert (replaced.title, [it.title for it in await port.scorecards.list_all()]) == ("Set", ["Set"])
    renamed = {**SCORECARD, "identifier": "other"}
    assert [it.identifier for it in await port.scorecards.replace_all("berth", [renamed])] == ["other"]
    await port.scorecards.delete("berth", "other")
    assert await port.scorecards.list_of("berth") == []


async def test_actions_are_created_replaced_and_deleted(port):
    await port.actions.create(ACTION)
    read = (await port.actions.get("paint")).to_json()
    assert (await port.actions.replace("paint", {**read, "title": "Paint"})).title == "Paint"
    assert [it.identifier for it in await port.actions.list_all(operations=["CREATE"])] == ["paint"]
    await port.actions.delete("paint")
    assert await port.actions.list_all() == []


async def test_runs_are_started_followed_and_ended(port):
    await port.actions.create(ACTION)
    run = await port.runs.start("paint", {"color": "red"})
    assert (run.status, run.action_identifier, run.properties) == ("IN_PROGRESS", "paint", {"color": "red"})
    await port.runs.add_log(run.id, {"message": "half done"})
    assert [it.message for it in await port.runs.list_logs(run.id)] == ["half done"]
    assert (await port.runs.update(run.id, {"summary": "nearly"})).summary == "nearly"
    assert (await port.runs.update(run.id, {"status": "SUCCESS"})).status == "SUCCESS"
    assert [it.id for it in await port.runs.list_latest(action="paint", active=False)] == [run.id]
    with pytest.raises(PortError, match="run_exhausted"):
        await port.runs.update(run.id, {"status": "FAILURE"})


async def test_run_that_waits_is_decided_about(port):
    await port.actions.create({**ACTION, "requiredApproval": True})
    run = await port.runs.start("paint", {})
    assert run.status == "WAITING_FOR_APPROVAL"
    assert [(it.id, it.payload) for it in await port.runs.list_latest(exclude=["payload"])] == [(run.id, None)]
    assert await port.runs.list_approvers(run.id) == []
    assert (await port.runs.decide(run.id, "DECLINE", "not now")).status == "DECLINED"
    assert (await port.runs.get(run.id)).status == "DECLINED"
    assert [it.has_spoken for it in await port.runs.list_approvers(run.id)] == [True]


async def test_teams_and_users_are_managed(port):
    await port.organization.invite_user("ada@example.com", notify=False)
    await port.organization.create_team({"name": "web", "users": ["ada@example.com"]})
    await port.organization.update_team("web", {"description": "The web"})
    teams = await port.organization.list_teams()
    assert [(it.name, it.description, [user.email for user in it.users or ()]) for it in teams] == [
        ("web", "The web", ["ada@example.com"])
    ]
    user = await port.organization.update_user("ada@example.com", {"roles": ["Admin"]})
    assert [role.name for role in user.roles or ()] == ["Admin"]
    await port.organization.delete_team("web")
    await port.organization.delete_user("ada@example.com")
    assert await port.organization.list_teams() == []


async def test_organization_and_its_secrets_are_managed(port):
    name = (await port.organization.get()).name
    await port.organization.update({"name": name, "settings": {"portalTitle": "Harbour"}})
    assert (await port.organization.get()).settings.portal_title == "Harbour"
    await port.organization.create_secret({"secretName": "KEY", "secretValue": "canary"})
    await port.organization.update_secret("KEY", {"description": "a key"})
    secrets = await port.organization.list_secrets()
    assert [(it.secret_name, it.description) for it in secrets] == [("KEY", "a key")]
    assert "canary" not in repr(secrets)
    await port.organization.delete_secret("KEY")
    assert await port.organization.list_secrets() == []


async def test_permissions_are_read_and_changed(port):
    changes = {"entities": {"register": {"roles": ["Admin", "Member"]}}}
    changed = await port.permissions.update_of_blueprint("berth", changes)
    assert changed.entities.register_.roles == ["Admin", "Member"]
    assert (await port.permissions.get_of_blueprint("berth")).entities.register_.roles == ["Admin", "Member"]
    await port.actions.create(ACTION)
    action = await port.permissions.update_of_action("paint", {"execute": {"roles": ["Admin"]}})
    assert action.execute.roles == ["Admin"]


async def test_pages_are_created_changed_and_deleted(port):
    await port.pages.create({"identifier": "home-page", "title": "Home", "type": "dashboard", "widgets": []})
    assert (await port.pages.update("home-page", {"title": "Port"})).title == "Port"
    assert "home-page" in [it.identifier for it in await port.pages.list_all(compact=True)]
    await port.pages.delete("home-page")
    with pytest.raises(NotFoundError):
        await port.pages.get("home-page")


async def test_dependents_stand_against_a_deletion(port):
    await port.entities.create("quay", {"identifier": "north"})
    with pytest.raises(ForbiddenError) as caught:
        await port.blueprints.delete("quay")
    assert caught.value.code == "has_dependents"
