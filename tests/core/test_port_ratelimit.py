"""The rate limit's headers in every form they are documented or seen in, and the pace they set."""

import math
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quaymaster.port.ratelimit import Pacer, RateLimit, asked_wait_s, read_rate_limit

NOW = datetime(2026, 11, 22, 12, 0, 0, tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("value", "wait_s"),
    [
        ("7", 7.0),
        ("1.5", 1.5),
        (" 3 ", 3.0),
        (str(int(NOW) + 9), 9.0),
        (str(int(NOW) * 1000 + 2500), 2.5),
        ("Sun, 22 Nov 2026 12:00:20 GMT", 20.0),
        ("Sun, 22 Nov 2026 13:00:30 +0100", 30.0),
        ("2026-11-22T12:00:40.000Z", 40.0),
        ("2026-11-22 12:00:50", 50.0),
        ("99999", None),  # an epoch in 1970
        ("9999", 300.0),
        (str(int(NOW) + 86_400), 300.0),
        ("0", None),
        ("-5", None),
        ("Sun, 22 Nov 2026 11:59:00 GMT", None),
        ("nan", None),
        ("inf", None),
        ("1e400", None),
        ("soon", None),
        ("", None),
    ],
)
@pytest.mark.parametrize("name", ["retry-after", "x-ratelimit-reset"])
def test_wait_is_read_in_every_form_and_clamped(name, value, wait_s):
    found = asked_wait_s({name: value}, NOW)
    assert found == (None if wait_s is None else pytest.approx(wait_s))


def test_retry_after_wins_unless_it_says_nothing():
    assert asked_wait_s({"retry-after": "2", "x-ratelimit-reset": "9"}, NOW) == 2
    assert asked_wait_s({"retry-after": "0", "x-ratelimit-reset": "9"}, NOW) == 9


@given(st.text(max_size=40) | st.integers().map(str) | st.floats().map(str))
def test_no_header_asks_for_nothing_or_for_ever(value):
    wait_s = asked_wait_s({"retry-after": value}, NOW)
    assert wait_s is None or (0 < wait_s <= 300 and math.isfinite(wait_s))


def test_state_of_the_window_needs_all_three_headers():
    headers = {"x-ratelimit-limit": "1000", "x-ratelimit-remaining": "20", "x-ratelimit-reset": "60"}
    assert read_rate_limit(headers, NOW) == RateLimit(1000, 20, 60.0)
    for name in headers:
        assert read_rate_limit({**headers, name: "many"}, NOW) is None


def starts(pacer: Pacer, times: int, now: float = 0.0) -> list[float]:
    """Returns when requests start that all come at once."""
    begun = []
    for _ in range(times):
        begun.append(now + pacer.delay_s(now))
        pacer.start(now)
    return begun


def test_plenty_left_means_no_delay():
    pacer = Pacer()
    pacer.observe(RateLimit(1000, 100, 60))
    assert starts(pacer, 3) == [0, 0, 0]


def test_little_left_is_spread_over_the_window():
    pacer = Pacer()
    pacer.observe(RateLimit(1000, 90, 45))
    assert starts(pacer, 3) == [0, 0.5, 1.0]


def test_nothing_left_slows_down_but_never_stops():
    pacer = Pacer(slowest_s=1.0)
    pacer.observe(RateLimit(1000, 0, 300))
    assert starts(pacer, 3) == [0, 1.0, 2.0]


def test_new_window_ends_the_spreading():
    pacer = Pacer()
    pacer.observe(RateLimit(1000, 90, 45))
    pacer.observe(RateLimit(1000, 1000, 300))
    assert starts(pacer, 3) == [0, 0, 0]


def test_stop_holds_everybody_until_its_end():
    pacer = Pacer()
    pacer.stop_until(5.0)
    pacer.stop_until(3.0)
    assert [pacer.delay_s(1.0), pacer.delay_s(5.0)] == [4.0, 0.0]
