"""Scorecards as they are defined: the summary, the documents, and which one a name stands for."""

import json

import pytest

from quaymaster import InputError, PortClient
from quaymaster.port.documents.scorecard import Scorecard
from quaymaster_sandbox.demo.scorecards import scorecards
from quaymaster_scorecards.choice import choose_scorecard
from quaymaster_scorecards.tools.definitions import list_scorecards

DEMO = [{**document, "blueprint": blueprint} for blueprint, document in scorecards()]
NAMESAKES = [
    {"identifier": "quality", "title": "Quality", "blueprint": "service", "rules": []},
    {"identifier": "host_quality", "title": "Quality", "blueprint": "host", "rules": []},
]


class PortWith:
    """Port with these scorecards, blueprints for them, and nothing else."""

    def __init__(self, documents):
        self.documents = documents

    async def send(self, method, route, identifiers=None, **rest):
        schema = {"properties": {}, "required": []}
        blueprints = [{"identifier": it, "title": it.title(), "schema": schema} for it in ("service", "host")]
        answers = {
            "/v1/scorecards": {"scorecards": self.documents},
            "/v1/blueprints": {"blueprints": blueprints},
            "/v1/blueprints/{blueprint_identifier}/entities/search": {"entities": []},
        }
        return {"ok": True, **answers[route]}


def port_with(documents):
    return PortClient(PortWith(documents), "default")


async def test_summary_has_a_row_for_each_scorecard():
    answer = await list_scorecards(port_with(DEMO))
    assert answer.headline == "2 scorecards"
    assert answer.table.rows == [
        ["production_readiness", "Production Readiness", "service", "Basic < Bronze < Silver < Gold", 10],
        ["security_requirements", "Security Requirements", "service", "Basic < Bronze < Silver < Gold", 7],
    ]


async def test_documents_come_back_whole():
    strange = {
        **DEMO[1],
        "filter": {"combinator": "or", "conditions": [{"relation": "domain", "operator": "isEmpty", "not": True}]},
        "newKey": {"of": ["Port"]},
    }
    answer = await list_scorecards(port_with([DEMO[0], strange]), ["Security Requirements"])
    assert json.loads(answer.text) == strange


async def test_only_the_blueprints_scorecards_are_shown():
    answer = await list_scorecards(port_with(DEMO + NAMESAKES), blueprint="host")
    assert [row[0] for row in answer.table.rows] == ["host_quality"]


async def test_a_blueprint_is_known_by_its_title_and_may_have_none():
    answer = await list_scorecards(port_with(DEMO), blueprint="Services")
    assert len(answer.table.rows) == 2
    assert (await list_scorecards(port_with(DEMO), blueprint="host")).headline == "blueprint host has no scorecards"
    with pytest.raises(InputError, match="unknown blueprint 'servise'; choose from: service, host"):
        await list_scorecards(port_with(DEMO), blueprint="servise")


async def test_scorecards_of_one_title_are_never_mixed_up():
    with pytest.raises(
        InputError,
        match="ambiguous; choose one of: 'quality' on blueprint 'service', 'host_quality' on blueprint 'host'",
    ):
        await list_scorecards(port_with(NAMESAKES), ["Quality"])
    answer = await list_scorecards(port_with(NAMESAKES), ["Quality"], blueprint="host")
    assert json.loads(answer.text) == NAMESAKES[1]


async def test_unknown_scorecard_lists_the_real_ones_nearest_first():
    with pytest.raises(InputError) as refused:
        await list_scorecards(port_with(DEMO), ["security requirement"])
    assert str(refused.value) == (
        "unknown scorecard 'security requirement'; choose from: security_requirements, production_readiness"
    )


def test_identifier_wins_over_another_scorecards_title():
    one = {"identifier": "gold", "title": "Other", "rules": []}
    other = {"identifier": "other", "title": "Gold", "rules": []}
    found = choose_scorecard([Scorecard.read(other), Scorecard.read(one)], "gold")
    assert found.title == "Other"


async def test_conditions_of_any_form_are_read_and_shown_as_they_are():
    text = '{"property": "readme", "operator": "isNotEmpty"}'
    nested = {"combinator": "or", "conditions": [{"property": "tier", "operator": "=", "value": "Tier 1"}]}
    query = {"combinator": "and", "conditions": [text, nested]}
    strange = {**DEMO[0], "rules": [{"identifier": "r", "title": "R", "level": "Gold", "query": query}]}
    answer = await list_scorecards(port_with([strange]), ["production_readiness"])
    assert json.loads(answer.text) == strange
