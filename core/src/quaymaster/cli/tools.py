"""`quaymaster tools`: what a model is offered."""

import argparse
import json

from quaymaster.application import Application
from quaymaster.cli.options import add_profile_options, settings_from
from quaymaster.hookspecs import Subparsers
from quaymaster.host import Host

__all__ = ["add_parser"]


def add_parser(subparsers: Subparsers, host: Host) -> None:
    """Adds the command."""
    parser = subparsers.add_parser("tools", help="list the tools that a model is offered")
    add_profile_options(parser)
    parser.add_argument("--json", action="store_true", help="print JSON, with the input schemas")
    parser.set_defaults(run=lambda options: _run(options, host))


def _run(options: argparse.Namespace, host: Host) -> int:
    offered = Application(settings_from(options), host).list_tools()
    if options.json:
        tools = [
            {"name": it.name, "description": it.tool.description, "inputSchema": it.input.schema} for it in offered
        ]
        print(json.dumps(tools, indent=2))
        return 0
    for it in offered:
        print(f"{it.name:<32} {it.tool.description.splitlines()[0]}")
    return 0
