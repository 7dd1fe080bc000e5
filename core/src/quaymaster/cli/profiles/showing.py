"""`quaymaster whoami|profiles`: which organisations there are, and whether a credential opens its own."""

import argparse
import json
from typing import Any

import anyio

from quaymaster.cli.options import add_profile_options, settings_from
from quaymaster.connections import Connections
from quaymaster.hookspecs import Subparsers
from quaymaster.host import Host
from quaymaster.policy import Policy
from quaymaster.settings import Profile, load_settings

__all__ = ["add_parsers"]


def add_parsers(subparsers: Subparsers, host: Host) -> None:
    """Adds the commands."""
    whoami = subparsers.add_parser("whoami", help="ask Port which organization a profile's credential opens")
    add_profile_options(whoami)
    whoami.set_defaults(run=lambda options: anyio.run(_whoami, options, host))
    profiles = subparsers.add_parser("profiles", help="list the profiles, the default one first; asks nobody")
    profiles.add_argument("--json", action="store_true", help="print JSON")
    profiles.set_defaults(run=_profiles)


async def _whoami(options: argparse.Namespace, host: Host) -> None:
    settings = settings_from(options)
    profile = next(iter(settings.all_profiles().values()))
    connections = Connections(settings, host)
    try:
        organization = await connections.client(profile, Policy()).organization.get()
    finally:
        await connections.aclose()
    pinned = "" if profile.organization is None else ", pinned"
    print(f"{profile.name}: {organization.name} ({organization.id}{pinned}) at {profile.base_url}")
    print(f"credential: {profile.credentials}; {_limits(profile)}")


def _profiles(options: argparse.Namespace) -> None:
    profiles = load_settings().all_profiles().values()
    if options.json:
        print(json.dumps([_document(it) for it in profiles], indent=2))
        return
    for it in profiles:
        pinned = it.organization or "not pinned"
        print(f"{it.name:<16}{pinned:<30}{it.base_url}  {it.credentials}; {_limits(it)}")


def _document(profile: Profile) -> dict[str, Any]:
    policy = profile.policy
    return {
        "name": profile.name,
        "base_url": profile.base_url,
        "organization": profile.organization,
        "credentials": profile.credentials,
        "read_only": policy.read_only,
        "packs": None if policy.packs is None else sorted(policy.packs),
        "allowed_actions": None if policy.allowed_actions is None else sorted(policy.allowed_actions),
    }


def _limits(profile: Profile) -> str:
    policy = profile.policy
    told = ["read-only" if policy.read_only else "may change Port"]
    for what, names in (("packs", policy.packs), ("actions", policy.allowed_actions)):
        told += [] if names is None else [f"{what}: {', '.join(sorted(names)) or 'none'}"]
    return "; ".join(told)
