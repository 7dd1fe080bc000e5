"""`quaymaster sessions list|revoke`: what has been approved, and its end."""

import argparse
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import anyio

from quaymaster.cli.state import opened_store
from quaymaster.errors import InputError
from quaymaster.hookspecs import Subparsers
from quaymaster.host import Host

if TYPE_CHECKING:
    from quaymaster.approval.records import Session

__all__ = ["add_parser"]


def add_parser(subparsers: Subparsers, host: Host) -> None:
    """Adds the command and its own commands."""
    sessions = subparsers.add_parser("sessions", help="what people have approved over HTTP: list, revoke")
    commands: Subparsers = sessions.add_subparsers(title="commands", metavar="COMMAND", required=True)
    listed = commands.add_parser("list", help="list the sessions, the oldest first")
    listed.add_argument("--json", action="store_true", help="print JSON")
    listed.set_defaults(run=lambda options: anyio.run(_list, options))
    revoked = commands.add_parser("revoke", help="end sessions; their tokens are refused from then on")
    revoked.add_argument("ids", nargs="*", metavar="ID", help="the session's id")
    revoked.add_argument("--profile", metavar="NAME", help="end all sessions of this profile")
    revoked.set_defaults(run=lambda options: anyio.run(_revoke, options))


async def _list(options: argparse.Namespace) -> None:
    from quaymaster.approval.sessions import Sessions  # lazily: only this command needs them

    async with opened_store() as store:
        sessions = await Sessions(store).list_all()
    if options.json:
        print(json.dumps([_document(it) for it in sessions], indent=2))
        return
    for it in sessions:
        told = it.approved
        scopes = ",".join(sorted(told.scopes))
        print(f"{it.id}  {told.profile}  {told.subject}  {told.client}  {scopes}  until {_time(it.ends_at)}")


async def _revoke(options: argparse.Namespace) -> None:
    from quaymaster.approval.sessions import Sessions  # lazily: as above

    if not options.ids and options.profile is None:
        raise InputError("name the sessions to end, or --profile; `quaymaster sessions list` shows them")
    async with opened_store() as store:
        sessions = Sessions(store)
        of_profile = [it.id for it in await sessions.list_all() if it.approved.profile == options.profile]
        unknown = [it for it in options.ids if not await sessions.revoke(it)]
        for it in of_profile:
            await sessions.revoke(it)
    print(f"{len(set(options.ids) - set(unknown) | set(of_profile))} revoked")
    if unknown:
        raise InputError(f"no session {', '.join(unknown)}; `quaymaster sessions list` shows those that there are")


def _document(session: "Session") -> dict[str, Any]:
    told = session.approved
    return {
        "id": session.id,
        "profile": told.profile,
        "organization": told.organisation,
        "organization_name": told.organisation_name,
        "subject": told.subject,
        "client": told.client,
        "client_id": told.client_id if "://" in told.client_id else None,
        "scopes": sorted(told.scopes),
        "resource": told.resource,
        "began_at": _time(session.began_at),
        "renewed_at": _time(session.renewed_at),
        "ends_at": _time(session.ends_at),
    }


def _time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")
