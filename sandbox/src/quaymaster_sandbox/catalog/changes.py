"""Who takes part in writes of entities, inside the transaction: the sandbox has no event bus, only two call lists.

A *watcher* surrounds a write and sees the catalog before and after it: it keeps derived rows up to date. A *listener*
is told afterwards what the write did to one entity, in read form.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from quaymaster_sandbox.catalog.blueprint import Blueprint

if TYPE_CHECKING:
    from quaymaster_sandbox.session import Session

Watcher = Callable[["Session", Blueprint, Sequence[int]], AbstractContextManager[None]]
"""Surrounds the write of some entities of one blueprint; new ones are stored already, but still without relations."""

Listener = Callable[["Session", "EntityChange"], None]


@dataclass(frozen=True)
class EntityChange:
    """One entity before and after a write, in read form; `before` is None on create, `after` on delete."""

    action: Literal["CREATE", "UPDATE", "DELETE"]
    blueprint: Blueprint
    entity_id: int
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None
    run_id: str | None = None

    @property
    def identifier(self) -> str:
        """The entity's identifier, the new one if the write renamed it."""
        entity = self.after or self.before or {}
        return str(entity["identifier"])


@contextmanager
def watched(session: "Session", blueprint: Blueprint, ids: Sequence[int]) -> Iterator[None]:
    """Lets all watchers surround a write of these entities."""
    with ExitStack() as stack:
        for watch in session.watchers:
            stack.enter_context(watch(session, blueprint, ids))
        yield
        session.derived.forget()


def announce(session: "Session", change: EntityChange) -> None:
    """Tells all listeners of a change."""
    for listener in session.listeners:
        listener(session, change)
