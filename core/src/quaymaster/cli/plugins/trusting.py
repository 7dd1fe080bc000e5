"""`quaymaster plugins trust|diff`: what has changed in a pack, and that it may."""

import argparse

from quaymaster.cli.stdout import reserved_for_protocol
from quaymaster.errors import InputError
from quaymaster.hookspecs import Subparsers
from quaymaster.host import Lock, PackRecord, find_record, load_host, load_lock
from quaymaster.settings import load_settings

__all__ = ["add_parsers"]


def add_parsers(subparsers: Subparsers) -> None:
    """Adds the commands."""
    trust = subparsers.add_parser(
        "trust",
        help="write packs into plugins.lock as they are now",
        description="Imports the packs, whether they are trusted or not, and writes what a model sees of them into "
        "plugins.lock. From then on, whatever differs from it is held back.",
    )
    trust.add_argument("names", nargs="*", metavar="NAME", help="the packs")
    trust.add_argument("--all", action="store_true", help="all packs that load; whatever is not installed is dropped")
    trust.set_defaults(run=_trust)
    diff = subparsers.add_parser(
        "diff",
        help="show what has changed since packs were trusted",
        description="Imports the packs, whether they are trusted or not, and shows line by line what a model sees of "
        "them now and what plugins.lock has. Ends with 1 if there is a difference.",
    )
    diff.add_argument("names", nargs="*", metavar="NAME", help="the packs; all if none is named")
    diff.set_defaults(run=_diff)


def _trust(options: argparse.Namespace) -> int:
    if bool(options.names) == options.all:
        raise InputError("name the packs to trust, or give --all")
    lock, records = _load(options.names)
    if options.all:
        lock.packs.clear()
    for record in records:
        if not record.serves:
            raise InputError(f"pack {record.candidate} cannot be trusted: {'; '.join(record.reasons)}")
        lock.trust(record)
        print(f"trusted {record.candidate}: {lock.packs[record.candidate.name].digest}")
    lock.write()
    return 0


def _diff(options: argparse.Namespace) -> int:
    lock, records = _load(options.names)
    changed = {record.candidate: lines for record in records if (lines := lock.diff(record))}
    for candidate, lines in changed.items():
        print(f"{candidate}, against {lock.path}:")
        print("\n".join(lines))
    return int(bool(changed))


def _load(names: list[str]) -> tuple[Lock, list[PackRecord]]:
    """Returns the lock, empty if there is none, and the named packs; if none is named, all that serve without it."""
    settings = load_settings()
    lock = load_lock(settings, create=True)
    with reserved_for_protocol():
        host = load_host(settings, locked=False)
    records = [find_record(host.records, name) for name in names]
    return lock, records or [record for record in host.records if record.serves]
