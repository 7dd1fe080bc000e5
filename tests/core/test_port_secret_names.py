"""The names of secret-bearing fields against Port's OpenAPI: a new one that nobody has judged fails here."""

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from quaymaster.policy import _READ_POSTS
from quaymaster.port.redaction import is_secret_name

_BESIDE_THE_PROJECT = Path(__file__).resolve().parents[3] / "shared" / "reference" / "port-openapi.min.json"
OPENAPI = Path(os.environ.get("QUAYMASTER_PORT_OPENAPI", _BESIDE_THE_PROJECT))
pytestmark = pytest.mark.skipif(not OPENAPI.exists(), reason=f"Port's OpenAPI is not at {OPENAPI}")

SOUNDS_SECRET = re.compile(
    r"secret|token|passw|passphrase|credential|auth|private|sign|cert|cookie|crypt|api.?key|access.?key|webhook.?key",
    re.I,
)

SECRET = {"accessToken", "clientSecret", "secret", "secretValue"}
"""What is redacted; `secret` is the one of webhooks (`security.secret`)."""

HARMLESS = {
    "authorizationScope": "what a token may do, in the settings of an embedded specification",
    "authorizationUrl": "an address",
    "tokenUrl": "an address",
    "tokenType": "`Bearer`",
    "secretName": "the name of a secret",
    "signatureAlgorithm": "how a webhook is signed",
    "signatureHeaderName": "where its signature is",
    "signaturePrefix": "how its signature begins",
    "specAuthentication": "the settings of an embedded specification: addresses and a client id",
}


def property_names(schema: object) -> Iterator[str]:
    if isinstance(schema, dict):
        properties = schema.get("properties")
        yield from properties if isinstance(properties, dict) else ()
        for value in schema.values():
            yield from property_names(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from property_names(value)


@pytest.fixture(scope="module")
def openapi() -> dict[str, object]:
    return json.loads(OPENAPI.read_text(encoding="utf-8"))


def test_every_field_that_sounds_secret_is_redacted_or_known_to_be_harmless(openapi):
    found = {name for name in property_names(openapi) if SOUNDS_SECRET.search(name)}
    assert {name for name in found if is_secret_name(name)} == SECRET
    assert found - SECRET == set(HARMLESS)


def test_read_posts_are_routes_of_ports(openapi):
    assert {route for route in _READ_POSTS if "post" in openapi["paths"].get(route, {})} == _READ_POSTS
