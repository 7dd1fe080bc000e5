"""The names that we accept are those that Port's patterns match."""

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.contract.bodies import BODIES

from quaymaster.port.documents import identifiers

_PATTERNS = ["ACTION", "BLUEPRINT", "ENTITY", "MIRROR_PATH", "PROPERTY", "SECRET", "TEAM", "WORDING"]
_NAMES = st.text(alphabet=st.sampled_from("aZ0.-_$@=+:/\\;#? \t\n\x1c\u00a0é²½Ⅷ𝒂漢\u0301"), max_size=6) | st.text(
    st.characters(exclude_categories=["Cn", "Cs"]), max_size=4
)
"""Unassigned characters are left out: which these are depends on the Unicode version of either side."""


def _patterns_in(schema):
    if isinstance(schema, list):
        return {pattern for part in schema for pattern in _patterns_in(part)}
    if not isinstance(schema, dict):
        return set()
    own = {schema["pattern"]} if isinstance(schema.get("pattern"), str) else set()
    return own | {pattern for part in schema.values() for pattern in _patterns_in(part)}


def test_each_pattern_of_port_is_here_in_its_own_words():
    texts = {getattr(identifiers, name).port_text for name in _PATTERNS}
    assert {pattern for body in BODIES for pattern in _patterns_in(body.schema)} == texts


@pytest.mark.parametrize("name", _PATTERNS)
@given(text=_NAMES)
def test_a_name_gets_the_verdict_of_the_pattern(name, text):
    pattern = getattr(identifiers, name)
    expected = jsonschema_rs.Draft202012Validator({"type": "string", "pattern": pattern.port_text}).is_valid(text)
    assert pattern.matches(text) == expected
