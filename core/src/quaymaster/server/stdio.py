"""MCP over standard input and output."""

import gc
from typing import TextIO

import anyio
from mcp.server.stdio import stdio_server

from quaymaster.application import Application
from quaymaster.server.adapter import build_server

__all__ = ["run_stdio"]


def run_stdio(application: Application, version: str, protocol: TextIO) -> None:
    """Serves one client until it closes standard input.

    Args:
        application: What is served.
        version: The version that clients are told.
        protocol: Where the protocol goes, from `quaymaster.cli.stdout.reserved_for_protocol`.
    """
    # What start-up made lives as long as the process: scanning it again only costs pauses. Collecting first would cost
    # 60 ms of the start to free next to nothing.
    gc.freeze()
    gc.enable()
    anyio.run(_serve, application, version, protocol)


async def _serve(application: Application, version: str, protocol: TextIO) -> None:
    server = build_server(application, version)
    async with stdio_server(stdout=anyio.wrap_file(protocol)) as (read_stream, write_stream):
        await server.run(read_stream, write_stream, server.create_initialization_options())
