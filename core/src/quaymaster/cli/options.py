"""The options that several commands share: which organisation to work on, and within which limits."""

import argparse
from typing import Any
from urllib.parse import urlencode

from quaymaster.settings import Settings, load_settings

__all__ = ["add_profile_options", "overrides_from", "settings_from"]


def add_profile_options(parser: argparse.ArgumentParser) -> None:
    """Adds the options that `settings_from` reads."""
    parser.add_argument(
        "--sandbox", action="store_true", help="work on a demo organisation in this process, no account"
    )
    parser.add_argument("--services", type=int, metavar="N", help="with --sandbox: how many services it has (1000)")
    parser.add_argument("--profile", metavar="NAME", help="the only profile of the settings to work with")
    parser.add_argument("--read-only", action="store_true", default=None, help="offer nothing that can change Port")


def settings_from(options: argparse.Namespace) -> Settings:
    """Returns the settings with the options on top.

    Raises:
        SettingsError: A value cannot be used.
    """
    settings = load_settings(**overrides_from(options))
    return settings if options.sandbox or options.profile is None else settings.only(options.profile)


def overrides_from(options: argparse.Namespace) -> dict[str, Any]:
    """Returns what the options set, for `load_settings`; `profile` is not among it."""
    if not options.sandbox:
        return {"read_only": options.read_only}
    query = urlencode({} if options.services is None else {"services": options.services})
    base_url = f"sandbox://demo?{query}" if query else "sandbox://demo"
    return {"base_url": base_url, "profiles": {}, "read_only": options.read_only}
