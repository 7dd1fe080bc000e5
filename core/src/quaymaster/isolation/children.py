"""The processes of the isolated packs, from the side of the server: each is started at the first call that needs it."""

import logging
import math
import secrets
import sys
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import anyio
from anyio.abc import TaskGroup, TaskStatus

from quaymaster.calls import Call
from quaymaster.errors import QuaymasterError
from quaymaster.host.isolated import CHILD_MODULE
from quaymaster.host.orders import environment_for
from quaymaster.host.records import OfferedTool, PackRecord
from quaymaster.port.sender import Sender
from quaymaster.settings import Settings

if TYPE_CHECKING:
    from quaymaster.isolation.link import Link

__all__ = ["Children", "IsolationError"]

logger = logging.getLogger(__name__)

_START_S = 20.0
"""How long a process may take until it serves, in seconds."""


class IsolationError(QuaymasterError):
    """The process of an isolated pack ended, or did not answer."""


@dataclass
class _Child:
    """A process that serves a pack."""

    link: "Link"
    stopped: anyio.Event = field(default_factory=anyio.Event)


class Children:
    """Starts the processes, calls tools in them, and ends them."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._tasks: TaskGroup | None = None
        self._children: dict[str, _Child] = {}
        self._starting: defaultdict[str, anyio.Lock] = defaultdict(anyio.Lock)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Lets processes be started, and ends them all at the end; what the block raises comes out as it is."""
        raised: Exception | None = None
        async with anyio.create_task_group() as tasks:
            self._tasks = tasks
            try:
                yield
            except Exception as exc:  # noqa: BLE001 - raised again below: the group would wrap it
                raised = exc
            finally:
                self._tasks = None
                for child in self._children.values():
                    child.stopped.set()
        if raised is not None:
            raise raised

    async def start(self, record: PackRecord) -> None:
        """Starts the process of a pack unless it serves already.

        Raises:
            IsolationError: It did not begin to serve.
        """
        name = record.candidate.name
        async with self._starting[name]:
            child = self._children.get(name)
            if child is not None and not child.stopped.is_set():
                return
            if self._tasks is None:
                raise IsolationError(f"pack {record.candidate} is isolated, and the server is not running")
            self._children[name] = await self._tasks.start(self._run, record)

    async def call(self, offered: OfferedTool, call: Call, sender: Sender) -> object:
        """Returns what a tool of a started pack answers.

        Args:
            offered: The tool.
            call: The call.
            sender: The way to Port for this call.

        Raises:
            IsolationError: The process ended, or did not answer in time; the next call starts a new one.
            QuaymasterError: The tool answered with an error.
        """
        candidate = offered.record.candidate
        child = self._children[candidate.name]
        try:
            return await child.link.call(secrets.token_urlsafe(16), offered.name, call, sender)
        except ConnectionError as exc:
            child.stopped.set()
            raise IsolationError(
                f"the process of pack {candidate} ended during the call; whether {offered.name} did anything is "
                "UNKNOWN; the next call starts a new one"
            ) from exc
        except anyio.get_cancelled_exc_class():
            if anyio.current_time() >= anyio.current_effective_deadline():
                child.stopped.set()  # it may hang for good
            raise

    async def _run(self, record: PackRecord, *, task_status: TaskStatus[_Child]) -> None:
        from quaymaster.isolation.link import open_link  # lazily: the SDK's client is needed for isolated packs alone

        command = [sys.executable, "-m", CHILD_MODULE, "serve"]
        environment = environment_for(record.candidate, self._settings)
        child: _Child | None = None
        try:
            with anyio.CancelScope(deadline=anyio.current_time() + _START_S) as starting:
                async with open_link(command, environment) as link:
                    starting.deadline = math.inf
                    child = _Child(link)
                    task_status.started(child)
                    await link.serve_until(child.stopped)
        except Exception as exc:  # whatever ends the session with a stranger's process ends that process alone
            logger.exception("the process of pack %s ended badly", record.candidate)
            if child is None:
                raise IsolationError(f"the process of pack {record.candidate} could not be started") from exc
        if child is None:
            raise IsolationError(f"the process of pack {record.candidate} did not serve within {_START_S:g} s")
