"""Names as people write them."""

import pytest

from quaymaster import InputError
from quaymaster.catalog.fields import Field
from quaymaster.catalog.names import choose

CHOICES = [
    Field("service", "Service", "relation"),
    Field("Library", "Shared library", "relation"),
    Field("oncall_shift", "On-call Shift", "relation"),
    Field("daily_report", "Report", "relation"),
    Field("weekly_report", "Report", "relation"),
]


@pytest.mark.parametrize(
    ("word", "identifier"),
    [
        ("service", "service"),
        ("Services", "service"),
        ("library", "Library"),
        ("shared libraries", "Library"),
        ("On-Call shifts", "oncall_shift"),
        ("oncallShift", "oncall_shift"),
        ("weekly-report", "weekly_report"),
        ("service blueprint", "service"),
    ],
)
def test_name_finds_what_it_means(word, identifier):
    assert choose(word, CHOICES, "blueprint").identifier == identifier


def test_ambiguous_name_gives_the_choices():
    with pytest.raises(
        InputError, match=r"blueprint 'reports' is ambiguous; .* 'daily_report' \(Report\), 'weekly_report'"
    ):
        choose("reports", CHOICES, "blueprint")


def test_exact_identifier_wins_over_a_title():
    assert choose("a", [Field("b", "a", "relation"), Field("a", "b", "relation")], "relation").identifier == "a"


def test_unknown_name_gives_the_nearest_first():
    with pytest.raises(InputError, match="unknown relation 'servise' of blueprint 'x'; choose from: service, Library"):
        choose("servise", CHOICES, "relation", "blueprint 'x'")


def test_word_without_letters_matches_nothing():
    with pytest.raises(InputError, match="unknown"):
        choose("???", CHOICES, "blueprint")
