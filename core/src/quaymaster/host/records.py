"""What became of each pack."""

from dataclasses import dataclass, field
from enum import StrEnum
from types import ModuleType
from typing import Any

import importlib_metadata
from packaging.utils import canonicalize_name
from pydantic import BaseModel

from quaymaster.hookspecs import PackInfo

__all__ = ["Candidate", "PackRecord", "State"]


class State(StrEnum):
    """How far a pack came."""

    LOADED = "loaded"
    PARTIAL = "partial"
    DISABLED = "disabled"
    INCOMPATIBLE = "incompatible"
    MISCONFIGURED = "misconfigured"
    FAILED = "failed"


@dataclass(frozen=True)
class Candidate:
    """An installed pack, known from metadata alone; its code has not been imported.

    Attributes:
        name: The entry point's name; with the distribution, the pack's identity.
        distribution: The distribution's name, normalised.
        version: The distribution's version.
        requires: The distribution's requirements, as in its metadata.
        entry_point: What to load.
    """

    name: str
    distribution: str
    version: str
    requires: tuple[str, ...]
    entry_point: importlib_metadata.EntryPoint = field(repr=False, compare=False)

    @classmethod
    def of(cls, entry_point: importlib_metadata.EntryPoint) -> "Candidate":
        """Returns the candidate that an entry point stands for."""
        distribution = entry_point.dist
        if distribution is None:
            return cls(entry_point.name, "unknown", "unknown", (), entry_point)
        return cls(
            name=entry_point.name,
            distribution=canonicalize_name(distribution.name),
            version=distribution.version,
            requires=tuple(distribution.requires or ()),
            entry_point=entry_point,
        )

    def __str__(self) -> str:
        """Returns the pack as an administrator would name it."""
        return f"{self.name} ({self.distribution} {self.version})"


@dataclass
class PackRecord:
    """What is known of a pack; the loader fills it in step by step.

    Attributes:
        candidate: The pack.
        state: How far it came.
        reasons: Why it is not, or not wholly, loaded; one sentence each.
        module: Its module, once imported.
        info: What it says of itself.
        settings: Its settings, once validated; None if it has none.
        tools: The names of its tools that are offered.
    """

    candidate: Candidate
    state: State = State.LOADED
    reasons: list[str] = field(default_factory=list)
    module: ModuleType | Any = None
    info: PackInfo | None = None
    settings: BaseModel | None = None
    tools: list[str] = field(default_factory=list)

    def ends_as(self, state: State, reason: str) -> None:
        """Takes a step down: records the state and why."""
        self.state = state
        self.reasons.append(reason)
