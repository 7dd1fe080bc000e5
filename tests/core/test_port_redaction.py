"""Secrets: which fields hold them, and that none of them gets out."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quaymaster.errors import InputError
from quaymaster.port.redaction import (
    REDACTED,
    is_secret_name,
    list_secrets,
    may_hold_secrets,
    redact,
    refuse_redacted,
    scrub,
)

CANARY = "canary-3f9a1c"
NAMES = ["clientSecret", "X-Api-Key", "refresh_token", "pass_word", "Set-Cookie-", "webhookKey", "signing_key_"]

PLANTED = {
    "service account": {"entity": {"identifier": "bot"}, "additionalData": {"credentials": {"clientSecret": CANARY}}},
    "app": {"app": {"id": "a", "clientId": "b", "secret": CANARY}},
    "rotated secret": {"ok": True, "secret": CANARY},
    "webhook": {"integration": {"identifier": "w", "webhookKey": CANARY, "security": {"secret": CANARY}}},
    "integration": {"integration": {"spec": {"integrationSpec": {"jiraApiToken": CANARY, "api_key": CANARY}}}},
    "integration secrets": {"integration": {"secrets": {"ANY_NAME": CANARY}}},
    "audit log": {"audits": [{"diff": {"before": {"security": {"secret": CANARY}}, "after": None}}]},
    "run": {"run": {"payload": {"headers": {"Authorization": f"Bearer {CANARY}", "X-Api-Key": CANARY}}}},
    "token": {"accessToken": CANARY, "refresh_token": CANARY},
    "secret written": {"secret": {"secretName": "A", "secretValue": CANARY}},
}


@pytest.mark.parametrize("answer", PLANTED.values(), ids=PLANTED)
def test_no_planted_secret_is_left_in_an_answer(answer):
    assert may_hold_secrets(json.dumps(answer).encode())
    redacted = json.dumps(redact(answer))
    assert CANARY not in redacted
    assert REDACTED in redacted


KEPT = {
    "catalog data": {"entity": {"properties": {"secret": "vault/path", "token": "t"}, "relations": {"password": "x"}}},
    "reference to a secret": {
        "action": {"invocationMethod": {"headers": {"Authorization": "Bearer {{ .secrets.T }}"}}}
    },
    "metadata of secrets": {"secrets": [{"secretName": "A", "description": "d"}]},
    "metadata of a secret": {"secret": {"secretName": "A", "description": "d"}},
    "how a webhook signs": {
        "security": {"signatureHeaderName": "X-Sig", "signatureAlgorithm": "sha256", "secret": None}
    },
    "a property of that name": {"blueprint": {"schema": {"properties": {"token": {"type": "string"}}}}},
    "where tokens come from": {"specAuthentication": {"tokenUrl": "https://x", "clientId": "c"}},
}


@pytest.mark.parametrize("answer", KEPT.values(), ids=KEPT)
def test_what_is_no_secret_is_kept(answer):
    assert redact(answer) == answer


def test_escaped_name_does_not_escape_the_glance():
    body = b'{"security": {"\\u0073\\u0065cret": "canary"}}'
    assert may_hold_secrets(body)
    assert redact(json.loads(body)) == {"security": {"secret": REDACTED}}


def test_plain_page_of_entities_is_let_through_at_a_glance():
    assert not may_hold_secrets(b'{"ok":true,"entities":[{"identifier":"a","properties":{"language":"Go"}}]}')


def test_values_that_speak_of_secrets_are_let_through_at_a_glance():
    assert not may_hold_secrets(b'{"rules":[{"identifier":"secret_scanning","status":"token","level":"key"}]}')
    assert not may_hold_secrets(b'{"properties":{"secret_scanning":true,"passing":1,"token_ttl_s":5}}')


@given(
    st.dictionaries(st.text(alphabet="acdeikoprsty-_SECRT", max_size=12) | st.sampled_from(NAMES), st.just("canary"))
)
def test_nothing_that_is_redacted_passes_the_glance(fields):
    answer = {"answer": fields}
    assert may_hold_secrets(json.dumps(answer).encode()) or redact(answer) == answer


names = st.sampled_from(["clientSecret", "X-Api-Key", "refresh_token", "privateKey", "name", "level"])
values = st.recursive(
    st.none() | st.booleans() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
    max_leaves=12,
)


@given(values)
def test_whatever_is_redacted_has_no_secret_left(value):
    assert [it for it in list_secrets(redact(value)) if it != REDACTED] == []


@given(values, st.text(alphabet="abcdefgh", min_size=6, max_size=12))
def test_scrubbed_text_has_none_of_the_secrets(value, secret):
    assert secret not in str(scrub({"message": f"bad value {secret!r}", "details": value}, [secret]))


def test_too_short_to_be_a_secret_is_left():
    assert scrub("a blue sky", ["", "blue"]) == "a blue sky"


def test_mark_of_a_removed_secret_is_never_written_back():
    refuse_redacted(b'{"security": {"secret": "new"}}')
    with pytest.raises(InputError, match="put the secret itself there, or leave the field out"):
        refuse_redacted(json.dumps({"security": {"secret": REDACTED}}).encode())


@pytest.mark.parametrize(
    ("name", "is_secret"),
    [
        ("clientSecret", True),
        ("client_secret", True),
        ("X-Auth-Token", True),
        ("Set-Cookie", True),
        ("secretName", False),
        ("secrets", False),
        ("tokenType", False),
        ("monkey", False),
        ("maxTokens", False),
    ],
)
def test_name_says_whether_a_field_is_secret(name, is_secret):
    assert is_secret_name(name) is is_secret
