"""Permissions that widen: who may do more than before."""

from collections.abc import Iterator
from typing import Any

from quaymaster_builder.model.parts import Edit
from quaymaster_builder.model.refs import ABSENT, Ref

__all__ = ["find_grants"]


def find_grants(ref: Ref, edit: Edit) -> Iterator[str]:
    """Yields a sentence for every group of people whom a change lets do more (Port: PATCH …/permissions)."""
    *grant, key = edit.part
    what = f"{' '.join(grant) or key} ({ref})"
    old = [] if edit.old in (ABSENT, None) else edit.old
    new = [] if edit.new in (ABSENT, None) else edit.new
    if key in {"users", "roles", "teams"}:
        added = [name for name in new if name not in old]
        if added:
            yield f"permission widens: {len(added)} {key} more may {what}: {', '.join(added)}"
    elif key == "ownedByTeam" and new is True:
        yield f"permission widens: the owning team may {what}"
    elif key == "policy":
        yield from _of_policy(old, new, what)


def _of_policy(old: Any, new: Any, what: str) -> Iterator[str]:
    if old and not new:
        yield f"permission widens: no policy limits any more who may {what}"
    elif old != new:
        yield f"permission may widen: another policy decides who may {what}"
