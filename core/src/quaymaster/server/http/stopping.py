"""Hearing early that the process is told to stop: uvicorn waits for open streams, so these must be ended first."""

import asyncio
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

__all__ = ["hearing_of_the_stop"]


@contextmanager
def hearing_of_the_stop(tell: Callable[[], None]) -> Iterator[None]:
    """Calls a function in the event loop when SIGTERM or SIGINT comes, before whoever handles it now."""
    if threading.current_thread() is not threading.main_thread():
        yield  # signals come to the main thread alone
        return
    loop = asyncio.get_running_loop()
    handlers = {it: signal.getsignal(it) for it in (signal.SIGTERM, signal.SIGINT)}

    def hear(number: int, frame: FrameType | None) -> None:
        loop.call_soon_threadsafe(tell)
        handler: Any = handlers[signal.Signals(number)]
        if callable(handler):
            handler(number, frame)

    for it in handlers:
        signal.signal(it, hear)
    try:
        yield
    finally:
        for it, handler in handlers.items():
            signal.signal(it, handler)
