"""`quaymaster serve`: serves MCP, over stdio to the client that launches it, or over HTTP to a team."""

import argparse
import gc
import sys

import importlib_metadata

from quaymaster.application import Application
from quaymaster.cli.options import add_profile_options, overrides_from, settings_from
from quaymaster.cli.stdout import reserved_for_protocol
from quaymaster.hookspecs import Subparsers
from quaymaster.host import Host, State
from quaymaster.server.desk import CredentialDesk

__all__ = ["add_parser"]


def add_parser(subparsers: Subparsers, host: Host) -> None:
    """Adds the command."""
    parser = subparsers.add_parser("serve", help="serve MCP over stdio: what a client launches; or over HTTP to a team")
    add_profile_options(parser)
    parser.add_argument("--strict", action="store_true", help="exit with 2 if a pack could not be loaded in full")
    http = parser.add_argument_group("over HTTP", "See docs/serving.md; more is in the [http] table of the settings.")
    http.add_argument("--http", action="store_true", help="serve over HTTP instead of stdio")
    http.add_argument("--host", help="the address to listen at (127.0.0.1)")
    http.add_argument("--port", type=int, help="the port to listen at (8000)")
    http.add_argument("--workers", type=int, metavar="N", help="how many processes answer (1)")
    parser.set_defaults(run=lambda options: _run(options, host))


def _run(options: argparse.Namespace, host: Host) -> int:
    gc.disable()  # loading the SDK frees as little as the start before it; what serves turns it on again
    if options.strict and any(it.state not in {State.LOADED, State.DISABLED} for it in host.records):
        print("quaymaster: --strict: not every pack could be loaded (see above)", file=sys.stderr)
        return 2
    if options.http:
        _serve_http(options, host)
    else:
        _serve_stdio(options, host)
    return 0


def _serve_stdio(options: argparse.Namespace, host: Host) -> None:
    application = Application(settings_from(options), host, desk=CredentialDesk(host))
    with reserved_for_protocol() as protocol:
        from quaymaster.server.stdio import run_stdio  # lazily: the SDK takes a second, and only serving needs it

        run_stdio(application, importlib_metadata.version("quaymaster"), protocol)


def _serve_http(options: argparse.Namespace, host: Host) -> None:
    from quaymaster.server.http.serving import run_http  # lazily, as above

    given = {"host": options.host, "port": options.port, "workers": options.workers}
    http = {name: value for name, value in given.items() if value is not None}
    run_http({**overrides_from(options), "http": http}, None if options.sandbox else options.profile, host)
