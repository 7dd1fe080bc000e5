"""Showing the data model."""

import json

from tests.answers import headline, rows


async def test_list_shows_each_blueprint_with_its_relations(ask, truth):
    text = await ask("list_blueprints")
    expected = {it["identifier"]: it for it in truth.organisation.blueprints}
    assert headline(text) == f"{len(expected)} blueprints"
    assert {row["identifier"] for row in rows(text)} == set(expected)
    service = next(row for row in rows(text) if row["identifier"] == "service")
    assert "depends_on → service[]" in service["relations"]


async def test_counts_and_system_blueprints_come_on_request(ask, truth):
    found = {row["identifier"]: row for row in rows(await ask("list_blueprints", counts=True, system=True))}
    assert int(found["deployment"]["entities"]) == truth.counts["deployment"]
    assert int(found["_team"]["entities"]) == len(truth.organisation.teams)


async def test_blueprint_shows_types_choices_and_paths(ask):
    text = await ask("get_blueprint", blueprint="Service")
    details = {row["identifier"]: (row["type"], row["details"]) for row in rows(text)}
    assert details["tier"] == ("string", "Tier 1 | Tier 2 | Tier 3")
    assert details["domain_title"] == ("string", "shows domain.$title")
    assert details["environments"] == ("→ environment[]", "")
    assert details["language"][1].startswith("required; Java | Kotlin")


async def test_part_of_a_blueprint(ask, truth):
    relations = rows(await ask("get_blueprint", blueprint="service", part="relations"))
    service = next(it for it in truth.organisation.blueprints if it["identifier"] == "service")
    assert [row["identifier"] for row in relations] == list(service["relations"])
    document = (await ask("get_blueprint", blueprint="service", part="document")).split("```")[1]
    assert json.loads(document)["relations"] == service["relations"]


async def test_several_blueprints_share_a_table(ask):
    text = await ask("list_blueprints", identifiers=["domain", "Environments"])
    assert headline(text).startswith("domain (Domain), environment (Environment): ")
    assert {row["blueprint"] for row in rows(text)} == {"domain", "environment"}
    assert await ask("list_blueprints", identifiers=["service"]) == await ask("get_blueprint", blueprint="service")


async def test_required_part_is_what_a_new_entity_needs(ask, truth):
    found = rows(await ask("get_blueprint", blueprint="service", part="required"))
    service = next(it for it in truth.organisation.blueprints if it["identifier"] == "service")
    assert [row["identifier"] for row in found] == service["schema"]["required"]
