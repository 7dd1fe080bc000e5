"""One token for all, a pool that stays whole, no bomb that goes off, no secret that gets out."""

import sys

import pytest
from tests.faults.canaries import CANARIES, heard_of
from tests.faults.endurance import BOMBS, cancel_at_random, exchanges_at_expiry, growth_mib, longest_overrun_s
from tests.faults.identifiers import try_identifiers

from quaymaster.port.redaction import REDACTED


async def test_calls_at_the_same_time_share_one_exchange(sandbox):
    assert await exchanges_at_expiry(sandbox, 100) == 1


async def test_cancelled_calls_leave_the_pool_whole_and_no_task_behind(sandbox):
    assert await cancel_at_random(sandbox, 200) == (0, 16)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the peak of memory is read from /proc")
@pytest.mark.parametrize("bomb", BOMBS)
async def test_bomb_does_not_fill_the_memory(bomb):
    growth, error = await growth_mib(bomb)
    assert growth < 64
    assert error in {"OversizedAnswerError", "UnreachableError", "RejectedError", "no error"}


async def test_no_call_hangs_past_its_deadline(sandbox):
    assert await longest_overrun_s(sandbox, 2) <= 0.5


def test_hostile_identifiers_reach_their_own_route_or_none():
    assert try_identifiers(500) == []


async def test_no_canary_is_heard():
    heard = await heard_of()
    assert [text for text in heard for canary in CANARIES if canary in text] == []
    assert sum(REDACTED in text for text in heard) > 80
