"""What became of each pack."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import ModuleType
from typing import TYPE_CHECKING, Any

import importlib_metadata
from pydantic import BaseModel

from quaymaster.calls import Middleware
from quaymaster.errors import PluginError
from quaymaster.hookspecs import PackInfo
from quaymaster.inputs import ForwardedInput, ToolInput
from quaymaster.tools import Tool

if TYPE_CHECKING:
    from quaymaster.host.offering import OfferedPrompt, OfferedResource

__all__ = ["FIRST_PARTY", "Candidate", "OfferedMiddleware", "OfferedTool", "PackRecord", "State", "canonical_name"]


class State(StrEnum):
    """How far a pack came."""

    LOADED = "loaded"
    PARTIAL = "partial"
    DISABLED = "disabled"
    UNTRUSTED = "untrusted"
    INCOMPATIBLE = "incompatible"
    MISCONFIGURED = "misconfigured"
    FAILED = "failed"


FIRST_PARTY = {name: f"quaymaster-{name}" for name in ("actions", "builder", "catalog", "sandbox", "scorecards")}
"""The packs whose names are spoken for, and the distribution that each comes from."""


def canonical_name(distribution: str) -> str:
    """Returns a distribution's name in its one form (Python packaging specifications, "Names and normalization")."""
    return re.sub(r"[-_.]+", "-", distribution).lower()


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
        metadata = distribution.metadata  # kept, because each property of the distribution would read it anew
        return cls(
            name=entry_point.name,
            distribution=canonical_name(metadata["Name"]),
            version=metadata["Version"],
            requires=tuple(metadata.get_all("Requires-Dist") or ()),
            entry_point=entry_point,
        )

    @property
    def is_first_party(self) -> bool:
        """Whether the pack belongs to this project, by its name and its distribution."""
        return FIRST_PARTY.get(self.name) == self.distribution

    def error(self, message: str) -> PluginError:
        """Returns an error that names the pack."""
        return PluginError(message, plugin=self.name, distribution=self.distribution, version=self.version)

    def __str__(self) -> str:
        """Returns the pack as an administrator would name it."""
        return f"{self.name} ({self.distribution} {self.version})"


@dataclass(frozen=True)
class OfferedTool:
    """A tool as the server offers it.

    Attributes:
        tool: The pack's declaration, under the name that clients use.
        input: What it takes.
        record: The pack that it comes from.
    """

    tool: Tool[..., Any]
    input: ToolInput | ForwardedInput
    record: "PackRecord" = field(repr=False)

    @property
    def name(self) -> str:
        """The name that clients use."""
        return self.tool.name


@dataclass(frozen=True)
class OfferedMiddleware:
    """A function around every call.

    Attributes:
        function: The pack's function.
        injected: The type to fill in, by parameter name.
        record: The pack that it comes from.
    """

    function: Middleware
    injected: Mapping[str, type]
    record: "PackRecord" = field(repr=False)


@dataclass
class PackRecord:
    """What is known of a pack; the loader fills it in step by step.

    Attributes:
        candidate: The pack.
        state: How far it came.
        reasons: Why it is not, or not wholly, loaded; one sentence each.
        module: Its module, once imported.
        hooks: The names of the hooks that it implements.
        info: What it says of itself.
        settings: Its settings, once validated; None if it has none.
        resource_type: The type of what its lifespan yields; None if it has none.
        is_isolated: It runs in a process of its own.
        declared: Its tools, whether their names were free or not.
        prompts: Its prompts, as `declared`.
        resources: Its resources, as `declared`.
        middleware: What it puts around every call.
        tools: The names of its tools that are offered.
    """

    candidate: Candidate
    state: State = State.LOADED
    reasons: list[str] = field(default_factory=list)
    module: ModuleType | Any = field(default=None, repr=False)
    hooks: list[str] = field(default_factory=list)
    info: PackInfo | None = None
    settings: BaseModel | None = None
    resource_type: type | None = None
    is_isolated: bool = False
    declared: list[OfferedTool] = field(default_factory=list)
    prompts: list["OfferedPrompt"] = field(default_factory=list)
    resources: list["OfferedResource"] = field(default_factory=list)
    middleware: list[OfferedMiddleware] = field(default_factory=list)
    tools: list[str] = field(default_factory=list)

    @property
    def serves(self) -> bool:
        """Whether the pack takes part, wholly or in part."""
        return self.state in {State.LOADED, State.PARTIAL}

    def ends_as(self, state: State, reason: str) -> None:
        """Takes a step down: records the state and why."""
        self.state = state
        self.reasons.append(reason)
