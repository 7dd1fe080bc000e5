"""Which name a tool is offered under, and which tools have to be refused because of theirs."""

import re
from dataclasses import dataclass
from typing import Any

from quaymaster.host.discovery import FIRST_PARTY
from quaymaster.host.records import Candidate, PackRecord
from quaymaster.inputs import ToolInput
from quaymaster.tools import Tool

__all__ = ["OfferedTool", "ToolNames"]

_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")
"""64 characters: several model APIs take no more."""
_LOOK_ALIKES = str.maketrans({"0": "o", "1": "l", "i": "l", "5": "s", "2": "z"})


@dataclass(frozen=True)
class OfferedTool:
    """A tool as the server offers it.

    Attributes:
        name: The name that clients use.
        tool: The pack's declaration.
        input: What it takes.
        record: The pack that it comes from.
    """

    name: str
    tool: Tool[..., Any]
    input: ToolInput
    record: PackRecord


class ToolNames:
    """Gives out names; no two that are alike or look alike."""

    def __init__(self) -> None:
        self._holders: dict[str, tuple[str, Candidate]] = {}

    def take(self, candidate: Candidate, name: str) -> str:
        """Returns the name that a pack's tool is offered under, which is then taken.

        First-party packs use plain names; every other pack's tools are prefixed with the pack's name.

        Raises:
            ValueError: The name is not usable, or is taken, or looks like one that is; the text names both packs.
        """
        first_party = FIRST_PARTY.get(candidate.name) == candidate.distribution
        offered = name if first_party else f"{candidate.name.replace('-', '_')}_{name}"
        if not _NAME.fullmatch(offered):
            raise ValueError(
                f"tool name {offered!r} is not usable: lower-case letters, digits and '_', at most 64, a letter first"
            )
        look = re.sub(r"_+", "_", offered.translate(_LOOK_ALIKES)).strip("_")
        if look in self._holders:
            other, holder = self._holders[look]
            how = "is taken" if other == offered else f"looks like {other!r}"
            raise ValueError(
                f"tool name {offered!r} of {candidate.distribution} {how}, a tool of {holder.distribution}"
            )
        self._holders[look] = (offered, candidate)
        return offered
