"""`quaymaster plugins`: which packs are installed, what became of each, and which of them an administrator lets run."""

from quaymaster.cli.plugins import checking, listing, new, switching, trusting
from quaymaster.hookspecs import Subparsers
from quaymaster.host import Host

__all__ = ["add_parser"]


def add_parser(subparsers: Subparsers, host: Host) -> None:
    """Adds the command and its own commands; alone it lists."""
    parser = subparsers.add_parser(
        "plugins",
        help="the installed packs: list, show, enable, disable, trust, diff, check, new",
        description="Lists the installed packs, their state and what their tools cost a model.",
    )
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.set_defaults(run=lambda options: listing.print_list(options, host))
    commands: Subparsers = parser.add_subparsers(title="commands", metavar="COMMAND")
    listing.add_parsers(commands, host)
    switching.add_parsers(commands)
    trusting.add_parsers(commands)
    checking.add_parser(commands)
    new.add_parser(commands)
