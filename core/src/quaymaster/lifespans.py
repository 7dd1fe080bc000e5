"""What packs keep open while the server runs."""

import logging
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager

import anyio

from quaymaster.errors import NotConfiguredError
from quaymaster.hookspecs import App
from quaymaster.host import Host, PackRecord

__all__ = ["Lifespans"]

logger = logging.getLogger(__name__)


class Lifespans:
    """The packs' lifespans and what they have yielded.

    Args:
        host: The packs.
        timeout_s: How long one may take to begin, in seconds.
    """

    def __init__(self, host: Host, timeout_s: float) -> None:
        self._host = host
        self._timeout_s = timeout_s
        self._yielded: dict[str, object] = {}

    @asynccontextmanager
    async def entered(self, build_app: Callable[[PackRecord], App]) -> AsyncIterator[None]:
        """Keeps the lifespans of all packs entered; one that fails loses only itself.

        Args:
            build_app: Makes what a pack's hook is given.
        """
        async with AsyncExitStack() as leaving:
            for record in self._host.implementers("lifespan"):
                try:
                    manager = self._host.ask(record, "lifespan", app=build_app(record))
                    with anyio.fail_after(self._timeout_s):
                        self._yielded[record.candidate.name] = await manager.__aenter__()
                except (Exception, SystemExit):
                    logger.exception("the lifespan of pack %s failed to begin", record.candidate)
                else:
                    leaving.push_async_callback(_leave, manager, record)
            yield
        self._yielded.clear()

    def value_of(self, record: PackRecord) -> object:
        """Returns what a pack's lifespan has yielded.

        Raises:
            NotConfiguredError: It has not begun.
        """
        try:
            return self._yielded[record.candidate.name]
        except KeyError:
            raise NotConfiguredError(
                f"what pack {record.candidate} needs could not be opened; the server's log has the cause"
            ) from None


async def _leave(manager: AbstractAsyncContextManager[object], record: PackRecord) -> None:
    try:
        await manager.__aexit__(None, None, None)
    except (Exception, SystemExit):
        logger.exception("the lifespan of pack %s failed to end", record.candidate)
