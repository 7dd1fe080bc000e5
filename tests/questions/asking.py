"""Asks all the questions of one server, on a demo organisation of any size."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import time_machine
from benchmarks.tokens import count_tokens
from mcp.client import Client
from tests.questions.delivery import OTHER
from tests.questions.question import Question
from tests.scorecards.shapes import SHAPES

from quaymaster.application import Application
from quaymaster.connections import Connections
from quaymaster.host import load_host
from quaymaster.policy import Policy
from quaymaster.server.adapter import build_server
from quaymaster.settings import load_settings

__all__ = ["NOW", "Asked", "Server", "open_server"]

NOW = datetime(2026, 11, 18, 10, tzinfo=UTC)


@dataclass(frozen=True)
class Asked:
    """An answer, and what it cost."""

    text: str
    tokens: int
    took_ms: float


@dataclass(frozen=True)
class Server:
    """A running server."""

    client: Client

    async def ask(self, question: Question) -> Asked:
        """Returns the answer to a question."""
        started = time.perf_counter()
        result = await self.client.call_tool(question.tool, dict(question.arguments))
        took_ms = (time.perf_counter() - started) * 1000
        text = result.content[0].text
        assert not result.is_error, text
        return Asked(text, count_tokens(text), took_ms)


@asynccontextmanager
async def open_server(services: int) -> AsyncIterator[Server]:
    """Yields a server for two organisations, at the instant `NOW`; the first has more scorecards than the demo.

    Something has just changed in it.
    """
    settings = load_settings(
        profiles={
            "acme-eu": {"base_url": f"sandbox://demo?services={services}"},
            "acme-us": {"base_url": f"sandbox://demo?services={OTHER['services']}&seed={OTHER['seed']}"},
        },
        timeout_s=600,
    )
    host = load_host(settings)
    connections = Connections(settings, host)
    with time_machine.travel(NOW, tick=False):
        port = connections.client(settings.all_profiles()["acme-eu"], Policy())
        before = (await port.entities.get("service", "DesignSystem")).properties["slack_channel"]
        for channel in ("#elsewhere", before):
            await port.entities.update("service", "DesignSystem", {"properties": {"slack_channel": channel}})
        for blueprint, document in SHAPES:
            await port.scorecards.create(blueprint, document)
        async with Client(build_server(Application(settings, host, connections), "0")) as client:
            yield Server(client)
