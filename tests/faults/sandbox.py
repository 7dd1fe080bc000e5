"""The sandbox as a server in a process of its own: what the client writes to, and the ledger of what was written."""

import os
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio
import httpx2

from quaymaster.auth import Credentials
from quaymaster.policy import Policy
from quaymaster.port import PortClient
from quaymaster.port.bounds import Bounds
from quaymaster.port.transport import PortTransport

__all__ = ["BLUEPRINT", "SandboxServer", "credentials", "open_sandbox"]

BLUEPRINT = "berth"
_WIDE = Bounds(wire_bytes=1 << 28, answer_bytes=1 << 28, json_values=10_000_000)


def credentials() -> Credentials:
    """Returns the sandbox's published credential."""
    return Credentials("sandbox", "sandbox")


class SandboxServer:
    """A running sandbox with one blueprint, `berth`, whose entities have a number `n`.

    Attributes:
        address: Host and port.
        client: A client that goes to it directly, past any fault.
    """

    def __init__(self, address: tuple[str, int]) -> None:
        self.address = address
        self.transport = PortTransport(
            "http://{}:{}".format(*address), credentials, policy=Policy(), timeout_s=60, bounds=_WIDE
        )
        self.client = PortClient(self.transport, "ledger")

    async def read_ledger(self) -> dict[str, float]:
        """Returns the number of each entity that exists and has one, by identifier."""
        entities = self.client.entities.search_all(BLUEPRINT, {"n": {"isNotEmpty": True}})
        return {entity.identifier: entity.properties["n"] async for entity in entities}

    async def list_creations(self) -> list[str]:
        """Returns the identifier of each entity that was created, as often as it was."""
        query = {"blueprint": BLUEPRINT, "action": "CREATE", "resources": "entity", "includes": "context"}
        audits = (await self.transport.send("GET", "/v1/audit-log", query={**query, "limit": 1_000_000}))["audits"]
        return [it["context"]["entity"] for it in audits]

    async def expire_tokens(self) -> None:
        """Makes every token that has been given invalid."""
        async with httpx2.AsyncClient() as client:
            answer = await client.post("http://{}:{}/__sandbox/tokens/expire".format(*self.address))
            answer.raise_for_status()


@asynccontextmanager
async def open_sandbox() -> AsyncIterator[SandboxServer]:
    """Yields an empty sandbox, and ends it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "quaymaster", "sandbox", "serve", "--empty", "--port", str(port)]
    environment = {**os.environ, "QUAYMASTER_SETTINGS": os.devnull}
    process = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)  # noqa: ASYNC220 - it starts at once
    server = SandboxServer(("127.0.0.1", port))
    try:
        with anyio.fail_after(60):
            await _wait_until_ready(process, port)
        number = {"n": {"type": "number"}}
        await server.client.blueprints.create(
            {"identifier": BLUEPRINT, "title": "Berth", "schema": {"properties": number, "required": []}}
        )
        yield server
    finally:
        await server.transport.aclose()
        process.terminate()
        process.wait(10)


async def _wait_until_ready(process: subprocess.Popen[bytes], port: int) -> None:
    while process.poll() is None:
        try:
            stream = await anyio.connect_tcp("127.0.0.1", port)
        except OSError:
            await anyio.sleep(0.05)
        else:
            await stream.aclose()
            return
    raise RuntimeError(f"the sandbox ended with status {process.returncode}")
