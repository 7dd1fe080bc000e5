"""What a write did to an entity, for whoever must know before the transaction ends."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from quaymaster_sandbox.catalog.blueprint import Blueprint


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
