"""`quaymaster logout`: forgets a credential."""

import argparse

from quaymaster.cli.profiles.tables import ProfileTable
from quaymaster.errors import InputError
from quaymaster.hookspecs import Subparsers

__all__ = ["add_parser"]


def add_parser(subparsers: Subparsers) -> None:
    """Adds the command."""
    parser = subparsers.add_parser(
        "logout",
        help="forget a profile's credential",
        description="Removes a profile's credential from the keyring. The profile stays, pinned to its organization.",
    )
    parser.add_argument("name", help="the profile's name")
    parser.add_argument("--forget", action="store_true", help="remove the profile from the settings too")
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> None:
    table = ProfileTable(options.name)
    if not table.exists:
        raise InputError(f"no profile {options.name!r} in {table.path}; `quaymaster profiles` lists them")
    kind, _, name = table.with_changes({}).credentials.partition(":")
    if kind == "keyring":
        from quaymaster.auth.keyring_store import forget_credentials  # lazily: as all that asks the keyring

        was_there = forget_credentials(name)
        print(
            f"{options.name}: {'the credential is' if was_there else 'there was no credential'} in the keyring no more"
        )
    else:
        print(f"{options.name}: the credential is in the environment ({name}_CLIENT_ID and _SECRET); unset it there")
    if options.forget:
        table.remove()
        print(f"{options.name}: removed from {table.path}")
