"""A store in Redis, for processes on several machines."""

from collections.abc import AsyncIterator, Awaitable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any, TypeVar, cast

from redis.asyncio import Redis
from redis.exceptions import RedisError

from quaymaster.errors import QuaymasterError

__all__ = ["RedisStore"]

T = TypeVar("T")

_PREFIX = "quaymaster:"
"""What our keys and channels begin with: the server may be shared with others."""
_TIMEOUT_S = 5.0
_LISTEN_S = 1.0
_REPLACE = """
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
if ARGV[3] == '' then redis.call('SET', KEYS[1], ARGV[2]) else redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3]) end
return 1
"""


class RedisStore:
    """A store in a Redis server, version 6.2 or newer.

    Args:
        url: `redis://[[USER]:PASSWORD@]HOST:PORT/DB`, or `rediss` with TLS.
    """

    def __init__(self, url: str) -> None:
        self._redis = Redis.from_url(
            url, decode_responses=True, socket_timeout=_TIMEOUT_S, socket_connect_timeout=_TIMEOUT_S
        )

    async def get(self, key: str) -> str | None:
        """Returns what is kept under a key; see `Store`."""
        return await _text(self._redis.get(_PREFIX + key))

    async def put(self, key: str, value: str, *, ttl_s: float | None = None) -> None:
        """Keeps a value; see `Store`."""
        await _done(self._redis.set(_PREFIX + key, value, px=_milliseconds(ttl_s)))

    async def add(self, key: str, value: str, *, ttl_s: float | None = None) -> bool:
        """Keeps a value unless there is one; see `Store`."""
        return bool(await _done(self._redis.set(_PREFIX + key, value, px=_milliseconds(ttl_s), nx=True)))

    async def replace(self, key: str, old: str, new: str, *, ttl_s: float | None = None) -> bool:
        """Keeps `new` in the place of `old`; see `Store`."""
        ttl_ms = _milliseconds(ttl_s)
        arguments = (old, new, "" if ttl_ms is None else str(ttl_ms))
        return bool(await _done(self._redis.eval(_REPLACE, 1, _PREFIX + key, *arguments)))

    async def take(self, key: str) -> str | None:
        """Returns what is kept and forgets it; see `Store`."""
        return await _text(self._redis.getdel(_PREFIX + key))

    async def delete(self, key: str) -> None:
        """Forgets what is kept; see `Store`."""
        await _done(self._redis.delete(_PREFIX + key))

    async def list_keys(self, prefix: str) -> list[str]:
        """Returns the keys that begin with a prefix; see `Store`."""
        pattern = "".join(f"[{it}]" if it in "*?[" else it for it in _PREFIX + prefix) + "*"
        with _said():
            found = [key async for key in self._redis.scan_iter(match=pattern, count=1000)]
        return sorted({str(key).removeprefix(_PREFIX) for key in found})

    async def publish(self, channel: str, message: str) -> None:
        """Tells a message; see `Store`."""
        await _done(self._redis.publish(_PREFIX + channel, message))

    @asynccontextmanager
    async def listen(self, channel: str) -> AsyncIterator[AsyncIterator[str]]:
        """Yields the messages of a channel; see `Store`."""
        async with self._redis.pubsub(ignore_subscribe_messages=True) as subscription:
            await _done(subscription.subscribe(_PREFIX + channel))

            async def messages() -> AsyncIterator[str]:
                while True:
                    told = await _done(subscription.get_message(timeout=_LISTEN_S))
                    if told is not None:
                        yield str(told["data"])

            yield messages()

    async def aclose(self) -> None:
        """Closes the connections."""
        await self._redis.aclose()


@contextmanager
def _said() -> Iterator[None]:
    """Turns what the library raises into our error; its text may hold the address, so it is not passed on."""
    try:
        yield
    except (RedisError, OSError) as exc:
        raise QuaymasterError(f"the state store in Redis cannot be used: {type(exc).__name__}") from exc


async def _done(asking: Any) -> Any:
    """Returns what Redis answers; the library's own types say both that it is a value and that it is awaited."""
    with _said():
        return await cast("Awaitable[Any]", asking)


async def _text(asking: Any) -> str | None:
    answer = await _done(asking)
    return None if answer is None else str(answer)


def _milliseconds(ttl_s: float | None) -> int | None:
    return None if ttl_s is None else max(1, round(ttl_s * 1000))
