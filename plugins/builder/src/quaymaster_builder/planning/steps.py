"""Steps: the single writes that a plan consists of."""

from dataclasses import dataclass
from typing import Literal

from quaymaster_builder.model.parts import Edit
from quaymaster_builder.model.refs import Ref

__all__ = ["Step", "Verb"]

Verb = Literal["create", "update", "delete", "rename"]


@dataclass(frozen=True)
class Step:
    """One write of one document.

    Attributes:
        verb: What is done; a renaming moves the value of the first edit's part to that of the second.
        ref: The document.
        edits: Every part that changes; with `delete` all parts of the document, with `create` those it starts with.
    """

    verb: Verb
    ref: Ref
    edits: tuple[Edit, ...] = ()
