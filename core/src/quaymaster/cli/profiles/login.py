"""`quaymaster login`: proves a credential, pins the organisation that it opens, and keeps it in the keyring."""

import argparse
import os

import anyio

from quaymaster.auth import Credentials, find_credentials
from quaymaster.cli.profiles.asking import ask_credentials
from quaymaster.cli.profiles.tables import ProfileTable
from quaymaster.connections import open_organization
from quaymaster.hookspecs import Subparsers
from quaymaster.host import Host
from quaymaster.settings import Profile

__all__ = ["add_parser"]

_DESCRIPTION = """Asks for a credential of Port's, proves it, pins the profile to the organization that it opens, and
keeps it in the system's keyring. The credential is typed, or read from standard input (two lines: the client id, the
client secret); it is never an argument."""


def add_parser(subparsers: Subparsers, host: Host) -> None:
    """Adds the command."""
    parser = subparsers.add_parser("login", help="set up a profile: one organization", description=_DESCRIPTION)
    parser.add_argument("name", help="the profile's name, such as acme-eu")
    parser.add_argument("--region", help="Port's region: eu or us (eu)")
    parser.add_argument("--base-url", metavar="URL", help="where Port's API is, instead of a region")
    parser.add_argument(
        "--credentials", metavar="env:PREFIX", help="leave the credential in PREFIX_CLIENT_ID and _SECRET, or in _FILE"
    )
    parser.add_argument("--read-only", action="store_true", default=None, help="offer nothing that can change Port")
    parser.add_argument("--packs", metavar="NAMES", help="offer these packs only, as a,b")
    parser.add_argument("--allowed-actions", metavar="NAMES", help="let these self-service actions be run only, as a,b")
    parser.set_defaults(run=lambda options: anyio.run(_run, options, host))


async def _run(options: argparse.Namespace, host: Host) -> int:
    table = ProfileTable(options.name)
    given = {
        "region": options.region,
        "base_url": options.base_url,
        "credentials": options.credentials or (None if table.exists else f"keyring:{options.name}"),
        "read_only": options.read_only,
        "packs": _names(options.packs),
        "allowed_actions": _names(options.allowed_actions),
    }
    changes = {name: value for name, value in given.items() if value is not None}
    profile = table.with_changes(changes).as_profile(options.name)
    credentials = await _credentials_of(profile)
    organization = await open_organization(profile, lambda: credentials, host)
    where = _keep(profile, credentials)
    table.write({**changes, "organization": organization.id})
    print(f"{profile.name}: {organization.name} ({organization.id}) at {profile.base_url}")
    print(f"the credential is in {where}; the profile is in {table.path}")
    print(f"quaymaster serve --profile {profile.name}")
    return 0


def _names(text: str | None) -> list[str] | None:
    return None if text is None else [name.strip() for name in text.split(",") if name.strip()]


async def _credentials_of(profile: Profile) -> Credentials:
    if not profile.credentials.startswith("keyring:"):
        return await find_credentials(profile.credentials, profile.base_url, os.environ)
    from quaymaster.auth.keyring_store import describe_keyring  # lazily: as all that asks the keyring

    describe_keyring()  # refuses before anything is asked
    return ask_credentials()


def _keep(profile: Profile, credentials: Credentials) -> str:
    """Puts a credential where the profile will look for it; returns what that place is called."""
    kind, _, name = profile.credentials.partition(":")
    if kind != "keyring":
        return f"the environment ({name}_CLIENT_ID and _SECRET)"
    from quaymaster.auth.keyring_store import describe_keyring, store_credentials  # lazily: as above

    store_credentials(name, credentials, profile.base_url)
    return f"the keyring ({describe_keyring()})"
