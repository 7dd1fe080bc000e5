"""Starts a sandbox: as an application inside another process, or as a server of its own."""

import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import anyio.to_thread

if TYPE_CHECKING:
    from quaymaster_sandbox.app import Application, Receive, Scope, Send

DEFAULT_PORT = 8787


@dataclass(frozen=True)
class SandboxOptions:
    """Which sandbox to open: in memory or in the file `db`; with `demo`, an empty one gets the demo organisation."""

    db: Path | None = None
    demo: bool = True
    services: int = 1000
    seed: int = 7
    """What the demo organisation is made from."""
    deliver_webhooks: bool = False
    """Whether actions and automations call webhooks on this machine."""
    assumptions: Mapping[str, str] = field(default_factory=dict)
    """Other choices for assumptions, by name, as text."""


class LazyApplication:
    """An ASGI application that opens its sandbox, and loads the demo organisation, when the first request comes.

    Whoever starts it pays neither for the imports nor for the data before somebody asks.
    """

    def __init__(self, options: SandboxOptions) -> None:
        self._options = options
        self._opening = threading.Lock()
        self._application: Application | None = None

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Answers one connection."""
        application = await anyio.to_thread.run_sync(self.open) if self._application is None else self._application
        await application(scope, receive, send)

    def open(self) -> "Application":
        """Returns the application behind this one, opening it if no request has come yet."""
        with self._opening:
            if self._application is None:
                self._application = self._open()
            return self._application

    def _open(self) -> "Application":
        from quaymaster_sandbox.app import create_app  # here, to keep the start of the server fast
        from quaymaster_sandbox.assumptions import assume
        from quaymaster_sandbox.demo.organisation import build
        from quaymaster_sandbox.sandbox import Sandbox

        options = self._options
        assumptions = assume(options.assumptions)
        sandbox = Sandbox(options.db, assumptions=assumptions, deliver_webhooks=options.deliver_webhooks)
        if options.demo and sandbox.is_empty():
            sandbox.load(build(options.services, options.seed, sandbox.clock()))
        return create_app(sandbox)


def run(host: str, port: int, options: SandboxOptions) -> None:
    """Serves a sandbox over HTTP until it is interrupted, and prints how to reach it on standard error."""
    import uvicorn  # here, as only the server of its own needs it

    from quaymaster_sandbox.sandbox import CLIENT_ID, CLIENT_SECRET

    application = LazyApplication(options)
    application.open()
    print(  # noqa: T201 - what the person who started the server needs to know
        f"Port-compatible sandbox on http://{host}:{port}\n"
        f"  PORT_BASE_URL=http://{host}:{port}  PORT_CLIENT_ID={CLIENT_ID}  PORT_CLIENT_SECRET={CLIENT_SECRET}",
        file=sys.stderr,
        flush=True,
    )
    uvicorn.run(application, host=host, port=port, log_level="warning", access_log=False, lifespan="off")
