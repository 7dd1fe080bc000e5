"""What became of a write whose answer was lost: found out by reading, never by sending it again."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import anyio

from quaymaster.port.errors import Outcome
from quaymaster.port.wire import JSON, Request, build_request

__all__ = ["Finding", "Judge", "Proof", "changed", "created", "find_out", "gone", "holds", "is_since"]

Finding = JSON | Outcome
"""The answer that the write would have had, if it is done; NOT DONE if nothing of it shows; else UNKNOWN."""

Judge = Callable[[JSON | None, datetime | None], Finding]
"""Judges what a proof's read has answered; None if there is no such thing.

The second argument is a time by Port's clock, shortly before the write was begun; None if Port has not told the time.
"""

_FIRST_PAUSE_S = 0.1


@dataclass(frozen=True)
class Proof:
    """A read that shows whether a write has happened, and how to judge what it answers."""

    read: Request
    judge: Judge


def created(route: str, identifiers: Mapping[str, str], key: str, sent: JSON) -> Proof:
    """Returns the proof that a document was created: it is there, not older than the write, and holds what was sent.

    Args:
        route: The route that reads it.
        identifiers: The route's identifiers.
        key: Under which the answers hold the document.
        sent: What was sent.
    """

    def judge(answer: JSON | None, since: datetime | None) -> Finding:
        document = (answer or {}).get(key)
        if document is None or is_since(document.get("createdAt"), since) is False:
            return Outcome.NOT_DONE  # one that was there before: Port must have refused this one
        is_ours = is_since(document.get("createdAt"), since) and holds(document, sent)
        return {"ok": True, key: document} if is_ours else Outcome.UNKNOWN

    return Proof(build_request("GET", route, identifiers), judge)


def changed(route: str, identifiers: Mapping[str, str], key: str, sent: JSON) -> Proof:
    """Returns the proof that a document was changed: changed since the write began, and it holds what was sent.

    A document that Port keeps no time of change for counts by what it holds alone. Arguments as `created`.
    """

    def judge(answer: JSON | None, since: datetime | None) -> Finding:
        document = (answer or {}).get(key)
        if document is None:
            return Outcome.NOT_DONE
        done: JSON = {"ok": True, key: document}
        if "updatedAt" not in document:
            return done if holds(document, sent) else Outcome.NOT_DONE
        if is_since(document["updatedAt"], since) is False:
            return Outcome.NOT_DONE
        return done if is_since(document["updatedAt"], since) and holds(document, sent) else Outcome.UNKNOWN

    return Proof(build_request("GET", route, identifiers), judge)


def gone(route: str, identifiers: Mapping[str, str]) -> Proof:
    """Returns the proof that something was deleted: it is not there. Arguments as `created`."""

    def judge(answer: JSON | None, _since: datetime | None) -> Finding:
        return {"ok": True} if answer is None else Outcome.NOT_DONE

    return Proof(build_request("GET", route, identifiers), judge)


async def find_out(look: Callable[[], Awaitable[Finding]], settle_s: float) -> Finding:
    """Returns what became of a write, as soon as it shows; NOT DONE only if it has not shown for `settle_s` seconds.

    A request whose connection broke may still be at work in Port; one look right after the break would lie.
    """
    ends_at = anyio.current_time() + settle_s
    pause_s = _FIRST_PAUSE_S
    while True:
        looked_at = anyio.current_time()
        finding = await look()
        if finding is not Outcome.NOT_DONE or looked_at >= ends_at:
            return finding
        await anyio.sleep(min(pause_s, max(0.0, ends_at - anyio.current_time())))
        pause_s *= 2


def is_since(stamp: object, since: datetime | None) -> bool | None:
    """Returns whether a time stamp of Port's is at or after a time; None if there is no telling."""
    if since is None or not isinstance(stamp, str):
        return None
    try:
        moment = datetime.fromisoformat(stamp)
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)) >= since


def holds(stored: Any, sent: Any) -> bool:
    """Returns whether a stored value has all that was sent, as far as Port keeps it as sent.

    An object may have more keys; a null may be absent; a value may have become a list of it, as an entity's team does.
    """
    if isinstance(sent, dict):
        return isinstance(stored, dict) and all(holds(stored.get(name), value) for name, value in sent.items())
    if isinstance(sent, list):
        return isinstance(stored, list) and len(stored) == len(sent) and all(map(holds, stored, sent))
    if isinstance(stored, list):
        return stored == ([] if sent is None else [sent])
    return bool(stored == sent)
