"""`quaymaster serve`: serves MCP over stdio; what a client launches."""

import argparse
import sys

import importlib_metadata

from quaymaster.application import Application
from quaymaster.cli.options import add_profile_options, settings_from
from quaymaster.cli.stdout import reserved_for_protocol
from quaymaster.hookspecs import Subparsers
from quaymaster.host import Host, State

__all__ = ["add_parser"]


def add_parser(subparsers: Subparsers, host: Host) -> None:
    """Adds the command."""
    parser = subparsers.add_parser("serve", help="serve MCP over stdio: what a client launches")
    add_profile_options(parser)
    parser.add_argument("--strict", action="store_true", help="exit with 2 if a pack could not be loaded in full")
    parser.set_defaults(run=lambda options: _run(options, host))


def _run(options: argparse.Namespace, host: Host) -> int:
    if options.strict and any(it.state not in {State.LOADED, State.DISABLED} for it in host.records):
        print("quaymaster: --strict: not every pack could be loaded (see above)", file=sys.stderr)
        return 2
    application = Application(settings_from(options), host)
    with reserved_for_protocol() as protocol:
        from quaymaster.server.stdio import run_stdio  # lazily: the SDK takes a second, and only serving needs it

        run_stdio(application, importlib_metadata.version("quaymaster"), protocol)
    return 0
