"""One question to several organisations."""

import pytest
from mcp.client import Client
from tests.answers import cursor, headline, rows
from tests.truth import Truth

from quaymaster.application import Application
from quaymaster.host import load_host
from quaymaster.server.adapter import build_server
from quaymaster.settings import load_settings
from quaymaster_sandbox.demo import build

EU, US = {"services": 60, "seed": 1}, {"services": 90, "seed": 2}


@pytest.fixture(scope="module")
def organisations():
    return {"acme-eu": Truth(build(**EU)), "acme-us": Truth(build(**US))}


@pytest.fixture
async def ask():
    profiles = {
        "acme-eu": {"base_url": "sandbox://demo?services=60&seed=1"},
        "acme-us": {"base_url": "sandbox://demo?services=90&seed=2"},
        "down": {"base_url": "http://127.0.0.1:9", "credentials": "env:NOWHERE"},
    }
    settings = load_settings(profiles=profiles)
    async with Client(build_server(Application(settings, load_host(settings)), "0")) as client:

        async def ask(tool, **arguments):
            result = await client.call_tool(tool, arguments)
            return result.content[0].text

        yield ask


BOTH = ["acme-eu", "acme-us"]


async def test_without_profiles_the_default_one_is_asked(ask):
    assert await ask("count_entities", blueprint="service") == "60 service entities"


async def test_counts_of_several_stand_side_by_side(ask, organisations):
    where = {"lifecycle": "Production"}
    text = await ask("count_entities", blueprint="service", where=where, profiles=BOTH)
    expected = [f"{name}: {len(it.in_production())} service entities" for name, it in organisations.items()]
    assert headline(text).startswith(f"{expected[0]} match lifecycle = Production; {expected[1]} match")


async def test_every_row_is_marked_and_pages_go_on_in_each(ask, organisations):
    question = {"blueprint": "service", "columns": ["language"], "profiles": BOTH, "limit": 25}
    found, place, pages = [], None, 0
    while pages == 0 or place:
        text = await ask("list_entities", **question, **({"cursor": place} if place else {}))
        found += [(row["organisation"], row["identifier"]) for row in rows(text)]
        place, pages = cursor(text), pages + 1
    assert f"rows {len(found)}-{len(found)}" not in text
    assert sorted(found) == sorted((name, it) for name, truth in organisations.items() for it in truth.services)
    assert 6 <= pages <= 9


async def test_groups_of_several_share_a_table(ask, organisations):
    found = rows(await ask("count_entities", blueprint="service", group_by="tier", profiles=BOTH))
    for name, truth in organisations.items():
        counts = {row["tier"]: int(row["count"]) for row in found if row["organisation"] == name}
        assert counts == truth.services_by("tier")


async def test_same_name_is_found_in_each(ask):
    text = await ask(
        "get_entities_by_identifiers",
        blueprint="service",
        identifiers=["InventoryService"],
        columns=["team"],
        profiles=["*"],
    )
    assert headline(text) == (
        "acme-eu: InventoryService: team = Backend; acme-us: InventoryService: team = Backend; down: no answer"
    )
    assert "\ndown: " in text


async def test_unknown_profile_is_refused_with_the_choices(ask):
    text = await ask("count_entities", blueprint="service", profiles=["acme-ue"])
    assert text == "unknown profile 'acme-ue'; choose from: acme-us, acme-eu, down, '*'"


async def test_error_of_the_only_profile_is_told_as_it_is(ask):
    text = await ask("count_entities", blueprint="service", profiles=["down"])
    assert "NOWHERE_CLIENT_ID" in text


async def test_cursor_is_bound_to_the_organisations(ask):
    place = cursor(await ask("list_entities", blueprint="service", limit=4, profiles=BOTH))
    text = await ask("list_entities", blueprint="service", limit=4, profiles=["*"], cursor=place)
    assert "belongs to another question" in text


async def test_rows_as_json(ask):
    text = await ask(
        "list_entities", blueprint="service", columns=["bug_count", "tags"], limit=2, output="json", profiles=BOTH
    )
    assert '{"organisation":"acme-eu","identifier":"EventBus","bug_count":' in text
