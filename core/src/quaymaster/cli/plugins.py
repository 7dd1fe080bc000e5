"""`quaymaster plugins`: the installed packs and what became of each."""

import argparse
import json

from quaymaster.hookspecs import Subparsers
from quaymaster.host import Host, PackRecord

__all__ = ["add_parser"]


def add_parser(subparsers: Subparsers, host: Host) -> None:
    """Adds the command."""
    parser = subparsers.add_parser("plugins", help="list the installed packs, their state and their tools")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.set_defaults(run=lambda options: _run(options, host))


def _run(options: argparse.Namespace, host: Host) -> int:
    packs = [_summary(record) for record in host.records]
    if options.json:
        print(json.dumps(packs, indent=2))
        return 0
    if not packs:
        print("no packs are installed; pip install 'quaymaster[all]' brings the first-party ones")
    for pack in packs:
        print(f"{pack['name']:<14} {pack['state']:<13} {pack['distribution']} {pack['version']}")
        for reason in pack["reasons"]:
            print(f"{'':<14} because {reason}")
        if pack["tools"]:
            print(f"{'':<14} tools: {', '.join(pack['tools'])}")
    return 0


def _summary(record: PackRecord) -> dict[str, list[str] | str]:
    candidate = record.candidate
    return {
        "name": candidate.name,
        "distribution": candidate.distribution,
        "version": candidate.version,
        "state": record.state.value,
        "reasons": record.reasons,
        "tools": record.tools,
    }
