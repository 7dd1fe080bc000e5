"""What jq programs read, as far as it can be told: never less than they do."""

import pytest

from quaymaster_sandbox.values.program_reads import properties_read
from quaymaster_sandbox.values.programs import run_program

ENTITY = {
    "identifier": "a",
    "title": "A",
    "properties": {"a": 3, "b": "x/y/z", "c": ["n", "m"], "d": {"e": {"f": [1]}}, "odd name": "yes", "other": 9},
    "relations": {"a": "b"},
}


@pytest.mark.parametrize(
    ("program", "names"),
    [
        (".properties.a", {"a"}),
        ('.properties.b | split("/") | .[-2:] | join("/")', {"b"}),
        ('.properties.a + (.properties["odd name"] | length)', {"a", "odd name"}),
        ('if .properties.a > 1 and .properties.b != "" then .properties.b else "none" end', {"a", "b"}),
        ("if .properties.a then .properties.b | length elif .properties.c then 1 else 2 end", {"a", "b", "c"}),
        ('.properties.c | map(select(. == "n")) | length > 0', {"c"}),
        ("[.properties.a, .properties.d.e.f[0]] | add", {"a", "d"}),
        (".properties.c[0] // .properties.b", {"c", "b"}),
        ("(.properties.d | .e).f", {"d"}),
        (".properties.nothing", {"nothing"}),
        ("1 + 2", set()),
    ],
)
def test_a_program_that_takes_properties_by_name_reads_these_alone(program: str, names: set[str]) -> None:
    assert properties_read(program) == names
    part = {name: value for name, value in ENTITY["properties"].items() if name in names}
    assert run_program(program, {"properties": part}) == run_program(program, ENTITY)


@pytest.mark.parametrize(
    "program",
    [
        ".",
        "keys",
        ". | keys",
        ".properties",
        ".properties | length",
        '.["properties"]',
        ".identifier",
        ".relations.a",
        "{identifier}",
        "to_entries | length",
        "[.properties.a, length]",
        "if .properties.a | not then 1 else length end",
        "(.properties.a | length) + length",
        ".properties.a as $x | .title",
        ".properties.a | now",
        "[.properties.a] | .[0] + (now * 0)",
        "def f: .title; .properties.a | f",
        "reduce .properties.c[] as $x (0; . + 1)",
        "try .title catch .properties.a",
        '"\\(.title)"',
        '.properties.b + "\\(.title)"',
        "$ENV",
        ".. | numbers",
        ".properties.a # | \n | .title",
        ".properties.a | $__loc__",
        "not jq (",
    ],
)
def test_of_any_other_program_nothing_is_said(program: str) -> None:
    assert properties_read(program) is None
