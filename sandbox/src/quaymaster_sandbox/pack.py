"""The sandbox pack: answers for `sandbox:` addresses in this process, and adds `quaymaster sandbox`.

Everything heavy is imported when it is first needed: the core imports this module at every start.
"""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from quaymaster import Credentials, InputError, PackInfo, Profile, Subparsers, hookimpl

if TYPE_CHECKING:
    from starlette.types import ASGIApp

__all__ = ["get_credentials", "open_transport", "pack_info", "register_commands"]

_PORT = 8787
_SERVICES = 1000
_SEED = 7
_CREDENTIALS = Credentials("sandbox", "sandbox")


@hookimpl
def pack_info() -> PackInfo:
    """Says what the pack is."""
    return PackInfo(title="Sandbox", description="A server that behaves as Port's API does, with a demo organisation.")


@hookimpl
def open_transport(profile: Profile) -> "ASGIApp | None":
    """Answers for `sandbox://demo` and `sandbox://empty`; `?services=`, `?seed=` and `?db=` say which sandbox."""
    if not profile.base_url.startswith("sandbox:"):
        return None
    from quaymaster_sandbox.serve import build_app  # lazily: see above

    address = urlsplit(profile.base_url)
    options = {name: values[-1] for name, values in parse_qs(address.query).items()}
    numbers = {name: options.pop(name) for name in ("services", "seed") if name in options}
    if (
        address.netloc not in {"demo", "empty"}
        or not options.keys() <= {"db"}
        or not all(number.isdecimal() for number in numbers.values())
    ):
        raise InputError(f"{profile.base_url!r} is no sandbox; write sandbox://demo?services=1000 or sandbox://empty")
    return build_app(
        db=Path(options["db"]) if "db" in options else None,
        demo=address.netloc == "demo",
        services=int(numbers.get("services", _SERVICES)),
        seed=int(numbers.get("seed", _SEED)),
    )


@hookimpl
def get_credentials(profile: Profile) -> Credentials | None:
    """Returns the sandbox's own credential for `sandbox:` addresses."""
    return _CREDENTIALS if profile.base_url.startswith("sandbox:") else None


@hookimpl
def register_commands(subparsers: Subparsers) -> None:
    """Adds `quaymaster sandbox serve`."""
    sandbox = subparsers.add_parser("sandbox", help="a server that behaves as Port's API does")
    commands = sandbox.add_subparsers(title="commands", metavar="COMMAND", required=True)
    serve = commands.add_parser("serve", help="serve it over HTTP for any Port client")
    serve.add_argument("--host", default="127.0.0.1", help="the address to listen on (127.0.0.1)")
    serve.add_argument("--port", type=int, default=_PORT, help=f"the port to listen on ({_PORT})")
    serve.add_argument("--db", type=Path, metavar="FILE", help="keep the state in this file; without it, in memory")
    serve.add_argument("--empty", action="store_true", help="start without the demo organisation")
    serve.add_argument("--services", type=int, default=_SERVICES, help=f"services in the demo ({_SERVICES})")
    serve.add_argument("--seed", type=int, default=_SEED, help=f"what the demo is made from ({_SEED})")
    serve.set_defaults(run=_serve)


def _serve(options: argparse.Namespace) -> None:
    from quaymaster_sandbox.serve import run  # lazily: see above

    run(
        options.host,
        options.port,
        db=options.db,
        demo=not options.empty,
        services=options.services,
        seed=options.seed,
    )
