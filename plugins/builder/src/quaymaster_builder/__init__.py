"""The builder pack: describe a change to Port, see the plan, apply it, take it back."""

from quaymaster import PackInfo, Tools, hookimpl
from quaymaster_builder.validation import validate_document

__all__ = ["pack_info", "register_tools"]


@hookimpl
def pack_info() -> PackInfo:
    """Says what the pack is."""
    return PackInfo(
        title="Builder", description="Builds blueprints, scorecards, actions and entities, with a plan before a change."
    )


@hookimpl
def register_tools() -> Tools:
    """Returns the pack's tools."""
    return [validate_document]
