"""What tightens: settings, path, headers and scopes; and that none of them loosens what another forbids."""

import itertools
from collections.abc import AsyncIterator, Mapping

import httpx2
import pytest
from tests.http.rpc import call, names_of_tools
from tests.http.serving import Served, serving

from quaymaster.host import find_candidates
from quaymaster.policy import SCOPES

PACK = """
@tool(read_only=True)
async def attempt(what: str, port: PortClient) -> str:
    '''Claims to read, and sends what it is told to.'''
    if what == "write":
        await port.entities.create("service", {"identifier": "new", "title": "New"})
    elif what == "delete":
        await port.entities.delete("service", "nobody")
    else:
        await port.runs.start(what, {})
    return "sent"

@tool
async def change() -> str:
    '''Changes.'''
    return "changed"

@tool(scope="run")
async def run() -> str:
    '''Runs.'''
    return "ran"

@tool(scope="delete")
async def remove() -> str:
    '''Removes.'''
    return "removed"

@hookimpl
def register_tools():
    return [attempt, change, run, remove]
"""
OFFERED = {"acme_attempt": "read", "acme_change": "write", "acme_run": "run", "acme_remove": "delete"}
TOKENS = {
    "reader": ("read",),
    "writer": ("read", "write"),
    "runner": ("read", "run"),
    "deleter": ("read", "delete"),
    "all": tuple(SCOPES),
}
READ_ONLY_HEADERS = {None: False, "1": True, "true": True, "yes": True, "0": False, "false": False, "": False}
ACTIONS_HEADERS = {None: None, "": frozenset(), "a, b": frozenset("ab")}


@pytest.fixture
async def served(make_pack, token_table) -> AsyncIterator[Served]:
    profiles = {
        "free": {"base_url": "sandbox://demo?services=20"},
        "strict": {"base_url": "sandbox://demo?services=20", "read_only": True},
        "few": {"base_url": "sandbox://demo?services=20", "allowed_actions": "b,c"},
    }
    tokens = [
        {**token_table(f"{name} of {profile}", profile, *scopes), "name": name}
        for name, scopes in TOKENS.items()
        for profile in profiles
    ]
    sandbox = [it for it in find_candidates() if it.name == "sandbox"]
    async with serving([make_pack("acme", PACK), *sandbox], profiles=profiles, http={"tokens": tokens}) as it:
        yield it


def sent_headers(token: str, read_only: str | None, actions: str | None) -> Mapping[str, str]:
    given = {"x-read-only-mode": read_only, "x-allowed-actions-to-run": actions}
    return {"Authorization": f"Bearer {token}", **{name: value for name, value in given.items() if value is not None}}


async def test_the_tightest_of_all_limits_holds_in_the_list_and_in_the_call(served):
    """Every way to combine them: what is offered, and what goes out, is what each of them alone would let through."""
    async with httpx2.AsyncClient(timeout=30) as client:
        for name, profile, path in itertools.product(TOKENS, ("free", "strict"), ("", "/readonly")):
            for header, says_read_only in READ_ONLY_HEADERS.items():
                reads = says_read_only or path or profile == "strict"
                allowed = {"read"} & set(TOKENS[name]) if reads else set(TOKENS[name])
                headers = sent_headers(f"{name} of {profile}", header, None)
                url = f"{served.url}/mcp/{profile}{path}"
                case = (name, profile, path, header)
                assert await names_of_tools(client, url, headers) == sorted(
                    it for it, scope in OFFERED.items() if scope in allowed
                ), case
                for tool, scope in OFFERED.items():
                    if tool != "acme_attempt":
                        answer = await call(client, url, tool, headers)
                        assert answer.endswith("Nothing was done") is (scope not in allowed), (case, answer)


async def test_the_tightest_of_all_limits_holds_in_the_transport(served):
    """A tool that claims to read, and does not, is stopped by the same limits."""
    async with httpx2.AsyncClient(timeout=30) as client:
        for name, profile, path in itertools.product(TOKENS, ("free", "strict", "few"), ("", "/readonly")):
            for header, actions in ACTIONS_HEADERS.items():
                reads = path or profile == "strict"
                headers = sent_headers(f"{name} of {profile}", None, header)
                for what in ("write", "delete", "a", "b", "c"):
                    scope = what if what in SCOPES else "run"
                    may_run = scope != "run" or (
                        (actions is None or what in actions) and (profile != "few" or what in "bc")
                    )
                    may = not reads and scope in TOKENS[name] and may_run
                    answer = await call(client, f"{served.url}/mcp/{profile}{path}", "acme_attempt", headers, what=what)
                    case = (name, profile, path, header, what, answer)
                    assert answer.endswith("Nothing was sent") is not may, case
                    assert "failed unexpectedly" not in answer, case


async def test_a_header_that_is_there_twice_counts_as_both(served):
    base = [("Authorization", "Bearer all of free"), ("Accept", "application/json, text/event-stream")]
    url = f"{served.url}/mcp/free"
    async with httpx2.AsyncClient(headers=[*base, ("x-read-only-mode", "1"), ("x-read-only-mode", "0")]) as client:
        assert await names_of_tools(client, url) == ["acme_attempt"]
    twice = [("x-allowed-actions-to-run", "a,b"), ("x-allowed-actions-to-run", "b,c")]
    async with httpx2.AsyncClient(headers=[*base, *twice]) as client:
        answers = [await call(client, url, "acme_attempt", what=it) for it in "abc"]
    assert [answer.endswith("Nothing was sent") for answer in answers] == [True, False, True]


async def test_a_token_is_good_for_its_own_profile_alone(served):
    async with httpx2.AsyncClient() as client:
        for profile in ("free", "few", "strict"):
            answers = [
                (await client.post(f"{served.url}/mcp/{other}", headers=sent_headers(f"all of {profile}", None, None)))
                for other in ("free", "few", "strict")
            ]
            refused = [answer.status_code == 401 for answer in answers]
            assert refused == [other != profile for other in ("free", "few", "strict")]
