"""How long an approval lasts: 15 minutes a token, 15 days unused, 30 days in all."""

from dataclasses import dataclass

import pytest

from quaymaster.approval.errors import OAuthError
from quaymaster.approval.records import Approved
from quaymaster.approval.sessions import Redemption, Sessions
from quaymaster.approval.verifier import ApprovedTokens
from quaymaster.policy import Policy
from quaymaster.settings import Profile
from quaymaster.state.sqlite import SqliteStore

DAY_S = 24 * 3600.0
VERIFIER = "v" * 43
CHALLENGE = "7w_YNF9DSfIdPf_pRjSq646_kPr-2-o9NAl16JGghdM"
APPROVED = Approved(
    subject="dana",
    client_id="client",
    client="Client",
    profile="acme",
    organisation="org_acme",
    organisation_name="Acme",
    scopes=frozenset({"read"}),
    resource="https://mcp.example/mcp/acme",
)


@dataclass
class Clock:
    now: float = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def sessions(clock, tmp_path):
    store = SqliteStore(tmp_path / "state.sqlite", wall_clock=clock)
    yield Sessions(store, clock)
    await store.aclose()


async def begin(sessions: Sessions):
    code = await sessions.issue_code(APPROVED, "https://client.example/", CHALLENGE)
    return await sessions.redeem(Redemption(code, "client", "https://client.example/", VERIFIER, None))


async def test_code_ends_after_a_minute(sessions, clock):
    code = await sessions.issue_code(APPROVED, "https://client.example/", CHALLENGE)
    clock.now += 60
    with pytest.raises(OAuthError, match="not known, or its minute is over"):
        await sessions.redeem(Redemption(code, "client", "https://client.example/", VERIFIER, None))


async def test_access_token_ends_after_fifteen_minutes(sessions, clock):
    tokens = await begin(sessions)
    clock.now += 15 * 60 - 1
    assert await sessions.find(tokens.access) is not None
    clock.now += 1
    assert await sessions.find(tokens.access) is None
    assert (await sessions.renew(tokens.refresh, "client")).access != tokens.access


async def test_session_ends_after_fifteen_days_without_use(sessions, clock):
    tokens = await begin(sessions)
    clock.now += 15 * DAY_S - 1
    tokens = await sessions.renew(tokens.refresh, "client")
    clock.now += 15 * DAY_S
    with pytest.raises(OAuthError, match="ended"):
        await sessions.renew(tokens.refresh, "client")
    assert await sessions.list_all() == []


async def test_session_ends_after_thirty_days_however_much_it_is_used(sessions, clock):
    tokens = await begin(sessions)
    for _ in range(29):
        clock.now += DAY_S
        tokens = await sessions.renew(tokens.refresh, "client")
    clock.now += DAY_S
    with pytest.raises(OAuthError, match="ended"):
        await sessions.renew(tokens.refresh, "client")


async def test_theft_shows_to_the_end_of_the_session(sessions, clock):
    stolen = tokens = await begin(sessions)
    for _ in range(10):
        clock.now += 2.9 * DAY_S
        tokens = await sessions.renew(tokens.refresh, "client")
    with pytest.raises(OAuthError, match="used already; its session is revoked"):
        await sessions.renew(stolen.refresh, "client")
    assert await sessions.find(tokens.access) is None


async def test_sessions_are_listed_and_revoked(sessions, clock):
    tokens = await begin(sessions)
    clock.now += 1
    await begin(sessions)
    first, second = await sessions.list_all()
    assert first.began_at < second.began_at
    assert first.approved == APPROVED
    assert await sessions.revoke(first.id)
    assert not await sessions.revoke(first.id)
    assert await sessions.find(tokens.access) is None
    assert [it.id for it in await sessions.list_all()] == [second.id]


@pytest.mark.parametrize("organization", ["org_umbra", None])
async def test_token_is_nothing_once_the_profile_is_of_another_organisation(sessions, organization):
    tokens = await begin(sessions)
    profiles = {"acme": Profile("acme", "https://api.port.io", "env:PORT", Policy(), "org_acme")}
    assert await ApprovedTokens(sessions, profiles).verify(tokens.access, "acme") is not None
    moved = {"acme": Profile("acme", "https://api.port.io", "env:PORT", Policy(), organization)}
    assert await ApprovedTokens(sessions, moved).verify(tokens.access, "acme") is None
