"""`quaymaster demo`: launches the server as an MCP client would, and asks it real questions."""

import argparse
import json
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import anyio

from quaymaster.cli.questions import QUESTIONS, Question
from quaymaster.hookspecs import Subparsers
from quaymaster.host import Host

if TYPE_CHECKING:
    from mcp.client import Client

__all__ = ["add_parser"]

_SHOWN_LINES = 9


@dataclass(frozen=True)
class _Asked:
    """An answer and what it cost."""

    text: str
    is_error: bool
    size_bytes: int
    took_ms: float


def add_parser(subparsers: Subparsers, host: Host) -> None:
    """Adds the command."""
    parser = subparsers.add_parser("demo", help="ask the server real questions about a demo organisation, no account")
    parser.add_argument("--services", type=int, default=1000, metavar="N", help="how many services it has (1000)")
    parser.add_argument("--full", action="store_true", help="print the answers in full")
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    return anyio.run(_demo, options.services, options.full)


async def _demo(services: int, full: bool) -> int:
    from mcp.client import Client  # lazily: the SDK takes a second
    from mcp.client.stdio import StdioServerParameters

    arguments = ["-m", "quaymaster", "serve", "--sandbox", "--services", str(services)]
    started = time.perf_counter()
    async with Client(StdioServerParameters(command=sys.executable, args=arguments)) as client:
        tools = (await client.list_tools()).tools
        ready_ms = (time.perf_counter() - started) * 1000
        print(f"An MCP client has launched `quaymaster serve --sandbox --services {services}` over stdio.")
        print(f"{len(tools)} tools after {ready_ms:,.0f} ms. The first answer waits for the demo data to be made.")
        failed = 0
        for number, question in enumerate(QUESTIONS, start=1):
            asked = await _ask(client, question)
            failed += asked.is_error
            _print_answer(number, question, asked, full)
    print(_snippet())
    if failed:
        print(f"{failed} of {len(QUESTIONS)} questions failed", file=sys.stderr)
    return int(failed > 0)


async def _ask(client: "Client", question: Question) -> _Asked:
    started = time.perf_counter()
    result = await client.call_tool(question.tool, dict(question.arguments))
    took_ms = (time.perf_counter() - started) * 1000
    text = "\n".join(block.text for block in result.content if block.type == "text")
    return _Asked(text, bool(result.is_error), len(text.encode()), took_ms)


def _print_answer(number: int, question: Question, asked: _Asked, full: bool) -> None:
    arguments = ", ".join(f"{name}={json.dumps(value)}" for name, value in question.arguments.items())
    print(f"\n{number}. {question.text}")
    print(f"   {question.tool}({arguments})")
    lines = _aligned([line for line in asked.text.splitlines() if not line.startswith("```")])
    if not full and len(lines) > _SHOWN_LINES + 2:
        lines = [*lines[:_SHOWN_LINES], f"  … {len(lines) - _SHOWN_LINES - 1} more lines", lines[-1]]
    print("\n".join(f"   │ {line}" for line in lines))
    print(f"   1 call, {asked.size_bytes:,} bytes, {asked.took_ms:,.0f} ms")


def _aligned(lines: list[str]) -> list[str]:
    """Returns the lines with tab-separated ones set in columns, for a person to read."""
    rows = [line.split("\t") for line in lines]
    table = [row for row in rows if len(row) > 1]
    widths = [max(len(value) for value in column) for column in zip(*table, strict=True)]
    return [
        "  ".join(value.ljust(width) for value, width in zip(row, widths, strict=True)).rstrip()
        if row in table
        else row[0]
        for row in rows
    ]


def _snippet() -> str:
    command = Path(sys.executable).with_name("quaymaster")
    server = json.dumps({"command": str(command), "args": ["serve", "--sandbox"]})
    configuration = f'{{\n  "mcpServers": {{\n    "quaymaster": {server}\n  }}\n}}'
    return (
        "\nTo have it in Claude, Cursor, VS Code or any other MCP client, paste this into its configuration:\n\n"
        f"{configuration}\n\n"
        'For your own organisation, leave "--sandbox" out and set PORT_CLIENT_ID, PORT_CLIENT_SECRET and PORT_REGION\n'
        'under "env". Quaymaster is not affiliated with Port.'
    )
