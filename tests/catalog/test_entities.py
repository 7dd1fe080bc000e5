"""Listing, counting and reading entities; every answer is held against the truth."""

from tests.answers import cursor, first_number, headline, rows


def column(text, name="identifier"):
    return [row[name] for row in rows(text)]


async def pages(ask, tool, **arguments):
    """Returns the rows of all pages."""
    found, place = [], None
    while True:
        text = await ask(tool, **arguments, **({"cursor": place} if place else {}))
        found += rows(text)
        place = cursor(text)
        if place is None:
            return found


async def test_list_gives_the_total_and_a_cursor(ask, truth):
    text = await ask("list_entities", blueprint="service", where={"lifecycle": "Production"})
    total = len(truth.in_production())
    assert headline(text) == f"{total} service entities match lifecycle = Production"
    assert len(rows(text)) == 50
    assert f"rows 1-50 of {total}; next: cursor=" in text


async def test_pages_give_every_entity_once(ask, truth):
    found = await pages(ask, "list_entities", blueprint="service", where={"lifecycle": "Production"}, limit=300)
    names = [row["identifier and title"] for row in found]
    assert sorted(names) == truth.in_production()


async def test_cursor_may_go_on_with_another_limit(ask):
    question = {"blueprint": "service", "columns": ["language"]}
    first = await ask("list_entities", **question, limit=7)
    second = await ask("list_entities", **question, limit=400, cursor=cursor(first))
    assert column(first) + column(second) == column(await ask("list_entities", **question, limit=407))


async def test_answer_cut_at_its_longest_goes_on_behind_the_last_row(ask, truth):
    question = {"blueprint": "service", "columns": ["repository", "readme", "runbook"], "limit": 1000}
    first = await ask("list_entities", **question)
    assert 50 < len(rows(first)) < 1000
    found = await pages(ask, "list_entities", **question)
    assert sorted(row["identifier"] for row in found) == sorted(truth.services)


async def test_sorted_pages_are_in_order_and_complete(ask, truth):
    where = {"type": "microservice"}
    found = await pages(
        ask, "list_entities", blueprint="service", where=where, sort="-bug_count", columns=["bug_count"]
    )
    expected = {name: truth.services[name]["properties"]["bug_count"] for name in truth.where(type="microservice")}
    counts = [int(row["bug_count"]) for row in found]
    assert counts == sorted(expected.values(), reverse=True)
    assert {row["identifier"]: int(row["bug_count"]) for row in found} == expected


async def test_entities_without_the_sort_value_come_last(ask):
    for sort in ("test_coverage", "-test_coverage"):
        found = await pages(ask, "list_entities", blueprint="service", sort=sort, columns=["test_coverage"], limit=400)
        values = [row["test_coverage"] for row in found]
        assert len(values) == 1000
        assert "" in values
        assert "" not in values[: values.index("")]
        assert not any(values[values.index("") :])


async def test_columns_are_read_behind_relations(ask, truth):
    text = await ask(
        "list_entities",
        blueprint="service",
        where={"team": "backend"},
        columns=["system.title", "environments.type", "domain.title"],
        limit=5,
    )
    assert headline(text).endswith("match team = backend")
    titles = {
        entity["identifier"]: entity["title"] for name, entity in truth.organisation.entities() if name == "system"
    }
    for row in rows(text):
        relations = truth.services[row["identifier"]]["relations"]
        assert row["system.title"] == titles[relations["system"]]
        assert row["environments.type"].lower() == ", ".join(relations["environments"])
        assert row["domain_title"]  # the mirror property that shows the same


async def test_count_with_and_without_filter(ask, truth):
    assert await ask("count_entities", blueprint="service") == "1,000 service entities"
    text = await ask("count_entities", blueprint="service", where={"lifecycle": "Production", "language": "Java"})
    total = len(truth.where(lifecycle="Production", language="Java"))
    assert text == f"{total} service entities match lifecycle = Production, language = Java"


async def test_group_counts_come_most_frequent_first(ask, truth):
    text = await ask("count_entities", blueprint="service", group_by="tier")
    expected = truth.services_by("tier")
    assert [(row["tier"], int(row["count"])) for row in rows(text)] == sorted(
        expected.items(), key=lambda it: (-it[1], it[0])
    )


async def test_groups_by_team_have_the_teams_names(ask, truth):
    text = await ask("count_entities", blueprint="service", group_by="team", where={"type": "microservice"})
    counts = {row["team"]: int(row["count"]) for row in rows(text)}
    titles = {team["identifier"]: team["name"] for team in truth.organisation.teams}
    expected = {titles[it]: len(owned) for it in titles if (owned := truth.owned_by(it, type="microservice"))}
    unowned = [it for it in truth.unowned() if truth.services[it]["properties"]["type"] == "microservice"]
    assert counts == expected | {"(none)": len(unowned)}


async def test_groups_by_relation_count_those_without_one(ask, truth):
    text = await ask("count_entities", blueprint="service", group_by="on_call")
    counts = {row["on_call"]: int(row["count"]) for row in rows(text)}
    without = [name for name, entity in truth.services.items() if not entity["relations"].get("on_call")]
    assert counts["(none)"] == len(without)
    assert sum(counts.values()) == 1000


async def test_owner_is_one_line(ask):
    text = await ask(
        "get_entities_by_identifiers", blueprint="service", identifiers=["InventoryService"], columns=["team"]
    )
    assert text == "InventoryService: team = Backend"


async def test_entity_without_columns_is_shown_as_a_whole(ask, truth):
    text = await ask("get_entities_by_identifiers", blueprint="service", identifiers=["InventoryService"])
    shown = {row["property"]: row["value"] for row in rows(text)}
    document = truth.services["InventoryService"]
    assert shown["test_coverage"] == str(document["properties"]["test_coverage"])
    assert shown["depends_on"] == ", ".join(document["relations"]["depends_on"])
    assert "runbook" not in shown


async def test_missing_entities_are_named_with_near_ones(ask):
    text = await ask(
        "get_entities_by_identifiers",
        blueprint="service",
        identifiers=["InventoryService", "InventoryServise"],
        columns=["tier"],
    )
    assert headline(text) == "InventoryService: tier = Tier 1"
    assert "service 'InventoryServise' does not exist; nearest: InventoryService" in text


async def test_team_is_found_by_its_title(ask):
    text = await ask("get_entities_by_identifiers", blueprint="_team", identifiers=["Trust & Safety"], columns=[])
    assert text == "trust-and-safety"


async def test_instants_are_shown_without_empty_seconds(ask):
    text = await ask("list_entities", blueprint="oncall_shift", columns=["end"], limit=3)
    assert all(value.endswith("T09:00Z") for value in column(text, "end"))


async def test_same_question_by_kind_names(ask):
    asked = {"blueprint": "service", "where": {"lifecycle": "Production", "team": "backend"}, "columns": ["bug_count"]}
    kind = {"blueprint": "Services", "where": {"Lifecycle": "production", "$team": "Backend"}, "columns": ["Bug count"]}
    texts = [await ask("list_entities", **question, limit=1000) for question in (asked, kind)]
    assert texts[0] == texts[1]
    assert first_number(texts[0]) > 0


async def test_entity_is_found_in_another_spelling(ask):
    for name in ("inventoryservice", "INVENTORY-SERVICE", "Inventory Service"):
        text = await ask("get_entities_by_identifiers", blueprint="service", identifiers=[name], columns=["team"])
        assert text == "InventoryService: team = Backend"


async def test_order_may_be_written_in_words_and_is_said(ask):
    question = {"blueprint": "service", "columns": ["bug_count"], "limit": 5}
    text = await ask("list_entities", **question, sort="bugs desc")
    assert headline(text) == "1,000 service entities, by bug_count descending"
    assert rows(text) == rows(await ask("list_entities", **question, sort="-bug_count"))
    assert headline(await ask("list_entities", **question, sort="bug_count asc")).endswith(", by bug_count")


async def test_blueprints_of_ports_own_are_found_where_no_other_is_named_so(ask, truth):
    text = await ask("count_entities", blueprint="Users")
    assert text == f"{len(truth.organisation.users)} _user entities"
