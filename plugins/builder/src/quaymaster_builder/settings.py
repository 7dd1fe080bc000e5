"""What can be set for the pack: the `[builder]` table, or QUAYMASTER_BUILDER__NAME."""

from fnmatch import fnmatchcase
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator

__all__ = ["PORT_NAMES", "BuilderSettings"]

_VERBS = ("upsert", "create", "update", "delete")
PORT_NAMES = (
    *(f"{verb}_{kind}" for kind in ("blueprint", "scorecard", "action", "entity") for verb in _VERBS),
    "get_action_permissions",
    "update_action_permissions",
)
"""The names that Port's own server has for writes."""


class BuilderSettings(BaseModel):
    """Settings of the builder pack."""

    model_config = ConfigDict(extra="forbid")

    data_dir: Path | None = Field(
        None, description="where plans and what they replaced are kept; unset: your data folder"
    )
    key: SecretStr | None = Field(
        None, min_length=32, description="seals plans, the same for every replica; unset: one a data folder, made there"
    )
    plan_minutes: float = Field(60, gt=0, le=7 * 24 * 60, description="how long a plan can be applied, in minutes")
    saved_entities: int = Field(
        1000,
        ge=0,
        le=100_000,
        description="how many entities, or values of a property, are saved before they are deleted",
    )
    consent: Literal["plan", "person"] = Field(
        "person",
        description="who lets a plan be applied: a person whom the client asks, or `plan`: where it cannot ask, "
        "whoever gives the plan's id back, which a model can do on its own",
    )
    apply_additions: bool = Field(
        False, description="let Port's own tools, such as upsert_entity, apply at once what only adds something"
    )
    port_tools: tuple[str, ...] = Field(
        ("upsert_blueprint", "upsert_scorecard", "upsert_entity"),
        description="which tools with Port's own names to offer beside the plans, as glob patterns; `*` is all",
    )
    guide_hosts: tuple[str, ...] = Field(
        ("docs.port.io", "docs.getport.io"), description="the hosts whose pages read_guide may fetch, over https"
    )

    @field_validator("port_tools")
    @classmethod
    def _fit(cls, patterns: tuple[str, ...]) -> tuple[str, ...]:
        for pattern in patterns:
            if not any(fnmatchcase(name, pattern) for name in PORT_NAMES):
                raise ValueError(f"no tool fits {pattern!r}; there are: {', '.join(PORT_NAMES)}")
        return patterns

    def offers(self, name: str) -> bool:
        """Tells whether a tool with one of Port's own names is offered."""
        return any(fnmatchcase(name, pattern) for pattern in self.port_tools)
