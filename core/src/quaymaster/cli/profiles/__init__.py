"""`quaymaster login|logout|whoami|profiles`: the organisations that a person works with."""

from quaymaster.cli.profiles import login, logout, showing
from quaymaster.hookspecs import Subparsers
from quaymaster.host import Host

__all__ = ["add_parser"]


def add_parser(subparsers: Subparsers, host: Host) -> None:
    """Adds the commands."""
    login.add_parser(subparsers, host)
    logout.add_parser(subparsers)
    showing.add_parsers(subparsers, host)
