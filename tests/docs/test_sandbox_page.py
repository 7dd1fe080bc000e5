"""The page about the sandbox says what the code does: its assumptions, its switches, and how they are written."""

import re
from dataclasses import fields
from pathlib import Path

import pytest
from docs.generate import assumptions_table

from quaymaster_sandbox.assumptions import Assumptions, assume
from quaymaster_sandbox.routes import ROUTES

PAGE = (Path(__file__).parents[2] / "docs" / "sandbox.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| (\d+) \| `(\w+)` \| `(.*?)` \| .+ \|$", assumptions_table(), re.MULTILINE)


def test_every_assumption_stands_on_the_page():
    assert assumptions_table() in PAGE


def test_assumptions_are_numbered_in_their_order():
    numbered = [(str(number), field.name) for number, field in enumerate(fields(Assumptions), start=1)]
    assert [(number, name) for number, name, _ in ROWS] == numbered


@pytest.mark.parametrize(("name", "default"), [row[1:] for row in ROWS])
def test_a_default_is_shown_as_it_is_chosen(name, default):
    assert assume({name: default}) == Assumptions()


def test_every_switch_for_tests_stands_on_the_page():
    switches = {(route.method, route.path) for route in ROUTES if route.path.startswith("/__sandbox/")}
    shown = re.findall(r"^\| (`[A-Z]+`, )?`([A-Z]+) (/__sandbox/\S+)` \|", PAGE, re.MULTILINE)
    methods = {(method.strip("`, "), path) for other, method, path in shown for method in (other, method) if method}
    assert methods == switches
