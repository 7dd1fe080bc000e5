"""The builder pack: describe a change to Port, see the plan, apply it, take it back."""

from quaymaster import PackInfo, Tools, hookimpl
from quaymaster_builder.settings import BuilderSettings
from quaymaster_builder.tools.plans import apply_plan, list_plans, plan_changes, undo
from quaymaster_builder.validation import validate_document

__all__ = ["pack_info", "register_tools"]


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
    return [plan_changes, apply_plan, undo, list_plans, validate_document]
