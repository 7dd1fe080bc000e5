"""Tokens: one exchange at a time, renewed in time, and no storm when the credentials are bad."""

import math

import anyio
import pytest

from quaymaster.auth import Credentials, Token, TokenSource
from quaymaster.errors import QuaymasterError


class RefusedCredentialsError(QuaymasterError):
    pass


class Exchange:
    """Answers exchanges of credentials as told, at a clock of its own."""

    def __init__(self, life_s: float = 1000) -> None:
        self.now = 100.0
        self.life_s = life_s
        self.made: list[Credentials] = []
        self.failure: QuaymasterError | None = None
        self.credentials = Credentials("id", "first secret")
        self.may_answer = anyio.Event()
        self.may_answer.set()
        self.source = TokenSource(lambda: self.credentials, self._exchange, RefusedCredentialsError, lambda: self.now)

    async def _exchange(self, credentials: Credentials) -> Token:
        self.made.append(credentials)
        await self.may_answer.wait()
        if self.failure is not None:
            raise self.failure
        return Token(f"token {len(self.made)}", self.life_s)


async def get_at_once(source: TokenSource, times: int, **options: str) -> list[str]:
    got: list[str] = []

    async def get() -> None:
        try:
            got.append(await source.get(**options))
        except QuaymasterError as exc:
            got.append(repr(exc))

    async with anyio.create_task_group() as tasks:
        for _ in range(times):
            tasks.start_soon(get)
    return got


async def test_callers_at_the_same_time_share_one_exchange():
    exchange = Exchange()
    assert await get_at_once(exchange.source, 500) == ["token 1"] * 500
    assert len(exchange.made) == 1


async def test_callers_at_the_same_time_share_its_failure():
    exchange = Exchange()
    exchange.failure = QuaymasterError("no network")
    assert await get_at_once(exchange.source, 500) == ["QuaymasterError('no network')"] * 500
    assert len(exchange.made) == 1


async def test_refused_token_is_renewed_once_for_all_even_if_port_gives_the_same_again():
    exchange = Exchange()
    token = await exchange.source.get()
    assert await get_at_once(exchange.source, 50, instead_of=token) == ["token 2"] * 50
    assert len(exchange.made) == 2


@pytest.mark.parametrize(
    ("life_s", "still_good_s", "renewed_s"),
    [(10_800, 10_499, 10_501), (400, 199, 201), (0, 14, 16), (-9, 14, 16), (math.nan, 14, 16), (math.inf, 14, 16)],
)
async def test_token_is_renewed_before_it_ends(life_s, still_good_s, renewed_s):
    exchange = Exchange(life_s)
    tokens = []
    for now in (0, still_good_s, renewed_s):
        exchange.now = 100 + now
        tokens.append(await exchange.source.get())
    assert tokens == ["token 1", "token 1", "token 2"]


async def test_bad_credentials_are_remembered_for_a_while():
    exchange = Exchange()
    exchange.failure = RefusedCredentialsError("wrong")
    for passed_s in (0, 10, 29, 31):
        exchange.now = 100 + passed_s
        with pytest.raises(RefusedCredentialsError, match="wrong"):
            await exchange.source.get()
    assert len(exchange.made) == 2


async def test_new_credentials_are_tried_at_once():
    exchange = Exchange()
    exchange.failure = RefusedCredentialsError("wrong")
    with pytest.raises(RefusedCredentialsError):
        await exchange.source.get()
    exchange.failure, exchange.credentials = None, Credentials("id", "second secret")
    assert await exchange.source.get() == "token 2"


async def test_failed_renewal_is_no_trouble_while_the_old_token_is_good():
    exchange = Exchange(life_s=1000)
    await exchange.source.get()
    exchange.failure = QuaymasterError("no network")
    for now in (800, 805):
        exchange.now = 100 + now
        assert await exchange.source.get() == "token 1"
    assert len(exchange.made) == 2
    exchange.now = 100 + 1001
    with pytest.raises(QuaymasterError, match="no network"):
        await exchange.source.get()


async def test_caller_that_gives_up_leaves_the_exchange_to_the_next():
    exchange = Exchange()
    exchange.may_answer = anyio.Event()
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(exchange.source.get)
        await anyio.wait_all_tasks_blocked()
        tasks.cancel_scope.cancel()
    exchange.may_answer.set()
    assert await exchange.source.get() == "token 2"


async def test_nothing_secret_shows_in_a_repr():
    exchange = Exchange()
    await exchange.source.get()
    assert exchange.source.list_secrets() == ["token 1", "first secret"]
    for shown in (exchange.source, exchange.credentials, Token("token 1", 5.0)):
        assert "token 1" not in repr(shown)
        assert "secret'" not in repr(shown)
