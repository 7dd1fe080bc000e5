"""Teams, users, and who is on call."""

from collections import Counter

import pytest
from tests.answers import headline, rows

from quaymaster_sandbox.testing import ToolFailed


async def test_on_call_for_a_team_is_one_line(ask, truth):
    text = await ask("who_is_on_call", team="Backend")
    people = truth.on_call("backend")
    assert headline(text).startswith("on call for Backend")
    assert headline(text).count("until ") in {1, 2}
    for level in ("primary", "secondary"):
        assert f": {people[level][0]} ({level}" in text or f", {people[level][0]} ({level}" in text
    assert len(text.splitlines()) == 1


async def test_on_call_for_a_service_follows_its_schedule(ask, truth):
    schedule = truth.services["OrderProcessing"]["relations"]["on_call"]
    (primary,) = truth.on_call(schedule.removesuffix("-on-call"))["primary"]
    text = await ask("who_is_on_call", blueprint="service", identifier="OrderProcessing")
    assert text.startswith("on call for OrderProcessing")
    assert f": {primary} (primary" in text


async def test_on_call_for_a_service_without_schedule_is_its_teams(ask, truth):
    name = next(
        name
        for name, it in truth.services.items()
        if it.get("team") and not it["relations"].get("on_call") and it["team"] != ["backend"]
    )
    (primary,) = truth.on_call(truth.owner_of(name)[0])["primary"]
    assert f": {primary} (primary" in await ask("who_is_on_call", blueprint="service", identifier=name)


async def test_on_call_for_all_teams_is_a_table(ask, truth):
    found = rows(await ask("who_is_on_call"))
    titles = {team["name"]: team["identifier"] for team in truth.organisation.teams}
    for row in found:
        assert row["user"] in truth.on_call(titles[row["team"]])[row["level"]]
    assert len(found) == 2 * len(titles)


async def test_on_call_at_another_instant(ask, truth):
    shift = max((it for it in truth.shifts if it["team"] == ["sre"]), key=lambda it: it["properties"]["start"])
    text = await ask("who_is_on_call", team="SRE", at=shift["properties"]["start"])
    assert shift["properties"]["user"] in text
    assert "nobody is on call for SRE at 2001-01-01" in await ask("who_is_on_call", team="SRE", at="2001-01-01")


async def test_on_call_with_half_an_entity_is_refused(refusal):
    assert await refusal("who_is_on_call", blueprint="service") == "name an entity by both blueprint and identifier"
    assert "'tonight' is no date for 'at'" in await refusal("who_is_on_call", at="tonight")


def test_on_call_without_a_rota_says_what_is_needed(quay):
    quay.seed("service", {"identifier": "cart"})
    with pytest.raises(ToolFailed, match="no blueprint holds who is on call"):
        quay.call("who_is_on_call")


async def test_teams_are_listed_with_their_members(ask, truth):
    found = {row["team"]: int(row["members"]) for row in rows(await ask("list_teams"))}
    assert found == {team["name"]: len(team["users"]) for team in truth.organisation.teams}
    members = [row["member"] for row in rows(await ask("list_teams", team="backend"))]
    assert sorted(members) == sorted(truth.organisation.teams[0]["users"])


async def test_user_is_described_by_what_they_own(ask, truth):
    team = truth.organisation.teams[0]
    email = team["users"][1]
    text = await ask("describe_user_details", user=email)
    found = {(row["entities"], row["because"]): int(row["count"]) for row in rows(text)}
    leads = Counter(it["properties"].get("tech_lead") for it in truth.services.values())
    assert headline(text).endswith(f"({email}): Member, Active; in {team['name']}; no run waits for their approval")
    assert found.get(("service", "Tech lead"), 0) == leads[email]
    assert found["service", "owned by the team"] == len(truth.owned_by(team["identifier"]))


async def test_machine_has_no_user(refusal):
    assert "the credential of a machine, not of a person; name a user" in await refusal("describe_user_details")
