"""Figures over groups of entities, held against the truth; computed at Port or from a stream, they are the same."""

from collections import Counter
from statistics import mean, median

import pytest
from tests.answers import headline, rows
from tests.truth import instant, week

from quaymaster_catalog.measures import figure


async def test_mean_time_to_recovery_is_one_line(ask, truth):
    text = await ask(
        "aggregate_entities",
        blueprint="incident",
        measures=["average(recovery_minutes)"],
        where={"team": "payments"},
    )
    expected = round(truth.mean_minutes_to_recovery("payments"), 2)
    assert text.startswith(f"average(recovery_minutes) = {expected:,}, over ")
    assert len(text.splitlines()) == 1


async def test_several_measures_in_one_call(ask, truth):
    text = await ask(
        "aggregate_entities",
        blueprint="deployment",
        measures=["median(lead_time_hours)", "max(lead_time_hours)", "count"],
        where={"team": "backend"},
    )
    values = [it["properties"]["lead_time_hours"] for it in truth.deployments if "backend" in it.get("team", [])]
    shown = f"median(lead_time_hours) = {median(values):,.10g}, max(lead_time_hours) = {max(values):,}"
    assert text.startswith(f"{shown}, count = {len(values)}, over ")


async def test_change_failure_rate_by_team(ask, truth):
    text = await ask(
        "aggregate_entities",
        blueprint="deployment",
        measures=["share", "count"],
        share_of={"status": ["Failed", "Rolled back"]},
        group_by="team",
    )
    titles = {team["name"]: team["identifier"] for team in truth.organisation.teams}
    found = {titles[row["team"]]: float(row["share"]) for row in rows(text) if row["team"] != "(none)"}
    assert found == {team: pytest.approx(truth.change_failure_rate(team), abs=0.005) for team in found}
    assert len(found) > 20


async def test_deployments_by_team_and_week(ask, truth):
    text = await ask(
        "count_entities",
        blueprint="deployment",
        where={"created_at": "lastMonth"},
        group_by=["team", "created_at:week"],
    )
    titles = {team["name"]: team["identifier"] for team in truth.organisation.teams} | {"(none)": None}
    found = Counter()
    for row in rows(text):
        team = titles[row.pop("team \\ created_at:week")]
        found.update({(team, name): int(count or 0) for name, count in row.items()})
    expected = Counter()
    for it in truth.deployments:
        created = instant(it["properties"]["created_at"])
        if 0 <= (truth.now - created).total_seconds() <= 30 * 86_400:
            expected.update([((it.get("team") or [None])[0], week(it["properties"]["created_at"]))])
    assert found == expected


@pytest.mark.parametrize(("bucket", "form"), [("day", "%Y-%m-%d"), ("month", "%Y-%m"), ("year", "%Y")])
async def test_unbounded_dates_are_grouped_too(ask, truth, bucket, form):
    text = await ask("count_entities", blueprint="incident", group_by=f"created_at:{bucket}")
    found = {row[f"created_at:{bucket}"]: int(row["count"]) for row in rows(text)}
    expected = Counter(instant(it["properties"]["created_at"]).strftime(form) for it in truth.incidents)
    assert found == expected
    assert list(found) == sorted(found)


async def test_two_properties_are_crossed(ask, truth):
    text = await ask("count_entities", blueprint="service", group_by=["language", "tier"])
    found = {
        (row["language \\ tier"], tier): int(row[tier] or 0) for row in rows(text) for tier in row if tier[:4] == "Tier"
    }
    expected = Counter((it["properties"]["language"], it["properties"]["tier"]) for it in truth.services.values())
    assert found == expected


async def test_percentiles_come_from_all_values(ask, truth):
    text = await ask(
        "aggregate_entities",
        blueprint="service",
        measures=["p90(bug_count)", "average(bug_count)"],
        group_by="language",
    )
    for row in rows(text):
        values = [truth.services[it]["properties"]["bug_count"] for it in truth.where(language=row["language"])]
        assert float(row["p90(bug_count)"]) == pytest.approx(figure("p90", values), abs=0.005)
        assert float(row["average(bug_count)"]) == pytest.approx(mean(values), abs=0.005)


async def test_groups_behind_a_relation(ask, truth):
    text = await ask("aggregate_entities", blueprint="service", measures=["sum(bug_count)"], group_by="system.title")
    titles = {it["identifier"]: it["title"] for name, it in truth.organisation.entities() if name == "system"}
    expected = Counter()
    for it in truth.services.values():
        expected[titles[it["relations"]["system"]]] += it["properties"]["bug_count"]
    assert {row["system.title"]: int(row["sum(bug_count)"]) for row in rows(text)} == expected


async def test_groups_by_scorecard_level(ask, truth):
    text = await ask("count_entities", blueprint="service", group_by="Production Readiness", where={"team": "sre"})
    expected = Counter(truth.level_of(it, "production_readiness") or "(none)" for it in truth.owned_by("sre"))
    assert {row["production_readiness"]: int(row["count"]) for row in rows(text)} == expected


async def test_count_by_scorecard_level(ask, truth):
    where = {"scorecard:security_requirements": {"<": "Gold"}, "team": "payments"}
    text = await ask("count_entities", blueprint="service", where=where)
    below = [it for it in truth.owned_by("payments") if truth.level_of(it, "security_requirements") != "Gold"]
    assert headline(text).startswith(f"{len(below)} service entities match ")
    assert len(rows(await ask("list_entities", blueprint="service", where=where, limit=1000))) == len(below)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({"measures": ["mode(bug_count)"]}, "unknown measure 'mode(bug_count)'; choose from: "),
        ({"measures": ["average"]}, "measure 'average' needs a number property: 'average(coverage)'"),
        ({"measures": ["sum(language)"]}, "'language' is no number (string); sum needs one"),
        ({"measures": []}, "measures is empty"),
        ({"measures": ["share"]}, "the measure 'share' and the argument share_of go together"),
        ({"measures": ["count"], "group_by": ["tier", "language", "type"]}, "group_by takes at most 2 names, not 3"),
        ({"measures": ["count"], "group_by": "last_deployed_at"}, "is a date; group it by day, week, month"),
        ({"measures": ["count"], "group_by": "last_deployed_at:decade"}, "'decade' is no span of time"),
        (
            {"measures": ["count"], "group_by": "month"},
            "by which date is 'month' meant? choose from: 'last_deployed_at:",
        ),
        ({"measures": ["count"], "group_by": "tier:week"}, "'tier' is no date; group it without ':week'"),
    ],
)
async def test_mistakes_are_refused_with_what_to_do(refusal, arguments, told):
    assert told in await refusal("aggregate_entities", blueprint="service", **arguments)


@pytest.mark.parametrize(
    ("function", "expected"),
    [("p50", 2.5), ("p90", 3.7), ("p99", 3.97), ("sum", 10), ("average", 2.5), ("min", 1), ("max", 4), ("median", 2.5)],
)
def test_figure_of_four_values(function, expected):
    assert figure(function, [4, 1, 3, 2]) == pytest.approx(expected)


def test_figure_of_nothing_is_none():
    assert figure("average", []) is None


async def test_entities_that_relate_to_nothing_are_missed_aloud(ask, truth):
    text = await ask("count_entities", blueprint="service", group_by="depends_on", where={"team": "backend"})
    related = Counter(
        end for name in truth.owned_by("backend") for end in truth.services[name]["relations"]["depends_on"]
    )
    assert {row["depends_on"]: int(row["count"]) for row in rows(text)} == related
    assert text.endswith("\nentities without depends_on are in no row")


@pytest.mark.parametrize("measure", ["average(test_coverage)", "avg coverage", "mean of Test coverage"])
async def test_measure_may_be_written_in_words(ask, truth, measure):
    values = [
        it["properties"]["test_coverage"] for it in truth.services.values() if "test_coverage" in it["properties"]
    ]
    text = await ask("aggregate_entities", blueprint="service", measures=[measure])
    assert text == f"average(test_coverage) = {round(mean(values), 2):,}, over 1,000 service entities"
