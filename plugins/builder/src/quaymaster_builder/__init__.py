"""The builder pack: describe a change to Port, see the plan, apply it, take it back."""

from quaymaster import PackInfo, Prompts, Tools, hookimpl
from quaymaster_builder.settings import BuilderSettings
from quaymaster_builder.starters import add_a_rule, apply_this_guide, new_self_service_action, start_managing
from quaymaster_builder.tools.exports import export_plan
from quaymaster_builder.tools.guides import read_guide
from quaymaster_builder.tools.plans import apply_plan, list_plans, plan_changes, undo
from quaymaster_builder.tools.port_names import PORT_TOOLS
from quaymaster_builder.tools.schemas import get_schema, validate_document
from quaymaster_builder.tools.templates import list_templates

__all__ = ["pack_info", "register_prompts", "register_tools"]


@hookimpl
def pack_info() -> PackInfo:
    """Says what the pack is."""
    return PackInfo(
        title="Builder",
        description="Builds blueprints, scorecards, actions and entities, with a plan before a change.",
        settings=BuilderSettings,
    )


@hookimpl
def register_tools(settings: BuilderSettings) -> Tools:
    """Returns the pack's tools, with those that have Port's own names as the settings say."""
    ours: Tools = [
        plan_changes,
        apply_plan,
        undo,
        list_plans,
        export_plan,
        get_schema,
        validate_document,
        list_templates,
        read_guide,
    ]
    return [*ours, *(made for name, made in PORT_TOOLS.items() if settings.offers(name))]


@hookimpl
def register_prompts() -> Prompts:
    """Returns the pack's prompts."""
    return [apply_this_guide, start_managing, add_a_rule, new_self_service_action]
