"""What changed on an entity, value by value, from the audit log."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from quaymaster.port.documents.audit import AuditEntry

__all__ = ["Change", "changes_in"]

_PARTS = ("properties", "relations")
_WHOLE = ("identifier", "title", "team", "icon")


@dataclass(frozen=True)
class Change:
    """One value that changed; `name` is empty where the entity itself was created or deleted."""

    at: str
    by: str
    name: str
    before: Any
    after: Any


def changes_in(entries: Iterable[AuditEntry]) -> Iterator[Change]:
    """Yields the values that changed in entries of the audit log, in their order."""
    for entry in entries:
        at, by = _when_and_who(entry)
        before, after = (entry.diff.before, entry.diff.after) if entry.diff else (None, None)
        if before is None or after is None:
            yield Change(at, by, "", *((None, "created") if before is None else ("deleted", None)))
            continue
        old, new = _flat(before), _flat(after)
        for name in dict.fromkeys([*old, *new]):
            if old.get(name) != new.get(name):
                yield Change(at, by, name, old.get(name), new.get(name))


def _when_and_who(entry: AuditEntry) -> tuple[str, str]:
    if entry.trigger is None:
        return "", ""
    by = entry.trigger.by
    user = by.get("user")
    named = user.get("email") if isinstance(user, Mapping) else by.get("email")
    return entry.trigger.at or "", str(named or by.get("userId") or entry.trigger.origin or "")


def _flat(entity: Mapping[str, Any]) -> dict[str, Any]:
    """Returns an entity's values by name; absent and empty are the same."""
    values = {name: value for part in _PARTS for name, value in (entity.get(part) or {}).items()}
    values |= {name: entity.get(name) for name in _WHOLE}
    return {name: value for name, value in values.items() if value not in (None, [], {})}
