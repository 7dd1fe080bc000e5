"""Names of the documents that a plan can change."""

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

__all__ = ["ABSENT", "Absent", "Documents", "Json", "Ref", "RefKind"]

Json = dict[str, Any]

RefKind = Literal[
    "blueprint",
    "blueprint_permissions",
    "scorecard",
    "action",
    "action_permissions",
    "entity",
    "entities",
    "page",
    "page_permissions",
]
"""What a document is; `entities` stands for all those of a blueprint at once, with their count as the document."""


class Ref(NamedTuple):
    """The name of one document; `blueprint` is empty unless the document belongs to one."""

    kind: RefKind
    identifier: str
    blueprint: str = ""

    def __str__(self) -> str:
        if self.kind == "entities":
            return f"all entities of {self.blueprint!r}"
        owner = f" of {self.blueprint!r}" if self.blueprint else ""
        if self.kind.endswith("_permissions"):
            return f"permissions of {self.kind.removesuffix('_permissions')} {self.identifier!r}"
        return f"{self.kind} {self.identifier!r}{owner}"

    @property
    def owner(self) -> "Ref | None":
        """Returns the document that this one cannot be without; None if it stands alone."""
        if self.blueprint:
            return Ref("blueprint", self.blueprint)
        match self.kind:
            case "blueprint_permissions":
                return Ref("blueprint", self.identifier)
            case "action_permissions":
                return Ref("action", self.identifier)
            case "page_permissions":
                return Ref("page", self.identifier)
        return None


Documents = Mapping[Ref, Json]
"""Documents by name; one that does not exist is not in it."""


class Absent:
    """The type of `ABSENT`, which stands where there is no value; JSON's null is a value."""

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT = Absent()
