"""Reads that are independent of one another, run at once."""

from collections.abc import Coroutine
from typing import Any, TypeVar, overload

import anyio

__all__ = ["gather"]

T = TypeVar("T")
T1 = TypeVar("T1")
T2 = TypeVar("T2")
T3 = TypeVar("T3")


@overload
async def gather(first: Coroutine[Any, Any, T1], second: Coroutine[Any, Any, T2], /) -> tuple[T1, T2]: ...
@overload
async def gather(
    first: Coroutine[Any, Any, T1], second: Coroutine[Any, Any, T2], third: Coroutine[Any, Any, T3], /
) -> tuple[T1, T2, T3]: ...
@overload
async def gather(*coroutines: Coroutine[Any, Any, T]) -> tuple[T, ...]: ...
async def gather(*coroutines: Coroutine[Any, Any, Any]) -> tuple[Any, ...]:
    """Returns the results of all, in order; on the first error the others are stopped, and it is raised as it is."""
    results: list[Any] = [None] * len(coroutines)

    async def run(index: int, coroutine: Coroutine[Any, Any, Any]) -> None:
        results[index] = await coroutine

    try:
        async with anyio.create_task_group() as tasks:
            for index, coroutine in enumerate(coroutines):
                tasks.start_soon(run, index, coroutine)
    except BaseExceptionGroup as group:
        raise _first(group) from group
    finally:
        for coroutine in coroutines:
            coroutine.close()  # one that was stopped before its first step would warn that nobody awaited it
    return tuple(results)


def _first(group: BaseExceptionGroup[BaseException]) -> BaseException:
    exc: BaseException = group
    while isinstance(exc, BaseExceptionGroup):
        exc = exc.exceptions[0]
    return exc
