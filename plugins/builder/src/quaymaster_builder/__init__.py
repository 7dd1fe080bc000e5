"""The builder pack: describe a change to Port, see the plan, apply it, take it back."""

from quaymaster import PackInfo, Tools, hookimpl
from quaymaster_builder.settings import BuilderSettings
from quaymaster_builder.tools.guides import read_guide
from quaymaster_builder.tools.plans import apply_plan, list_plans, plan_changes, undo
from quaymaster_builder.tools.port_names import PORT_TOOLS
from quaymaster_builder.tools.schemas import get_schema, validate_document
from quaymaster_builder.tools.templates import list_templates

__all__ = ["pack_info", "register_tools"]

_OFFERED = ("upsert_blueprint", "upsert_scorecard", "upsert_entity")
"""The tools with Port's own names that are offered: as many as the budget of 1,300 tokens for the pack allows."""


@hookimpl
def pack_info() -> PackInfo:
    """Says what the pack is."""
    return PackInfo(
        title="Builder",
        description="Builds blueprints, scorecards, actions and entities, with a plan before a change.",
        settings=BuilderSettings,
    )


@hookimpl
def register_tools() -> Tools:
    """Returns the pack's tools."""
    ours: Tools = [
        plan_changes,
        apply_plan,
        undo,
        list_plans,
        get_schema,
        validate_document,
        list_templates,
        read_guide,
    ]
    return [*ours, *(PORT_TOOLS[name] for name in _OFFERED)]
