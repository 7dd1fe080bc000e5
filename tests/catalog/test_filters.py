"""Filters: every operator that a model may write against the truth, and every mistake against what it is told."""

import pytest
from tests.answers import first_number
from tests.truth import instant


def matching(truth, condition):
    """Returns how many services meet a condition on the document."""
    return sum(bool(condition(entity["properties"], entity)) for entity in truth.services.values())


WHERE = {
    "number": ({"test_coverage": {"<": 50}}, lambda it, _: "test_coverage" in it and it["test_coverage"] < 50),
    "number range": ({"bug_count": {"between": [5, 9]}}, lambda it, _: 5 <= it["bug_count"] <= 9),
    "two bounds": ({"bug_count": {">=": 5, "<": 9}}, lambda it, _: 5 <= it["bug_count"] < 9),
    "numbers": ({"bug_count": [0, 1]}, lambda it, _: it["bug_count"] in (0, 1)),
    "no numbers": ({"bug_count": {"notIn": [0, 1]}}, lambda it, _: it["bug_count"] not in (0, 1)),
    "one of": ({"language": ["Java", "kotlin"]}, lambda it, _: it["language"] in ("Java", "Kotlin")),
    "equal to one of": ({"language": {"=": ["Java"]}}, lambda it, _: it["language"] == "Java"),
    "none of": ({"language": {"!=": ["Java", "Go"]}}, lambda it, _: it["language"] not in ("Java", "Go")),
    "not": ({"tier": {"!=": "Tier 1"}}, lambda it, _: it["tier"] != "Tier 1"),
    "empty": ({"runbook": None}, lambda it, _: "runbook" not in it),
    "not empty": ({"runbook": {"!=": None}}, lambda it, _: "runbook" in it),
    "not empty by Port's operator": ({"runbook": {"isNotEmpty": True}}, lambda it, _: "runbook" in it),
    "boolean": ({"has_critical_dashboards": False}, lambda it, _: it.get("has_critical_dashboards") is False),
    "part of text": ({"identifier": {"contains": "Gateway"}}, lambda _, it: "Gateway" in it["identifier"]),
    "in a list": ({"tags": "pci"}, lambda it, _: "pci" in it["tags"]),
    "any in a list": ({"tags": ["pci", "gdpr"]}, lambda it, _: {"pci", "gdpr"} & set(it["tags"])),
    "not in a list": ({"tags": {"!=": "pci"}}, lambda it, _: "pci" not in it["tags"]),
    "team by title": ({"team": "Trust & Safety"}, lambda _, it: it.get("team") == ["trust-and-safety"]),
    "several teams": ({"team": ["SRE", "search"]}, lambda _, it: it.get("team", [""])[0] in ("sre", "search")),
    "team by another word": ({"owner": "Search"}, lambda _, it: it.get("team") == ["search"]),
    "no team": ({"team": None}, lambda _, it: not it.get("team")),
    "other teams": ({"team": {"!=": "backend"}}, lambda _, it: it.get("team") != ["backend"]),
    "relation": ({"system": "ordering"}, lambda _, it: it["relations"]["system"] == "ordering"),
    "relation by title": ({"system": "Ordering"}, lambda _, it: it["relations"]["system"] == "ordering"),
    "relations by title": (
        {"domain": ["Commerce", "payments"]},
        lambda _, it: it["relations"]["domain"] in {"commerce", "payments"},
    ),
    "other relation": ({"system": {"!=": "ordering"}}, lambda _, it: it["relations"]["system"] != "ordering"),
    "no relation": ({"on_call": None}, lambda _, it: "on_call" not in it["relations"]),
    "behind a relation": ({"system.title": "Ordering"}, lambda _, it: it["relations"]["system"] == "ordering"),
    "behind many": ({"environments.type": "Staging"}, lambda _, it: "staging" in it["relations"]["environments"]),
    "part of a name": ({"coverage": {"<": 50}}, lambda it, _: "test_coverage" in it and it["test_coverage"] < 50),
    "another spelling": ({"bugs": {"$gte": 5, "lt": 9}}, lambda it, _: 5 <= it["bug_count"] < 9),
    "spelled not": ({"runbook": {"not": None}}, lambda it, _: "runbook" in it),
    "one of several filters": (
        {"tier": "Tier 1", "or": [{"language": "Java"}, {"team": "search", "bug_count": {">": 20}}]},
        lambda it, entity: (
            it["tier"] == "Tier 1"
            and (it["language"] == "Java" or (entity.get("team") == ["search"] and it["bug_count"] > 20))
        ),
    ),
    "all of several filters": (
        {"and": [{"bugs": {">": 5}}, {"bugs": {"<": 9}, "or": [{"tier": "Tier 1"}, {"tier": "Tier 2"}]}]},
        lambda it, _: 5 < it["bug_count"] < 9 and it["tier"] in ("Tier 1", "Tier 2"),
    ),
    "one of several that aggregates cannot say": (
        {"or": [{"on_call": None}, {"language": "Java"}]},
        lambda it, entity: "on_call" not in entity["relations"] or it["language"] == "Java",
    ),
    "Port's own query": (
        {
            "combinator": "or",
            "rules": [
                {"property": "language", "operator": "=", "value": "Java"},
                {"property": "bug_count", "operator": ">", "value": 20},
            ],
        },
        lambda it, _: it["language"] == "Java" or it["bug_count"] > 20,
    ),
}


@pytest.mark.parametrize(("where", "condition"), WHERE.values(), ids=WHERE)
async def test_filter_finds_what_it_says(ask, truth, where, condition):
    counted = first_number(await ask("count_entities", blueprint="service", where=where))
    listed = first_number(await ask("list_entities", blueprint="service", where=where, limit=1))
    assert counted == listed == matching(truth, condition)
    assert 0 < counted < 1000


DATES = {
    "now": ({"start": {"<=": "now"}, "end": {">": "now"}}, lambda start, end, now: start <= now < end),
    "bounds": ({"start": {">=": "2020-01-01", "<": "now"}}, lambda start, _end, now: start < now),
    "preset": ({"start": {"between": "lastMonth"}}, lambda start, _end, now: 0 <= (now - start).days < 30),
    "days ago": ({"start": {">=": "now-7d", "<": "now"}}, lambda start, _end, now: 0 <= (now - start).days < 7),
    "days ago in words": (
        {"start": {"after": "7 days ago", "before": "now"}},
        lambda s, _, now: 0 <= (now - s).days < 7,
    ),
    "days to come": ({"start": {">": "now", "<=": "now+1w"}}, lambda start, _, now: 0 <= (start - now).days < 7),
    "last days": ({"start": "last 30 days"}, lambda start, _end, now: 0 <= (now - start).days < 30),
    "preset in words": ({"start": "last month"}, lambda start, _end, now: 0 <= (now - start).days < 30),
    "preset as a value": ({"start": "lastMonth"}, lambda start, _end, now: 0 <= (now - start).days < 30),
}


@pytest.mark.parametrize(("where", "condition"), DATES.values(), ids=DATES)
async def test_dates_are_compared_as_instants(ask, truth, where, condition):
    shifts = [it["properties"] for it in truth.shifts]
    expected = sum(condition(instant(it["start"]), instant(it["end"]), truth.now) for it in shifts)
    assert first_number(await ask("count_entities", blueprint="oncall_shift", where=where)) == expected > 0


async def test_day_stands_for_all_its_instants(ask, truth):
    day = truth.deployments[0]["properties"]["created_at"][:10]
    expected = sum(it["properties"]["created_at"].startswith(day) for it in truth.deployments)
    for where in ({"created_at": day}, {"created_at": {"between": [day, day]}}):
        assert first_number(await ask("count_entities", blueprint="deployment", where=where)) == expected > 0


MISTAKES = {
    "unknown property": (
        {"langage": "Java"},
        "unknown property 'langage' of blueprint 'service'; choose from: language",
    ),
    "unknown value": ({"language": "Jawa"}, "'language' is never 'Jawa'; choose from: 'Java', 'Kotlin'"),
    "unknown team": ({"team": "Bakend"}, "unknown team 'Bakend'; choose from: backend"),
    "unknown relation behind": (
        {"sistem.title": "x"},
        "unknown relation 'sistem' of blueprint 'service'; choose from: system",
    ),
    "unknown operator": ({"bug_count": {"~": 3}}, "operator '~' does not go with 'bug_count' (number); choose from: ="),
    "operator of another type": ({"language": {">": "Java"}}, "operator '>' does not go with 'language' (text)"),
    "text for a number": ({"bug_count": "3"}, "'bug_count' is a number; compare it with a number, not with '3'"),
    "text for a boolean": ({"has_critical_dashboards": "no"}, "'has_critical_dashboards' is true or false"),
    "no date": ({"last_deployed_at": {"<": "soon"}}, "'soon' is no date for 'last_deployed_at'; write it in ISO 8601"),
    "no time span": ({"last_deployed_at": {"between": "lastWeak"}}, "or one of: lastWeek"),
    "value without list": ({"language": {"in": "Java"}}, "operator 'in' of 'language' takes a list of values"),
    "part of several names": (
        {"dashboard": None},
        "unknown property 'dashboard' of blueprint 'service'; choose from: slo_dashboard, health_dashboard, has_",
    ),
    "or without filters": ({"or": {"tier": "1"}}, '"or" takes a list of filters'),
    "or with an empty filter": ({"or": [{}]}, '"or" takes a list of filters'),
    "unknown property in or": ({"or": [{"langage": "Java"}]}, "unknown property 'langage'"),
    "empty condition": ({"language": {}}, "the condition on 'language' is empty"),
    "isEmpty false": ({"runbook": {"isEmpty": False}}, "operator 'isEmpty' of 'runbook' takes the value true"),
    "half a query": ({"rules": []}, "must have required property 'combinator'"),
    "unknown property in a query": (
        {"combinator": "and", "rules": [{"property": "langage", "operator": "=", "value": "Java"}]},
        "unknown property 'langage' of blueprint 'service'; choose from: language",
    ),
    "title in a query": (
        {"combinator": "and", "rules": [{"property": "Bug count", "operator": "=", "value": 1}]},
        "its identifier is 'bug_count'",
    ),
    "unknown operator in a query": (
        {"combinator": "and", "rules": [{"property": "language", "operator": "is", "value": "Java"}]},
        "unknown operator 'is'",
    ),
}


@pytest.mark.parametrize(("where", "told"), MISTAKES.values(), ids=MISTAKES)
async def test_mistake_is_refused_with_the_choices(refusal, where, told):
    assert told in await refusal("list_entities", blueprint="service", where=where)


async def test_unknown_blueprint_is_refused_with_the_choices(refusal):
    text = await refusal("count_entities", blueprint="servce")
    assert text.startswith("unknown blueprint 'servce'; choose from: service, ")


async def test_empty_answer_shows_the_most_frequent_values(ask, truth):
    text = await ask("list_entities", blueprint="service", where={"slack_channel": "#nowhere"})
    assert text.startswith("0 service entities match slack_channel = #nowhere\n")
    channels = truth.services_by("slack_channel")
    value, number = min(channels.items(), key=lambda it: (-it[1], it[0]))
    assert f"the most frequent values of slack_channel: {value} ({number})" in text


async def test_empty_answer_shows_how_a_value_is_written(ask):
    text = await ask("count_entities", blueprint="service", where={"title": "inventoryservice"})
    assert text == (
        "0 service entities match title = inventoryservice\n"
        "no entity meets 'title = inventoryservice'; written 'InventoryService' there is one"
    )


async def test_empty_answer_shows_what_each_condition_matches(ask, truth):
    text = await ask(
        "count_entities", blueprint="service", where={"lifecycle": "Retired", "environments": "production"}
    )
    retired = len(truth.where(lifecycle="Retired"))
    assert f"each alone is met: lifecycle = Retired: {retired}; environments = production: " in text


async def test_cursor_of_another_question_is_refused(ask, refusal):
    first = await ask("list_entities", blueprint="service", where={"language": "Java"})
    place = first.rsplit("cursor=", 1)[1]
    other = {"blueprint": "service", "where": {"language": "Go"}}
    assert "belongs to another question" in await refusal("list_entities", **other, cursor=place)
    assert "no cursor of ours" in (await refusal("list_entities", **other, cursor="x!")).replace("not a", "no")


async def test_limit_out_of_range_is_refused(refusal):
    assert "argument 'limit'" in await refusal("list_entities", blueprint="service", limit=1001)
