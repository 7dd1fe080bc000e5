"""`quaymaster approve`: a one-time code for the page that asks whether a client may work here."""

import argparse
import getpass

import anyio

from quaymaster.cli.state import opened_store
from quaymaster.hookspecs import Subparsers
from quaymaster.host import Host

__all__ = ["add_parser"]

_DESCRIPTION = """Prints a code that says who approves: type it into the page of `serve --http` that asks you. It works
once, within ten minutes, for a server of this machine, or of the same state_url."""


def add_parser(subparsers: Subparsers, host: Host) -> None:
    """Adds the command."""
    parser = subparsers.add_parser(
        "approve", help="get a one-time code to approve a client with", description=_DESCRIPTION
    )
    parser.add_argument("--as", dest="person", metavar="NAME", help="who approves (the user of this system)")
    parser.set_defaults(run=lambda options: anyio.run(_run, options))


async def _run(options: argparse.Namespace) -> None:
    from quaymaster.approval.people import OneTimeCodes  # lazily: only this command makes codes

    async with opened_store() as store:
        print(await OneTimeCodes(store).issue(options.person or getpass.getuser()))
