"""`quaymaster call`: runs one tool from the command line, as a model would."""

import argparse
import json
import sys
from typing import Any

import anyio

from quaymaster.application import Application, Caller, Reply
from quaymaster.cli.options import add_profile_options, settings_from
from quaymaster.cli.terminal import person_at_terminal
from quaymaster.errors import InputError
from quaymaster.hookspecs import Subparsers
from quaymaster.host import Host

__all__ = ["add_parser"]


def add_parser(subparsers: Subparsers, host: Host) -> None:
    """Adds the command."""
    parser = subparsers.add_parser("call", help="run one tool", description="Runs one tool and prints its answer.")
    add_profile_options(parser)
    parser.add_argument("tool", help="the tool's name; `quaymaster tools` lists them")
    parser.add_argument(
        "arguments",
        nargs="*",
        metavar="NAME=VALUE",
        help="an argument of the tool; a value that is JSON is read as JSON",
    )
    parser.set_defaults(run=lambda options: _run(options, host))


def _run(options: argparse.Namespace, host: Host) -> int:
    arguments = dict(_argument(text) for text in options.arguments)
    reply = anyio.run(_call, Application(settings_from(options), host), options.tool, arguments)
    print(reply.text, file=sys.stderr if reply.is_error else sys.stdout)
    return int(reply.is_error)


async def _call(application: Application, tool: str, arguments: dict[str, Any]) -> Reply:
    async with application.running():
        return await application.call(tool, arguments, Caller(client=person_at_terminal()))


def _argument(text: str) -> tuple[str, Any]:
    name, separator, value = text.partition("=")
    if not separator:
        raise InputError(f"cannot read the argument {text!r}; write it as NAME=VALUE")
    try:
        return name, json.loads(value)
    except ValueError:
        return name, value
