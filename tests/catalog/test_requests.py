"""What a question costs at Port, whatever the size of the catalog, and what a stale data model leads to."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import pytest
from mcp.client import Client
from tests.answers import cursor, rows

from quaymaster import Credentials, PortClient
from quaymaster.application import Application
from quaymaster.host import load_host
from quaymaster.policy import Policy
from quaymaster.port.cache import Cache
from quaymaster.port.transport import PortTransport
from quaymaster.server.adapter import build_server
from quaymaster.settings import load_settings
from quaymaster_sandbox.app import create_app
from quaymaster_sandbox.sandbox import CLIENT_ID, CLIENT_SECRET, Sandbox
from quaymaster_sandbox.testing.port import ObservedPort

SERVICES = 1200
TEXT = {"type": "string"}
LONG = {**TEXT, "format": "markdown"}


class Shop:
    """An organisation with more services than a page holds, some without a rank."""

    teams = users = scorecards = ()
    blueprints = (
        {
            "identifier": "service",
            "title": "Service",
            "schema": {
                "properties": {"rank": {"type": "number"}, "area": TEXT, "notes": LONG, "kind": TEXT},
                "required": ["kind"],
            },
            "relations": {"needs": {"target": "service", "many": True, "required": False}},
            "mirrorProperties": {},
            "calculationProperties": {},
            "aggregationProperties": {},
        },
    )

    def entities(self):
        for number in range(SERVICES):
            rank = {} if number % 10 == 9 else {"rank": number % 7}
            yield (
                "service",
                {
                    "identifier": name(number),
                    "title": name(number),
                    "properties": {"kind": "api", "area": f"area {number % 5}", **rank},
                    "relations": {"needs": [name(number + 1)] if number < SERVICES - 1 else []},
                },
            )


def name(number):
    return f"s{number:04d}"


class OneOrganisation:
    """The way to one sandbox; its clients share what they remember, as those of a profile do."""

    def __init__(self, sandbox):
        credentials = Credentials(CLIENT_ID, CLIENT_SECRET)
        self.observed = ObservedPort(create_app(sandbox))
        self.cache = Cache()
        self.transport = PortTransport(
            "http://x", lambda: credentials, policy=Policy(), timeout_s=30, app=self.observed
        )

    def client(self, profile=None, limits=None):
        return PortClient(self.transport, "default", self.cache)

    async def aclose(self):
        await self.transport.aclose()


@dataclass(frozen=True)
class Asker:
    """Asks, and says what was sent to Port since the last look."""

    ask: Callable[..., Awaitable[str]]
    port: PortClient
    requests: list

    def sent(self):
        """Returns the requests since the last look, as method and the path's last part."""
        sent = [f"{it.method} {it.path.rsplit('/', 1)[-1]}" for it in self.requests]
        self.requests.clear()
        return sent


@pytest.fixture(scope="module")
def sandbox():
    sandbox = Sandbox()
    sandbox.load(Shop())
    return sandbox


@pytest.fixture
async def shop(sandbox):
    clients = OneOrganisation(sandbox)
    settings = load_settings()
    async with Client(build_server(Application(settings, load_host(settings), clients), "0")) as client:

        async def ask(tool, **arguments):
            result = await client.call_tool(tool, arguments)
            assert not result.is_error, result.content[0].text
            return result.content[0].text

        await ask("list_blueprints")
        clients.observed.requests.clear()
        yield Asker(ask, clients.client(), clients.observed.requests)


async def test_count_is_one_request(shop):
    text = await shop.ask("count_entities", blueprint="service", where={"area": "area 1"})
    assert text == "240 service entities match area = area 1"
    assert shop.sent() == ["POST aggregate"]


async def test_page_and_its_total_are_one_request(shop):
    question = {"blueprint": "service", "where": {"area": "area 1"}, "columns": ["rank"]}
    text = await shop.ask("list_entities", **question)
    assert "rows 1-50 of 240" in text
    assert shop.sent() == ["POST search"]
    await shop.ask("list_entities", **question, cursor=cursor(text))
    assert shop.sent() == ["POST search"]


async def test_total_of_more_than_a_page_of_ports_is_counted_once(shop):
    text = await shop.ask("list_entities", blueprint="service", where={"rank": {"!=": None}})
    assert "rows 1-50 of 1,080" in text
    assert shop.sent() == ["POST search", "POST aggregate"]
    text = await shop.ask("list_entities", blueprint="service", where={"rank": {"!=": None}}, cursor=cursor(text))
    assert "rows 51-100 of 1,080" in text
    assert shop.sent() == ["POST search"]


async def test_documents_are_not_read_ahead(shop):
    """A page of the column that may hold long texts asks for the rows shown alone."""
    text = await shop.ask("list_entities", blueprint="service", where={"area": "area 1"}, columns=["notes"])
    assert "rows 1-50 of 240" in text
    assert shop.sent() == ["POST search", "POST aggregate"]
    text = await shop.ask(
        "list_entities", blueprint="service", where={"area": "area 1"}, columns=["notes"], sort="rank"
    )
    assert "rows 1-50 of 240" in text
    assert shop.sent() == ["POST search", "POST search"]


@pytest.mark.parametrize(
    ("group_by", "requests"),
    [("kind", 1), ("area", 2), ("needs", 2)],
    ids=[
        "always filled in",
        "may be empty: what is in no group follows from the total",
        "overlapping: beside the total",
    ],
)
async def test_groups_are_one_request_beside_the_total(shop, group_by, requests):
    text = await shop.ask("count_entities", blueprint="service", group_by=group_by, where={"rank": 1})
    assert text.startswith("155 service entities match rank = 1, by ")
    assert shop.sent() == ["POST aggregate"] * requests


@pytest.mark.parametrize(("direction", "requests"), [("upstream", 4), ("downstream", 5), ("both", 5)])
async def test_trace_is_at_most_one_request_a_level(shop, direction, requests):
    """The first request finds the entity by its name, and with it what it relates to."""
    text = await shop.ask("trace_dependencies", blueprint="service", identifier="s0600", direction=direction, depth=4)
    assert text.count("4 within 4 steps") == (2 if direction == "both" else 1)
    assert shop.sent() == ["POST search"] * requests


async def test_way_ends_where_the_goal_is_found(shop):
    text = await shop.ask(
        "trace_dependencies", blueprint="service", identifier="s0600", to="s0603", direction="upstream"
    )
    assert text == "s0600 depends on s0603 over 3 steps: s0600 → s0601 → s0602 → s0603"
    assert shop.sent() == ["POST search"] * 4  # two of them find the entities by their names


@pytest.mark.parametrize("sort", ["rank", "-rank", "area", "-area", "identifier", "-identifier"])
async def test_sorted_pages_are_right_and_read_little(shop, sort):
    found, place = [], None
    while len(found) < 450:
        arguments = {"cursor": place} if place else {}
        text = await shop.ask(
            "list_entities",
            blueprint="service",
            where={"rank": {"!=": None}},
            columns=["rank", "area"],
            sort=sort,
            limit=150,
            **arguments,
        )
        found += [(row["identifier"], row["rank"], row["area"]) for row in rows(text)]
        place = cursor(text)
        assert "of 1,080" in text
        assert len(shop.sent()) <= 5
    at = {"identifier": 0, "rank": 1, "area": 2}[sort.removeprefix("-")]
    everything = [(name(it), str(it % 7), f"area {it % 5}") for it in range(SERVICES) if it % 10 != 9]
    expected = sorted(everything, key=lambda it: (it[at], it[0]), reverse=sort.startswith("-"))
    assert found == expected[:450]


async def test_sorted_list_goes_on_into_what_has_no_value(shop):
    found, place = [], None
    while not found or place:
        arguments = {"cursor": place} if place else {}
        text = await shop.ask(
            "list_entities", blueprint="service", sort="-rank", columns=["rank"], limit=400, **arguments
        )
        found += [row["rank"] for row in rows(text)]
        place = cursor(text)
    ranks = sorted((it % 7 for it in range(SERVICES) if it % 10 != 9), reverse=True)
    assert found == [str(rank) for rank in ranks] + [""] * 120


async def test_data_model_is_read_once_for_many_questions(shop):
    for _ in range(3):
        await shop.ask("count_entities", blueprint="service", where={"area": "area 1"})
    assert shop.sent() == ["POST aggregate"] * 3


async def test_stale_data_model_is_read_again_when_a_name_is_not_in_it(shop, sandbox):
    others = OneOrganisation(sandbox).client()
    document = {"identifier": "library", "title": "Library", "schema": {"properties": {"licence": TEXT}}}
    await others.blueprints.create(document)
    await others.entities.create("library", {"identifier": "l1", "properties": {"licence": "MIT"}})
    shop.sent()
    text = await shop.ask("count_entities", blueprint="library", where={"licence": "MIT"})
    assert text == "1 library entity matches licence = MIT"
    assert "GET blueprints" in shop.sent()
    await others.entities.delete("library", "l1")
    await others.blueprints.delete("library")


async def test_search_asks_no_question_twice(shop):
    assert await shop.ask("search_catalog", text="zzyzx") == (
        "nothing is named like 'zzyzx'\nsearch looks at identifiers and titles"
    )
    assert shop.sent() == ["POST aggregate"]  # a short word has no pieces, and one word is all words
    await shop.ask("search_catalog", text="zzyzxqqq")
    assert shop.sent() == ["POST aggregate"] * 2
