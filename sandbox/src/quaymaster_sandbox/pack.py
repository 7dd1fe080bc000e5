"""The sandbox pack: answers for `sandbox:` addresses in this process, and adds `quaymaster sandbox`.

Everything heavy is imported when it is first needed: the core imports this module at every start.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from quaymaster import Credentials, InputError, PackInfo, Profile, Subparsers, hookimpl

if TYPE_CHECKING:
    from starlette.types import ASGIApp

__all__ = ["get_credentials", "open_transport", "pack_info", "register_commands"]

_PORT = 8787
_CREDENTIALS = Credentials("sandbox", "sandbox")


@hookimpl
def pack_info() -> PackInfo:
    """Says what the pack is."""
    return PackInfo(title="Sandbox", description="A server that behaves as Port's API does, with a demo organisation.")


@hookimpl
def open_transport(profile: Profile) -> "ASGIApp | None":
    """Answers for `sandbox://demo` and `sandbox://empty`.

    `?services=`, `?seed=` and `?db=` say which sandbox, `?assume=NAME=VALUE` what it assumes.
    """
    if not profile.base_url.startswith("sandbox:"):
        return None
    from quaymaster_sandbox.serve import LazyApplication, SandboxOptions  # lazily: see above

    address = urlsplit(profile.base_url)
    parameters = parse_qs(address.query)
    assumptions = _read_assumptions(parameters.pop("assume", []))
    options = {name: values[-1] for name, values in parameters.items()}
    numbers = {name: options.pop(name) for name in ("services", "seed") if name in options}
    if (
        address.netloc not in {"demo", "empty"}
        or not options.keys() <= {"db"}
        or not all(number.isdecimal() for number in numbers.values())
    ):
        raise InputError(f"{profile.base_url!r} is no sandbox; write sandbox://demo?services=1000 or sandbox://empty")
    return LazyApplication(
        SandboxOptions(
            Path(options["db"]) if "db" in options else None,
            address.netloc == "demo",
            int(numbers.get("services", SandboxOptions.services)),
            int(numbers.get("seed", SandboxOptions.seed)),
            assumptions=assumptions,
        )
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
    serve.add_argument("--services", type=int, default=1000, help="services in the demo (1000)")
    serve.add_argument("--seed", type=int, default=7, help="what the demo is made from (7)")
    serve.add_argument("--deliver-webhooks", action="store_true", help="let actions call webhooks on this machine")
    serve.add_argument(
        "--assume",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="choose otherwise where Port's documents are silent; docs/sandbox.md lists the names",
    )
    serve.set_defaults(run=_serve)


def _serve(options: argparse.Namespace) -> None:
    from quaymaster_sandbox.serve import SandboxOptions, run  # lazily: see above

    chosen = SandboxOptions(
        options.db,
        not options.empty,
        options.services,
        options.seed,
        options.deliver_webhooks,
        _read_assumptions(options.assume),
    )
    run(options.host, options.port, chosen)


def _read_assumptions(texts: Sequence[str]) -> dict[str, str]:
    """Returns the choices in texts such as `case_sensitive=false`, refusing those that the sandbox does not know."""
    from quaymaster_sandbox.assumptions import assume  # lazily: see above

    choices = dict(text.partition("=")[::2] for text in texts)
    try:
        assume(choices)
    except ValueError as exc:
        raise InputError(str(exc)) from exc
    return choices
