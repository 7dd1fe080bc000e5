"""How a model reads an answer: the answer first, rows fenced, nothing cut in silence, nothing hidden in the text."""

import dataclasses
import enum
import unicodedata
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, Field

from quaymaster import Answer, Cursor, InputError, Table, inline, read_cursor
from quaymaster.results import clean, estimate_tokens, render


def test_answer_comes_first_then_rows_then_what_is_left():
    table = Table(["name", "bugs"], [["a", 1], ["b", None]], total=10, cursor_after=lambda shown: f"after-{shown}")
    assert render(Answer("10 services", table, notes=["'Service' was taken as 'service'"]), 1000) == (
        "10 services\n```tsv\nname\tbugs\na\t1\nb\t\n```\n"
        "rows 1-2 of 10; next: cursor=after-2\n'Service' was taken as 'service'"
    )


def test_whole_table_has_no_note():
    assert render(Answer("2 services", Table(["name"], [["a"], ["b"]])), 1000) == "2 services\n```tsv\nname\na\nb\n```"


def test_table_without_rows_is_left_out():
    assert render(Answer("no services", Table(["name"], [])), 1000) == "no services"


def test_long_table_is_cut_at_the_cap_and_goes_on_behind_the_last_row_shown():
    rows = [[f"service-{number}", "x" * 40] for number in range(1000)]
    text = render(Answer("1,000 services", Table(["name", "note"], rows, cursor_after=str)), 1000)
    shown = text.count("service-")
    assert 20 < shown < 1000
    assert text.endswith(f"rows 1-{shown} of 1,000; next: cursor={shown}")
    assert estimate_tokens(text) <= 1000


def test_cut_without_a_cursor_says_what_to_do():
    rows = [["x" * 150]] * 100
    text = render(Answer("100", Table(["name"], rows)), 500)
    assert text.endswith("the rest is not shown: narrow the filter, or choose fewer columns")


def test_long_text_is_cut_and_says_so():
    text = render(Answer("log", text="line\n" * 10_000), 600)
    assert "of 50,000 characters are not shown" in text
    assert estimate_tokens(text) <= 700


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (None, ""),
        (True, "true"),
        (0.1 + 0.2, "0.3"),
        (12, "12"),
        (["a", "b"], "a, b"),
        ({"url": "u"}, '{"url":"u"}'),
        ("two\nlines\tand a tab", "two lines and a tab"),
        ("```\nescaped", "''' escaped"),
        ("x" * 250, "x" * 200 + "…(+50 characters)"),
        ("a\u202eb\u200bc\x1b[31md", "abcd"),
    ],
)
def test_cells_are_one_safe_line(value, cell):
    assert render(Answer("one", Table(["c"], [[value]])), 1000) == f"one\n```tsv\nc\n{cell}\n```"


@given(st.text())
def test_no_text_closes_its_fence_or_keeps_what_cannot_be_seen(text):
    rendered = render(Answer(f"about {inline(text)}", Table(["c"], [[text]]), text=text or "-"), 100_000)
    fences = [line for line in rendered.split("\n") if line.startswith("```")]
    assert fences == ["```tsv", "```", "```", "```"]
    assert rendered.split("\n")[0].startswith("about")
    assert not [
        it for it in rendered if it not in "\n\t" and unicodedata.category(it) in {"Cc", "Cf", "Cs", "Co", "Cn"}
    ]


@given(st.text())
def test_cleaning_twice_changes_nothing_more(text):
    assert clean(clean(text)) == clean(text)


def test_plain_values_are_themselves():
    @dataclasses.dataclass
    class Berth:
        name: str

    assert render(3, 100) == "```json\n3\n```"
    assert render("three", 100) == "three"
    assert render(Berth("a"), 100) == '```json\n{"name":"a"}\n```'


class Kind(enum.Enum):
    QUAY = "quay"


@dataclasses.dataclass(frozen=True)
class Ship:
    name: str
    parts: tuple[object, ...] = ()


class Captain(BaseModel):
    first_name: str = Field(alias="firstName")
    rank: str = "captain"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ([Ship("a", (Ship("b"),))], '[{"name":"a","parts":[{"name":"b","parts":[]}]}]'),
        ({"captain": Captain(firstName="ann")}, '{"captain":{"firstName":"ann"}}'),
        ({date(2026, 1, 2): 3, 4: Kind.QUAY}, '{"2026-01-02":3,"4":"quay"}'),
        ([datetime(2026, 1, 2, 3, tzinfo=UTC), Decimal("1.50")], '["2026-01-02T03:00:00Z","1.50"]'),
        ({"b", "a"}, '["a","b"]'),
        ([PurePosixPath("a/b"), 1j], '["a/b","1j"]'),
    ],
)
def test_value_of_several_parts_is_json_all_through(value, shown):
    assert render(value, 100) == f"```json\n{shown}\n```"


def test_cursor_gives_its_place_back_for_its_own_question_only():
    text = str(Cursor({"where": {"a": 1}}, ["next", 50]))
    assert read_cursor(text, {"where": {"a": 1}}) == ["next", 50]
    with pytest.raises(InputError, match="belongs to another question"):
        read_cursor(text, {"where": {"a": 2}})


@pytest.mark.parametrize("text", ["", "x", "!!!!", "AAAAAAAAAAAA", "é"])
def test_text_that_is_no_cursor_is_refused(text):
    with pytest.raises(InputError):
        read_cursor(text, {})
