"""Access tokens of an identity provider: a real one, if small, that runs on loopback."""

import hmac
import json
import time
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator, Callable

import httpx2
import pytest
from tests.http.provider import Provider, new_key
from tests.http.rpc import call, names_of_tools, request
from tests.http.serving import build, free_port, listening

from quaymaster.errors import SettingsError
from quaymaster.settings import load_settings

PACK = """
@tool(read_only=True)
async def who(call: Call) -> str:
    '''Says who calls.'''
    return f"{call.principal.name} at {call.profile.name} may {', '.join(sorted(call.principal.scopes))}"

@tool
async def change() -> str:
    '''Changes.'''
    return "changed"

@hookimpl
def register_tools():
    return [who, change]
"""
RULES = [
    {"claim": "groups", "value": "platform", "profiles": ["acme"], "scopes": ["read", "write"]},
    {"claim": "groups", "value": "everybody", "profiles": ["acme", "globex"]},
    {"claim": "realm_access.roles", "value": "operator", "profiles": ["globex"], "scopes": ["run"]},
]


class Company:
    """A provider and a server that counts on it."""

    def __init__(self, provider: Provider, client: httpx2.AsyncClient, origin: str) -> None:
        self.provider = provider
        self.client = client
        self.origin = origin

    def claims(self, profile: str = "acme", **claims: object) -> dict[str, object]:
        return {"aud": f"{self.origin}/mcp/{profile}", "groups": ["platform", "everybody"], **claims}

    async def ask(self, token: str, path: str = "/mcp/acme") -> str:
        return await call(self.client, path, "acme_who", {"Authorization": f"Bearer {token}"})

    async def status(self, token: str, path: str = "/mcp/acme") -> int:
        answer = await self.client.post(path, headers={"Authorization": f"Bearer {token}"})
        return answer.status_code


@pytest.fixture
async def company(make_pack) -> AsyncIterator[Company]:
    port = free_port()
    provider = Provider(f"http://127.0.0.1:{port}")
    profiles = {name: {"base_url": "http://127.0.0.1:9"} for name in ("acme", "globex")}
    oidc = {"issuer": provider.issuer, "rules": RULES}
    app, settings = build([make_pack("acme", PACK)], profiles=profiles, http={"oidc": oidc})
    origin = settings.http.origin
    async with (
        listening(provider.app, port),
        app.router.lifespan_context(app),
        httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url=origin) as client,
    ):
        yield Company(provider, client, origin)


REFUSED = 401
LET_IN = 400
"""What an empty body gets from those who may call."""


async def test_claims_become_profile_and_scopes(company):
    token = company.provider.sign(company.claims())
    assert await company.ask(token) == "ann at acme may read, write"
    token = company.provider.sign(company.claims("globex"))
    assert await company.ask(token, "/mcp/globex") == "ann at globex may read"
    claims = company.claims("globex", realm_access={"roles": ["operator"]})
    assert await company.ask(company.provider.sign(claims), "/mcp/globex") == "ann at globex may read, run"


async def test_scope_of_the_token_tightens(company):
    token = company.provider.sign(company.claims(scope="openid read"))
    assert await company.ask(token) == "ann at acme may read"
    headers = {"Authorization": f"Bearer {token}"}
    assert await names_of_tools(company.client, "/mcp/acme", headers) == ["acme_who"]


async def test_call_beyond_the_scopes_is_told_what_to_ask_for(company):
    """Where the person could grant more the client is told so, and where nobody could the model is."""
    headers = {"Authorization": f"Bearer {company.provider.sign(company.claims(scope='read'))}"}
    answer = await request(company.client, "/mcp/acme", "tools/call", headers, name="acme_change", arguments={})
    metadata = f"{company.origin}/.well-known/oauth-protected-resource/mcp/acme"
    assert (answer.status_code, answer.headers["www-authenticate"]) == (
        403,
        f'Bearer error="insufficient_scope", scope="read write", resource_metadata="{metadata}"',
    )
    told = await call(company.client, "/mcp/acme/readonly", "acme_change", headers)
    assert told == "tool 'acme_change' can change Port, and this server is read-only. Nothing was done"


async def test_token_for_the_readonly_path_only_reads_anywhere(company):
    token = company.provider.sign(company.claims(aud=f"{company.origin}/mcp/acme/readonly"))
    assert await company.ask(token, "/mcp/acme/readonly") == "ann at acme may read"
    assert await company.ask(token) == "ann at acme may read"


async def test_nobody_without_a_rule_gets_in(company):
    for claims in ({"groups": []}, {"groups": None}, {"groups": "platforms"}, {"groups": {"platform": True}}):
        assert await company.status(company.provider.sign(company.claims(**claims))) == REFUSED


@pytest.mark.parametrize(
    "wrong",
    [
        {"aud": "https://elsewhere.example.com/mcp/acme"},
        {"aud": None},
        {"aud": []},
        {"iss": "http://127.0.0.1:1"},
        {"iss": None},
        {"sub": None},
        {"exp": None},
        {"exp": -3600},
        {"nbf": 3600},
        {"iat": 3600},
    ],
    ids=lambda wrong: str(next(iter(wrong.items()))),
)
async def test_token_with_a_wrong_claim_is_refused(company, wrong):
    """Numbers are seconds from now."""
    assert await company.status(company.provider.sign(company.claims())) == LET_IN
    claims = {name: int(time.time()) + value if isinstance(value, int) else value for name, value in wrong.items()}
    assert await company.status(company.provider.sign(company.claims(**claims))) == REFUSED


async def test_token_for_one_organisation_is_refused_at_the_other(company):
    token = company.provider.sign(company.claims("acme"))
    assert [await company.status(token, f"/mcp/{it}") for it in ("acme", "globex")] == [LET_IN, REFUSED]


async def test_issuer_is_compared_to_the_letter(company):
    token = company.provider.sign(company.claims(iss=f"{company.provider.issuer}/"))
    assert await company.status(token) == REFUSED


@pytest.mark.filterwarnings("ignore:EdDSA is deprecated")  # RFC 9864 names the curve instead; providers do not yet
@pytest.mark.parametrize("algorithm", ["RS256", "PS256", "ES256", "EdDSA"])
async def test_signature_may_be_of_each_algorithm_of_the_settings(company, algorithm):
    key = new_key("another", algorithm)
    company.provider.keys = [key]
    assert await company.status(company.provider.sign(company.claims(), key=key, algorithm=algorithm)) == LET_IN


async def test_signature_that_proves_nothing_is_refused(company):
    public = company.provider.keys[0].as_pem(private=False)
    claims = company.claims(iss=company.provider.issuer, sub="ann", exp=int(time.time()) + 300)
    forged = [
        by_hand(claims, "HS256", lambda signed: hmac.digest(public, signed, "sha256")),
        by_hand(claims, "none", lambda signed: b""),
        company.provider.sign(company.claims(), key=new_key("first")),  # another's key of the same name
        company.provider.sign(company.claims(), key=new_key("made up")),
        company.provider.sign(company.claims())[:-8] + "AAAAAAAA",
        "not.a.token",
        "x" * 5000,
    ]
    assert [await company.status(token) for token in forged] == [REFUSED] * len(forged)


def by_hand(claims: dict[str, object], algorithm: str, sign: Callable[[bytes], bytes]) -> str:
    """Returns a token that no library would make."""
    parts = [json.dumps(it).encode() for it in ({"alg": algorithm, "typ": "JWT", "kid": "first"}, claims)]
    signed = b".".join(urlsafe_b64encode(part).rstrip(b"=") for part in parts)
    return b".".join([signed, urlsafe_b64encode(sign(signed)).rstrip(b"=")]).decode()


async def test_rotated_keys_are_taken_up_and_old_ones_dropped(company, monkeypatch):
    monkeypatch.setattr("quaymaster.server.http.keys._AGAIN_S", 0.0)
    old, new = company.provider.keys[0], new_key("second")
    assert await company.status(company.provider.sign(company.claims(), key=old)) == LET_IN
    company.provider.keys = [new]
    assert await company.status(company.provider.sign(company.claims(), key=new)) == LET_IN
    assert await company.status(company.provider.sign(company.claims(), key=old)) == REFUSED


async def test_forged_key_names_do_not_make_a_storm(company):
    for number in range(20):
        await company.status(company.provider.sign(company.claims(), key=company.provider.keys[0], kid=f"k{number}"))
    assert company.provider.fetches == 1


async def test_provider_that_is_down_is_not_the_callers_fault(company):
    company.provider.is_up = False
    answer = await company.client.post(
        "/mcp/acme", headers={"Authorization": f"Bearer {company.provider.sign(company.claims())}"}
    )
    assert (answer.status_code, answer.json()) == (503, {"error": "the identity provider cannot be asked for its keys"})


async def test_client_is_led_to_the_provider(company):
    challenge = (await company.client.post("/mcp/acme")).headers["www-authenticate"]
    metadata = challenge.split('resource_metadata="')[1].rstrip('"')
    told = (await company.client.get(metadata)).json()
    assert (told["resource"], told["authorization_servers"]) == (
        f"{company.origin}/mcp/acme",
        [company.provider.issuer],
    )


@pytest.mark.parametrize("algorithm", ["none", "HS256", "hs512"])
def test_algorithms_that_prove_nothing_cannot_be_set(algorithm):
    oidc = {"issuer": "https://id.example.com", "rules": RULES, "algorithms": [algorithm]}
    with pytest.raises(SettingsError, match="proves nothing here"):
        load_settings(http={"oidc": oidc})
