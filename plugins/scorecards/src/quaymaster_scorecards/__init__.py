"""The scorecards pack: what fails, why, what to do next, and what a new rule would do."""

from quaymaster import PackInfo, Tools, hookimpl
from quaymaster_scorecards.definitions import list_scorecards

__all__ = ["pack_info", "register_tools"]


@hookimpl
def pack_info() -> PackInfo:
    """Says what the pack is."""
    return PackInfo(
        title="Scorecards",
        description="What fails, why, what to do next, and what a new rule would do.",
    )


@hookimpl
def register_tools() -> Tools:
    """Returns the pack's tools."""
    return [list_scorecards]
