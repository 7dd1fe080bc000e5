"""What is decided after an attempt: the whole table, whatever the numbers."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from quaymaster.port.attempts import Effect, Ending, Situation, ending_of_status, next_wait_s
from quaymaster.port.backoff import Backoff, RetryBudget

BACKOFF = Backoff(first_s=0.25, longest_s=8.0)
MOST = 5

ANY_NUMBERS = {
    "effect": st.sampled_from(Effect),
    "ending": st.sampled_from(Ending),
    "attempts": st.integers(1, 7),
    "asked_wait_s": st.none() | st.floats(0.001, 300),
    "time_left_s": st.floats(-5, 600),
}
situations = st.builds(Situation, **ANY_NUMBERS)
doubtful_writes = st.builds(
    Situation,
    **ANY_NUMBERS
    | {"effect": st.just(Effect.ONCE), "ending": st.sampled_from([it for it in Ending if it.is_doubtful])},
)
told_to_wait = st.builds(
    Situation,
    **ANY_NUMBERS
    | {
        "ending": st.sampled_from([Ending.THROTTLED, Ending.FAILED]),
        "attempts": st.integers(1, 4),
        "asked_wait_s": st.floats(0.001, 300),
    },
)
draws = st.floats(0, 1, exclude_max=True)


def decide(situation: Situation, draw: float = 0.5, *, has_budget: bool = True) -> float | None:
    return next_wait_s(situation, BACKOFF, MOST, draw, lambda: has_budget)


@given(situations, draws, st.booleans())
def test_wait_always_ends_before_the_calls_time(situation, draw, has_budget):
    wait_s = decide(situation, draw, has_budget=has_budget)
    assert wait_s is None or 0 <= wait_s < situation.time_left_s


@given(doubtful_writes, draws, st.booleans())
def test_write_that_may_have_been_acted_on_is_never_sent_again(situation, draw, has_budget):
    assert decide(situation, draw, has_budget=has_budget) is None


@given(situations, draws, st.booleans())
def test_refusal_is_final_and_attempts_are_counted(situation, draw, has_budget):
    assume(not situation.ending.is_passing or situation.attempts >= MOST)
    assert decide(situation, draw, has_budget=has_budget) is None


@given(situations, draws)
def test_without_budget_only_a_stale_connection_is_tried_again(situation, draw):
    wait_s = decide(situation, draw, has_budget=False)
    assert wait_s is None or (wait_s == 0 and situation.ending is Ending.STALE)


@given(situations, draws)
def test_budget_is_spent_only_by_a_retry(situation, draw):
    asked: list[bool] = []
    wait_s = next_wait_s(situation, BACKOFF, MOST, draw, lambda: asked.append(True) or True)
    assert len(asked) == (wait_s is not None and situation.ending is not Ending.STALE)


@given(told_to_wait, draws)
def test_port_is_left_alone_at_least_as_long_as_it_asks(situation, draw):
    wait_s = decide(situation, draw)
    assert wait_s is None or situation.asked_wait_s <= wait_s <= situation.asked_wait_s * 1.1


@given(st.integers(1, 4), draws)
def test_too_many_requests_never_means_at_once(attempts, draw):
    situation = Situation(Effect.READ, Ending.THROTTLED, attempts, None, 600)
    assert decide(situation, draw) >= BACKOFF.ceiling_s(attempts) / 2


@given(st.integers(1, 10_000), draws)
def test_backoff_is_full_jitter_under_a_ceiling(failures, draw):
    assert 0 <= BACKOFF.wait_s(failures, draw) <= min(8.0, 0.25 * 2.0 ** min(failures - 1, 32))


@pytest.mark.parametrize(
    ("ending", "read", "repeatable", "once"),
    [
        (Ending.NOT_SENT, True, True, True),
        (Ending.STALE, True, True, False),
        (Ending.LOST, True, True, False),
        (Ending.THROTTLED, True, True, True),
        (Ending.FAILED, True, True, False),
        (Ending.TIMED_OUT, True, True, False),
        (Ending.GARBLED, True, True, False),
        (Ending.OVERSIZED, False, False, False),
        (Ending.REDIRECTED, False, False, False),
        (Ending.UNAUTHORIZED, False, False, False),
        (Ending.REFUSED, False, False, False),
    ],
)
def test_who_may_try_again(ending, read, repeatable, once):
    tries = [decide(Situation(effect, ending, 1, None, 60)) is not None for effect in Effect]
    assert tries == [read, repeatable, once]


@pytest.mark.parametrize(
    ("status", "ending"),
    [
        (200, None),
        (207, None),
        (301, Ending.REDIRECTED),
        (400, Ending.REFUSED),
        (401, Ending.UNAUTHORIZED),
        (404, Ending.REFUSED),
        (408, Ending.TIMED_OUT),
        (429, Ending.THROTTLED),
        (500, Ending.FAILED),
        (501, Ending.REFUSED),
        (504, Ending.FAILED),
        (599, Ending.FAILED),
    ],
)
def test_status_says_how_an_attempt_ended(status, ending):
    assert ending_of_status(status) is ending


@given(st.lists(st.booleans(), max_size=400))
def test_budget_never_spends_more_than_savings_and_half_of_the_successes(successes):
    budget = RetryBudget(savings=20)
    spent = 0
    for succeeded in successes:
        if succeeded:
            budget.earn()
        else:
            spent += budget.spend()
    assert spent <= 20 + sum(successes) / 2


def test_outage_leaves_no_retry_once_the_savings_are_spent():
    budget = RetryBudget(savings=20)
    assert [budget.spend() for _ in range(100)].count(True) == 20
