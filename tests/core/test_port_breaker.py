"""The breaker, at a clock of our own."""

from hypothesis import given
from hypothesis import strategies as st

from quaymaster.port.breaker import Breaker


def failed(times: int, at: float = 0.0) -> Breaker:
    breaker = Breaker(threshold=3, pause_s=2.0, longest_s=5.0)
    for _ in range(times):
        breaker.record(at, works=False)
    return breaker


def test_opens_at_the_threshold_and_says_how_long():
    assert failed(2).enter(0.5) == 0
    assert failed(3).enter(0.5) == 1.5


def test_one_success_forgets_the_failures():
    breaker = failed(2)
    breaker.record(0, works=True)
    breaker.record(0, works=False)
    assert breaker.enter(0) == 0


def test_one_trial_passes_after_the_pause_and_closes_it_if_it_succeeds():
    breaker = failed(3)
    assert [breaker.enter(2.0), breaker.enter(2.0)] == [0, 2.0]
    breaker.record(2.1, works=True)
    assert [breaker.enter(2.1), breaker.enter(2.1)] == [0, 0]


def test_pause_doubles_with_each_failed_trial_up_to_the_longest():
    breaker, now, pauses = failed(3), 0.0, []
    for _ in range(4):
        pause_s = breaker.enter(now)
        pauses.append(pause_s)
        now += pause_s
        assert breaker.enter(now) == 0
        breaker.record(now, works=False)
    assert pauses == [2.0, 4.0, 5.0, 5.0]


def test_failures_that_were_under_way_when_it_opened_do_not_lengthen_the_pause():
    breaker = failed(30)
    assert breaker.enter(0) == 2.0


def test_trial_that_never_ends_is_followed_by_another():
    breaker = failed(3)
    assert [breaker.enter(2.0), breaker.enter(3.9), breaker.enter(4.0)] == [0, 0.1000000000000000888, 0]


@given(st.lists(st.tuples(st.floats(0, 10), st.sampled_from(["enter", True, False])), max_size=60))
def test_pause_is_never_longer_than_the_longest(steps):
    breaker, now = Breaker(threshold=3, pause_s=2.0, longest_s=5.0), 0.0
    for passed_s, step in steps:
        now += passed_s
        if step == "enter":
            assert 0 <= breaker.enter(now) <= 5.0
        else:
            breaker.record(now, works=step)
