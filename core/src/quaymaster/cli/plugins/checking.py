"""`quaymaster plugins check`: a linter for pack authors, for their terminal and their CI."""

import argparse

from quaymaster.cli.stdout import reserved_for_protocol
from quaymaster.hookspecs import Subparsers
from quaymaster.host import cost_of, find_record, load_host
from quaymaster.settings import load_settings

__all__ = ["add_parser"]


def add_parser(subparsers: Subparsers) -> None:
    """Adds the command."""
    parser = subparsers.add_parser(
        "check",
        help="check packs as their authors would before publishing",
        description="Checks hooks, names, schemas and their token cost, docstrings, annotations, settings and "
        "compatibility. Ends with 1 if a pack has an error, with --strict also if there is advice.",
    )
    parser.add_argument("name", nargs="?", help="the pack's name, or NAME@DISTRIBUTION; all if none is given")
    parser.add_argument("--strict", action="store_true", help="let advice count as errors")
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from quaymaster.host.checking import check_pack  # lazily: the other commands need not wait for it

    with reserved_for_protocol():
        host = load_host(load_settings(), locked=False)
    records = host.records if options.name is None else [find_record(host.records, options.name)]
    failed = False
    for record in records:
        findings = check_pack(record)
        tools = f"{len(record.declared)} tools, {cost_of(record).total:,} tokens"
        print(f"{record.candidate}: {'good' if not findings else 'see below'}; {tools}")
        for finding in findings:
            print(f"  {'error' if finding.is_error else 'advice'}: {finding.text}")
            failed = failed or finding.is_error or options.strict
    return int(failed)
