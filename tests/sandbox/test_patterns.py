"""Patterns are JavaScript's, not Python's."""

from typing import Any

import pytest

from quaymaster_sandbox.values.patterns import compile_pattern

from .conftest import Door


@pytest.mark.parametrize(
    ("pattern", "inside", "outside"),
    [
        (r"^\d+$", "12", "\u0663"),  # an Arabic digit is none for JavaScript
        (r"^\w+$", "ab_1", "\u00e4"),
        ("a$", "ba", "a\n"),
        (r"^\p{L}+$", "\u00e4\u03b2", "a1"),
        (r"^\p{Script=Greek}$", "\u03b2", "b"),
        ("^.$", "\U0001f600", "ab"),
        ("^(?<year>[0-9]{4})-\\k<year>$", "2026-2026", "2026-2025"),
        ("(?<=v)1", "v1", "w1"),
        ("(?<!v)1", "w1", "v1"),
        (r"^\/x$", "/x", "x"),
        (r"^[\w-.]+$", "a-b.c", "a b"),  # no pattern with the flag `u`, but one without
        (r"\-", "a-b", "ab"),
        ("^[^]$", "\n", ""),
        ("^a{,3}$", "a{,3}", "aa"),
        ("^(ab)+$", "abab", "aba"),
        (r"^\u0041$", "A", "a"),
    ],
)
def test_a_pattern_means_what_it_means_in_javascript(pattern: str, inside: str, outside: str) -> None:
    compiled = compile_pattern(pattern)
    assert compiled is not None
    assert compiled.is_found_in(inside)
    assert not compiled.is_found_in(outside)


@pytest.mark.parametrize("pattern", ["(", "[", "a++", "(?P<n>a)", "*", 7, None])
def test_what_is_no_pattern_constrains_nothing(pattern: Any) -> None:
    assert compile_pattern(pattern) is None


def test_a_pattern_that_takes_for_ever_is_not_found(door: Door) -> None:
    schema = {"properties": {"name": {"type": "string", "pattern": "^(a+)+$"}}}
    door.ok("POST", "/v1/blueprints", json={"identifier": "thing", "title": "Thing", "schema": schema})
    path = "/v1/blueprints/thing/entities"
    door.ok("POST", path, json={"properties": {"name": "aaa"}})
    assert door.refused("POST", path, json={"properties": {"name": "a" * 60 + "!"}}) == (
        422,
        "blueprint_schema_mismatch",
    )
    door.ok("POST", path, json={"properties": {"name": "aaaa"}})
