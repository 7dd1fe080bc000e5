"""`quaymaster plugins list|show`: what became of each pack."""

import argparse
import json
from typing import Any

from quaymaster.hookspecs import Subparsers
from quaymaster.host import Host, PackRecord, cost_of, find_record

__all__ = ["FORMAT", "add_parsers", "print_list", "summary_of"]

FORMAT = 1
"""The version of what --json prints; it grows when a key is removed or changes its meaning, not when one is added."""

_INDENT = " " * 14


def add_parsers(subparsers: Subparsers, host: Host) -> None:
    """Adds the commands."""
    listed = subparsers.add_parser("list", help="list the installed packs")
    listed.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="print JSON")
    listed.set_defaults(run=lambda options: print_list(options, host))
    shown = subparsers.add_parser("show", help="show one pack in full")
    shown.add_argument("name", help="the pack's name, or NAME@DISTRIBUTION")
    shown.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="print JSON")
    shown.set_defaults(run=lambda options: _print_one(options, host))


def print_list(options: argparse.Namespace, host: Host) -> None:
    """Prints a line for each pack, and why those that do not serve in full do not."""
    if options.json:
        packs = [summary_of(record) for record in host.records]
        print(json.dumps({"format": FORMAT, "packs": packs}, indent=2))
        return
    if not host.records:
        print("no packs are installed; pip install 'quaymaster[all]' brings the first-party ones")
    for record in host.records:
        pack = summary_of(record)
        print(f"{pack['name']:<14}{pack['state']:<14}{pack['distribution']} {pack['version']}{_in_short(pack)}")
        for reason in pack["reasons"]:
            print(f"{_INDENT}because {reason}")
        if record.tools:
            print(f"{_INDENT}tools: {', '.join(record.tools)}")


def summary_of(record: PackRecord) -> dict[str, Any]:
    """Returns a pack as --json prints it."""
    candidate, cost = record.candidate, cost_of(record)
    return {
        "name": candidate.name,
        "distribution": candidate.distribution,
        "version": candidate.version,
        "state": record.state.value,
        "reasons": record.reasons,
        "isolated": record.is_isolated,
        "hooks": record.hooks,
        "tools": [{"name": name, "tokens": cost.tools[name]} for name in record.tools],
        "prompts": [it.prompt.name for it in record.prompts],
        "resources": [it.resource.uri for it in record.resources],
        "tokens": cost.total,
    }


def _print_one(options: argparse.Namespace, host: Host) -> None:
    record = find_record(host.records, options.name)
    pack = summary_of(record)
    if options.json:
        print(json.dumps({"format": FORMAT, "pack": pack}, indent=2))
        return
    info, cost = record.info, cost_of(record)
    print(f"{pack['name']}: {info.title if info else 'no title'}, {pack['distribution']} {pack['version']}")
    if info and info.description:
        print(info.description)
    print(f"state: {pack['state']}{', in a process of its own' if pack['isolated'] else ''}")
    for reason in pack["reasons"]:
        print(f"  because {reason}")
    print(f"hooks: {', '.join(pack['hooks']) or 'none'}")
    print(f"cost: about {cost.total:,} tokens in each request of a model, {cost.instructions:,} of them instructions")
    for tool in pack["tools"]:
        print(f"  {tool['tokens']:>5,}  {tool['name']}")
    for kind in ("prompts", "resources"):
        if pack[kind]:
            print(f"{kind}: {', '.join(pack[kind])}")


def _in_short(pack: dict[str, Any]) -> str:
    isolated = ", isolated" if pack["isolated"] else ""
    return f"{isolated}, {len(pack['tools'])} tools, {pack['tokens']:,} tokens" if pack["tools"] else isolated
