"""The transport from outside, with a Port of our own behind it that answers as it is told."""

import json

import anyio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quaymaster.auth import Credentials
from quaymaster.errors import InputError, RefusedError
from quaymaster.policy import Policy
from quaymaster.port.backoff import Backoff
from quaymaster.port.bounds import Bounds
from quaymaster.port.errors import (
    AuthenticationError,
    DeadlineError,
    NotFoundError,
    Outcome,
    OversizedAnswerError,
    PortError,
    RateLimitedError,
    ServerError,
)
from quaymaster.port.transport import PortTransport

Reply = tuple[int, object] | tuple[int, object, dict[str, str]]
ENTITY = "/v1/blueprints/{blueprint_identifier}/entities/{entity_identifier}"
QUICK = Bounds(backoff=Backoff(first_s=0.001, longest_s=0.002), settle_s=0.05)


class ScriptedPort:
    """An ASGI application that gives the replies of a script, then 200s; it records what it is asked."""

    def __init__(self, *replies: Reply) -> None:
        self.replies = list(replies)
        self.asked: list[str] = []
        self.exchanges = 0
        self.headers: dict[str, str] = {}
        self.body = b""

    async def __call__(self, scope, receive, send) -> None:
        self.body = b""
        while (message := await receive()).get("more_body"):
            self.body += message["body"]
        if scope["raw_path"] == b"/v1/auth/access_token":
            self.exchanges += 1
            reply = 200, {"ok": True, "accessToken": f"token-{self.exchanges}", "expiresIn": 10_800}
        else:
            self.headers = {name.decode(): value.decode() for name, value in scope["headers"]}
            query = b"?" + scope["query_string"] if scope["query_string"] else b""
            self.asked.append(f"{scope['method']} {(scope['raw_path'] + query).decode()}")
            reply = self.replies.pop(0) if self.replies else (200, {"ok": True})
        status, content, *headers = reply
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        sent = [(name.encode(), value.encode()) for name, value in (headers[0] if headers else {}).items()]
        await send({"type": "http.response.start", "status": status, "headers": sent})
        await send({"type": "http.response.body", "body": body})


def transport(port: ScriptedPort, *, timeout_s: float = 5, **options: object) -> PortTransport:
    options = {"policy": Policy(), "bounds": QUICK, **options}
    return PortTransport("", lambda: Credentials("id", "the client secret"), timeout_s=timeout_s, app=port, **options)


async def test_request_is_sent_as_port_takes_it():
    port = ScriptedPort()
    await transport(port, user_agent="quaymaster/1.0").send(
        "POST",
        "/v1/blueprints/{b}/entities",
        {"b": "a/b ?"},
        query={"upsert": True, "run_id": "r_1"},
        body={"title": "é"},
    )
    assert port.asked == ["POST /v1/blueprints/a%2Fb%20%3F/entities?upsert=true&run_id=r_1"]
    assert port.body == '{"title":"é"}'.encode()
    names = ("authorization", "user-agent", "content-type", "accept", "accept-encoding")
    assert {name: port.headers[name] for name in names} == {
        "authorization": "Bearer token-1",
        "user-agent": "quaymaster/1.0",
        "content-type": "application/json",
        "accept": "application/json",
        "accept-encoding": "gzip",
    }


@settings(max_examples=300)
@given(st.text(min_size=1, max_size=12), st.text(min_size=1, max_size=12))
async def test_any_identifier_reaches_its_own_route_or_none(blueprint, entity):
    port = ScriptedPort()
    try:
        await transport(port).send("GET", ENTITY, {"blueprint_identifier": blueprint, "entity_identifier": entity})
    except InputError:
        assert port.asked == []
    else:
        assert [len(it.split("/")) for it in port.asked] == [6]


@pytest.mark.parametrize("status", [408, 500, 502, 503, 504])
async def test_read_is_tried_again_when_port_fails(status):
    port = ScriptedPort((status, b"<html>"), (status, {}), (200, {"ok": True, "n": 1}))
    assert await transport(port).send("GET", "/v1/blueprints") == {"ok": True, "n": 1}
    assert len(port.asked) == 3


@pytest.mark.parametrize(
    "route", ["/v1/entities/search", "/v1/entities/aggregate", "/v1/blueprints/{blueprint_identifier}/entities/search"]
)
async def test_search_and_aggregate_count_as_reads(route):
    port = ScriptedPort((503, {}))
    await transport(port).send("POST", route, {"blueprint_identifier": "x"}, body={})
    assert len(port.asked) == 2


async def test_answer_that_is_no_json_is_tried_again():
    port = ScriptedPort((200, b"<html>"), (200, b"[1]"))
    assert await transport(port).send("GET", "/v1/blueprints") == {"ok": True}
    assert len(port.asked) == 3


@pytest.mark.parametrize("status", [400, 403, 404, 409, 413, 422, 501])
async def test_refusal_is_final(status):
    port = ScriptedPort((status, {"error": "e", "message": "m"}, {"location": "https://evil.example/"}))
    with pytest.raises(PortError, match=f"Port answered {status} e: m") as caught:
        await transport(port).send("PUT", "/v1/blueprints/{b}", {"b": "x"}, body={})
    assert (len(port.asked), caught.value.outcome) == (1, Outcome.NOT_DONE)


async def test_redirect_is_not_followed():
    port = ScriptedPort((302, {}, {"location": "https://evil.example/"}))
    with pytest.raises(PortError, match="pointed elsewhere, where this profile's token is not sent"):
        await transport(port).send("GET", "/v1/blueprints")
    assert len(port.asked) == 1


async def test_attempts_end():
    port = ScriptedPort(*[(503, {"message": "down"})] * 9)
    with pytest.raises(ServerError, match="Port answered 503: down"):
        await transport(port).send("GET", "/v1/blueprints")
    assert len(port.asked) == 5


async def test_refused_token_is_renewed_once_and_silently():
    port = ScriptedPort((401, {}))
    assert await transport(port).send("POST", "/v1/actions/{a}/runs", {"a": "x"}, body={}) == {"ok": True}
    assert (len(port.asked), port.exchanges, port.headers["authorization"]) == (2, 2, "Bearer token-2")


async def test_second_refusal_of_a_token_is_an_error():
    port = ScriptedPort((401, {"error": "unauthorized"}), (401, {"error": "unauthorized"}))
    with pytest.raises(AuthenticationError, match="check this profile's credentials"):
        await transport(port).send("GET", "/v1/blueprints")
    assert (len(port.asked), port.exchanges) == (2, 2)


async def test_wait_that_port_asks_for_is_kept_and_a_wait_too_long_is_told():
    port = ScriptedPort((429, {}, {"retry-after": "0.2"}), (429, {}, {"retry-after": "100"}))
    sending = transport(port)
    began = anyio.current_time()
    with pytest.raises(RateLimitedError, match="try again in 100 s") as caught:
        await sending.send("POST", "/v1/actions/{a}/runs", {"a": "x"}, body={})
    assert 0.2 <= anyio.current_time() - began < 2
    assert (caught.value.retry_after_s, caught.value.outcome, len(port.asked)) == (100, Outcome.NOT_DONE, 2)
    with pytest.raises(RateLimitedError, match="this request was not sent"):
        await sending.send("GET", "/v1/blueprints")
    assert len(port.asked) == 2


@pytest.mark.parametrize("value", ["0", "-1", "soon", "nan"])
async def test_senseless_wait_is_no_hot_loop(value):
    port = ScriptedPort(*[(429, {}, {"retry-after": value, "x-ratelimit-reset": value})] * 9)
    with pytest.raises(RateLimitedError):
        await transport(port, bounds=Bounds(backoff=Backoff(first_s=0.05, longest_s=0.1))).send("GET", "/v1/blueprints")
    assert len(port.asked) == 5


async def test_call_ends_with_the_time_of_its_caller():
    async def hangs(scope, receive, send) -> None:
        if scope["raw_path"] == b"/v1/auth/access_token":
            await ScriptedPort()(scope, receive, send)
        else:
            await anyio.sleep_forever()

    began = anyio.current_time()
    with (
        anyio.fail_after(0.5),
        pytest.raises(DeadlineError, match=r"Port did not answer GET /v1/blueprints within 0\.\d+ s"),
    ):
        await transport(hangs, timeout_s=60).send("GET", "/v1/blueprints")
    assert anyio.current_time() - began < 0.6


async def test_write_without_proof_that_got_no_sound_answer_is_unknown():
    port = ScriptedPort((504, b"gateway"))
    with pytest.raises(ServerError, match="whether the write was done is UNKNOWN") as caught:
        await transport(port).send("POST", "/v1/actions/{a}/runs", {"a": "x"}, body={})
    assert (caught.value.outcome, len(port.asked)) == (Outcome.UNKNOWN, 1)


async def test_repeatable_write_is_tried_again():
    port = ScriptedPort((504, b"gateway"), (200, b"{"))
    assert await transport(port).send("PUT", "/v1/blueprints/{b}", {"b": "x"}, body={}) == {"ok": True}
    assert len(port.asked) == 3


async def test_too_large_answer_is_refused_and_not_asked_for_again():
    port = ScriptedPort((200, {"text": "x" * 5000}))
    with pytest.raises(OversizedAnswerError, match="ask for less"):
        await transport(port, bounds=Bounds(wire_bytes=1000)).send("GET", "/v1/blueprints")
    assert len(port.asked) == 1


READ_ONLY, FEW_ACTIONS = Policy(read_only=True), Policy(allowed_actions=frozenset({"deploy"}))


@pytest.mark.parametrize(
    ("policy", "method", "route"),
    [
        (READ_ONLY, "POST", "/v1/blueprints"),
        (READ_ONLY, "post", "/v1/blueprints"),
        (READ_ONLY, "BREW", "/v1/blueprints"),
        (READ_ONLY, "DELETE", "/v1/entities/search"),
        (READ_ONLY, "POST", "/v1/auth/access_token"),
        (FEW_ACTIONS, "POST", "/v1/actions/scale/runs"),
        (FEW_ACTIONS, "PUT", "/v1/actions/scale/runs"),
        (FEW_ACTIONS, "POST", "/v1/actions/{a}/runs"),
        (FEW_ACTIONS, "POST", "/v1/blueprints/service/entities/x/actions/{a}/runs"),
        (FEW_ACTIONS, "POST", "/v1/workflows/{a}/runs"),
        (FEW_ACTIONS, "POST", "/v1/ai/invoke"),
        (FEW_ACTIONS, "POST", "/v1/agent/{a}/invoke"),
    ],
)
async def test_policy_is_enforced_whatever_a_pack_sends(policy, method, route):
    port = ScriptedPort()
    for sending in (transport(port, policy=policy), transport(port).under(policy)):
        with pytest.raises(RefusedError, match="Nothing was sent"):
            await sending.send(method, route, {"a": "scale"}, body={})
    assert (port.asked, port.exchanges) == ([], 0)


@pytest.mark.parametrize(
    ("policy", "method", "route"),
    [
        (READ_ONLY, "GET", "/v1/blueprints"),
        (READ_ONLY, "POST", "/v1/entities/search"),
        (FEW_ACTIONS, "POST", "/v1/actions/{a}/runs"),
        (FEW_ACTIONS, "GET", "/v1/actions/runs"),
        (FEW_ACTIONS, "POST", "/v1/actions/runs/{a}/logs"),
        (FEW_ACTIONS, "POST", "/v1/blueprints"),
    ],
)
async def test_policy_lets_through_what_it_allows(policy, method, route):
    port = ScriptedPort()
    await transport(port, policy=policy).send(method, route, {"a": "deploy"}, body=None)
    assert len(port.asked) == 1


async def test_secret_that_port_quotes_is_taken_out_of_the_error():
    def quotes(secret: str) -> ScriptedPort:
        return ScriptedPort((422, {"error": "e", "message": f"bad {secret}", "details": {"v": [secret], secret: 1}}))

    for secret in ("token-1", "the client secret", "value of a secret"):
        with pytest.raises(PortError) as caught:
            await transport(quotes(secret)).send(
                "POST", "/v1/organization/secrets", body={"secretName": "A", "secretValue": "value of a secret"}
            )
        error = caught.value
        assert secret not in f"{error} {error!r} {error.details} {error.__cause__!r}"


async def test_document_with_a_removed_secret_is_not_written_back():
    port = ScriptedPort((200, {"integration": {"security": {"secret": "s3cret"}}}))
    sending = transport(port)
    webhook = (await sending.send("GET", "/v1/webhooks/{w}", {"w": "x"}))["integration"]
    with pytest.raises(InputError, match="put the secret itself there"):
        await sending.send("PUT", "/v1/webhooks/{w}", {"w": "x"}, body=webhook)
    assert port.asked == ["GET /v1/webhooks/x"]


@pytest.mark.parametrize(
    ("body", "reason"),
    [({"a": float("nan")}, "not JSON compliant"), ({"a": "\ud800"}, "surrogates"), ({"a": b""}, "bytes")],
)
async def test_body_that_json_cannot_hold_is_refused(body, reason):
    with pytest.raises(InputError, match=f"{reason}.*Nothing was sent"):
        await transport(ScriptedPort()).send("POST", "/v1/blueprints", body=body)


@pytest.mark.parametrize(
    "answer",
    [{}, {"accessToken": "a b"}, {"accessToken": "a\nb", "expiresIn": 5}, {"accessToken": "t", "expiresIn": "5"}],
)
async def test_answer_that_is_no_token_is_an_error(answer):
    async def port(scope, receive, send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": json.dumps(answer).encode()})

    with pytest.raises(ServerError, match="something that is not a token"):
        await transport(port).send("GET", "/v1/blueprints")


async def test_missing_thing_is_told_from_other_refusals():
    with pytest.raises(NotFoundError):
        await transport(ScriptedPort((404, {"error": "not_found"}))).send("GET", "/v1/blueprints/{b}", {"b": "x"})


async def test_answer_without_content_is_a_success():
    assert await transport(ScriptedPort((204, b""))).send("DELETE", "/v1/pages/{p}", {"p": "x"}) == {"ok": True}


async def test_port_that_keeps_failing_is_left_alone():
    port = ScriptedPort(*[(503, {})] * 99)
    sending = transport(port)
    for _ in range(20):
        with pytest.raises(PortError):
            await sending.send("GET", "/v1/blueprints")
    assert len(port.asked) == 10
    with pytest.raises(PortError, match=r"failed many times in a row and is left alone; try again in \d+ s"):
        await sending.send("GET", "/v1/blueprints")


async def test_bodies_are_closed_and_a_closed_transport_opens_again():
    port = ScriptedPort()
    sending = transport(port)
    for _ in range(2):
        assert await sending.send("GET", "/v1/blueprints") == {"ok": True}
        await sending.aclose()
