"""`quaymaster tokens new`: makes a token for a job that calls a server over HTTP."""

import argparse
from datetime import UTC, datetime, timedelta

from quaymaster.errors import InputError
from quaymaster.hookspecs import Subparsers
from quaymaster.host import Host
from quaymaster.policy import SCOPES
from quaymaster.settings import load_settings

__all__ = ["add_parser"]


def add_parser(subparsers: Subparsers, host: Host) -> None:
    """Adds the command."""
    parser = subparsers.add_parser("tokens", help="make tokens for jobs that call a server over HTTP")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    new = commands.add_parser(
        "new", help="make a token", description="Makes a token. It is shown once; the server keeps only its digest."
    )
    new.add_argument("name", help="whose token it is; stands in the audit file")
    new.add_argument("--profile", metavar="NAME", help="the profile that it is good for; unset: the default one")
    new.add_argument("--scopes", default="read", help="what it allows: read, write, run, delete, with commas (read)")
    new.add_argument("--days", type=int, metavar="N", default=90, help="how long it lasts; 0: without end (90)")
    new.set_defaults(run=_new)


def _new(options: argparse.Namespace) -> None:
    from quaymaster.auth.static_tokens import digest_of, make_token  # lazily: only this command needs it

    scopes = sorted({it.strip() for it in options.scopes.split(",") if it.strip()})
    if unknown := sorted(set(scopes) - SCOPES):
        raise InputError(f"unknown scope {unknown[0]!r}; there are: {', '.join(sorted(SCOPES))}")
    profile = next(iter(load_settings(default_profile=options.profile).all_profiles()))
    token = make_token()
    print(f"{token}\n\nKeep it where the job finds it; it is not shown again. Add this to the server's settings:\n")
    print(f'[[http.tokens]]\nname = "{options.name}"\nprofile = "{profile}"\nscopes = {scopes!r}'.replace("'", '"'))
    print(f'sha256 = "{digest_of(token)}"')
    if options.days:
        ends = datetime.now(UTC).replace(microsecond=0) + timedelta(days=options.days)
        print(f"expires_at = {ends.isoformat()}")
