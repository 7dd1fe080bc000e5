"""Paths: whatever an identifier is, it reaches the route that was meant, or nothing is sent."""

from urllib.parse import unquote

import httpx2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quaymaster.errors import InputError
from quaymaster.port.routes import build_path, build_query_string

ROUTE = "/v1/blueprints/{blueprint_identifier}/entities/{entity_identifier}"
HOSTILE = st.text(alphabet=st.sampled_from("./\\%?#&=;:@+ ~2eEfF\x00\x1f\x7f\u2028\u202e\u0130é😀aZ"), max_size=12)
identifiers = (
    HOSTILE | st.text(max_size=30) | st.sampled_from(["..", ".", "", "%2e%2e", "..%2f", "a/../b", "//", "?x=1"])
)


@settings(max_examples=2000)
@given(identifiers, identifiers)
def test_identifiers_come_out_of_the_path_as_they_went_in_or_are_refused(blueprint, entity):
    try:
        path = build_path(ROUTE, {"blueprint_identifier": blueprint, "entity_identifier": entity})
    except InputError:
        return
    segments = httpx2.URL("https://api.port.io").copy_with(raw_path=path.encode()).raw_path.decode().split("/")
    assert [unquote(it) for it in segments] == ["", "v1", "blueprints", blueprint, "entities", entity]


@pytest.mark.parametrize("identifier", ["", ".", "..", "a\nb", "a\x00", "\x7f", "\x85", "\ud800"])
def test_identifier_that_no_path_can_carry_is_refused(identifier):
    with pytest.raises(InputError, match=r"^blueprint identifier .* Nothing was sent$"):
        build_path("/v1/blueprints/{blueprint_identifier}", {"blueprint_identifier": identifier})


@pytest.mark.parametrize(
    "route", ["", "v1/x", "@evil.example/v1", "/v1/x?y=1", "/v1/x#y", "/v1/../x", "/v1//x", "/v1/x y", "/v1/{a}b", "/é"]
)
def test_route_that_is_none_is_refused(route):
    with pytest.raises(InputError, match="is not a route of Port's"):
        build_path(route, {"a": "x"})


def test_query_is_sent_as_port_reads_it():
    query = {"upsert": True, "merge": False, "limit": 5, "fields": ["name", "users.email"], "run_id": "a b/&"}
    assert (
        build_query_string(query) == "upsert=true&merge=false&limit=5&fields=name&fields=users.email&run_id=a%20b%2F%26"
    )
