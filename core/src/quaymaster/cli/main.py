"""Reads the command line and runs the command. Nothing here imports the MCP SDK: `--help` must be quick."""

import argparse
import gc
import logging
import sys
from collections.abc import Sequence
from importlib import import_module

import importlib_metadata

from quaymaster.cli.stdout import reserved_for_protocol
from quaymaster.errors import QuaymasterError
from quaymaster.host import Host, load_host
from quaymaster.settings import load_settings

__all__ = ["main"]

_DESCRIPTION = "A plugin-based MCP server for Port, the internal developer portal. Not affiliated with Port."
_SERVE = "serve"
_OTHERS = ("demo", "tools", "call", "profiles", "plugins", "approve", "sessions", "tokens")


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command and returns the exit status: 0 done, 1 failed, 2 misused or misconfigured."""
    arguments = sys.argv[1:] if arguments is None else arguments
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="quaymaster: %(message)s")
    try:
        with reserved_for_protocol():
            host = load_host(load_settings())
        options = _parser(host, arguments[:1] == [_SERVE]).parse_args(arguments)
        if not gc.isenabled():
            gc.freeze()  # what start-up made lives as long as the process: scanning it again would only cost pauses
            gc.enable()
        status = options.run(options)
    except QuaymasterError as exc:
        print(f"quaymaster: {exc}", file=sys.stderr)
        return 2
    except (BrokenPipeError, KeyboardInterrupt):
        return 1
    return int(status or 0)


def _parser(host: Host, only_serve: bool) -> argparse.ArgumentParser:
    """Returns the parser of all commands, or of the one that a client waits for: it starts without the others."""
    parser = argparse.ArgumentParser("quaymaster", description=_DESCRIPTION)
    parser.add_argument("--version", action="version", version=f"quaymaster {importlib_metadata.version('quaymaster')}")
    subparsers = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for name in (_SERVE, *(() if only_serve else _OTHERS)):
        import_module(f"quaymaster.cli.{name}").add_parser(subparsers, host)
    if not only_serve:
        host.register_commands(subparsers)
    return parser
